/** An engine in memory: reads its objects in a hub, runs what they deliver, tells it in their status, and takes away what their own switch says. */
import type { DeliverySettings, EngineName } from '../../constructs/delivery';
import type { Manifest } from '../../constructs/model/app/workload';
import type { ClusterClient, LiveObject } from '../../providers/clusters/cluster';
import type { World } from '../../providers/resources/release';
import type { Clusters, Server } from './cluster-double';
import { live, type Stored } from './stored-object';

export type HubEngine = Exclude<EngineName, 'directories'>;

interface Words {
  readonly kinds: readonly (readonly [apiVersion: string, kind: string, scope?: 'Cluster'])[];
  /** Of objects that deliver: where to. */
  readonly to: (object: Manifest) => string | undefined;
  /** Whether the end of the object ends what it delivered. */
  readonly takesAway: (object: Manifest) => boolean;
  readonly finalizer: string;
  /** Argo CD deletes with a finalizer that others put there. */
  readonly putsFinalizer: boolean;
  readonly status: (object: LiveObject, ready: boolean) => object;
}

const specOf = (object: Manifest) => (object.spec ?? {}) as Readonly<Record<string, never>>;
const truth = (ready: boolean) => (ready ? 'True' : 'False');
const revisionIn = ({ metadata }: Manifest) =>
  (metadata.annotations as Readonly<Record<string, string>>)['littoral.dev/revision'];
const countOf = (object: Manifest, ready: boolean) => {
  const { annotations = {} } = object.metadata as { annotations?: Record<string, string> };
  const assigned = JSON.parse(annotations['littoral.dev/assigned'] ?? '{}') as Record<
    string,
    number
  >;
  return Object.entries(assigned).map(([key, count]) => {
    const [, kind = '', namespace = '', name = ''] = /^(\w+) (?:(.*)\/)?(.*)$/.exec(key) ?? [];
    // One pod is there at once; an engine calls that healthy.
    return { kind, namespace, name, count: ready ? count : Math.min(1, count) };
  });
};

const words: Readonly<Record<HubEngine, Words>> = {
  flux: {
    kinds: [
      ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization'],
      ['source.toolkit.fluxcd.io/v1', 'OCIRepository'],
    ],
    to: (object) =>
      (
        specOf(object) as { kubeConfig?: { secretRef: { name: string } } }
      ).kubeConfig?.secretRef.name.replace(/-kubeconfig$/, ''),
    takesAway: (object) =>
      /^(Delete|WaitForTermination)$/.test(
        (specOf(object) as { deletionPolicy?: string }).deletionPolicy ?? '',
      ),
    finalizer: 'finalizers.fluxcd.io',
    putsFinalizer: true,
    status: (object, ready) => ({
      observedGeneration: object.metadata.generation,
      lastAppliedRevision: ready ? `latest@${revisionIn(object)}` : 'latest@sha256:0',
      conditions: [
        { type: 'Ready', status: truth(ready), observedGeneration: object.metadata.generation },
      ],
    }),
  },
  argocd: {
    kinds: [['argoproj.io/v1alpha1', 'Application']],
    to: (object) => (specOf(object) as { destination?: { name: string } }).destination?.name,
    takesAway: ({ metadata }) =>
      JSON.stringify(metadata.finalizers ?? []).includes('resources-finalizer'),
    finalizer: 'resources-finalizer.argocd.argoproj.io',
    putsFinalizer: false,
    status: (object, ready) => ({
      sync: {
        // Healthy is that of before, as it was when progressive syncs fell for it.
        status: ready ? 'Synced' : 'OutOfSync',
        revision: revisionIn(object),
        comparedTo: { source: specOf(object).source },
      },
      health: { status: 'Healthy' },
    }),
  },
  ocm: {
    kinds: [['work.open-cluster-management.io/v1', 'ManifestWork']],
    to: ({ metadata }) => metadata.namespace,
    takesAway: (object) =>
      (specOf(object) as { deleteOption?: { propagationPolicy: string } }).deleteOption
        ?.propagationPolicy !== 'Orphan',
    finalizer: 'cluster.open-cluster-management.io/manifest-work-cleanup',
    putsFinalizer: true,
    status: (object, ready) => ({
      conditions: ['Applied', 'Available'].map((type) => ({
        type,
        status: 'True',
        observedGeneration: object.metadata.generation,
      })),
      resourceStatus: {
        manifests: countOf(object, ready).map(({ kind, namespace, name, count }) => ({
          resourceMeta: { kind, namespace, name },
          statusFeedback: {
            values: ['AvailableReplicas', 'updatedReplicas'].map((word) => ({
              name: word,
              fieldValue: { type: 'Integer', integer: count },
            })),
          },
        })),
      },
    }),
  },
  karmada: {
    kinds: [['work.karmada.io/v1alpha1', 'Work']],
    to: ({ metadata }) => metadata.namespace?.replace(/^karmada-es-/, ''),
    takesAway: (object) =>
      (specOf(object) as { preserveResourcesOnDeletion?: boolean }).preserveResourcesOnDeletion !==
      true,
    finalizer: 'karmada.io/execution-controller',
    putsFinalizer: true,
    status: (object, ready) => ({
      conditions: [{ type: 'Applied', status: 'True' }],
      manifestStatuses: countOf(object, ready).map(({ count, ...identifier }) => ({
        identifier,
        health: 'Healthy',
        status: { availableReplicas: count, updatedReplicas: count },
      })),
    }),
  },
  kubefleet: {
    kinds: [
      ['placement.kubernetes-fleet.io/v1beta1', 'ResourceEnvelope'],
      ['placement.kubernetes-fleet.io/v1beta1', 'ResourcePlacement'],
      ['placement.kubernetes-fleet.io/v1beta1', 'ClusterResourceEnvelope', 'Cluster'],
      ['placement.kubernetes-fleet.io/v1beta1', 'ClusterResourcePlacement', 'Cluster'],
    ],
    to: (object) =>
      (specOf(object) as { policy?: { clusterNames: string[] } }).policy?.clusterNames[0],
    takesAway: (object) =>
      (specOf(object) as { strategy?: { deleteStrategy: { propagationPolicy: string } } }).strategy
        ?.deleteStrategy.propagationPolicy !== 'Abandon',
    finalizer: '',
    putsFinalizer: true,
    status: (object, ready) => ({
      placementStatuses: [
        {
          clusterName: words.kubefleet.to(object),
          conditions: ['Applied', 'Available'].map((type) => ({
            type,
            status: truth(ready),
            observedGeneration: object.metadata.generation,
          })),
        },
      ],
    }),
  },
};

