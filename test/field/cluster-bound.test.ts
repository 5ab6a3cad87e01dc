/** Exported objects: what is true in one cluster only is left out, and said where somebody may have meant it. */
import { withoutClusterBound } from '../../constructs/kubernetes/cluster-bound';
import type { Manifest } from '../../constructs/model/workload';

const meta = { name: 'web', namespace: 'shop' };
const owner = [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: '1', controller: true }];
const template = { spec: { nodeName: 'node-1', containers: [] } };

it('what the server writes goes without a word', () => {
  const exported: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...meta,
      ...{ uid: '1', resourceVersion: '2', generation: 3, creationTimestamp: null, selfLink: '/x' },
      managedFields: [{ manager: 'kubectl' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'yes' },
    },
    spec: { replicas: 1 },
    status: { readyReplicas: 1 },
  };
  expect(withoutClusterBound(exported)).toEqual({
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...meta, annotations: { mine: 'yes' } },
      spec: { replicas: 1 },
    },
    warnings: [],
  });
});

it.each([
  [
    'v1',
    'ConfigMap',
    { metadata: { ...meta, ownerReferences: owner } },
    'metadata.ownerReferences',
  ],
  ['example.com/v1', 'Cache', { metadata: { ...meta, ownerReferences: owner } }, 'ownerReferences'],
  ['v1', 'Service', { spec: { clusterIP: '10.0.0.7' } }, 'spec.clusterIP'],
  ['v1', 'Service', { spec: { clusterIPs: ['10.0.0.7', 'fd00::7'] } }, 'spec.clusterIPs'],
  ['v1', 'Pod', { spec: { nodeName: 'node-1' } }, 'spec.nodeName'],
  ['apps/v1', 'Deployment', { spec: { template } }, 'spec.template.spec.nodeName'],
  ['batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template } } } }, 'nodeName'],
  ['v1', 'PersistentVolume', { spec: { claimRef: { uid: '1', name: 'a' } } }, 'claimRef.uid'],
])('of a %s %s %j goes with a warning that names %s', (apiVersion, kind, more, path) => {
  const { manifest, warnings } = withoutClusterBound({ apiVersion, kind, metadata: meta, ...more });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`${path} is left out`);
  expect(withoutClusterBound(manifest)).toEqual({ manifest, warnings: [] });
});

it.each([
  ['v1', 'Service', { spec: { clusterIP: 'None', clusterIPs: ['None'] } }],
  ['serving.knative.dev/v1', 'Service', { spec: { clusterIP: '10.0.0.7' } }],
  ['example.com/v1', 'Cache', { status: { size: 1 } }],
])('a %s %s with %j is as it was written', (apiVersion, kind, more) => {
  const manifest = { apiVersion, kind, metadata: meta, ...more };
  expect(withoutClusterBound(manifest)).toEqual({ manifest, warnings: [] });
});
