/** OCM: ManifestWorks in the namespace of each cluster on the hub. */
import { builtInPath, groupOf, isScalable, isWorkload } from '../kubernetes/kinds';
import type { Manifest } from '../model/app/workload';
import { EdgeError, z } from '../parsing';
import { conditionIn, conditionText, generationOf, statusOf } from './conditions';
import { isLeftBehind, objectKey } from './content';
import type { DeliveryReadiness, Engine, Target } from './engine';
import { assignedOf, hubObject } from './hub-object';
import { partsOf } from './parts';
import { headerShape, hubSchema, namespaceSchema, objectNameSchema } from './setting-parts';

/** Settings of OCM. */
export const ocmSchema = z.strictObject({
  ...headerShape,
  engine: z.literal('ocm').describe('Open Cluster Management.'),
  hub: hubSchema,
  namespace: namespaceSchema
    .default('littoral')
    .describe('Namespace of the hub in which a release keeps what it knows. Default: littoral.'),
  executor: z
    .strictObject({
      namespace: namespaceSchema.describe('Its namespace in every cluster.'),
      name: objectNameSchema.describe('Its name.'),
    })
    .optional()
    .describe(
      'ServiceAccount of each cluster that the agent applies as. Default: the agent and all its rights.',
    ),
  limitBytes: z
    .int()
    .min(1024)
    .max(1_048_576)
    .default(512_000)
    .describe(
      'Bytes of manifests that the webhook of the hub lets into one work. Default: 512000.',
    ),
});
type OcmSettings = z.output<typeof ocmSchema>;

/** What OCM does not promise. */
export const ocmCannot = [
  'Objects that leave the app while it stays in a cluster stay there: a work that leaves everything behind also leaves those.',
  'Namespaces, CustomResourceDefinitions and what is to be kept stay in a cluster that is left.',
  'An autoscaled workload starts with one pod; the cluster counts as ready once the assigned number is available.',
  'What is neither a workload nor reported as unavailable counts as ready once it is there: Available means that it exists.',
];

const apiVersion = 'work.open-cluster-management.io/v1';

/** The engine. */
export function ocm(settings: OcmSettings): Engine {
  return {
    carriedBy: 'hub',
    cannot: ocmCannot,
    namespace: settings.namespace,
    missing: undefined,
    folderOf: (app, cluster) => `apps/${app}/${cluster}`,
    contentOf: (manifest) => manifest,
    hubObjects: (target) => works(target, settings),
    withdrawing: ({ kind, spec }) =>
      kind === 'ManifestWork' ? { spec: { deleteOption: deletion(spec) } } : undefined,
    finalizer: ({ kind }) =>
      kind === 'ManifestWork'
        ? 'cluster.open-cluster-management.io/manifest-work-cleanup'
        : undefined,
    readiness,
    leadsTo: ({ kind, metadata }) => (kind === 'ManifestWork' ? metadata.namespace : undefined),
  };
}

function works(target: Target, { executor, limitBytes }: OcmSettings): readonly Manifest[] {
  const { app, cluster, content, assigned } = target;
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(cluster.name)) {
    throw new EdgeError({
      code: 'Contradiction',
      path: 'delivery',
      summary: `the cluster ${cluster.name} has no namespace of its name on the hub, since its name is no label of DNS`,
      remedy: 'Name the cluster in the fleet as its ManagedCluster is named.',
    });
  }
  const plurals = pluralsIn(content);
  const subject = executor && { type: 'ServiceAccount', serviceAccount: executor };
  return partsOf(content, { bytes: limitBytes, holder: 'ManifestWork' }).map((manifests, index) => {
    const name = index === 0 ? app : `${app}.${index + 1}`;
    const its = Object.fromEntries(
      Object.entries(assigned).filter(([key]) => manifests.some((one) => objectKey(one) === key)),
    );
    const id = { apiVersion, kind: 'ManifestWork', name, namespace: cluster.name };
    return hubObject({ ...target, assigned: its }, id, {
      spec: {
        workload: { manifests },
        // Drops the ownership in the cluster: neither a lost work nor another hub collects what it delivered.
        deleteOption: { propagationPolicy: 'Orphan' },
        ...(subject === undefined ? {} : { executor: { subject } }),
        manifestConfigs: manifests.flatMap((one) => configOf(one, plurals)),
      },
    });
  });
}

