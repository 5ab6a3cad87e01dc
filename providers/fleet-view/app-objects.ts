/** Which objects belong to an app: those of its release by their label, and by the selectors of its workloads what these create. */

import { kinds } from '../../constructs/kubernetes/kinds';
import { listObjects, type Objects, type Selection } from '../clusters/api/objects';
import type { NamedResource } from '../clusters/api/resource-names';
import type { KindRef, LiveObject } from '../clusters/cluster';
import { ClusterError } from '../clusters/errors';
import { RELEASE_LABEL } from '../resources/release';

/** An app, by the name of its release. */
export interface AppRef {
  readonly name: string;
  /** Undefined: in all of them. */
  readonly namespace: string | undefined;
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** What pods have in common with the workloads that made them is their labels alone. */
const madeByWorkloads = ['Pod', 'ReplicaSet', 'PodMetrics'];
const workloads = [
  ...kinds.filter(({ workload }) => workload !== undefined),
  ...kinds.filter(({ kind }) => kind === 'Job'),
];

/** What selects the objects of a kind that belong to the app; none: the app has no such objects in this cluster. */
export async function appSelections(
  objects: Objects,
  { kind }: Pick<NamedResource, 'kind'>,
  app: AppRef,
): Promise<readonly Selection[]> {
  if (!madeByWorkloads.includes(kind)) return [{ labelSelector: releaseSelector(app) }];
  const found = await appWorkloads(objects, app);
  const texts = found.map(({ spec }) => selectorText((spec as WorkloadSpec | undefined)?.selector));
  return [...new Set(texts)]
    .filter((text) => text !== '')
    .map((labelSelector) => ({ labelSelector }));
}

interface WorkloadSpec {
  readonly selector?: LabelSelector;
}

/** The workloads of the app in this cluster. */
export async function appWorkloads(objects: Objects, app: AppRef): Promise<readonly LiveObject[]> {
  const { namespace } = app;
  const where = namespace === undefined ? {} : { namespace };
  const lists = await Promise.all(
    workloads.map(({ apiVersion, kind }) => listed(objects, { apiVersion, kind, ...where }, app)),
  );
  return lists.flat();
}

/** A role may be allowed Deployments and no DaemonSets: what cannot be listed has not been released with that role either. */
async function listed(
  objects: Objects,
  kind: KindRef,
  app: AppRef,
): Promise<readonly LiveObject[]> {
  try {
    return (await listObjects(objects, kind, { labelSelector: releaseSelector(app) })).items;
  } catch (error) {
    const isOther = error instanceof ClusterError && (error.status === 403 || error.status === 404);
    if (isOther && kind.kind !== 'Deployment') return [];
    throw error;
  }
}

const releaseSelector = ({ name }: AppRef) => `${RELEASE_LABEL}=${name}`;

/** A selector as the query of a list spells it. */
export function selectorText({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector = {}): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}
