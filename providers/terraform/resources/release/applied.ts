/** Release applied: what was run last, sealed and kept beside the inventory, so that a plan names the fields that change. */
import { randomBytes } from 'node:crypto';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { ReleasePlan, ReleaseProps, ReleaseState } from '../../../resources/release/index';

/** Objects that are in some cluster, by the digest that its inventory has of them. */
export interface Applied {
  /** Of the digests in `objects`; random, of this release alone. */
  readonly key: string;
  readonly objects: Readonly<Record<string, unknown>>;
}

/** Characters; more is not kept, and plans name objects without their fields. */
const longest = 1_000_000;

/** What is kept of the objects that were applied now, and of earlier ones that a cluster still has. */
export function appliedOf(
  props: ReleaseProps,
  release: ReleaseState,
  before: Applied | undefined,
): Applied | undefined {
  const { desiredOf } =
    require('../../../resources/release/state/desired') as typeof import('../../../resources/release/state/desired');
  const { manifestDigest } =
    require('../../../resources/release/state/secrecy') as typeof import('../../../resources/release/state/secrecy');
  const { sealed } =
    require('../../../resources/release/plan/sealed') as typeof import('../../../resources/release/plan/sealed');
  const key = before?.key ?? randomBytes(16).toString('hex');
  const objects = new Map(Object.entries(before?.objects ?? {}));
  for (const manifest of desiredOf(props).clusters.flatMap(({ manifests }) => manifests)) {
    const digest = manifestDigest(manifest);
    if (!objects.has(digest)) objects.set(digest, sealed(manifest, key));
  }
  const there = new Set(
    release.clusters.flatMap(({ inventory }) => inventory?.objects.map(({ digest }) => digest)),
  );
  const kept = [...objects].filter(([digest]) => there.has(digest));
  const applied = { key, objects: Object.fromEntries(kept) };
  return JSON.stringify(applied).length > longest ? undefined : applied;
}

/** The plan with the fields that change since `before`, for objects that were kept. */
export function withFieldsSince(
  plan: ReleasePlan,
  before: ReleaseState | undefined,
  applied: Applied | undefined,
  props: ReleaseProps,
): ReleasePlan {
  if (before === undefined || applied === undefined) return plan;
  const { versionsIn, withChangedFields } =
    require('../../../resources/release/plan/changed-fields') as typeof import('../../../resources/release/plan/changed-fields');
  const { sealed } =
    require('../../../resources/release/plan/sealed') as typeof import('../../../resources/release/plan/sealed');
  const { keyOf } =
    require('../../../resources/release/state/identity') as typeof import('../../../resources/release/state/identity');
  const digests = digestsIn(before);
  const wanted = versionsIn(props);
  return withChangedFields(
    plan,
    (cluster, ref) =>
      applied.objects[digests.get(`${cluster} ${keyOf(ref)}`) ?? ''] as Manifest | undefined,
    (cluster, ref) => {
      const manifest = wanted(cluster, ref);
      return manifest === undefined ? undefined : sealed(manifest, applied.key);
    },
  );
}

function digestsIn({ clusters }: ReleaseState): ReadonlyMap<string, string> {
  const { entryRef } =
    require('../../../resources/release/state/inventory') as typeof import('../../../resources/release/state/inventory');
  const { keyOf } =
    require('../../../resources/release/state/identity') as typeof import('../../../resources/release/state/identity');
  return new Map(
    clusters.flatMap(({ name, inventory }) =>
      (inventory?.objects ?? []).map(
        (one) => [`${name} ${keyOf(entryRef(one))}`, one.digest ?? ''] as const,
      ),
    ),
  );
}

/** As it was kept; undefined for what somebody changed. */
export function tryApplied(kept: unknown): Applied | undefined {
  const { key, objects } = (kept ?? {}) as Partial<Applied>;
  if (typeof key !== 'string' || typeof objects !== 'object' || objects === null) return undefined;
  return { key, objects };
}
