/** What the tests of the Pulumi wire place: a shop, three clusters, and traffic that can be moved. */
import { API_VERSION } from '../../constructs/parsing/document';

export const app = {
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
  policy: { constraints: { minClusters: 1, maxClusters: 2, minRequestsPerSecond: 5 } },
};

/** fra, iad and sin; `silent` ones do not answer. */
export function fleetOf(silent: readonly string[] = []) {
  const at = (
    name: string,
    latitude: number,
    longitude: number,
    region: string,
    country: string,
  ) => ({
    name,
    latitude,
    longitude,
    region,
    country,
    usdPerHour: 0.2,
    access: { kubeconfig: 'clusters.kubeconfig', context: name },
    ...(silent.includes(name)
      ? { state: 'unreachable' as const, since: '2026-11-21T05:00:00Z' }
      : {}),
  });
  return {
    apiVersion: API_VERSION,
    kind: 'Fleet',
    clusters: [
      at('fra', 50.1, 8.7, 'europe', 'DE'),
      at('iad', 39, -77.5, 'america', 'US'),
      at('sin', 1.35, 103.8, 'asia', 'SG'),
    ],
  };
}

/** Requests/s near fra, iad and sin. */
export function demandOf(
  fra: number,
  iad: number,
  sin: number,
  observedAt = '2026-11-21T05:30:00Z',
) {
  const at = (name: string, latitude: number, longitude: number, requestsPerSecond: number) => {
    return { name, latitude, longitude, requestsPerSecond };
  };
  return {
    apiVersion: API_VERSION,
    kind: 'Demand',
    observedAt,
    validForSeconds: 1800,
    origins: [at('de', 50, 8, fra), at('us', 39, -77, iad), at('sg', 1.3, 103.8, sin)],
  };
}

/** Inputs of a Placement as they come from a program. */
export function placementInputs(demand: object | undefined, more: object = {}, fleet = fleetOf()) {
  return {
    apps: [app],
    fleet: JSON.stringify(fleet),
    ...(demand === undefined ? {} : { demands: { shop: JSON.stringify(demand) } }),
    decision: '',
    ...more,
  };
}