/** A hub with an engine, and the clusters behind it. */
export class HubDouble {
  /** Does the engine run? */
  alive = true;
  /** Clusters in which nothing becomes ready. */
  readonly slow = new Set<string>();
  /** Which cluster a name leads to, where it is another one than it says. */
  readonly sameAs = new Map<string, string>();
  /** Objects of the hub that carry the app, by cluster. */
  readonly running = new Map<string, Set<string>>();
  /** What comes between a release and the hub. */
  through: (client: ClusterClient) => ClusterClient = (client) => client;
  /** Called whenever the engine has looked at everything. */
  onLook: () => void = () => undefined;

  constructor(
    readonly clusters: Clusters,
    readonly engine: HubEngine,
    settings: DeliverySettings,
    letters = 'abcdefgh',
  ) {
    for (const [version, kind, scope = 'Namespaced'] of words[engine].kinds) {
      this.hub.serve(version, kind, scope);
    }
    const { namespace = '' } = settings as { namespace?: string };
    const own = ['shop', ...letters, ...[...letters].map((one) => `karmada-es-${one}`)];
    for (const name of new Set([namespace, ...own])) {
      this.hub.apply('admin', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  }

  get hub(): Server {
    return this.clusters.named('hub');
  }

  /** Clusters that run the app. */
  carriers(): string {
    return [...this.running]
      .flatMap(([name, by]) => (by.size > 0 ? [name] : []))
      .sort()
      .join('');
  }

  /** A world that reaches nothing but the hub. */
  world(more: Partial<World> = {}): World {
    return {
      connect: async ({ name, access }) => {
        if (access?.context !== 'hub') throw new Error(`${name} is not reached through the hub`);
        return this.through(this.watched(this.hub.client(), name));
      },
      pause: async () => undefined,
      ...more,
    };
  }

  /** Hub objects that deliver. */
  delivering(): readonly (readonly [key: string, stored: Stored])[] {
    const { kinds, to } = words[this.engine];
    return [...this.hub.objects].filter(([, { manifest }]) => {
      const object = manifest as unknown as Manifest;
      return kinds.some(([, kind]) => kind === object.kind) && to(object) !== undefined;
    });
  }

  /** The engine looks at everything once. */
  look(): void {
    if (!this.alive) return;
    const { to, takesAway, finalizer, putsFinalizer, status } = words[this.engine];
    this.tellSources();
    for (const [key, stored] of this.delivering()) {
      const object = live(stored);
      const named = to(object) ?? '';
      const cluster = this.sameAs.get(named) ?? named;
      const by = this.running.get(cluster) ?? new Set();
      this.running.set(cluster, by);
      const metadata = stored.manifest.metadata as unknown as { finalizers?: string[] };
      if (stored.deleted) {
        this.hub.objects.delete(key);
        if (!carriesApp(object)) continue;
        if (takesAway(object)) this.running.set(cluster, new Set());
        else by.add('left behind');
        continue;
      }
      if (putsFinalizer && finalizerOf(object, finalizer) !== '') {
        metadata.finalizers = [finalizerOf(object, finalizer)];
      }
      if (carriesApp(object)) by.add(key);
      (stored.manifest as Record<string, unknown>).status = status(object, !this.slow.has(cluster));
    }
    this.onLook();
  }

  /** Sources are read at once. */
  private tellSources(): void {
    for (const { manifest, generation } of this.hub.objects.values()) {
      if ((manifest as { kind?: string }).kind !== 'OCIRepository') continue;
      const conditions = [{ type: 'Ready', status: 'True', observedGeneration: generation }];
      (manifest as Record<string, unknown>).status = { observedGeneration: generation, conditions };
    }
  }

  private watched(client: ClusterClient, name: string): ClusterClient {
    const after = async <T>(work: Promise<T>): Promise<T> => {
      const answer = await work;
      this.look();
      return answer;
    };
    return {
      ...client,
      name,
      apply: (manifest, options) => after(client.apply(manifest, options)),
      waitReady: (refs, options) => {
        this.look();
        return client.waitReady(refs, options);
      },
      delete: async (ref, options) => {
        const answer = await after(client.delete(ref, options));
        if (answer.gone) return answer;
        return (await client.get(ref)) === undefined ? { gone: true, finalizers: [] } : answer;
      },
    };
  }
}

/** What holds the namespace alone runs nothing. */
const carriesApp = ({ metadata }: Manifest) => !metadata.name.includes('.shared');

const finalizerOf = ({ kind }: Manifest, finalizer: string) => {
  if (kind === 'ResourcePlacement') return 'kubernetes-fleet.io/rp-cleanup';
  return kind === 'ClusterResourcePlacement' ? 'kubernetes-fleet.io/crp-cleanup' : finalizer;
};
