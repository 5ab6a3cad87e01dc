/** Argo CD: one Application per app and cluster, or one ApplicationSet with a list of clusters. */
import type { Manifest } from '../model/app/workload';
import { z } from '../parsing';
import { statusOf } from './conditions';
import { annotated, isLeftBehind } from './content';
import type { DeliveryReadiness, Engine, Target } from './engine';
import { annotationOf, hubName, hubObject, REVISION, revisionNote } from './hub-object';
import {
  contentPath,
  headerShape,
  hubSchema,
  isAtRevision,
  namespaceSchema,
  revisionSchema,
} from './setting-parts';

/** Settings of Argo CD. */
export const argocdSchema = z.strictObject({
  ...headerShape,
  engine: z.literal('argocd').describe('Argo CD.'),
  hub: hubSchema,
  namespace: namespaceSchema
    .default('argocd')
    .describe('Namespace of the Applications; it must exist. Default: argocd.'),
  project: z.string().min(1).default('default').describe('AppProject. Default: default.'),
  source: z
    .strictObject({
      url: z
        .string()
        .min(1)
        .describe('Git repository, or a registry as oci://registry.example/edge.'),
      branch: z
        .string()
        .min(1)
        .default('main')
        .describe('Branch or tag, used without revision. Default: main.'),
      path: contentPath,
      revision: revisionSchema,
    })
    .describe('Where the content is.'),
  servers: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe(
      'Address of the API server of clusters, as their cluster Secrets say. Default: the name of the cluster, which must be that of its Secret.',
    ),
  applicationSet: z
    .boolean()
    .default(false)
    .describe(
      'One ApplicationSet per app, with a list of its clusters, instead of Applications; for synth alone. Default: false.',
    ),
});
type ArgocdSettings = z.output<typeof argocdSchema>;

/** What Argo CD does not promise. */
export const argocdCannot = [
  'Healthy says nothing of the count that an autoscaler is to reach: an autoscaled workload starts with one pod and counts as ready with it.',
  'Namespaces and CustomResourceDefinitions stay in a cluster that is left, since other apps may use them.',
  'Values of Secrets lie in the source as text; keep them out of the app where that must not be.',
];
const setCannot = [
  'The ApplicationSet leaves the content in a cluster that leaves its list: add the finalizer to the Application of that cluster and delete it.',
];

const apiVersion = 'argoproj.io/v1alpha1';
/** Deleting an Application takes what it delivered away only with this finalizer. */
const finalizer = 'resources-finalizer.argocd.argoproj.io';

/** The engine. */
export function argocd(settings: ArgocdSettings): Engine {
  const { source, namespace, applicationSet } = settings;
  const folderOf = (app: string, cluster: string) => `${source.path}/${app}/${cluster}`;
  return {
    carriedBy: 'source',
    cannot: applicationSet ? [...argocdCannot, ...setCannot] : argocdCannot,
    namespace: applicationSet ? undefined : namespace,
    missing: source.revision === undefined ? 'source.revision' : undefined,
    folderOf,
    contentOf: kept,
    hubObjects: (target) => [
      application(target, settings, folderOf(target.app, target.cluster.name)),
    ],
    withdrawing: ({ kind }) =>
      kind === 'Application' ? { metadata: { finalizers: [finalizer] } } : undefined,
    finalizer: ({ kind }) => (kind === 'Application' ? finalizer : undefined),
    readiness,
    leadsTo: ({ kind, spec }) => {
      const { destination } = (spec ?? {}) as {
        readonly destination?: { readonly server?: string; readonly name?: string };
      };
      return kind === 'Application' ? (destination?.server ?? destination?.name) : undefined;
    },
  };
}

const syncOptions = 'argocd.argoproj.io/sync-options';

function kept(manifest: Manifest): Manifest {
  if (!isLeftBehind(manifest)) return manifest;
  const given = annotationOf(manifest, syncOptions);
  const stated = given === undefined ? [] : given.split(',').map((one) => one.trim());
  const others = stated.filter((one) => !/^(Prune|Delete)=/.test(one));
  return annotated(manifest, syncOptions, [...others, 'Prune=false', 'Delete=false'].join(','));
}

function specOf(
  { source, project }: ArgocdSettings,
  destination: object,
  path: string,
): Readonly<Record<string, unknown>> {
  return {
    project,
    source: { repoURL: source.url, path, targetRevision: source.revision ?? source.branch },
    destination,
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      syncOptions: ['ServerSideApply=true'],
    },
  };
}

