/** Inspect: requests each object that is not known to be as desired; a known object costs no request. */
import type { Manifest } from '../../../../constructs/model/workload';
import type { ClusterClient, FieldConflict, LiveObject } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { type Capacity, replicasOf, withoutReplicas } from '../state/capacity';
import { adopted, clientSideFields, HANDOVER_MANAGER, ownsReplicas } from '../state/field-managers';
import { changedFields } from '../state/fields';
import { keyOf, refOf, releaseOf } from '../state/identity';
import type { Entry } from '../state/inventory';
import { entryRef } from '../state/inventory';
import { overlay, ownedDigest, sameShape } from '../state/ownership';
import { hasSameSecrets, hiding, manifestDigest } from '../state/secrecy';
import { type AutoscalersThere, autoscalersThere } from './autoscalers-there';
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
  /** The fields of client-side apply become ours first. */
  readonly migrates?: true;
  /** Only fields that nobody watches any more stand against it: they are taken. */
  readonly takes?: true;
  /** So many replicas are handed over before we stop stating them. */
  readonly handsOver?: number;
  /** What scales it in the cluster: its replicas are left out. */
  readonly scaledBy?: string;
}

/** What is inspected in one cluster. */
interface Wanted {
  readonly manifests: readonly Manifest[];
  readonly capacity: ReadonlyMap<string, Capacity>;
}

/** Findings in the order of `manifests`. */
export async function inspect(
  seen: Present,
  { manifests, capacity }: Wanted,
  release: string,
): Promise<readonly Finding[]> {
  const autoscalers = autoscalersThere(seen, manifests, release);
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
      live === undefined
        ? base
        : await inspectLive(
            { ...base, live },
            { client: seen.client, release, autoscalers, capacity },
          );
    findings.push(found.refusal === undefined ? found : { ...found, refusal: hide(found.refusal) });
  }
  return findings;
}

type Living = Finding & { readonly live: LiveObject };

interface Context extends Pick<Wanted, 'capacity'> {
  readonly client: ClusterClient;
  readonly release: string;
  readonly autoscalers: AutoscalersThere;
}

async function inspectLive(given: Living, context: Context): Promise<Finding> {
  if (isAsApplied(given)) return given;
  const owner = releaseOf(given.live);
  const isTaken = owner !== undefined && owner !== context.release;
  if (isTaken || given.live.metadata.deletionTimestamp !== undefined) return given;
  const finding = await withReplicasLeft(given, context);
  if (isAsApplied(finding)) return finding;
  const migrates = given.entry === undefined && owner === undefined && clientSideFields(given.live);
  const whole = await withHandover(
    { ...finding, ...(migrates ? { migrates: true as const } : {}) },
    context,
  );
  try {
    return whole.migrates === true
      ? await forecastAdoption(whole, context)
      : await forecast(whole, context);
  } catch (thrown) {
    if (!(thrown instanceof ClusterError) || thrown.unreachable || thrown.retriable) throw thrown;
    // Servers refuse dry runs when a webhook has side effects; then the visible fields are compared.
    if (thrown.reason === 'BadRequest') return { ...whole, after: overlaid(whole) };
    return { ...whole, refusal: `${thrown.summary}. ${thrown.remedy}` };
  }
}

/** Without replicas where something in the cluster scales the object. */
async function withReplicasLeft(finding: Living, { autoscalers }: Context): Promise<Living> {
  if (replicasOf(finding.manifest) === undefined) return finding;
  const scaledBy = await autoscalers.of(finding.manifest);
  if (scaledBy === undefined) return finding;
  const manifest = withoutReplicas(finding.manifest);
  return { ...finding, manifest, digest: manifestDigest(manifest), scaledBy };
}

