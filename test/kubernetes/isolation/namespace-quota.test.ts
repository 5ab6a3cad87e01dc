/** The quota of a namespace, held against a rollout played pod by pod: it never blocks one, and it follows overrides, bounds of autoscalers and the decision, the same for Terraform. */
import fc from 'fast-check';
import { type SynthProps, synth } from '../../../constructs/kubernetes';
import { quantityValue } from '../../../constructs/kubernetes/quantities';
import type { Manifest } from '../../../constructs/model/app/workload';
import { parseEdgeApp } from '../../../constructs/policy';
import { edgeAppDocument } from '../../../constructs/policy/edge-app-document';
import { manifestsOf, objectOf } from '../../../constructs/testing';
import { at, fleetOf, fra, mistakes, shop, sin, sizing } from '../apps';

type Hard = Readonly<Record<'pods' | 'requests.cpu' | 'requests.memory', string>>;
const hardOf = (objects: readonly Manifest[]): Hard =>
  (objectOf(objects, 'ResourceQuota').spec as { readonly hard: Hard }).hard;

/** Most pods there are at once while a Deployment replaces its pods one by one, those that end counted until the next round. */
function mostPodsIn(replicas: number): number {
  const mayAdd = Math.ceil(replicas / 4);
  const mayMiss = Math.floor(replicas / 4);
  let [old, young, ending, most] = [replicas, 0, 0, replicas];
  while (old > 0 || young < replicas) {
    const before = ending;
    young += Math.max(0, Math.min(replicas - young, replicas + mayAdd - old - young));
    most = Math.max(most, old + young + before);
    // All of the young are ready by now, so as many of the old may go as keep enough ready.
    ending = Math.min(old, old + young - (replicas - mayMiss));
    old -= ending;
    most = Math.max(most, old + young + ending);
  }
  return most;
}

const componentName = fc.constantFrom('web', 'cart', 'worker');
const components = fc.uniqueArray(componentName, { minLength: 1, maxLength: 3 }).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        image: fc.constant('one:1'),
        requestsPerSecondPerReplica: fc.constant(50),
        requestsPerRequest: fc.constantFrom(0, 1),
        resources: fc.record({
          cpuMillicores: fc.constantFrom(0, 0.4, 250, 1500),
          memoryMebibytes: fc.constantFrom(0, 0.3, 64, 1000),
        }),
      }),
    ),
  ),
);

