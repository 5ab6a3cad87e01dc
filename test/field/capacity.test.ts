/** Capacity: what an autoscaled workload starts with and waits for, and what of others a release takes over or leaves alone. */
import type { Manifest } from '../../constructs/model/app/workload';
import type { LiveObject } from '../../providers/clusters/cluster';
import { readinessOf } from '../../providers/clusters/readiness/rules';
import { withCapacity } from '../../providers/resources/release/state/capacity';
import {
  withoutControllerFields,
  withoutEmptyField,
} from '../../providers/resources/release/state/controller-fields';
import {
  adopted,
  withClientSideFields,
  withoutSharedFields,
} from '../../providers/resources/release/state/field-managers';

const workload = (replicas?: number, kind = 'Deployment', apiVersion = 'apps/v1'): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop' },
  spec: { ...(replicas === undefined ? {} : { replicas }), paused: false },
});
const hpa = (spec: object, target: object = { kind: 'Deployment', name: 'web' }): Manifest => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'a', namespace: 'shop' },
  spec: { scaleTargetRef: target, ...spec },
});
const keda = (spec: object, annotations: object = {}): Manifest => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'a', namespace: 'shop', annotations },
  spec: { scaleTargetRef: { name: 'web' }, ...spec },
});

describe('an autoscaled workload', () => {
  it.each([
    ['its lower bound', workload(), hpa({ minReplicas: 17, maxReplicas: 40 }), 17, 17],
    [
      'what it states, where that is more',
      workload(9),
      hpa({ minReplicas: 2, maxReplicas: 40 }),
      9,
      2,
    ],
    ['no more than the upper bound', workload(90), hpa({ minReplicas: 2, maxReplicas: 40 }), 40, 2],
    ['one, where no lower bound is stated', workload(), hpa({ maxReplicas: 40 }), 1, 1],
    ["KEDA's lower bound", workload(), keda({ minReplicaCount: 4 }), 4, 4],
    [
      'but waits for nothing where KEDA may idle',
      workload(),
      keda({ minReplicaCount: 4, idleReplicaCount: 0 }),
      4,
      0,
    ],
    [
      'but waits for nothing while KEDA is paused',
      workload(),
      keda({ minReplicaCount: 4 }, { 'autoscaling.keda.sh/paused': 'true' }),
      4,
      0,
    ],
    [
      'of any kind that has replicas',
      workload(undefined, 'Rollout', 'argoproj.io/v1alpha1'),
      hpa(
        { minReplicas: 3, maxReplicas: 9 },
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' },
      ),
      3,
      3,
    ],
  ])('starts with %s', (_, target, autoscaler, start, least) => {
    const { manifests, capacity } = withCapacity([target, autoscaler]);
    expect([...capacity.values()]).toEqual([{ start, least }]);
    expect(manifests[0]?.spec).toEqual({ paused: false });
    expect(manifests[1]).toBe(autoscaler);
  });

  it('of another namespace or without an autoscaler keeps the replicas it states', () => {
    const other = { ...hpa({ maxReplicas: 4 }), metadata: { name: 'a', namespace: 'other' } };
    const { manifests, capacity } = withCapacity([workload(3), other]);
    expect(capacity.size).toBe(0);
    expect(manifests[0]?.spec).toMatchObject({ replicas: 3 });
  });

  it('is not ready before the decided replicas are available, whatever it asks for itself', () => {
    const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    const live = { ...workload(1), status };
    expect(readinessOf(live)).toMatchObject({ ready: true });
    expect(readinessOf(live, 17)).toEqual({
      ready: false,
      reason: '1 of 17 replicas that were decided are available',
    });
  });
});

const owned = (manager: string, fieldsV1: object, operation = 'Update', subresource?: string) => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsV1,
  ...(subresource === undefined ? {} : { subresource }),
});
const service = (...managedFields: readonly object[]): LiveObject =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1', managedFields },
    spec: {
      clusterIP: '10.0.0.1',
      ports: [{ name: 'http', port: 80, protocol: 'TCP', nodePort: 30000 }],
    },
  }) as unknown as LiveObject;
const port80 = {
  'f:spec': {
    'f:ports': {
      '.': {},
      'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} },
    },
  },
};

