/** Objects that tests apply to real clusters, and what became of them. */
import type { Manifest } from '../../constructs/model/app/workload';
import type { ApplyOutcome } from '../../providers/clusters/cluster';

export const deployment = (name: string, more: object = {}, template: object = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, ...template },
      spec: { containers: [{ name: 'web', image: 'registry.example/shop:1' }] },
    },
    ...more,
  },
});
export const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: Manifest) => ({
  ...{ apiVersion, kind, name },
  ...(namespace === undefined ? {} : { namespace }),
});
export const settings = (name: string, data: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});
export const namespace = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

/** A secret whose text no message may repeat, where a quota can be met. */
export const secret = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default' },
  stringData: { password: 'planted-hunter2' },
});
/** Allows no secret. */
export const noSecrets: Manifest = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'few', namespace: 'default' },
  spec: { hard: { 'count/secrets': '0' } },
};

/** What became of an apply. */
export const kindOf = (outcome: ApplyOutcome) => outcome.kind;

/** A kind that no cluster knows before. */
export const beacons: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'beacons.example.dev' },
  spec: {
    group: 'example.dev',
    scope: 'Namespaced',
    names: { plural: 'beacons', singular: 'beacon', kind: 'Beacon', listKind: 'BeaconList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { height: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
};
/** One of that kind. */
export const beacon: Manifest = {
  apiVersion: 'example.dev/v1',
  kind: 'Beacon',
  metadata: { name: 'one', namespace: 'shop' },
  spec: { height: 3 },
};
