/** Inspect: requests each object that is not known to be as desired; a known object costs no request. */
import type { Manifest } from '../../../../constructs/model/app/workload';
import { eachOf } from '../../../clusters/parallel';
import { type Capacity, replicasOf, withoutReplicas } from '../state/capacity';
import { clientSideFields, ownsReplicas } from '../state/field-managers';
import { isHolder, keyOf, otherRelease, refOf, releaseOf } from '../state/identity';
import { entryRef } from '../state/inventory';
import { hiding, manifestDigest } from '../state/secrecy';
import { autoscalersThere } from './autoscalers-there';
import { type Finding, isAsApplied } from './finding';
import {
  type Context,
  definedKind,
  forecastChange,
  forecastCreation,
  type Living,
  webhooksIn,
} from './forecast';
import { withForeignSecurity } from './held-namespace';
import { getIfKnown, type Present } from './observe';
import { podRulesOf, withPodTrial } from './pod-trial';
import { manifestInScope, scopeIn } from './scope';

/** What is inspected in one cluster. */
interface Wanted {
  readonly manifests: readonly Manifest[];
  readonly capacity: ReadonlyMap<string, Capacity>;
  readonly ownNamespaces: ReadonlySet<string>;
}

/** How it is inspected. */
interface Inspection {
  readonly release: string;
  readonly namespace: string;
  readonly repairs: boolean;
}

/** Findings in the order of `manifests`, each with its manifest as the server places it. */
export async function inspect(
  seen: Present,
  { manifests, capacity, ownNamespaces }: Wanted,
  { release, namespace, repairs }: Inspection,
): Promise<readonly Finding[]> {
  const own = { release, namespace };
  const placed = new Map(
    manifests.map((one) => [one, manifestInScope(one, scopeIn(seen.scopes, one), namespace)]),
  );
  const autoscalers = autoscalersThere(seen, [...placed.values()], own);
  const entries = new Map(
    (seen.inventory?.objects ?? []).map((entry) => [keyOf(entryRef(entry)), entry]),
  );
  const hide = hiding(manifests);
  const missing = new Set<string>();
  const redefined = new Set<string>();
  const webhooks = webhooksIn(manifests);
  const known = { webhooks, autoscalers, capacity, ownNamespaces, redefined, repairs };
  const context = { client: seen.client, own, ...known };
  const look = async (desired: Manifest): Promise<Finding> => {
    const manifest = placed.get(desired) ?? desired;
    const key = keyOf(refOf(manifest));
    const entry = entries.get(key);
    // A state is compared with what is desired where no server can be asked.
    const base = { manifest, digest: manifestDigest(desired), ...(entry ? { entry } : {}) };
    const isHomeless = missing.has(manifest.metadata.namespace ?? '');
    const live =
      seen.objects.get(key) ??
      (isHomeless ? undefined : await getIfKnown(seen.client, refOf(manifest)));
    if (live === undefined && manifest.kind === 'Namespace') missing.add(manifest.metadata.name);
    const found =
      live === undefined
        ? await forecastCreation(base, context, isHomeless)
        : await inspectLive({ ...base, live }, context);
    if (isHolder(manifest) && !isAsApplied(found)) redefined.add(definedKind(manifest));
    return found.refusal === undefined ? found : { ...found, refusal: hide(found.refusal) };
  };
  // What others lie in, or are defined by, comes first.
  const holders = new Map<Manifest, Finding>();
  for (const one of manifests.filter(isHolder)) holders.set(one, await look(one));
  const rules = podRulesOf([...holders.values()], manifests);
  return eachOf(manifests, abreast, async (one) => {
    const holder = holders.get(one);
    if (holder !== undefined) return holder;
    const found = await withPodTrial(await look(one), rules, context);
    return found.refusal === undefined ? found : { ...found, refusal: hide(found.refusal) };
  });
}

/** Objects that are looked at at the same time. */
const abreast = 8;

async function inspectLive(found: Living, context: Context): Promise<Finding> {
  const isMade =
    found.manifest.kind === 'Namespace' && context.ownNamespaces.has(found.manifest.metadata.name);
  const given = isMade ? withForeignSecurity(found, context.own) : found;
  if (isAsApplied(given)) return given;
  const isTaken = otherRelease(given.live, context.own) !== undefined;
  if (isTaken || given.live.metadata.deletionTimestamp !== undefined) return given;
  const finding = await withReplicasLeft(given, context);
  if (isAsApplied(finding)) return finding;
  const migrates =
    given.entry === undefined &&
    releaseOf(given.live) === undefined &&
    clientSideFields(given.live);
  const whole = await withHandover(
    { ...finding, ...(migrates ? { migrates: true as const } : {}) },
    context,
  );
  return forecastChange(whole, context);
}

/** Without replicas where something in the cluster scales the object. */
async function withReplicasLeft(finding: Living, { autoscalers }: Context): Promise<Living> {
  if (replicasOf(finding.manifest) === undefined) return finding;
  const scaledBy = await autoscalers.of(finding.manifest);
  if (scaledBy === undefined) return finding;
  // The digest stays that of what is desired, which is all that a state can be compared with.
  return { ...finding, manifest: withoutReplicas(finding.manifest), scaledBy };
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