describe('adoption', () => {
  it('replaces an item of a list by its keys, as kubectl does, and keeps what others and the server set', () => {
    const live = service(owned('kubectl-client-side-apply', port80));
    const wanted = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports: [{ name: 'http', port: 8080 }] },
    };
    expect(adopted(live, wanted).spec).toEqual({
      clusterIP: '10.0.0.1',
      ports: [{ name: 'http', port: 8080 }],
    });
    const same = { ...wanted, spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] } };
    expect(adopted(live, same).spec).toEqual({
      clusterIP: '10.0.0.1',
      ports: [{ name: 'http', port: 80, protocol: 'TCP', nodePort: 30000, targetPort: 8080 }],
    });
    const shared = service(owned('kubectl-client-side-apply', port80), owned('controller', port80));
    expect((adopted(shared, wanted).spec as { ports: object[] }).ports).toHaveLength(2);
  });

  it('hands over the fields of client-side apply, and of tools only those that we have too', () => {
    const csa = service(
      owned('kubectl-client-side-apply', port80),
      owned('kubelet', { 'f:status': {} }, 'Update', 'status'),
    );
    expect(withClientSideFields(csa)).toEqual([
      expect.objectContaining({ manager: 'kubelet' }),
      expect.objectContaining({ manager: 'littoral', operation: 'Apply', fieldsV1: port80 }),
    ]);
    const ours = owned('littoral', { 'f:data': { 'f:a': {} } }, 'Apply');
    for (const manager of [
      'kubectl-edit',
      'kubectl-create',
      'helm',
      'HashiCorp',
      'pulumi-kubernetes',
    ]) {
      const theirs = owned(manager, { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } });
      expect(withoutSharedFields(service(ours, theirs))).toEqual([
        ours,
        { ...theirs, fieldsV1: { 'f:data': { '.': {}, 'f:b': {} } } },
      ]);
      expect(
        withoutSharedFields(service(ours, owned(manager, { 'f:data': { 'f:a': {} } }))),
      ).toEqual([ours]);
    }
    for (const manager of ['kube-controller-manager', 'cainjector', 'my-operator']) {
      expect(
        withoutSharedFields(service(ours, owned(manager, { 'f:data': { 'f:a': {} } }))),
      ).toBeUndefined();
    }
  });
});

describe('what a controller fills', () => {
  it('is left out of a role that aggregates and of what has its authority injected', () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'r' },
      rules: [],
    };
    expect(withoutControllerFields(role)).toBe(role);
    expect(
      withoutControllerFields({ ...role, aggregationRule: {} } as Manifest),
    ).not.toHaveProperty('rules');
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'c', annotations: { 'cert-manager.io/inject-ca-from': 'a/b' } },
      spec: {
        conversion: { webhook: { clientConfig: { caBundle: 'Cg==', url: 'x' } } },
        versions: [{ schema: { properties: { caBundle: { type: 'string' } } } }],
      },
    } as unknown as Manifest;
    expect(withoutControllerFields(crd).spec).toEqual({
      conversion: { webhook: { clientConfig: { url: 'x' } } },
      versions: [{ schema: { properties: { caBundle: { type: 'string' } } } }],
    });
  });

  it.each([
    ['.rules', { rules: [] }, {}],
    ['.rules', { rules: [{ verbs: ['get'] }] }, undefined],
    [
      '.webhooks[name="a.b"].clientConfig.caBundle',
      { webhooks: [{ name: 'a.b', clientConfig: { caBundle: '' } }] },
      { webhooks: [{ name: 'a.b', clientConfig: {} }] },
    ],
    ['.spec.volumeName', { spec: { volumeName: '' } }, { spec: {} }],
    [
      '.spec.ports[port=80,protocol="TCP"].nodePort',
      { spec: { ports: [{ port: 80, protocol: 'TCP', nodePort: 0 }] } },
      { spec: { ports: [{ port: 80, protocol: 'TCP' }] } },
    ],
    ['.spec.absent', { spec: {} }, undefined],
  ])('is left out where it is empty: %s', (field, body, left) => {
    const base = { apiVersion: 'v1', kind: 'Any', metadata: { name: 'x' } };
    const rest = withoutEmptyField({ ...base, ...body } as Manifest, field);
    expect(rest).toEqual(left === undefined ? undefined : { ...base, ...left });
  });
});