/** Plurals that the definitions among the objects say, by `group/Kind`. */
function pluralsIn(content: readonly Manifest[]): ReadonlyMap<string, string> {
  const definitions = content.filter(({ kind }) => kind === 'CustomResourceDefinition');
  return new Map(
    definitions.flatMap(({ spec }): readonly [string, string][] => {
      const { group, names } = (spec ?? {}) as {
        readonly group?: string;
        readonly names?: { readonly kind: string; readonly plural: string };
      };
      return names === undefined ? [] : [[`${group}/${names.kind}`, names.plural]];
    }),
  );
}

interface Identifier {
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Names an object for the agent; undefined where nobody says what its kind is called in paths. */
function identifierOf(
  { apiVersion: version, kind, metadata }: Manifest,
  plurals: ReadonlyMap<string, string>,
): Identifier | undefined {
  const group = groupOf(version);
  const resource = plurals.get(`${group}/${kind}`) ?? builtInPath(version, kind)?.plural;
  if (resource === undefined) return undefined;
  const { namespace, name } = metadata;
  return { group, resource, ...(namespace === undefined ? {} : { namespace }), name };
}

function configOf(manifest: Manifest, plurals: ReadonlyMap<string, string>): readonly object[] {
  const resourceIdentifier = identifierOf(manifest, plurals);
  if (resourceIdentifier === undefined) return [];
  const updateStrategy = {
    type: 'ServerSideApply',
    serverSideApply: { fieldManager: 'work-agent-littoral' },
  };
  const feedbackRules = isWorkload(manifest)
    ? { feedbackRules: [{ type: 'WellKnownStatus' }, ...freshness(manifest)] }
    : {};
  return [{ resourceIdentifier, updateStrategy, ...feedbackRules }];
}

/** How many pods are of the new template: those that are available may be of the old one. */
function freshness(manifest: Manifest): readonly object[] {
  if (!isScalable(manifest)) return [];
  return [
    { type: 'JSONPaths', jsonPaths: [{ name: 'updatedReplicas', path: '.updatedReplicas' }] },
  ];
}

/** Takes away everything but what is to stay. */
function deletion(spec: unknown): object {
  const { workload } = (spec ?? {}) as {
    readonly workload?: { readonly manifests?: readonly Manifest[] };
  };
  const manifests = workload?.manifests ?? [];
  const plurals = pluralsIn(manifests);
  const staying = manifests.filter(isLeftBehind).flatMap((one) => identifierOf(one, plurals) ?? []);
  if (staying.length === 0) return { propagationPolicy: 'Foreground' };
  const orphaningRules = staying.map(({ namespace = '', ...rest }) => ({ ...rest, namespace }));
  return { propagationPolicy: 'SelectivelyOrphan', selectivelyOrphans: { orphaningRules } };
}

interface ManifestStatus {
  readonly resourceMeta?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly statusFeedback?: {
    readonly values?: readonly {
      readonly name: string;
      readonly fieldValue?: { readonly integer?: number };
    }[];
  };
}

function readiness(live: Manifest): DeliveryReadiness {
  const generation = generationOf(live);
  const { conditions, resourceStatus } = statusOf(live);
  for (const type of ['Applied', 'Available']) {
    const found = conditionIn(conditions, type, generation);
    if (found?.status !== 'True') return { ready: false, reason: conditionText(type, found) };
  }
  const { manifests = [] } = (resourceStatus ?? {}) as {
    readonly manifests?: readonly ManifestStatus[];
  };
  for (const [key, count] of Object.entries(assignedOf(live))) {
    const found = manifests.find(({ resourceMeta: { kind, namespace, name } = {} }) => {
      return `${kind} ${namespace ? `${namespace}/` : ''}${name}` === key;
    });
    const values = found?.statusFeedback?.values ?? [];
    const numberOf = (name: string) =>
      values.find((one) => one.name === name)?.fieldValue?.integer ?? 0;
    const available = Math.min(numberOf('AvailableReplicas'), numberOf('updatedReplicas'));
    if (available < count) {
      return {
        ready: false,
        reason: `${key} has ${available} of ${count} assigned replicas available`,
      };
    }
  }
  return { ready: true, reason: 'Applied, and as many replicas available as assigned' };
}