describe('the quota of a namespace', () => {
  it('has room for what an autoscaler may make after a loss that the app survives', () => {
    const podsOf = (autoscaling: SynthProps['autoscaling']) =>
      hardOf(
        manifestsOf({ ...shop, autoscaling, quota: {} } as SynthProps, {
          replicas: 3,
          afterLoss: { requestsPerSecond: 900, replicas: 20 },
        }),
      ).pods;
    expect(podsOf({})).toBe(String(20 + 3 * 5));
    // Without an autoscaler only a decision makes more replicas, and moves the quota with them.
    expect(podsOf(false)).toBe(String(3 + 3));
  });

  it('has room for every replica of every component while all of them are replaced, and for little more', () => {
    fc.assert(
      fc.property(
        components,
        fc.constantFrom<SynthProps['autoscaling']>(undefined, false, { maxReplicasFactor: 3 }),
        fc.integer({ min: 1, max: 40 }),
        (list, autoscaling, replicas) => {
          const given = { name: 'shop', workload: { components: list }, autoscaling, quota: {} };
          const objects = manifestsOf(given as SynthProps, { replicas });
          const hard = hardOf(objects);
          let [pods, cores, bytes, bound] = [0, 0, 0, 0];
          for (const { kind, metadata, spec } of objects) {
            if (kind !== 'Deployment') continue;
            const scaler = objects.find(
              (one) => one.kind.startsWith('Horizontal') && one.metadata.name === metadata.name,
            );
            const { maxReplicas = replicas } = (scaler?.spec ?? {}) as { maxReplicas?: number };
            const most = mostPodsIn(maxReplicas);
            const { template } = spec as never;
            const [{ resources }] = (template as { spec: { containers: [never] } }).spec
              .containers as [{ resources: { requests: { cpu: string; memory: string } } }];
            pods += most;
            bound += maxReplicas + 3 * Math.ceil(maxReplicas / 4);
            cores += most * quantityValue(resources.requests.cpu)!;
            bytes += most * quantityValue(resources.requests.memory)!;
          }
          expect(Number(hard.pods)).toBeGreaterThanOrEqual(pods);
          expect(Number(hard.pods)).toBe(bound);
          expect(quantityValue(hard['requests.cpu'])! + 1e-9).toBeGreaterThanOrEqual(cores);
          expect(quantityValue(hard['requests.memory'])! + 1e-9).toBeGreaterThanOrEqual(bytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('follows the bound of the autoscaler, and has headroom where that is asked for', () => {
    const hard = hardOf(manifestsOf({ ...shop, quota: {} }, { replicas: 3 }));
    // Three by decision, six at most, two more of a surge and four that end.
    expect(hard).toEqual({ pods: '12', 'requests.cpu': '3000m', 'requests.memory': '3145728Ki' });
    const more = { ...shop, autoscaling: false, quota: { headroomPercent: 50 } } as const;
    expect(hardOf(manifestsOf(more, { replicas: 3 })).pods).toBe('9');
  });

  it('follows what overrides set on a cluster, and only there', () => {
    const given: SynthProps = {
      ...shop,
      autoscaling: false,
      quota: {},
      overrides: [
        { match: { region: 'asia' }, set: { minReplicas: 4, resources: { cpuMillicores: 500 } } },
      ],
    };
    const bundle = synth(given, fleetOf(fra, sin));
    expect(hardOf(at(bundle, 'sin', 1))).toEqual({
      pods: '7',
      'requests.cpu': '3500m',
      'requests.memory': '1835008Ki',
    });
    expect(hardOf(at(bundle, 'fra', 1))).toMatchObject({ pods: '4', 'requests.cpu': '1000m' });
  });

  it('is an object of an app that asks for one alone, before what it counts, with requests for containers without', () => {
    const kinds = (given: SynthProps) => manifestsOf(given).map(({ kind }) => kind);
    expect(kinds(shop)).not.toContain('ResourceQuota');
    const containerRequests = { cpuMillicores: 50, memoryMebibytes: 32 };
    const objects = manifestsOf({ ...shop, quota: { containerRequests } });
    expect(objectOf(objects, 'LimitRange').spec).toEqual({
      limits: [{ type: 'Container', defaultRequest: { cpu: '50m', memory: '32Mi' } }],
    });
    const order = objects.map(({ kind }) => kind);
    expect(order.indexOf('Namespace')).toBeLessThan(order.indexOf('ResourceQuota'));
    expect(order.indexOf('LimitRange')).toBeLessThan(order.indexOf('Deployment'));
  });

  it('is refused where nobody knows what a pod requests, in documents and programs alike', () => {
    const own = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
    for (const [given, says] of [
      [{ name: 'shop', manifests: [own], quota: {} }, /at quota: got quota without a workload/],
      [
        { ...shop, autoscaling: { vertical: 'Recreate' }, quota: {} },
        /at quota: got quota beside autoscaling.vertical Recreate/,
      ],
      [{ ...shop, quota: { headroomPercent: -1 } }, /quota\.headroomPercent/],
    ] as const) {
      const either = [() => synth(given as never), () => parseEdgeApp(given as never)];
      for (const one of either) expect(mistakes(one).join('\n')).toMatch(says);
    }
  });

  it('warns that it counts the pods of others in a shared namespace', () => {
    expect(synth({ ...shop, quota: {} }).warnings).toEqual(synth(shop).warnings);
    expect(synth({ ...shop, namespace: 'team', quota: {} }).warnings.join()).toContain(
      'the quota counts every pod in the namespace team, and has room for those of shop alone',
    );
  });

  it('is the same in a document, which gives it back', () => {
    const { workload } = { workload: { image: 'one:1', ...sizing } };
    const parsed = parseEdgeApp({ name: 'shop', workload, quota: { headroomPercent: 10 } });
    expect(parsed.quota).toEqual({ headroomPercent: 10 });
    expect(parseEdgeApp(edgeAppDocument(parsed))).toEqual(parsed);
  });
});
