/** Forecast: what a server would make of an object, or why it would not have it: dry runs, and what they cannot tell. */

import { mayBeReplaced } from '../../../../constructs/kubernetes/hooks';
import { groupOf } from '../../../../constructs/kubernetes/kinds';
import { overlay } from '../../../../constructs/kubernetes/overlay';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { digestOf } from '../../../../constructs/model/canonical';
import type {
  ApplyOutcome,
  ClusterClient,
  FieldConflict,
  LiveObject,
} from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import type { Capacity } from '../state/capacity';
import { withoutEmptyField } from '../state/controller-fields';
import { adopted, HANDOVER_MANAGER, isTool } from '../state/field-managers';
import { changedFields, namesUnique } from '../state/fields';
import { type ReleaseKey, refOf } from '../state/identity';
import { ownedDigest, sameShape } from '../state/ownership';
import type { AutoscalersThere } from './autoscalers-there';
import { droppedNote } from './dropped-fields';
import type { Finding } from './finding';
import { getIfKnown } from './observe';

/** A finding about an object that is there. */
export type Living = Finding & { readonly live: LiveObject };

/** What is known while one cluster is inspected. */
export interface Context {
  readonly client: ClusterClient;
  readonly own: ReleaseKey;
  readonly autoscalers: AutoscalersThere;
  readonly capacity: ReadonlyMap<string, Capacity>;
  /** Names of Namespaces that nobody wrote down. */
  readonly ownNamespaces: ReadonlySet<string>;
  /** `group/Kind` of every definition that is about to be made or changed. */
  readonly redefined: ReadonlySet<string>;
  /** Names of the webhooks that the release itself brings. */
  readonly webhooks: ReadonlySet<string>;
  /** What people and tools changed in our own objects is set back, as a plan from the state says. */
  readonly repairs: boolean;
}

/** `group/Kind` of what a CustomResourceDefinition defines. */
export function definedKind({ spec }: Manifest): string {
  const { group, names } = (spec ?? {}) as {
    readonly group?: string;
    readonly names?: { readonly kind?: string };
  };
  return `${group ?? ''}/${names?.kind ?? ''}`;
}

const laterDefinition = 'its definition comes or changes first, so it cannot be tried out';

/** The names of the webhooks in these manifests. */
export function webhooksIn(manifests: readonly Manifest[]): ReadonlySet<string> {
  const configured = manifests.flatMap(({ apiVersion, webhooks }) =>
    apiVersion.startsWith('admissionregistration.k8s.io/') && Array.isArray(webhooks)
      ? webhooks
      : [],
  );
  return new Set(configured.map(({ name }: { readonly name?: unknown }) => String(name)));
}

/** True when a webhook that the release brings could not be called: the release itself may mend that. */
function failsByOwn(thrown: unknown, { webhooks }: Context): boolean {
  if (!(thrown instanceof ClusterError)) return false;
  const name = /^webhook (\S+) of .* does not answer/.exec(thrown.summary)?.[1];
  return name !== undefined && webhooks.has(name);
}

/** Why an object was not tried out: what the release itself has there refuses it. */
export const ownWebhook =
  'a webhook of the release cannot be called now, so it cannot be tried out';

function isRedefined({ apiVersion, kind }: Manifest, { redefined }: Context): boolean {
  return redefined.has(`${groupOf(apiVersion)}/${kind}`);
}

/** What becomes of an object that is there. Rejects when the server does not answer. */
export async function forecastChange(finding: Living, context: Context): Promise<Finding> {
  const found = await tried(finding, context);
  const filled = withoutFilled(finding, found.conflicts ?? []);
  return filled === undefined ? found : tried(filled, context);
}

/** Without the fields that are empty in the manifest and that a controller has filled; undefined when there are none. */
function withoutFilled(finding: Living, conflicts: readonly FieldConflict[]): Living | undefined {
  let { manifest } = finding;
  const fillers: string[] = [];
  for (const { manager, field } of conflicts) {
    const rest = isTool(manager) ? undefined : withoutEmptyField(manifest, field);
    if (rest === undefined) continue;
    manifest = rest;
    fillers.push(`${manager} fills ${field}`);
  }
  return fillers.length === 0 ? undefined : { ...finding, manifest, filledBy: fillers.join(', ') };
}

