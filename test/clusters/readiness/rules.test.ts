/** When objects are ready: one row for every state that a kind can be in. */
import type { Manifest } from '../../../constructs/model/app/workload';
import { podTrouble, worstPod } from '../../../providers/clusters/readiness/pod-trouble';
import { readinessOf } from '../../../providers/clusters/readiness/rules';

const object = (type: string, spec: object, status?: object, metadata: object = {}): Manifest => {
  const [apiVersion = '', kind = ''] = type.split(' ');
  const named = { name: 'web', generation: 2, ...metadata };
  return { apiVersion, kind, metadata: named, spec, ...(status === undefined ? {} : { status }) };
};
const condition = (type: string, status: string, reason = '', message = '') => ({
  ...{ type, status, reason, message },
});
const seen = { observedGeneration: 2 };
const up = { ...seen, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
const three = { replicas: 3 };
const deployment = (status: object, spec: object = three) =>
  object('apps/v1 Deployment', spec, status);
const stateful = (status: object, spec: object = three) =>
  object('apps/v1 StatefulSet', spec, { ...seen, ...status });
const unseen = 'its controller has not seen the latest change';

const tls = 'cert-manager.io/v1 Certificate';
const gateway = 'gateway.networking.k8s.io/v1 Gateway';
const current = (type: string, status: string, message = '') => ({
  ...condition(type, status, '', message),
  observedGeneration: 2,
});
const listener = (type: string, status: string) => ({
  listeners: [{ name: 'https', conditions: [current(type, status, 'no Secret')] }],
});

const rows: readonly (readonly [Manifest, 'ready' | 'waits' | 'failed', string])[] = [
  [object(tls, {}), 'waits', 'cert-manager has not seen the latest change'],
  [
    object(tls, {}, { conditions: [{ ...condition('Ready', 'True'), observedGeneration: 1 }] }),
    'waits',
    'cert-manager has not seen the latest change',
  ],
  [object(tls, {}, { conditions: [current('Ready', 'False', 'Issuing')] }), 'waits', 'Issuing'],
  [object(tls, {}, { conditions: [current('Ready', 'True')] }), 'ready', 'is ready'],
  [object(gateway, {}), 'waits', 'no controller has programmed it yet'],
  [
    object(gateway, {}, { conditions: [current('Programmed', 'False', 'no address')] }),
    'waits',
    'is not programmed: no address',
  ],
  [
    object(
      gateway,
      {},
      {
        conditions: [current('Programmed', 'True')],
        ...listener('ResolvedRefs', 'False'),
      },
    ),
    'waits',
    'its listener https does not serve: no Secret',
  ],
  [
    object(
      gateway,
      {},
      {
        conditions: [current('Programmed', 'True')],
        ...listener('ResolvedRefs', 'True'),
      },
    ),
    'ready',
    'is programmed',
  ],
  [object('apps/v1 Deployment', three), 'waits', unseen],
  [deployment({ ...up, observedGeneration: 1 }), 'waits', unseen],
  [deployment(up), 'ready', '3 of 3 replicas are available'],
  [deployment({ ...seen }, { replicas: 0 }), 'ready', '0 of 0 replicas are available'],
  [deployment({ ...up, availableReplicas: 2 }), 'waits', '2 of 3 replicas are available'],
  [deployment({ ...up, updatedReplicas: 1 }), 'waits', 'replicas are updated'],
  [deployment({ ...up, replicas: 4 }), 'waits', '1 old replicas still run'],
  [deployment({ ...up, updatedReplicas: 0 }, { ...three, paused: true }), 'waits', 'paused'],
  [
    deployment({
      ...seen,
      conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')],
    }),
    'failed',
    'made no progress in time: 0 of 3 replicas are available',
  ],
  [
    deployment({
      ...seen,
      conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota')],
    }),
    'waits',
    'pods cannot be created: exceeded quota',
  ],
  [stateful({ readyReplicas: 2 }), 'waits', '2 of 3 replicas are available'],
  [
    stateful({ readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' }),
    'waits',
    '1 of 3 replicas are updated',
  ],
  [
    stateful(
      { readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
      { ...three, updateStrategy: { rollingUpdate: { partition: 2 } } },
    ),
    'ready',
    '3 of 3 replicas are ready',
  ],
  [
    stateful(
      { readyReplicas: 3, updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' },
      { ...three, updateStrategy: { type: 'OnDelete' } },
    ),
    'ready',
    'updated when they are deleted',
  ],
  [
    stateful({ readyReplicas: 3, updatedReplicas: 3, currentRevision: 'a', updateRevision: 'b' }),
    'waits',
    'the rollout has not ended',
  ],
  [
    object(
      'apps/v1 DaemonSet',
      {},
      { ...seen, desiredNumberScheduled: 4, updatedNumberScheduled: 3 },
    ),
    'waits',
    'updated on 3 of 4 nodes',
  ],
  [
    object(
      'apps/v1 DaemonSet',
      {},
      {
        ...seen,
        ...{ desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 4 },
      },
    ),
    'ready',
    'available on 4 of 4 nodes',
  ],
  [object('apps/v1 DaemonSet', {}, seen), 'ready', 'available on 0 of 0 nodes'],
  [object('apps/v1 ReplicaSet', three, { ...seen, availableReplicas: 1 }), 'waits', '1 of 3'],
  [object('batch/v1 Job', { completions: 2 }, { succeeded: 1 }), 'waits', '1 of 2 completions'],
  [
    object('batch/v1 Job', {}, { conditions: [condition('Complete', 'True')] }),
    'ready',
    'complete',
  ],
  [
    object(
      'batch/v1 Job',
      {},
      { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')] },
    ),
    'failed',
    'failed: BackoffLimitExceeded',
  ],
  [object('v1 Pod', {}, { phase: 'Pending' }), 'waits', 'is Pending'],
  [object('v1 Pod', {}, { conditions: [condition('Ready', 'True')] }), 'ready', 'is ready'],
  [object('v1 Pod', {}, { phase: 'Succeeded' }), 'ready', 'has succeeded'],
  [object('v1 Pod', {}, { phase: 'Failed', message: 'evicted' }), 'failed', 'has failed: evicted'],
  [object('v1 Service', { type: 'LoadBalancer' }, { loadBalancer: {} }), 'waits', 'no address'],
  [
    object(
      'v1 Service',
      { type: 'LoadBalancer' },
      { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    ),
    'ready',
    'has an address',
  ],
  [object('v1 Service', { type: 'ClusterIP' }), 'ready', 'exists'],
  [object('v1 PersistentVolumeClaim', {}, { phase: 'Pending' }), 'waits', 'is Pending'],
  [object('v1 PersistentVolumeClaim', {}, { phase: 'Bound' }), 'ready', 'is bound'],
  [object('v1 PersistentVolumeClaim', {}, { phase: 'Lost' }), 'failed', 'has lost its volume'],
  [object('v1 Namespace', {}, { phase: 'Active' }), 'ready', 'is active'],
  [object('v1 Namespace', {}, { phase: 'Terminating' }), 'waits', 'is Terminating'],
  [object('v1 ConfigMap', {}), 'ready', 'exists'],
  [
    object(
      'policy/v1 PodDisruptionBudget',
      {},
      { conditions: [condition('DisruptionAllowed', 'False')] },
    ),
    'ready',
    'exists',
  ],
  [object('autoscaling/v2 HorizontalPodAutoscaler', {}, { conditions: [] }), 'ready', 'exists'],
  [
    object(
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      {},
      { conditions: [condition('Established', 'True')] },
    ),
    'ready',
    'is established',
  ],
  [object('apiextensions.k8s.io/v1 CustomResourceDefinition', {}), 'waits', 'not established'],
  [
    object(
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      {},
      {
        conditions: [condition('NamesAccepted', 'False', 'PluralConflict', 'taken')],
      },
    ),
    'failed',
    'its names are taken: taken',
  ],
  [
    object(
      'apiregistration.k8s.io/v1 APIService',
      {},
      {
        conditions: [condition('Available', 'False', '', 'no endpoints')],
      },
    ),
    'waits',
    'no endpoints',
  ],
  [
    object('a.dev/v1 Beacon', {}, { conditions: [condition('Ready', 'True')] }),
    'ready',
    'is ready',
  ],
  [
    object('a.dev/v1 Beacon', {}, { conditions: [condition('Ready', 'False', '', 'dark')] }),
    'waits',
    'is not ready: dark',
  ],
  [
    object('a.dev/v1 Beacon', {}, { conditions: [condition('Available', 'True')] }),
    'ready',
    'is available',
  ],
  [
    object(
      'a.dev/v1 Beacon',
      {},
      { conditions: [condition('Stalled', 'True', 'Gone'), condition('Ready', 'True')] },
    ),
    'failed',
    'is stalled: Gone',
  ],
  [
    object('a.dev/v1 Beacon', {}, { conditions: [condition('Reconciling', 'True', 'New')] }),
    'waits',
    'is reconciling: New',
  ],
  [
    object(
      'a.dev/v1 Beacon',
      {},
      { observedGeneration: 1, conditions: [condition('Ready', 'True')] },
    ),
    'waits',
    unseen,
  ],
  [object('a.dev/v1 Deployment', {}, {}), 'ready', 'exists'],
  [
    object('v1 ConfigMap', {}, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    'waits',
    'is being deleted',
  ],
];

it.each(rows)('%j %s: %s', (manifest, state, reason) => {
  const verdict = readinessOf(manifest);
  expect(verdict.reason).toContain(reason);
  const found = verdict.ready ? 'ready' : verdict.failed ? 'failed' : 'waits';
  expect(found).toBe(state);
});

const pod = (status: object): Manifest => object('v1 Pod', {}, status, { name: 'web-1' });
const waiting = (reason: string, message?: string) =>
  pod({
    phase: 'Pending',
    containerStatuses: [{ name: 'web', image: 'a/b:1', state: { waiting: { reason, message } } }],
  });

it.each([
  [
    waiting('ImagePullBackOff', 'not found'),
    'cannot pull image a/b:1 (ImagePullBackOff: not found)',
    true,
  ],
  [waiting('ErrImagePull'), 'cannot pull image a/b:1 (ErrImagePull)', false],
  [
    waiting('CreateContainerConfigError', 'secret "x" not found'),
    'container web cannot start: secret "x" not found',
    true,
  ],
  [
    pod({
      containerStatuses: [
        {
          name: 'web',
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        },
      ],
    }),
    'container web crashes again and again, last with exit code 137 (OOMKilled)',
    true,
  ],
  [
    pod({
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' },
      ],
    }),
    'cannot be scheduled: 0/3 nodes',
    false,
  ],
  [
    pod({ phase: 'Running', containerStatuses: [{ name: 'web', ready: false, state: {} }] }),
    'container web runs but is not ready',
    false,
  ],
])('%j is in trouble: %s', (manifest, text, failed) => {
  expect(podTrouble(manifest)).toMatchObject({ text, failed });
});

it('the pod that explains most is named, and none when all merely take their time', () => {
  const fine = waiting('ContainerCreating');
  const unready = pod({ phase: 'Running', containerStatuses: [{ name: 'web', ready: false }] });
  const bad = { ...waiting('ImagePullBackOff'), metadata: { name: 'web-9' } };
  expect(worstPod([fine, unready, bad])?.name).toBe('web-9');
  expect(worstPod([fine])).toBeUndefined();
});
