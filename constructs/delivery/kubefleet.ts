/** KubeFleet: envelopes with the objects of one cluster, each placed there by name. */
import { customScopes, isNamespaced } from '../kubernetes/kinds';
import type { Manifest } from '../model/app/workload';
import { EdgeError, z } from '../parsing';
import { conditionIn, conditionText, generationOf, statusOf } from './conditions';
import { isLeftBehind, objectKey } from './content';
import type { DeliveryReadiness, Engine, Target } from './engine';
import { hubName, hubObject, leftBehind, staysWhole } from './hub-object';
import { partsOf } from './parts';
import { headerShape, hubSchema, namespaceSchema } from './setting-parts';

/** Settings of KubeFleet. */
export const kubefleetSchema = z.strictObject({
  ...headerShape,
  engine: z.literal('kubefleet').describe('KubeFleet, as in Azure Kubernetes Fleet Manager.'),
  hub: hubSchema,
  namespace: namespaceSchema
    .default('littoral')
    .describe('Namespace of the hub in which a release keeps what it knows. Default: littoral.'),
});
type KubefleetSettings = z.output<typeof kubefleetSchema>;

/** What KubeFleet does not promise. */
export const kubefleetCannot = [
  'The namespace of the app must exist on the hub too, since envelopes lie in it.',
  'A cluster that is left vanishes from the status although its cleanup may have failed: look into the cluster.',
  'Namespaces, CustomResourceDefinitions and what is to be kept stay in a cluster that is left.',
  'Available says nothing of the count that an autoscaler is to reach, and right after a change of an envelope it may be that of before.',
];

const group = 'placement.kubernetes-fleet.io';
const apiVersion = `${group}/v1beta1`;
/** Bytes: snapshots of more are split and an object of etcd has at most 1.5 MiB. */
const limitBytes = 800_000;
/** An envelope takes no more. */
const mostObjects = 50;

/** The engine. */
export function kubefleet({ namespace }: KubefleetSettings): Engine {
  return {
    carriedBy: 'hub',
    cannot: kubefleetCannot,
    namespace,
    missing: undefined,
    folderOf: (app, cluster) => `apps/${app}/${cluster}`,
    contentOf: (manifest) => manifest,
    hubObjects: (target) => [
      ...enveloped(target, target.content.filter(isLeftBehind), '.shared'),
      ...enveloped(
        target,
        target.content.filter((one) => !isLeftBehind(one)),
        '',
      ),
    ],
    withdrawing: (object) =>
      isPlacement(object) && !staysWhole(object)
        ? { spec: { strategy: { deleteStrategy: { propagationPolicy: 'Delete' } } } }
        : undefined,
    finalizer: ({ kind }) => finalizers[kind],
    readiness,
    leadsTo: (object) => {
      const { policy } = (object.spec ?? {}) as {
        readonly policy?: { readonly clusterNames?: readonly string[] };
      };
      return isPlacement(object) ? policy?.clusterNames?.join(',') : undefined;
    },
  };
}

const finalizers: Readonly<Record<string, string>> = {
  ClusterResourcePlacement: 'kubernetes-fleet.io/crp-cleanup',
  ResourcePlacement: 'kubernetes-fleet.io/rp-cleanup',
};
const isPlacement = ({ kind }: Manifest) => Object.hasOwn(finalizers, kind);

/** One envelope and one placement for the objects of each namespace, and for those outside of namespaces. */
function enveloped(
  target: Target,
  content: readonly Manifest[],
  ending: string,
): readonly Manifest[] {
  const scopes = customScopes(target.content);
  const groups = new Map<string | undefined, Manifest[]>();
  for (const manifest of content) {
    const home = isNamespaced(manifest, scopes) ? manifest.metadata.namespace : undefined;
    groups.set(home, [...(groups.get(home) ?? []), manifest]);
  }
  return [...groups].flatMap(([home, manifests]) => {
    const limits = { bytes: limitBytes, objects: mostObjects, holder: 'ResourceEnvelope' };
    return partsOf(manifests, limits).flatMap((part, index) =>
      pair(target, part, home, `${ending}${index === 0 ? '' : `.${index + 1}`}`),
    );
  });
}

function pair(
  target: Target,
  part: readonly Manifest[],
  namespace: string | undefined,
  ending: string,
): readonly Manifest[] {
  const { app, cluster } = target;
  const name = hubName(app, cluster.name, ending);
  const prefix = namespace === undefined ? 'Cluster' : '';
  const kind = `${prefix}ResourceEnvelope`;
  const home = namespace === undefined ? {} : { namespace };
  const data = Object.fromEntries(part.map((one) => [fileOf(one), one]));
  if (Object.keys(data).length < part.length) {
    throw new EdgeError({
      code: 'Duplicate',
      path: 'delivery',
      summary: `two objects of ${objectKey(part[0]!)} have one name in an envelope`,
      remedy: 'Rename one of them.',
    });
  }
  const bare = { ...target, assigned: {} };
  const annotations = ending.startsWith('.shared') ? leftBehind : {};
  const placement = { kind: `${prefix}ResourcePlacement`, apiVersion, name, ...home, annotations };
  return [
    hubObject(bare, { apiVersion, kind, name, ...home }, { data }),
    hubObject(target, placement, {
      spec: {
        resourceSelectors: [{ group, version: 'v1beta1', kind, name }],
        policy: { placementType: 'PickFixed', clusterNames: [cluster.name] },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: 1, maxSurge: 1 },
          applyStrategy: { type: 'ServerSideApply', whenToTakeOver: 'IfNoDiff' },
          deleteStrategy: { propagationPolicy: 'Abandon' },
        },
      },
    }),
  ];
}

const fileOf = ({ apiVersion: version, kind, metadata }: Manifest) =>
  `${version.replaceAll('/', '.')}.${kind}.${metadata.name}.yaml`.toLowerCase();

/** What placements call what is asked of each cluster. */
const wanted = ['Applied', 'Available'];

function readiness(live: Manifest): DeliveryReadiness {
  if (!isPlacement(live)) return { ready: true, reason: 'nothing to wait for' };
  const generation = generationOf(live);
  const { placementStatuses } = statusOf(live);
  const { policy } = (live.spec ?? {}) as {
    readonly policy?: { readonly clusterNames?: readonly string[] };
  };
  const statuses = (placementStatuses ?? []) as readonly {
    readonly clusterName?: string;
    readonly conditions?: unknown;
  }[];
  for (const cluster of policy?.clusterNames ?? []) {
    const found = statuses.find(({ clusterName }) => clusterName === cluster);
    for (const type of wanted) {
      const condition = conditionIn(found?.conditions, type, generation);
      if (condition?.status !== 'True') {
        return { ready: false, reason: conditionText(type, condition) };
      }
    }
  }
  return { ready: true, reason: 'Applied and Available' };
}
