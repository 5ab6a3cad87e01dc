/** Small worlds for tests of routing: a fleet, a demand, an app with exposure, and a decision made by place. */
import { type PlacementDecision, parseDemand, parseFleet, place } from '../../constructs';
import type { DnsSystem } from '../../constructs/model/app/exposure';
import type { Demand } from '../../constructs/model/demand';
import type { Fleet } from '../../constructs/model/fleet';
import { type EdgeApp, parseEdgeApp } from '../../constructs/policy';
import { type RoutingTable, routingOf } from '../../constructs/routing';

const apiVersion = 'littoral.dev/v1alpha1';
const observedAt = '2026-11-21T05:30:00Z';

/** What a test says of a cluster: name, country, region, place, ceiling. */
export interface Site {
  readonly name: string;
  readonly country: string;
  readonly region: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly requestsPerSecond?: number;
  readonly ingress?: object;
}

/** Three places far apart, each near to its users. */
export const sites: readonly Site[] = [
  { name: 'fra', country: 'DE', region: 'europe', latitude: 50.1, longitude: 8.7 },
  { name: 'iad', country: 'US', region: 'north-america', latitude: 39, longitude: -77.5 },
  { name: 'sin', country: 'SG', region: 'asia', latitude: 1.35, longitude: 103.8 },
];

/** A user place with its requests per second. */
export interface Users {
  readonly name: string;
  readonly country?: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly requestsPerSecond: number;
  readonly region?: string;
}

export const users: readonly Users[] = [
  { name: 'berlin', country: 'DE', latitude: 52.5, longitude: 13.4, requestsPerSecond: 100 },
  { name: 'paris', country: 'FR', latitude: 48.9, longitude: 2.3, requestsPerSecond: 80 },
  { name: 'tokyo', country: 'JP', latitude: 35.7, longitude: 139.7, requestsPerSecond: 60 },
  { name: 'new-york', country: 'US', latitude: 40.7, longitude: -74, requestsPerSecond: 120 },
];

export interface World {
  readonly fleet: Fleet;
  readonly demand: Demand;
  readonly app: EdgeApp;
  readonly decision: PlacementDecision;
}

/** What may differ from the usual world. */
export interface WorldOptions {
  readonly sites?: readonly Site[];
  readonly users?: readonly Users[];
  readonly constraints?: object;
  readonly exposure?: object;
  /** Origin, cluster, milliseconds. */
  readonly latency?: readonly (readonly [string, string, number])[];
}

/** Cluster `n` takes requests at 192.0.2.n and 2001:db8::n. */
export function world(options: WorldOptions = {}): World {
  const given = options.sites ?? sites;
  const fleet = parseFleet({
    apiVersion,
    kind: 'Fleet',
    latency: (options.latency ?? []) as [string, string, number][],
    clusters: given.map((site, index) => ({
      ingress: { ipv4: [`192.0.2.${index + 1}`], ipv6: [`2001:db8::${index + 1}`] },
      ...site,
    })),
  });
  const demand = parseDemand({
    apiVersion,
    kind: 'Demand',
    observedAt,
    origins: options.users ?? users,
  });
  const app = parseEdgeApp({
    apiVersion,
    kind: 'EdgeApp',
    name: 'shop',
    workload: {
      image: 'shop:1',
      port: 8080,
      resources: { cpuMillicores: 100, memoryMebibytes: 128 },
      requestsPerSecondPerReplica: 50,
    },
    policy: {
      constraints: {
        minClusters: given.length,
        maxClusters: given.length,
        minRequestsPerSecond: 0,
        ...options.constraints,
      },
    },
    exposure: {
      hosts: ['shop.example.com'],
      gateway: { class: 'edge' },
      dns: { system: 'powerdns-lua' },
      ...options.exposure,
    },
  });
  const decision = place({ apps: [app], fleet, demand, now: observedAt });
  return { fleet, demand, app, decision };
}

/** The table of a world for a system. */
export function tableFor(system: DnsSystem, options: WorldOptions = {}): RoutingTable {
  return routingOf({ ...world(options), system });
}
