/** Inventory input: what the inventory of a cluster lists before a change and after it. */
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { LiveObject, ObjectRef } from '../../../clusters/cluster';
import type { Finding } from '../observe/finding';
import type { Present } from '../observe/observe';
import type { ClusterPlan, ObjectPlan } from '../plan/plan';
import { isHolder, keyOf, refOf } from '../state/identity';
import { type Entry, entryRef, type Inventory } from '../state/inventory';
import { keepingAnnotation } from '../state/keeping';
import type { Owner } from '../state/owner';
import { ownedDigest } from '../state/ownership';
import type { Done } from './result';

/** What an inventory is computed from: one cluster, its plan and what was observed there. */
interface InventoryInput {
  readonly release: string;
  readonly decision: string;
  readonly owner?: Owner | undefined;
  readonly seen: Present;
  readonly plan: ClusterPlan;
  readonly findings: readonly Finding[];
}

/** What the plan says about an object. */
export function planned({ objects }: ClusterPlan, manifest: Manifest): ObjectPlan | undefined {
  const key = keyOf(refOf(manifest));
  return objects.find(({ ref }) => keyOf(ref) === key);
}

/** Whether another release shares the object: then this release does not list it. */
function isShared(plan: ClusterPlan, { manifest }: Finding): boolean {
  const one = planned(plan, manifest);
  return one?.change === 'unchanged' && one.reason !== undefined && isHolder(one.ref);
}

/** The inventory before a change: every object the cluster may hold once the change has begun. */
export function inventoryBefore({
  seen,
  findings,
  plan,
  release,
  decision,
  owner,
}: InventoryInput): Inventory {
  const entries = new Map(
    (seen.inventory?.objects ?? []).map((one) => [keyOf(entryRef(one)), one]),
  );
  for (const finding of findings) {
    if (isShared(plan, finding)) continue;
    const ref = refOf(finding.manifest);
    const change = planned(plan, finding.manifest)?.change;
    const before = entries.get(keyOf(ref));
    const adopted = before?.adopted || change === 'adopted' ? { adopted: true as const } : {};
    const fresh = change === 'created' ? ref : { ...ref, ...adopted };
    entries.set(keyOf(ref), before === undefined || change === 'created' ? fresh : before);
  }
  return { release, ...held(owner), decision, phase: 'applying', objects: [...entries.values()] };
}

/** The inventory after a change: every desired object, and those that could not be deleted. */
export function inventoryAfter(
  { findings, plan, release, decision, owner, seen }: InventoryInput,
  done: readonly Done[],
  remaining: readonly ObjectRef[],
  isReady: boolean,
): Inventory {
  const before = new Map((seen.inventory?.objects ?? []).map((one) => [keyOf(entryRef(one)), one]));
  const applied = new Map(
    done.map(({ finding, object }) => [keyOf(refOf(finding.manifest)), object]),
  );
  const objects = findings
    .filter((finding) => !isShared(plan, finding))
    .map((finding): Entry => {
      const ref = refOf(finding.manifest);
      const key = keyOf(ref);
      const change = planned(plan, finding.manifest)?.change;
      const isAdopted =
        change === 'adopted' ||
        (before.get(key)?.adopted && change !== 'created' && change !== 'replaced');
      const adopted = isAdopted ? { adopted: true as const } : {};
      const live = applied.get(key) ?? finding.live;
      if (live === undefined) return { ...ref, ...adopted };
      // A kind that the server did not know when it was asked lives where its object came to be.
      const there = { ...refOf(live), apiVersion: ref.apiVersion };
      return { ...there, ...asApplied(live, finding.digest), ...adopted };
    });
  const old = remaining.flatMap((ref) => before.get(keyOf(ref)) ?? []);
  const phase = isReady ? 'ready' : 'applying';
  return { release, ...held(owner), decision, phase, objects: [...objects, ...old] };
}

function held(owner: Owner | undefined): { readonly owner?: Owner } {
  return owner === undefined ? {} : { owner };
}

function asApplied(
  live: LiveObject,
  digest: string,
): Pick<Entry, 'uid' | 'digest' | 'fields' | 'keep'> {
  const fields = ownedDigest(live);
  const keep = keepingAnnotation(live);
  return {
    uid: live.metadata.uid,
    digest,
    ...(fields === undefined ? {} : { fields }),
    ...(keep === undefined ? {} : { keep }),
  };
}
