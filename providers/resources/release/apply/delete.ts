/** Delete: takes objects of a release away, last applied first, and sees them gone; never what holds something of others. */
import type { ClusterClient, KindRef, LiveObject, ObjectRef } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { goOn, type ReleaseEvent } from '../observe/world';
import type { ObjectPlan } from '../plan/plan';
import { isHolder, keyOf, objectText, refOf } from '../state/identity';
import { inventoryRef } from '../state/inventory';

/** How to delete. */
export interface DeleteContext {
  readonly client: ClusterClient;
  readonly release: string;
  /** Of its inventory. */
  readonly namespace: string;
  readonly deadlineSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: ReleaseEvent) => void) | undefined;
  /** Objects that stay, and with them what holds them. Default: none. */
  readonly keeping?: readonly ObjectRef[] | undefined;
}

/** What came of it. */
export interface Deleted {
  readonly gone: readonly ObjectRef[];
  /** What is still there, and why. */
  readonly staying: readonly { readonly ref: ObjectRef; readonly reason: string }[];
  /** What stays for good, and why. */
  readonly kept: readonly { readonly ref: ObjectRef; readonly reason: string }[];
}

/** Deletes in the order given; each only with the uid it was seen with. */
export async function deleteObjects(
  plans: readonly ObjectPlan[],
  context: DeleteContext,
): Promise<Deleted> {
  const { client, deadlineSeconds } = context;
  const gone: ObjectRef[] = [];
  const staying: { ref: ObjectRef; reason: string }[] = [];
  const kept: { ref: ObjectRef; reason: string }[] = [];
  const inventory = inventoryRef(context.release, context.namespace);
  const ours = new Set([...plans.map(({ ref }) => ref), inventory].map(keyOf));
  for (const { ref, uid } of plans) {
    goOn(context.signal);
    const foreign = isHolder(ref) ? await whatOthersHave(ref, context, ours) : undefined;
    if (foreign !== undefined) {
      kept.push({ ref, reason: foreign });
      continue;
    }
    const { client: _, ...rest } = context;
    rest.onEvent?.({ cluster: client.name, phase: 'removing', object: ref });
    const guard = uid === undefined ? {} : { uid };
    const answer = await client.delete(ref, { ...guard, deadlineSeconds });
    if (answer.gone) gone.push(ref);
    else staying.push({ ref, reason: stillThere(ref, answer.finalizers, deadlineSeconds) });
  }
  return { gone, staying, kept };
}

function stillThere(ref: ObjectRef, finalizers: readonly string[], seconds: number): string {
  const held = finalizers.length === 0 ? '' : `: it waits for ${finalizers.join(', ')}`;
  return `${objectText(ref)} is not gone after ${seconds} s${held}`;
}

/** What others have in a Namespace or of a CRD, in words; undefined when there is nothing. */
async function whatOthersHave(
  ref: ObjectRef,
  { client, keeping = [] }: DeleteContext,
  ours: ReadonlySet<string>,
): Promise<string | undefined> {
  const inside = keeping.find((one) => ref.kind === 'Namespace' && one.namespace === ref.name);
  if (inside !== undefined) {
    return `${objectText(ref)} stays: it holds ${objectText(inside)}, which stays`;
  }
  try {
    const possible =
      ref.kind === 'Namespace' ? await kindsIn(client, ref.name) : await definedKinds(client, ref);
    // A label names a release, not its home: a release of the same name elsewhere may have objects here.
    const found = await Promise.all(possible.map((kind) => client.list(kind, '')));
    const foreign = found
      .flat()
      .filter((live) => !isOfCluster(live) && !ours.has(keyOf(refOf(live))));
    const [first] = foreign;
    if (first === undefined) return undefined;
    const more = foreign.length === 1 ? '' : ` and ${foreign.length - 1} more`;
    return `${objectText(ref)} stays: it holds ${objectText(refOf(first))}${more} of others`;
  } catch (thrown) {
    if (!(thrown instanceof ClusterError) || thrown.unreachable) throw thrown;
    return `${objectText(ref)} stays: nobody may say what others have in it (${thrown.summary})`;
  }
}

/**
 * Every kind that others may have in a namespace, as the server tells: custom resources too. Left out is what the cluster writes
 * about objects that are listed themselves.
 */
async function kindsIn(client: ClusterClient, namespace: string): Promise<readonly KindRef[]> {
  const kinds = await client.namespacedKinds();
  return kinds
    .filter(({ apiVersion, kind }) => !isReport(apiVersion, kind))
    .map(({ apiVersion, kind }) => ({ apiVersion, kind, namespace }));
}

/** Events, usage figures, and the addresses of a Service, which go with it a moment later. */
const isReport = (apiVersion: string, kind: string) =>
  kind === 'Event' || kind === 'Endpoints' || apiVersion.startsWith('metrics.k8s.io/');

async function definedKinds(client: ClusterClient, ref: ObjectRef): Promise<readonly KindRef[]> {
  const live = await client.get(ref);
  const spec = live?.spec as
    | {
        readonly group: string;
        readonly names: { readonly kind: string };
        readonly versions: readonly { readonly name: string; readonly served: boolean }[];
      }
    | undefined;
  const version = spec?.versions.find(({ served }) => served);
  if (spec === undefined || version === undefined) return [];
  const kind = { apiVersion: `${spec.group}/${version.name}`, kind: spec.names.kind };
  return (await client.scopeOf(kind.apiVersion, kind.kind)) === undefined ? [] : [kind];
}

/** What Kubernetes itself puts into every namespace, and what belongs to something else that is there. */
function isOfCluster({ kind, metadata, type }: LiveObject): boolean {
  if (((metadata.ownerReferences ?? []) as readonly unknown[]).length > 0) return true;
  if (kind === 'ConfigMap') return metadata.name === 'kube-root-ca.crt';
  if (kind === 'ServiceAccount') return metadata.name === 'default';
  return kind === 'Secret' && type === 'kubernetes.io/service-account-token';
}