async function tried(finding: Living, context: Context): Promise<Finding> {
  try {
    return finding.migrates === true
      ? await forecastAdoption(finding, context)
      : await forecast(finding, context);
  } catch (thrown) {
    if (failsByOwn(thrown, context)) {
      return { ...finding, after: overlaid(finding), unchecked: ownWebhook };
    }
    const error = verdictOf(thrown);
    // Servers refuse dry runs when a webhook has side effects; then the visible fields are compared.
    if (isNoDryRun(error)) return { ...finding, after: overlaid(finding) };
    if (isRedefined(finding.manifest, context)) {
      return { ...finding, after: overlaid(finding), unchecked: laterDefinition };
    }
    const refused = { ...finding, refusal: `${error.summary}. ${error.remedy}` };
    if (error.immutable === undefined || !mayBeReplaced(finding.manifest)) return refused;
    const reason = await refusalOfNew(finding.manifest, context);
    return reason === undefined
      ? { ...finding, replacedFor: error.immutable, after: overlaid(finding) }
      : { ...finding, refusal: reason };
  }
}

/** The server's verdict on an object; rethrows what is none. */
function verdictOf(thrown: unknown): ClusterError {
  if (!(thrown instanceof ClusterError) || thrown.unreachable || thrown.retriable) throw thrown;
  return thrown;
}

function isNoDryRun({ reason, summary }: ClusterError): boolean {
  return reason === 'BadRequest' && /dry.?run/i.test(summary);
}

/** Whether a server would create an object. In a namespace that is still to come only the object itself is judged. */
export async function forecastCreation(
  finding: Finding,
  context: Context,
  isHomeless: boolean,
): Promise<Finding> {
  try {
    return await tryCreation(finding, context, isHomeless);
  } catch (thrown) {
    if (!failsByOwn(thrown, context)) throw thrown;
    return { ...finding, unchecked: ownWebhook };
  }
}

async function tryCreation(
  finding: Finding,
  context: Context,
  isHomeless: boolean,
): Promise<Finding> {
  const { manifest } = finding;
  const { client } = context;
  const { apiVersion, kind } = manifest;
  if ((await client.scopeOf(apiVersion, kind)) === undefined) {
    return {
      ...finding,
      unchecked: 'the server does not know its kind yet, so it cannot be tried out',
    };
  }
  if (isRedefined(manifest, context)) return { ...finding, unchecked: laterDefinition };
  if (isHomeless) return forecastElsewhere(finding, context);
  const { error, object } = await creating(manifest, client);
  if (failsByOwn(error, context)) return { ...finding, unchecked: ownWebhook };
  return withError(withDropped(finding, object), error, false);
}

/** Said with the object, since nothing else tells of it. */
function withDropped<Known extends Finding>(finding: Known, stored: LiveObject | undefined): Known {
  const note = stored === undefined ? undefined : droppedNote(finding.manifest, stored);
  return note === undefined ? finding : { ...finding, note };
}

const laterNamespace = 'its namespace comes first, so it cannot be tried out';

/** Its namespace is still to come: another one is asked, where an object of its name must not be. */
async function forecastElsewhere(finding: Finding, { client }: Context): Promise<Finding> {
  const { manifest } = finding;
  const tried = { ...manifest, metadata: { ...manifest.metadata, namespace: 'default' } };
  const { kind, error } = await creating(tried, client);
  // The answer tells whether one is there; an error may be about what is there.
  const isThere =
    error === undefined
      ? kind !== 'created'
      : (await getIfKnown(client, refOf(tried))) !== undefined;
  if (isThere) return { ...finding, unchecked: laterNamespace };
  const { refusal, ...rest } = withError(finding, error, true);
  return refusal === undefined ? rest : { ...rest, refusal: atHome(refusal, manifest) };
}

