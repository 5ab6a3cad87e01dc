/** Inspect: requests each object that is not known to be as desired; a known object costs no request. */
import type { Manifest } from '../../../../constructs/model/workload';
import type { ClusterClient, FieldConflict, LiveObject } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { keyOf, refOf, releaseOf } from '../state/identity';
import type { Entry } from '../state/inventory';
import { entryRef } from '../state/inventory';
import { overlay, ownedDigest, sameShape } from '../state/ownership';
import { hasSameSecrets, hiding, manifestDigest } from '../state/secrecy';
import { getIfKnown, type Present } from './observe';

/** What is known about one desired object in one cluster. */
export interface Finding {
  readonly manifest: Manifest;
  readonly digest: string;
  readonly entry?: Entry;
  readonly live?: LiveObject;
  /** What it would become, by a dry run on the server; absent when it is as desired already, or does not exist. */
  readonly after?: Manifest;
  /** Only who owns the fields would change, when `after` looks the same. */
  readonly ownership?: boolean;
  readonly conflicts?: readonly FieldConflict[];
  /** Why the server will not have it. */
  readonly refusal?: string;
}

/** Findings in the order of `manifests`. */
export async function inspect(
  seen: Present,
  manifests: readonly Manifest[],
  release: string,
): Promise<readonly Finding[]> {
  const entries = new Map(
    (seen.inventory?.objects ?? []).map((entry) => [keyOf(entryRef(entry)), entry]),
  );
  const hide = hiding(manifests);
  const missing = new Set<string>();
  const findings: Finding[] = [];
  for (const manifest of manifests) {
    const key = keyOf(refOf(manifest));
    const entry = entries.get(key);
    const base = { manifest, digest: manifestDigest(manifest), ...(entry ? { entry } : {}) };
    const isHomeless = missing.has(manifest.metadata.namespace ?? '');
    const live =
      seen.objects.get(key) ??
      (isHomeless ? undefined : await getIfKnown(seen.client, refOf(manifest)));
    if (live === undefined && manifest.kind === 'Namespace') missing.add(manifest.metadata.name);
    const found: Finding =
      live === undefined ? base : await inspectLive(seen.client, { ...base, live }, release);
    findings.push(found.refusal === undefined ? found : { ...found, refusal: hide(found.refusal) });
  }
  return findings;
}

type Living = Finding & { readonly live: LiveObject };

async function inspectLive(
  client: ClusterClient,
  finding: Living,
  release: string,
): Promise<Finding> {
  if (isAsApplied(finding)) return finding;
  const owner = releaseOf(finding.live);
  const isTaken = owner !== undefined && owner !== release;
  if (isTaken || finding.live.metadata.deletionTimestamp !== undefined) return finding;
  try {
    return await forecast(client, finding);
  } catch (thrown) {
    if (!(thrown instanceof ClusterError) || thrown.unreachable || thrown.retriable) throw thrown;
    // Servers refuse dry runs when a webhook has side effects; then the visible fields are compared.
    if (thrown.reason === 'BadRequest') return { ...finding, after: overlaid(finding) };
    return { ...finding, refusal: `${thrown.summary}. ${thrown.remedy}` };
  }
}

/** Whether it is as it was applied last, and no other manager has taken a field since. */
export function isAsApplied({ entry, live, digest, manifest }: Finding): boolean {
  return (
    live !== undefined &&
    entry?.uid === live.metadata.uid &&
    entry.digest === digest &&
    entry.fields !== undefined &&
    entry.fields === ownedDigest(live) &&
    live.metadata.deletionTimestamp === undefined &&
    hasSameSecrets(live, manifest)
  );
}

async function forecast(client: ClusterClient, finding: Living): Promise<Finding> {
  const { manifest, live } = finding;
  const ask = (forced: boolean) =>
    client.apply(manifest, {
      dryRun: true,
      force: forced,
      expected: live.metadata.resourceVersion,
    });
  const first = await ask(false);
  if (first.kind !== 'conflict') return { ...finding, ...becomes(live, first.object) };
  const { conflicts } = first;
  const second = await ask(true);
  const after = second.kind === 'conflict' ? {} : becomes(live, second.object);
  return { ...finding, ...after, conflicts };
}

function becomes(live: LiveObject, after: LiveObject): Pick<Finding, 'after' | 'ownership'> {
  return { after, ownership: ownedDigest(live) !== ownedDigest(after) };
}

function overlaid({ live, manifest }: Living): Manifest {
  const before = sameShape(live, manifest);
  return JSON.stringify(before) === JSON.stringify(manifest) ? live : overlay(live, manifest);
}
