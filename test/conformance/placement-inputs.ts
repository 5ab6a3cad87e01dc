/** What the placements of the suite are decided from: four clusters on the equator, ten degrees apart, and their neighbours. */
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import { NOW } from '../build';
import type { PlacementInputs } from './wire';

const letters = [...'abcd'];
const countries = ['GA', 'CD', 'UG', 'KE'];
const placeOf = (letter: string) => ({
  latitude: 0,
  longitude: (letters.indexOf(letter) + 1) * 10,
});

/** The fleet. */
export function fleetDocumentOf(address = 1): object {
  return {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'Fleet',
    clusters: letters.map((name, index) => ({
      name,
      ...placeOf(name),
      region: 'equator',
      country: countries[index],
      ingress: { ipv4: [`192.0.2.${10 * index + address}`] },
    })),
  };
}

/** Requests/s of the origins `oa` to `od`, each beside its cluster. */
export function demandDocument(
  requests: Readonly<Record<string, number>>,
  observedAt = NOW,
): object {
  return {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'Demand',
    observedAt,
    origins: Object.entries(requests).map(([name, requestsPerSecond]) => ({
      name,
      ...placeOf(name.slice(1)),
      country: countries[letters.indexOf(name.slice(1))],
      requestsPerSecond,
    })),
  };
}

/** What to vary. */
export interface Variation {
  readonly constraints?: object;
  readonly demand?: object;
  /** Of the app: its users are answered by DNS. */
  readonly exposure?: object;
  /** Number of the address of every cluster. */
  readonly address?: number;
  /** A lock that was decided from this demand. */
  readonly locked?: object;
}

/** One app `shop` on two clusters. */
export function inputs({
  constraints = {},
  demand,
  locked,
  exposure,
  address,
}: Variation = {}): PlacementInputs {
  const app = {
    name: 'shop',
    workload: {
      image: 'registry.example/shop:1',
      resources: { cpuMillicores: 100, memoryMebibytes: 64 },
      requestsPerSecondPerReplica: 1000,
      ...(exposure === undefined ? {} : { port: 8080 }),
    },
    ...(exposure === undefined ? {} : { exposure }),
    policy: {
      constraints: { minClusters: 2, maxClusters: 2, minRequestsPerSecond: 20, ...constraints },
    },
  };
  const demands = { shop: demand ?? demandDocument({ oa: 100, oc: 100, od: 1 }) };
  const fleet = fleetDocumentOf(address);
  if (locked === undefined) return { apps: [app], fleet, demands };
  const lock = place({
    apps: [parseEdgeApp(app)],
    fleet: parseFleet(fleet),
    demand: parseDemand(locked),
  });
  return { apps: [app], fleet, demands, lock };
}
