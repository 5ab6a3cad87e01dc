/** Flux: one Kustomization per app and cluster, with a source of its own that is pinned to a revision. */
import { boundsOf } from '../kubernetes/autoscalers';
import type { Manifest } from '../model/app/workload';
import { z } from '../parsing';
import { conditionIn, conditionText, generationOf, statusOf } from './conditions';
import { annotated, autoscaled, isLeftBehind } from './content';
import type { DeliveryReadiness, Engine, Target } from './engine';
import { annotationOf, hubName, hubObject, REVISION, revisionNote } from './hub-object';
import {
  contentPath,
  headerShape,
  hubSchema,
  isAtRevision,
  namespaceSchema,
  objectNameSchema,
  revisionSchema,
} from './setting-parts';

const sourceShape = {
  path: contentPath,
  revision: revisionSchema,
};
const secret = objectNameSchema
  .optional()
  .describe('Secret of the hub with the credentials of the source.');
const fluxSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('GitRepository').describe('A Git repository.'),
    url: z.string().min(1).describe('Such as https://git.example/edge.git.'),
    branch: z.string().min(1).default('main').describe('Branch of the commit. Default: main.'),
    secret,
    ...sourceShape,
  }),
  z.strictObject({
    kind: z.literal('OCIRepository').describe('An artifact in a registry.'),
    url: z.string().startsWith('oci://').describe('Such as oci://registry.example/edge.'),
    tag: z.string().min(1).default('latest').describe('Used without revision. Default: latest.'),
    insecure: z.boolean().default(false).describe('Plain HTTP. Default: false.'),
    secret,
    ...sourceShape,
  }),
  z.strictObject({
    kind: z.literal('Bucket').describe('A bucket; it cannot be pinned to a revision.'),
    endpoint: z.string().min(1).describe('Such as s3.example.'),
    bucket: z.string().min(1).describe('Its name.'),
    insecure: z.boolean().default(false).describe('Plain HTTP. Default: false.'),
    secret,
    path: contentPath,
  }),
  z.strictObject({
    kind: z.literal('existing').describe('A source that is in the hub already and stays yours.'),
    of: z
      .enum(['GitRepository', 'OCIRepository', 'Bucket', 'ExternalArtifact'])
      .describe('Its kind.'),
    name: objectNameSchema.describe('Its name.'),
    namespace: namespaceSchema.optional().describe('Default: that of the Kustomizations.'),
    ...sourceShape,
  }),
]);

/** Settings of Flux. */
export const fluxSchema = z.strictObject({
  ...headerShape,
  engine: z.literal('flux').describe('Flux: kustomize-controller and source-controller.'),
  hub: hubSchema,
  namespace: namespaceSchema
    .default('flux-system')
    .describe('Namespace of the Kustomizations; it must exist. Default: flux-system.'),
  source: fluxSourceSchema.describe('Where the content is.'),
  kubeconfigSecret: z
    .string()
    .min(1)
    .default('{cluster}-kubeconfig')
    .describe(
      'Secret of the hub with the kubeconfig of a cluster, {cluster} being its name. Default: {cluster}-kubeconfig.',
    ),
  kubeconfigKey: z
    .string()
    .min(1)
    .optional()
    .describe('Its key. Default: what Flux looks for, value or value.yaml.'),
  serviceAccount: objectNameSchema
    .optional()
    .describe('ServiceAccount of the target cluster that is impersonated there.'),
  intervalSeconds: z
    .int()
    .min(10)
    .max(86400)
    .default(600)
    .describe('How often Flux sets back what others changed. Default: 600.'),
  timeoutSeconds: z
    .int()
    .min(30)
    .max(86400)
    .default(300)
    .describe(
      'How long Flux waits until everything is healthy, before it tries again. Default: 300.',
    ),
});
type FluxSettings = z.output<typeof fluxSchema>;

/** What Flux does not promise. */
export const fluxCannot = [
  'When the kubeconfig of a cluster no longer works at its withdrawal, Flux skips the removal: what it delivered stays there, with one event.',
  'Namespaces and CustomResourceDefinitions stay in a cluster that is left, since other apps may use them.',
  'Values of Secrets lie in the source as text; keep them out of the app where that must not be.',
  'An autoscaled workload starts with one pod, and the cluster counts as ready once its autoscaler has the lower bound.',
];

const toolkit = 'kustomize.toolkit.fluxcd.io';
const finalizer = 'finalizers.fluxcd.io';

