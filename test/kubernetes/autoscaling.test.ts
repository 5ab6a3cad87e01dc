/** Autoscaling of a workload: each metric and bound as Kubernetes and KEDA want them, the same in documents and programs, and aims that fight each other refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { synth } from '../../constructs/kubernetes';
import { parseEdgeApp } from '../../constructs/policy';
import { edgeAppDocument } from '../../constructs/policy/edge-app-document';
import { manifestsOf, objectOf } from '../../constructs/testing';
import { droppedNote } from '../../providers/resources/release/observe/dropped-fields';
import { mistakes, sizing } from './apps';

const workload = {
  components: [
    {
      name: 'web',
      image: 'web:1',
      ...sizing,
      resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    },
    {
      name: 'worker',
      image: 'worker:1',
      ...sizing,
      resources: { cpuMillicores: 0, memoryMebibytes: 64 },
    },
  ],
};
type Autoscaling = NonNullable<Parameters<typeof synth>[0]['autoscaling']>;
const objects = (autoscaling: Autoscaling) =>
  manifestsOf(
    { name: 'shop', workload, autoscaling },
    { replicas: 3, componentReplicas: { web: 3, worker: 2 } },
  );
const scalerOf = (autoscaling: Autoscaling, name = 'web', kind = 'HorizontalPodAutoscaler') =>
  objectOf(objects(autoscaling), kind, name).spec as Record<string, unknown>;
const wrong = (autoscaling: Autoscaling) =>
  mistakes(() => synth({ name: 'shop', workload, autoscaling }));

describe('autoscaling', () => {
  it('aims at CPU where nothing else is said, between the replicas of the decision and a multiple', () => {
    expect(scalerOf({ maxReplicasFactor: 4 })).toMatchObject({
      minReplicas: 3,
      maxReplicas: 12,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 70 } } },
      ],
    });
    // Without a request there is nothing that a percentage could be of.
    expect(
      objects({}).filter(
        ({ kind, metadata }) => kind.startsWith('Horizontal') && metadata.name === 'worker',
      ),
    ).toEqual([]);
  });

  it('may grow to what a cluster carries after a loss that the app survives, and lets fixed bounds do so', () => {
    const placed = {
      replicas: 5,
      componentReplicas: { web: 3, worker: 2 },
      afterLoss: {
        requestsPerSecond: 500,
        replicas: 12,
        componentReplicas: { web: 10, worker: 2 },
      },
    };
    const app = { name: 'shop', workload, autoscaling: { targetMemoryPercent: 80 } };
    const bounds = (name: string) =>
      objectOf(manifestsOf(app, placed), 'HorizontalPodAutoscaler', name).spec;
    expect(bounds('web')).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
    expect(bounds('worker')).toMatchObject({ minReplicas: 2, maxReplicas: 4 });
    const fixed = (maxReplicas: number, afterLoss: number) => {
      const meta = { metadata: { name: 'web' } };
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
      const manifests = [
        { apiVersion: 'apps/v1', kind: 'Deployment', ...meta, spec: {} },
        {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          ...meta,
          spec: { scaleTargetRef, maxReplicas },
        },
      ];
      const scaling = { component: 'web', ...sizing };
      const one = { replicas: 3, afterLoss: { requestsPerSecond: 500, replicas: afterLoss } };
      const made = manifestsOf({ name: 'shop', manifests, scaling }, one);
      return objectOf(made, 'HorizontalPodAutoscaler', 'web').spec;
    };
    expect(fixed(6, 10)).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
    expect(fixed(20, 10)).toMatchObject({ minReplicas: 3, maxReplicas: 20 });
  });

  it('has resource, container and external metrics, each for the components that it is about', () => {
    const given: Autoscaling = {
      targetCpuPercent: 60,
      targetMemoryPercent: 80,
      metrics: [
        { container: 'web', cpuPercent: 50 },
        {
          external: 'queue_length',
          component: 'worker',
          labels: { queue: 'orders' },
          averageValue: '30',
        },
        { external: 'requests', value: '2k' },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 600,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    };
    const everywhere = {
      type: 'External',
      external: { metric: { name: 'requests' }, target: { type: 'Value', value: '2k' } },
    };
    const memory = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } },
    };
    expect(scalerOf(given)).toMatchObject({
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 60 } } },
        memory,
        {
          type: 'ContainerResource',
          containerResource: { container: 'web', name: 'cpu', target: { averageUtilization: 50 } },
        },
        everywhere,
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 600,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    });
    expect(scalerOf(given, 'worker').metrics).toEqual([
      memory,
      {
        type: 'External',
        external: {
          metric: { name: 'queue_length', selector: { matchLabels: { queue: 'orders' } } },
          target: { type: 'AverageValue', averageValue: '30' },
        },
      },
      everywhere,
    ]);
  });

  it('is a ScaledObject of KEDA on demand, whose fallback never takes replicas away', () => {
    const given: Autoscaling = {
      targetCpuPercent: 60,
      behavior: { scaleUp: { selectPolicy: 'Max' } },
      keda: {
        triggers: [
          {
            type: 'prometheus',
            component: 'web',
            metadata: { query: 'up', threshold: '5' },
            authenticationRef: 'prometheus',
          },
        ],
        pollingSeconds: 10,
        fallback: { failureThreshold: 3, replicas: 6 },
      },
    };
    expect(scalerOf(given, 'web', 'ScaledObject')).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicaCount: 3,
      maxReplicaCount: 6,
      pollingInterval: 10,
      advanced: {
        horizontalPodAutoscalerConfig: { behavior: { scaleUp: { selectPolicy: 'Max' } } },
      },
      fallback: { failureThreshold: 3, replicas: 6, behavior: 'currentReplicasIfHigher' },
      triggers: [
        { type: 'cpu', metricType: 'Utilization', metadata: { value: '60' } },
        {
          type: 'prometheus',
          metadata: { query: 'up', threshold: '5' },
          authenticationRef: { name: 'prometheus' },
        },
      ],
    });
    expect(objects(given).filter(({ kind }) => kind.startsWith('Horizontal'))).toEqual([]);
  });

  it('leaves the number of a workload that something scales to that, and states it where nothing does', () => {
    const given: Autoscaling = {
      keda: { triggers: [{ type: 'cron', component: 'worker', metadata: {} }] },
    };
    expect(objectOf(objects(given), 'Deployment', 'worker').spec).not.toHaveProperty('replicas');
    expect(objectOf(objects(given), 'Deployment', 'web').spec).toMatchObject({ replicas: 3 });
  });

  it('adds a VerticalPodAutoscaler for what replicas do not follow', () => {
    const spec = scalerOf({ vertical: 'InPlaceOrRecreate' }, 'web', 'VerticalPodAutoscaler');
    expect(spec).toMatchObject({
      targetRef: { kind: 'Deployment', name: 'web' },
      updatePolicy: { updateMode: 'InPlaceOrRecreate' },
      resourcePolicy: {
        containerPolicies: [{ containerName: 'web', controlledResources: ['memory'] }],
      },
    });
    const only = { vertical: 'Off', targetCpuPercent: 50, targetMemoryPercent: 50 } as const;
    expect(scalerOf(only, 'web', 'VerticalPodAutoscaler')).toMatchObject({
      updatePolicy: { updateMode: 'Off' },
    });
  });

  it.each<[Autoscaling, RegExp]>([
    [
      { metrics: [{ container: 'wbe', cpuPercent: 5 }] },
      /metrics\[0\]\.container: got wbe, which is no component/,
    ],
    [{ metrics: [{ container: 'web' }] }, /metrics\[0\]: got neither cpuPercent nor memoryPercent/],
    [{ metrics: [{ external: 'queue' }] }, /got neither value nor averageValue/],
    [
      { metrics: [{ external: 'queue', value: '1' }], keda: {} },
      /got an external metric beside keda/,
    ],
    [
      { keda: { fallback: { failureThreshold: 1, replicas: 1 } } },
      /keda\.fallback: got fallback without triggers/,
    ],
    [
      { vertical: 'Initial', targetCpuPercent: 50, targetMemoryPercent: 50 },
      /vertical: got Initial, but replicas already follow/,
    ],
    [{ behavior: { scaleUp: { stabilizationWindowSeconds: 7200 } } }, /stabilizationWindowSeconds/],
  ])('refuses %j', (given, says) => {
    expect(wrong(given)[0]).toMatch(says);
    expect(mistakes(() => parseEdgeApp({ name: 'shop', workload, autoscaling: given }))[0]).toMatch(
      says,
    );
  });

  it('is the same in a document, which gives it back', () => {
    const autoscaling: Autoscaling = { targetMemoryPercent: 60, keda: { pollingSeconds: 5 } };
    const parsed = parseEdgeApp({ name: 'shop', workload, autoscaling });
    expect(parseEdgeApp(edgeAppDocument(parsed))).toEqual(parsed);
    expect(synth({ ...parsed, manifests: undefined })).toEqual(
      synth({ name: 'shop', workload, autoscaling, policy: {} } as never),
    );
  });
});

describe('what a server drops of an autoscaler', () => {
  const manifest = objectOf(
    objects({ behavior: { scaleUp: { tolerance: 0.05, stabilizationWindowSeconds: 0 } } }),
    'HorizontalPodAutoscaler',
    'web',
  );

  it('is said with its place, and what it adds or stores as it was is not', () => {
    const without = structuredClone(manifest) as unknown as {
      spec: { behavior: { scaleUp: Record<string, unknown> }; extra?: number };
    };
    expect(droppedNote(manifest, manifest)).toBeUndefined();
    delete without.spec.behavior.scaleUp.tolerance;
    without.spec.extra = 5;
    expect(droppedNote(manifest, without as never)).toBe(
      'the server drops spec.behavior.scaleUp.tolerance: it has no such feature, or it is off',
    );
  });
});

describe('the page on scaling', () => {
  const page = readFileSync(join(__dirname, '../../docs/scaling.md'), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

  it('shows documents that are accepted, and objects follow from them', () => {
    const kinds = blocks.map((text) => {
      const given = parse(text) as Pick<Parameters<typeof synth>[0], 'autoscaling' | 'quota'>;
      expect(parseEdgeApp({ name: 'shop', workload, ...given })).toMatchObject(given);
      const found = manifestsOf({ name: 'shop', workload, ...given }).map(({ kind }) => kind);
      return ['ScaledObject', 'ResourceQuota', 'LimitRange'].filter((kind) => found.includes(kind));
    });
    expect(kinds).toEqual([[], ['ScaledObject'], ['ResourceQuota', 'LimitRange']]);
  });
});