function destinationOf({ servers }: ArgocdSettings, { app, cluster, content }: Target): object {
  const namespace = content.find(({ metadata }) => metadata.namespace !== undefined)?.metadata
    .namespace;
  const server = servers[cluster.name] ?? cluster.access?.server;
  const where = server === undefined ? { name: cluster.name } : { server };
  return { ...where, namespace: namespace ?? app };
}

function application(target: Target, settings: ArgocdSettings, path: string): Manifest {
  const { namespace, source } = settings;
  const annotations = revisionNote(source.revision);
  const name = hubName(target.app, target.cluster.name);
  const id = { apiVersion, kind: 'Application', name, namespace, annotations };
  return hubObject(target, id, { spec: specOf(settings, destinationOf(settings, target), path) });
}

/** One ApplicationSet for all clusters of an app. Its list is ours, so no label and no failed list of Secrets changes it. */
export function applicationSet(
  targets: readonly Target[],
  settings: ArgocdSettings,
  engine: Engine,
): Manifest {
  const [first] = targets;
  const app = first?.app ?? '';
  const elements = targets.map((target) => {
    const { name: cluster } = target.cluster;
    const { name, server, namespace } = destinationOf(settings, target) as {
      readonly name?: string;
      readonly server?: string;
      readonly namespace: string;
    };
    const path = engine.folderOf(app, cluster);
    return {
      application: hubName(app, cluster),
      cluster,
      path,
      namespace,
      name: name ?? '',
      server: server ?? '',
    };
  });
  const isByServer = elements.every(({ server }) => server !== '');
  const destination = isByServer ? { server: '{{.server}}' } : { name: '{{.name}}' };
  const labels = { 'app.kubernetes.io/managed-by': 'littoral', 'littoral.dev/app': app };
  return {
    apiVersion,
    kind: 'ApplicationSet',
    metadata: { name: app, namespace: settings.namespace, labels },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ list: { elements } }],
      // Neither an empty list nor the end of the set takes an app away.
      syncPolicy: { applicationsSync: 'create-update', preserveResourcesOnDeletion: true },
      template: {
        metadata: {
          name: '{{.application}}',
          labels: { ...labels, 'littoral.dev/cluster': '{{.cluster}}' },
        },
        spec: specOf(settings, { ...destination, namespace: '{{.namespace}}' }, '{{.path}}'),
      },
    },
  };
}

interface ApplicationStatus {
  readonly sync?: {
    readonly status?: string;
    readonly revision?: string;
    readonly comparedTo?: { readonly source?: Readonly<Record<string, unknown>> };
  };
  readonly health?: { readonly status?: string; readonly message?: string };
  readonly operationState?: { readonly phase?: string; readonly message?: string };
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
}

/** Healthy alone may be about what was there before: first the revision and the folder, then Synced, then Healthy. */
function readiness(live: Manifest): DeliveryReadiness {
  const { sync, health, operationState, conditions } = statusOf(live) as ApplicationStatus;
  const { source } = (live.spec ?? {}) as {
    readonly source?: Readonly<Record<string, unknown>>;
  };
  const trouble = conditions?.find(({ type }) => type.endsWith('Error'));
  const not = (reason: string): DeliveryReadiness => {
    const why = trouble === undefined ? '' : `: ${trouble.message}`;
    return { ready: false, reason: `${reason}${why}` };
  };
  const compared = sync?.comparedTo?.source;
  const isOurs = ['repoURL', 'path', 'targetRevision'].every(
    (key) => compared?.[key] === source?.[key],
  );
  if (!isOurs) return not('Argo CD has not compared it with its new source yet');
  const revision = annotationOf(live, REVISION);
  if (revision !== undefined && !isAtRevision(sync?.revision, revision)) {
    return not(`it is at ${sync?.revision ?? 'no revision yet'}, and ${revision} is wanted`);
  }
  if (sync?.status !== 'Synced') {
    const message = operationState?.phase === 'Failed' ? `: ${operationState.message ?? ''}` : '';
    return not(`it is ${sync?.status ?? 'not compared yet'}${message}`);
  }
  if (health?.status !== 'Healthy') {
    const message = health?.message === undefined ? '' : `: ${health.message}`;
    return not(`it is ${health?.status ?? 'without health yet'}${message}`);
  }
  return { ready: true, reason: 'Synced and Healthy' };
}
