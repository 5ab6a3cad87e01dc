/** Exported objects: what is true in one cluster only is left out, and said where somebody may have meant it. */
import { withoutClusterBound } from '../../constructs/kubernetes/cluster-bound';
import type { Manifest } from '../../constructs/model/app/workload';

const meta = { name: 'web', namespace: 'shop' };
const owner = [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: '1', controller: true }];
const bound = { ...meta, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };
const ofUid = { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } };
const labels = {
  labels: { 'controller-uid': 'u', 'batch.kubernetes.io/controller-uid': 'u', a: 'b' },
};
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
  ['v1', 'PersistentVolumeClaim', { metadata: bound, spec: { volumeName: 'pvc-1' } }, 'volumeName'],
  ['batch/v1', 'Job', { spec: { selector: ofUid, template: { metadata: labels } } }, 'selector'],
  ['v1', 'ServiceAccount', { secrets: [{ name: 'web-token-x8d2k' }] }, 'secrets'],
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
  ['v1', 'PersistentVolumeClaim', { spec: { volumeName: 'disk-of-mine' } }],
  ['batch/v1', 'Job', { spec: { manualSelector: true, selector: ofUid } }],
  ['batch/v1', 'Job', { spec: { selector: { matchLabels: { a: 'b' } } } }],
  ['v1', 'ServiceAccount', { secrets: [{ name: 'web-key' }] }],
])('a %s %s with %j is as it was written', (apiVersion, kind, more) => {
  const manifest = { apiVersion, kind, metadata: meta, ...more };
  expect(withoutClusterBound(manifest)).toEqual({ manifest, warnings: [] });
});

it('a token of one cluster loses the account it was made for, or its controller would delete it', () => {
  const annotations = {
    'kubernetes.io/service-account.name': 'web',
    'kubernetes.io/service-account.uid': 'u',
  };
  const exported: Manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...meta, annotations },
    type: 'kubernetes.io/service-account-token',
    data: { token: 'eA==', 'ca.crt': 'eA==', namespace: 'eA==', mine: 'eA==' },
  };
  const { manifest, warnings } = withoutClusterBound(exported);
  expect(manifest.metadata.annotations).toEqual({ 'kubernetes.io/service-account.name': 'web' });
  expect(manifest.data).toEqual({ mine: 'eA==' });
  expect(warnings).toEqual(
    ['token', 'ca.crt', 'namespace'].map((key) =>
      expect.stringContaining(`data.${key} is left out`),
    ),
  );
});

it('annotations by which a claim was bound elsewhere go without a word, and its own stay', () => {
  const annotations = {
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
    'volume.kubernetes.io/selected-node': 'node-1',
    mine: 'yes',
  };
  const kind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  const { manifest, warnings } = withoutClusterBound({
    ...kind,
    metadata: { ...meta, annotations },
  });
  expect(manifest).toEqual({ ...kind, metadata: { ...meta, annotations: { mine: 'yes' } } });
  expect(warnings).toEqual([]);
});
