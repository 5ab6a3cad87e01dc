/** Apps, fleets and settings that tests of delivery start from. */
import fc from 'fast-check';
import { parseDelivery } from '../../constructs/delivery';
import { synth } from '../../constructs/kubernetes';
import type { ClusterDecision } from '../../constructs/model/decision';
import { testCluster } from '../../constructs/testing';

export const revision = `sha256:${'ab'.repeat(32)}`;

/** Settings of every engine. */
export const settingsOf = {
  flux: parseDelivery({
    engine: 'flux',
    source: { kind: 'OCIRepository', url: 'oci://registry.example/edge', revision },
  }),
  argocd: parseDelivery({
    engine: 'argocd',
    source: { url: 'oci://registry.example/edge', revision },
  }),
  ocm: parseDelivery({ engine: 'ocm' }),
  karmada: parseDelivery({ engine: 'karmada' }),
  kubefleet: parseDelivery({ engine: 'kubefleet' }),
  directories: parseDelivery({ engine: 'directories' }),
};

/** An app with its own component sizes. */
export function appOf(name: string, more: object = {}) {
  return {
    name,
    workload: {
      image: `registry.example/${name}:1`,
      port: 8080,
      resources: { cpuMillicores: 100, memoryMebibytes: 64 },
      requestsPerSecondPerReplica: 50,
    },
    ...more,
  };
}

/** A decision as far as delivery reads it. */
export function decisionOf(apps: Readonly<Record<string, Readonly<Record<string, number>>>>) {
  return {
    digest: 'sha256:decided',
    apps: Object.entries(apps).map(([app, clusters]) => ({
      app,
      clusters: Object.entries(clusters).map(
        ([name, replicas]) =>
          ({ name, replicas, requestsPerSecond: replicas * 40 }) as ClusterDecision,
      ),
    })),
  } as unknown as Parameters<typeof import('../../constructs/delivery').deliver>[1];
}

export const fleetNamed = (...names: readonly string[]) => ({
  clusters: names.map((name) => testCluster({ name })),
});

const names = ['ams', 'fra', 'gru', 'iad', 'eu-1', 'eu-fra'];
export const wholeFleet = fleetNamed(...names);

/** Some apps, each on some clusters, autoscaled or not. */
export const placements = fc
  .uniqueArray(fc.constantFrom('shop', 'shop-eu', 'cart', 'search'), { minLength: 1 })
  .chain((apps) =>
    fc.record({
      bundles: fc.tuple(
        ...apps.map((name) =>
          fc
            .boolean()
            .map((scaled) =>
              synth(appOf(name, scaled ? {} : { autoscaling: false }) as never, wholeFleet),
            ),
        ),
      ),
      decision: fc
        .tuple(...apps.map(() => fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 })))
        .chain((chosen) =>
          fc.tuple(
            ...chosen.map((clusters) =>
              fc
                .tuple(...clusters.map(() => fc.integer({ min: 1, max: 40 })))
                .map((counts) =>
                  Object.fromEntries(clusters.map((cluster, at) => [cluster, counts[at]!])),
                ),
            ),
          ),
        )
        .map((each) => decisionOf(Object.fromEntries(apps.map((app, at) => [app, each[at]!])))),
    }),
  );