/** The engine. */
export function flux(settings: FluxSettings): Engine {
  const { source, namespace } = settings;
  const folderOf = (app: string, cluster: string) => `${source.path}/${app}/${cluster}`;
  const isPinned = source.kind === 'Bucket' || source.revision !== undefined;
  return {
    carriedBy: 'source',
    cannot:
      source.kind === 'Bucket'
        ? [
            ...fluxCannot,
            'A bucket is not pinned: a change of its content reaches all clusters at once, and a cluster may count as ready with the content of before.',
          ]
        : fluxCannot,
    namespace,
    missing: isPinned ? undefined : 'source.revision',
    folderOf,
    contentOf: (manifest) =>
      isLeftBehind(manifest) ? annotated(manifest, `${toolkit}/prune`, 'disabled') : manifest,
    hubObjects: (target) => [
      ...sourceObjects(target, settings),
      kustomization(target, settings, `./${folderOf(target.app, target.cluster.name)}`),
    ],
    withdrawing: ({ kind, apiVersion }) =>
      kind === 'Kustomization' && apiVersion.startsWith(toolkit)
        ? { spec: { deletionPolicy: 'WaitForTermination' } }
        : undefined,
    finalizer: ({ kind }) => (kind === 'Kustomization' ? finalizer : undefined),
    readiness,
    leadsTo: ({ kind, spec }) => {
      const { kubeConfig } = (spec ?? {}) as { kubeConfig?: { secretRef?: { name?: string } } };
      return kind === 'Kustomization' ? kubeConfig?.secretRef?.name : undefined;
    },
  };
}

function revisionOf({ source }: FluxSettings): string | undefined {
  return source.kind === 'Bucket' ? undefined : source.revision;
}

/** The source of one app on one cluster, so that clusters change one after another. */
function sourceObjects(target: Target, settings: FluxSettings): readonly Manifest[] {
  const { source, namespace, intervalSeconds } = settings;
  if (source.kind === 'existing') return [];
  const name = hubName(target.app, target.cluster.name);
  const secretRef = source.secret === undefined ? {} : { secretRef: { name: source.secret } };
  const interval = `${intervalSeconds}s`;
  const id = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: source.kind, name, namespace };
  const { assigned: _, ...rest } = target;
  const made = (spec: object) => hubObject({ ...rest, assigned: {} }, id, { spec });
  switch (source.kind) {
    case 'GitRepository': {
      const { url, branch, revision } = source;
      const commit = revision === undefined ? {} : { commit: revision };
      return [made({ interval, url, ref: { branch, ...commit }, ...secretRef })];
    }
    case 'OCIRepository': {
      const { url, tag, revision, insecure } = source;
      const ref = revision === undefined ? { tag } : { digest: revision };
      return [made({ interval, url, ref, ...(insecure ? { insecure } : {}), ...secretRef })];
    }
    case 'Bucket': {
      const { endpoint, bucket, insecure } = source;
      const where = { endpoint, bucketName: bucket, ...(insecure ? { insecure } : {}) };
      return [made({ interval, ...where, ...secretRef })];
    }
  }
}

function kustomization(target: Target, settings: FluxSettings, path: string): Manifest {
  const { source, namespace, kubeconfigSecret, kubeconfigKey, serviceAccount } = settings;
  const { intervalSeconds, timeoutSeconds } = settings;
  const { app, cluster } = target;
  const name = hubName(app, cluster.name);
  const sourceRef =
    source.kind === 'existing'
      ? {
          kind: source.of,
          name: source.name,
          ...(source.namespace === undefined ? {} : { namespace: source.namespace }),
        }
      : { kind: source.kind, name };
  const secretRef = {
    name: kubeconfigSecret.replaceAll('{cluster}', cluster.name.toLowerCase()),
    ...(kubeconfigKey === undefined ? {} : { key: kubeconfigKey }),
  };
  const revision = revisionOf(settings);
  const annotations = revisionNote(revision);
  const spec = {
    sourceRef,
    path,
    interval: `${intervalSeconds}s`,
    timeout: `${timeoutSeconds}s`,
    prune: true,
    // Whatever removes this object, the app stays; only a withdrawal says otherwise, as its last step.
    deletionPolicy: 'Orphan',
    wait: true,
    ...healthOf(target.content),
    kubeConfig: { secretRef },
    ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
  };
  const id = { apiVersion: `${toolkit}/v1`, kind: 'Kustomization', name, namespace, annotations };
  return hubObject(target, id, { spec });
}

/** Health of a Deployment is that of its own count; that of an autoscaler is having reached what the decision assigned. */
function healthOf(content: readonly Manifest[]): object {
  const [first] = autoscaled(content).filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  if (first === undefined || boundsOf(first) === undefined) return {};
  const reached = 'has(status.currentReplicas) && status.currentReplicas >= spec.minReplicas';
  const { apiVersion, kind } = first;
  return { healthCheckExprs: [{ apiVersion, kind, current: reached }] };
}

function readiness(live: Manifest): DeliveryReadiness {
  const generation = generationOf(live);
  const { conditions, observedGeneration, lastAppliedRevision } = statusOf(live);
  const isSeen = typeof observedGeneration === 'number' && observedGeneration >= generation;
  const stalled = conditionIn(conditions, 'Stalled', generation);
  if (isSeen && stalled?.status === 'True') {
    return { ready: false, failed: true, reason: conditionText('Stalled', stalled) };
  }
  const ready = conditionIn(conditions, 'Ready', generation);
  if (!isSeen || ready?.status !== 'True') {
    return { ready: false, reason: conditionText('Ready', ready) };
  }
  const revision = annotationOf(live, REVISION);
  if (revision !== undefined && !isAtRevision(lastAppliedRevision, revision)) {
    const at = typeof lastAppliedRevision === 'string' ? lastAppliedRevision : 'no revision yet';
    return { ready: false, reason: `it is at ${at}, and ${revision} is wanted` };
  }
  return { ready: true, reason: 'Ready' };
}