/** Words about the object where it was tried, as words about it where it is to be. */
function atHome(refusal: string, { kind, metadata: { name, namespace } }: Manifest): string {
  return refusal.replaceAll(`${kind} default/${name}`, `${kind} ${namespace}/${name}`);
}

function withError(
  finding: Finding,
  error: ClusterError | undefined,
  isElsewhere: boolean,
): Finding {
  if (error === undefined || !countsAgainst(error, finding.manifest, isElsewhere)) return finding;
  return { ...finding, refusal: `${error.summary}. ${error.remedy}` };
}

/** Why the server would not create the object if the one of its name were gone; undefined when it would. */
async function refusalOfNew(manifest: Manifest, { client }: Context): Promise<string | undefined> {
  const name = `littoral-${digestOf(manifest).slice(7, 15)}`;
  const tried = { ...manifest, metadata: { ...manifest.metadata, name } };
  const { error } = await creating(tried, client);
  return error?.reason === 'Invalid' ? `${error.summary}. ${error.remedy}` : undefined;
}

async function creating(
  manifest: Manifest,
  client: ClusterClient,
): Promise<{
  readonly kind?: ApplyOutcome['kind'];
  readonly object?: LiveObject;
  readonly error?: ClusterError;
}> {
  try {
    const answer = await client.apply(manifest, { dryRun: true, force: true });
    const { kind } = answer;
    return kind === 'conflict' ? { kind } : { kind, object: answer.object };
  } catch (thrown) {
    return { error: verdictOf(thrown) };
  }
}

/**
 * A refusal may be about what is not there yet but comes before the object: a Role, a ServiceAccount, a Secret. Another
 * namespace has other quotas, webhooks and rights.
 */
function countsAgainst(error: ClusterError, manifest: Manifest, isElsewhere: boolean): boolean {
  if (isNoDryRun(error) || error.status === 404) return false;
  if (error.reason === 'Invalid' || error.invalid) return true;
  if (isElsewhere || /not found|does not exist|no such/i.test(error.summary)) return false;
  return !manifest.apiVersion.startsWith('rbac.authorization.k8s.io/');
}

async function forecast(finding: Living, context: Context): Promise<Finding> {
  const { live } = finding;
  const first = await tryOut(finding, context, false);
  if (first.kind !== 'conflict') {
    return withDropped({ ...finding, ...becomes(live, first.object, finding) }, first.object);
  }
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
  { manifest, live, after, entry }: Finding,
  { autoscalers, repairs }: Context,
): Promise<readonly FieldConflict[]> {
  const changes =
    after === undefined
      ? undefined
      : changedFields(refOf(manifest), live, after).map(({ path }) => path);
  const isOfAutoscaler = ({ manager, field }: FieldConflict) =>
    field === '.spec.replicas' && /^(kube-controller-manager|keda.*)$/.test(manager);
  const isAlone = conflicts.some(isOfAutoscaler) && (await autoscalers.of(manifest)) === undefined;
  const mayRepair = repairs && entry?.uid !== undefined && entry.uid === live?.metadata.uid;
  return conflicts.filter(
    (one) =>
      one.manager !== HANDOVER_MANAGER &&
      !(mayRepair && isTool(one.manager)) &&
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
  if (JSON.stringify(before) === JSON.stringify(manifest)) return live;
  return overlay(live, withLiveItems(live, manifest) as Manifest);
}

/** `wanted` with what servers fill in: items of lists that have the names of live ones keep what they leave out. */
export function withLiveItems(live: unknown, wanted: unknown): unknown {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || !namesUnique(wanted) || !namesUnique(live)) return wanted;
    return wanted.map((item) => {
      const same = live.find(({ name }) => name === item.name);
      return same === undefined ? item : overlay(same, withLiveItems(same, item) as Manifest);
    });
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted;
  const members = Object.entries(wanted).map(([key, value]) => [
    key,
    withLiveItems((live as Readonly<Record<string, unknown>> | null | undefined)?.[key], value),
  ]);
  return Object.fromEntries(members);
}
