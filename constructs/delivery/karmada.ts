/** Karmada: Works in the execution namespace of each cluster, which no scheduler touches. */
import type { Manifest } from '../model/app/workload';
import { z } from '../parsing';
import { conditionIn, conditionText, statusOf } from './conditions';
import { isLeftBehind, objectKey } from './content';
import type { DeliveryReadiness, Engine, Target } from './engine';
import { assignedOf, hubName, hubObject, leftBehind, staysWhole } from './hub-object';
import { partsOf } from './parts';
import { headerShape, hubSchema, namespaceSchema } from './setting-parts';

/** Settings of Karmada. */
export const karmadaSchema = z.strictObject({
  ...headerShape,
  engine: z.literal('karmada').describe('Karmada.'),
  hub: hubSchema,
  namespace: namespaceSchema
    .default('littoral')
    .describe(
      'Namespace of the Karmada API server in which a release keeps what it knows. Default: littoral.',
    ),
});
type KarmadaSettings = z.output<typeof karmadaSchema>;

/** What Karmada does not promise. */
export const karmadaCannot = [
  'Namespaces, CustomResourceDefinitions and what is to be kept stay in a cluster that is left.',
  'The health of a Work does not say which version of it is meant: right after a change it may be that of before; the updated replicas are compared for this.',
  'An autoscaled workload starts with one pod; the cluster counts as ready once the assigned number is available.',
];

/** Bytes: an object of etcd has at most 1.5 MiB, and a Work also has a status. */
const limitBytes = 1_000_000;
const apiVersion = 'work.karmada.io/v1alpha1';

/** The engine. */
export function karmada({ namespace }: KarmadaSettings): Engine {
  return {
    carriedBy: 'hub',
    cannot: karmadaCannot,
    namespace,
    missing: undefined,
    folderOf: (app, cluster) => `apps/${app}/${cluster}`,
    contentOf: (manifest) => manifest,
    hubObjects: works,
    withdrawing: (object) =>
      object.kind === 'Work' && !staysWhole(object)
        ? { spec: { preserveResourcesOnDeletion: false } }
        : undefined,
    finalizer: ({ kind }) => (kind === 'Work' ? 'karmada.io/execution-controller' : undefined),
    readiness,
    leadsTo: ({ kind, metadata }) => (kind === 'Work' ? metadata.namespace : undefined),
  };
}

const sharedEnding = '.shared';

/** What stays behind is in Works of its own: preserving is all of a Work or nothing. */
function works(target: Target): readonly Manifest[] {
  const staying = target.content.filter(isLeftBehind);
  const leaving = target.content.filter((one) => !isLeftBehind(one));
  return [...made(target, staying, sharedEnding, leftBehind), ...made(target, leaving, '', {})];
}

function made(
  target: Target,
  content: readonly Manifest[],
  ending: string,
  annotations: Readonly<Record<string, string>>,
): readonly Manifest[] {
  const { app, cluster, assigned } = target;
  return partsOf(content, { bytes: limitBytes, holder: 'Work' }).map((manifests, index) => {
    const name = hubName(app, cluster.name, `${ending}${index === 0 ? '' : `.${index + 1}`}`);
    const keys = new Set(manifests.map(objectKey));
    const its = Object.fromEntries(Object.entries(assigned).filter(([key]) => keys.has(key)));
    const id = {
      apiVersion,
      kind: 'Work',
      name,
      namespace: `karmada-es-${cluster.name}`,
      annotations,
    };
    const spec = { workload: { manifests }, preserveResourcesOnDeletion: true };
    return hubObject({ ...target, assigned: its }, id, { spec });
  });
}

interface ManifestStatus {
  readonly identifier: {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  };
  readonly health?: string;
  readonly status?: { readonly availableReplicas?: number; readonly updatedReplicas?: number };
}

function readiness(live: Manifest): DeliveryReadiness {
  const { conditions, manifestStatuses } = statusOf(live);
  const applied = conditionIn(conditions, 'Applied');
  if (applied?.status !== 'True')
    return { ready: false, reason: conditionText('Applied', applied) };
  const statuses = (manifestStatuses ?? []) as readonly ManifestStatus[];
  const keyOf = ({ identifier: { kind, namespace, name } }: ManifestStatus) =>
    `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
  const sick = statuses.find(({ health }) => health === 'Unhealthy');
  if (sick !== undefined) return { ready: false, reason: `${keyOf(sick)} is Unhealthy` };
  for (const [key, count] of Object.entries(assignedOf(live))) {
    const { status, health } = statuses.find((one) => keyOf(one) === key) ?? {};
    const { availableReplicas = 0, updatedReplicas = availableReplicas } = status ?? {};
    const available = Math.min(availableReplicas, updatedReplicas);
    if (available < count) {
      return {
        ready: false,
        reason: `${key} has ${available} of ${count} assigned replicas available`,
      };
    }
    if (count > 0 && health !== 'Healthy') {
      return { ready: false, reason: `${key} is ${health ?? 'without health yet'}` };
    }
  }
  return { ready: true, reason: 'Applied and Healthy, and as many replicas available as assigned' };
}
