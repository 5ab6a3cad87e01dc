/** Cloudflare load balancers as data: a pool per cluster, and per host a load balancer that lists pools by country. */
import type { RoutingTable, Slot } from '../routing-table';
import { checkTable, targetsWithAddress } from './targets';

/** A pool, with the arguments of `cloudflare_load_balancer_pool`. Make it with `create_before_destroy`: a pool in use cannot be deleted. */
export interface CloudflarePool {
  /** The cluster. A pool is a cluster, so a cluster that joins adds one. */
  readonly key: string;
  readonly name: string;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly minimumOrigins: 1;
  readonly origins: readonly {
    readonly name: string;
    readonly address: string;
    readonly enabled: true;
  }[];
}

/** A load balancer, with the arguments of `cloudflare_load_balancer`; pools are keys of `pools`. */
export interface CloudflareLoadBalancer {
  /** The host. */
  readonly key: string;
  readonly name: string;
  readonly proxied: false;
  readonly ttl: number;
  readonly steeringPolicy: 'geo' | 'proximity';
  readonly defaultPools: readonly string[];
  readonly fallbackPool: string;
  /** By country; each a list in the order of failover. */
  readonly countryPools: Readonly<Record<string, readonly string[]>>;
  readonly locationStrategy: {
    readonly mode: 'resolver_ip';
    readonly preferEcs: 'geo' | 'proximity';
  };
}

/** A monitor, with the arguments of `cloudflare_load_balancer_monitor`. */
export interface CloudflareMonitor {
  readonly type: 'http' | 'https';
  readonly path: string;
  readonly port: number;
  readonly expectedCodes: string;
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  /** The name that is asked for at every origin. */
  readonly header: { readonly header: 'Host'; readonly values: readonly string[] };
}

/** Everything that Cloudflare needs for the hosts. */
export interface CloudflareRecords {
  readonly pools: readonly CloudflarePool[];
  readonly loadBalancers: readonly CloudflareLoadBalancer[];
  /** One for all pools; absent without a probe. */
  readonly monitor?: CloudflareMonitor;
}

/** Pools and load balancers. Throws EdgeErrors where an answer has no address. */
export function cloudflareRecords(table: RoutingTable): CloudflareRecords {
  checkTable(table);
  const isNear = table.system === 'cloudflare-proximity';
  const points = new Map(table.slots.map(({ answers: [first], point }) => [first.cluster, point]));
  const pools = targetsWithAddress(table).map(({ cluster, values }): CloudflarePool => {
    const point = points.get(cluster);
    return {
      key: cluster,
      name: `${table.app}-${cluster}`,
      ...(point === undefined ? {} : { latitude: point.latitude, longitude: point.longitude }),
      minimumOrigins: 1,
      origins: values.map((address, index) => ({
        name: `${cluster}-${index + 1}`,
        address,
        enabled: true,
      })),
    };
  });
  const all = pools.map(({ key }) => key);
  const fallback = table.slots.find(({ kind }) => kind === 'default');
  const defaultPools = fallback === undefined ? all : listed(fallback);
  const countryPools = Object.fromEntries(
    table.slots.flatMap((slot) => (slot.kind === 'country' ? [[slot.code, listed(slot)]] : [])),
  );
  const loadBalancers = table.hosts.map(
    (host): CloudflareLoadBalancer => ({
      key: host,
      name: host,
      proxied: false,
      ttl: table.ttlSeconds,
      steeringPolicy: isNear ? 'proximity' : 'geo',
      defaultPools,
      fallbackPool: defaultPools[0],
      countryPools,
      locationStrategy: { mode: 'resolver_ip', preferEcs: isNear ? 'proximity' : 'geo' },
    }),
  );
  const monitor = monitorOf(table);
  return { pools, loadBalancers, ...(monitor === undefined ? {} : { monitor }) };
}

const listed = ({ answers, failover }: Slot) => [
  ...answers.map(({ cluster }) => cluster),
  ...failover,
];

function monitorOf({ probe, isSecure, hosts }: RoutingTable): CloudflareMonitor | undefined {
  if (probe === undefined) return undefined;
  return {
    type: isSecure ? 'https' : 'http',
    path: probe.path,
    port: isSecure ? 443 : 80,
    expectedCodes: probe.statuses.join(','),
    interval: Math.max(10, probe.intervalSeconds),
    timeout: Math.min(probe.timeoutSeconds, 10),
    retries: 1,
    header: { header: 'Host', values: [hosts[0].replace('*', 'probe')] },
  };
}
