/** Fluent builders: `cluster('fra').in('DE').at(50.1, 8.7)`; what they make went through the parsers. */
import type { Demand } from '../constructs/model/demand';
import { type DemandInput, parseDemand } from '../constructs/model/demand-document';
import type { Fleet, LatencyPair } from '../constructs/model/fleet';
import { type FleetInput, parseFleet } from '../constructs/model/fleet-document';
import type { EdgeApp } from '../constructs/policy/edge-app';
import { type EdgeAppInput, parseEdgeApp } from '../constructs/policy/edge-app-document';
import type { PlacementPolicyInput } from '../constructs/policy/policy';

/** A cluster as written. */
export type ClusterInput = FleetInput['clusters'][number];
/** An origin as written. */
export type OriginInput = DemandInput['origins'][number];

/** When everything built here was observed, unless a test says otherwise. */
export const NOW = '2026-11-21T05:30:00Z';

export interface ClusterBuilder {
  readonly written: ClusterInput;
  in(country: string, region?: string): ClusterBuilder;
  at(latitude: number, longitude: number): ClusterBuilder;
  provider(provider: string): ClusterBuilder;
  label(name: string, value: string): ClusterBuilder;
  taint(key: string, effect: 'NoPlace' | 'PreferNoPlace' | 'Evict', value?: string): ClusterBuilder;
  signal(
    name: string,
    value: number,
    observedAt?: string,
    validForSeconds?: number,
  ): ClusterBuilder;
  /** Any other keys of a cluster. */
  with(more: Partial<ClusterInput>): ClusterBuilder;
}

export interface OriginBuilder {
  readonly written: OriginInput;
  in(country: string, region?: string): OriginBuilder;
  at(latitude: number, longitude: number): OriginBuilder;
}

/** A cluster in Frankfurt, until told otherwise. */
export function cluster(name: string): ClusterBuilder {
  return clusterOf({ name, latitude: 50.11, longitude: 8.68, region: 'europe', country: 'DE' });
}

/** An origin in Berlin, until told otherwise. */
export function origin(name: string, requestsPerSecond: number): OriginBuilder {
  return originOf({ name, latitude: 52.52, longitude: 13.4, requestsPerSecond });
}

/** A parsed Fleet of these clusters; an array of triples among them is measured latency. */
export function fleet(...parts: readonly (ClusterBuilder | readonly LatencyPair[])[]): Fleet {
  const clusters = parts.flatMap((part) => ('written' in part ? [part.written] : []));
  const latency = parts.flatMap((part) => ('written' in part ? [] : part));
  return parseFleet({ clusters, ...(latency.length === 0 ? {} : { latency }) });
}

/** A parsed Demand of these origins, observed at NOW. */
export function demand(...origins: readonly OriginBuilder[]): Demand {
  return parseDemand({ observedAt: NOW, origins: origins.map(({ written }) => written) });
}

/** A parsed EdgeApp with one small component: 100 millicores, 128 MiB, 50 requests/s per replica. */
export function app(
  name: string,
  policy: PlacementPolicyInput = {},
  more: Partial<EdgeAppInput> = {},
): EdgeApp {
  return parseEdgeApp({
    name,
    workload: {
      image: `registry.example/${name}:1`,
      resources: { cpuMillicores: 100, memoryMebibytes: 128 },
      requestsPerSecondPerReplica: 50,
    },
    policy,
    ...more,
  });
}

function clusterOf(written: ClusterInput): ClusterBuilder {
  const and = (more: Partial<ClusterInput>) => clusterOf({ ...written, ...more });
  return {
    written,
    in: (country, region = written.region) => and({ country, region }),
    at: (latitude, longitude) => and({ latitude, longitude }),
    provider: (provider) => and({ provider }),
    label: (name, value) => and({ labels: { ...written.labels, [name]: value } }),
    taint: (key, effect, value = '') =>
      and({ taints: [...(written.taints ?? []), { key, value, effect }] }),
    signal: (name, value, observedAt = NOW, validForSeconds = 3600) =>
      and({ signals: { ...written.signals, [name]: { value, observedAt, validForSeconds } } }),
    with: and,
  };
}

function originOf(written: OriginInput): OriginBuilder {
  return {
    written,
    in: (country, region = 'europe') => originOf({ ...written, country, region }),
    at: (latitude, longitude) => originOf({ ...written, latitude, longitude }),
  };
}