/** Where we state replicas no longer and something scales the object, their number must survive us. */
async function withHandover(finding: Living, { autoscalers, capacity }: Context): Promise<Living> {
  const { manifest, live, scaledBy, migrates } = finding;
  if (replicasOf(manifest) !== undefined || !ownsReplicas(live, migrates === true)) return finding;
  const mine = capacity.get(keyOf(refOf(manifest)));
  const isScaled = mine ?? scaledBy ?? (await autoscalers.of(manifest));
  if (isScaled === undefined) return finding;
  return { ...finding, handsOver: Math.max(replicasOf(live) ?? 1, mine?.least ?? 0) };
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

async function forecast(finding: Living, context: Context): Promise<Finding> {
  const { live } = finding;
  const first = await tryOut(finding, context, false);
  if (first.kind !== 'conflict') return { ...finding, ...becomes(live, first.object, finding) };
  const second = await tryOut(finding, context, true);
  const whole: Finding =
    second.kind === 'conflict' ? finding : { ...finding, ...becomes(live, second.object, finding) };
  const conflicts = await withoutStale(first.conflicts, whole, context);
  return { ...whole, ...(conflicts.length === 0 ? { takes: true } : { conflicts }) };
}

function tryOut({ manifest, live }: Living, { client }: Context, force: boolean) {
  return client.apply(manifest, { dryRun: true, force, expected: live.metadata.resourceVersion });
}

/**
 * Replicas that were handed over, or that an autoscaler set which is no more, are nobody's; and nobody minds a value
 * that is only written otherwise, as 1000m of CPU instead of 1.
 */
async function withoutStale(
  conflicts: readonly FieldConflict[],
  { manifest, live, after }: Finding,
  { autoscalers }: Context,
): Promise<readonly FieldConflict[]> {
  const changes =
    after === undefined
      ? undefined
      : changedFields(refOf(manifest), live, after).map(({ path }) => path);
  const isOfAutoscaler = ({ manager, field }: FieldConflict) =>
    field === '.spec.replicas' && /^(kube-controller-manager|keda.*)$/.test(manager);
  const isAlone = conflicts.some(isOfAutoscaler) && (await autoscalers.of(manifest)) === undefined;
  return conflicts.filter(
    (one) =>
      one.manager !== HANDOVER_MANAGER &&
      !(isAlone && isOfAutoscaler(one)) &&
      (changes === undefined || changes.some((path) => touches(path, one.field))),
  );
}

/** Whether a path of ours may lie at, above or below a field as the server writes it, which names list items by their keys. */
function touches(path: string, field: string): boolean {
  const known = field.replaceAll(/\[name="([^"]*)"\]/g, '[name=$1]');
  const stem = known.replace(/\[(?!name=).*$/, '');
  return path.startsWith(stem) || known.startsWith(path);
}

/**
 * An apply cannot be tried out before the fields of client-side apply are ours. So its conflicts are asked for, and what it makes
 * of the object is computed and completed by the server.
 */
async function forecastAdoption(finding: Living, context: Context): Promise<Finding> {
  const { live, manifest } = finding;
  const refused = (thrown: unknown) => {
    if (thrown instanceof ClusterError && thrown.reason !== undefined && !thrown.retriable)
      return undefined;
    throw thrown;
  };
  const tried = await tryOut(finding, context, false).catch(refused);
  const object = await context.client.forecastReplacement(adopted(live, manifest));
  const whole = { ...finding, ...becomes(live, object, finding), ownership: true };
  const conflicts =
    tried?.kind === 'conflict' ? await withoutStale(tried.conflicts, whole, context) : [];
  return { ...whole, ...(conflicts.length === 0 ? { takes: true } : { conflicts }) };
}

function becomes(
  live: LiveObject,
  object: LiveObject,
  { handsOver }: Finding,
): Pick<Finding, 'after' | 'ownership'> {
  const after = handsOver === undefined ? object : withReplicas(object, handsOver);
  return { after, ownership: ownedDigest(live) !== ownedDigest(object) };
}

function withReplicas(object: LiveObject, replicas: number): LiveObject {
  return { ...object, spec: { ...(object.spec as object), replicas } };
}

function overlaid({ live, manifest }: Living): Manifest {
  const before = sameShape(live, manifest);
  return JSON.stringify(before) === JSON.stringify(manifest) ? live : overlay(live, manifest);
}
