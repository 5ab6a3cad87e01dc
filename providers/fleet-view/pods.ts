/** The pods that a person means: those of an app, of a workload, or by name. */
import { listObjects, type Objects } from '../clusters/api/objects';
import { resourcesNamed, servedResources } from '../clusters/api/resource-names';
import type { LiveObject } from '../clusters/cluster';
import { type AppRef, appSelections, selectorText } from './app-objects';
import { unknownKindName } from './unknown-kind-name';

/** Which pods. */
export interface PodQuery {
  /** A pod by its name, or KIND/NAME for the pods of a workload. Default: all. */
  readonly target: string | undefined;
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly app: AppRef | undefined;
}
/** A selection of pods, as lists and watches take it. */
export interface PodSelection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

const podKind = { apiVersion: 'v1', kind: 'Pod' } as const;

/** What selects the pods in one cluster; none where the cluster has no such app or workload. Rejects with a ClusterError. */
export async function podSelections(
  objects: Objects,
  { target, namespace, labelSelector, app }: PodQuery,
): Promise<readonly PodSelection[]> {
  const ofApp = app === undefined ? [{}] : await appSelections(objects, podKind, app);
  const own = target === undefined ? {} : await ofTarget(objects, target, namespace);
  if (own === undefined) return [];
  return ofApp.map((one: PodSelection) => {
    const labels = [one.labelSelector, own.labelSelector, labelSelector].filter(Boolean).join(',');
    return { ...own, ...(labels === '' ? {} : { labelSelector: labels }) };
  });
}

async function ofTarget(
  objects: Objects,
  target: string,
  namespace: string | undefined,
): Promise<PodSelection | undefined> {
  const [kind = '', name] = target.includes('/') ? target.split('/') : ['pod', target];
  const served = await servedResources(objects.server);
  const [resource] = resourcesNamed(served, kind);
  const byName = { fieldSelector: `metadata.name=${name}` };
  if (resource === undefined) throw unknownKindName(objects.server.name, kind, served);
  if (resource.kind === podKind.kind) return byName;
  const { apiVersion } = resource;
  const where = namespace === undefined ? {} : { namespace };
  const { items } = await listObjects(
    objects,
    { apiVersion, kind: resource.kind, ...where },
    byName,
  );
  const selector = (items[0]?.spec as { readonly selector?: object } | undefined)?.selector;
  const text = selectorText(isPlain(selector) ? { matchLabels: selector } : selector);
  return text === '' ? undefined : { labelSelector: text };
}

/** Services and ReplicationControllers select by labels alone. */
function isPlain(selector: object | undefined): selector is Readonly<Record<string, string>> {
  return (
    selector !== undefined && !('matchLabels' in selector) && !('matchExpressions' in selector)
  );
}

/** The pods themselves, each once. Rejects with a ClusterError. */
export async function podsOf(objects: Objects, query: PodQuery): Promise<readonly LiveObject[]> {
  const { namespace } = query;
  const where = namespace === undefined ? {} : { namespace };
  const selections = await podSelections(objects, query);
  const lists = await Promise.all(
    selections.map((selection) => listObjects(objects, { ...podKind, ...where }, selection)),
  );
  const pods = lists.flatMap(({ items }) => items);
  return [...new Map(pods.map((pod) => [pod.metadata.uid, pod])).values()];
}

/** Whether the pod takes requests now. */
export function isReadyPod({ metadata, status }: LiveObject): boolean {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  const isReady = conditions.some((one) => one.type === 'Ready' && one.status === 'True');
  return isReady && metadata.deletionTimestamp === undefined;
}
