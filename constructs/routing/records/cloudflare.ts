/** Cloudflare load balancers as data: a pool per cluster, and per host a load balancer that lists pools by country. */
import type { RoutingTable, Slot } from '../routing-table';
import { checkTable, targetsWithAddress } from './targets';

/** A pool, with the arguments of `cloudflare_load_balancer_pool`. Make it with `create_before_destroy`: a pool in use cannot be deleted. */
export interface CloudflarePool {
  /** The cluster. A pool is a cluster, so a cluster that joins adds one. */
  readonly key: string;
  /** Unique in the account: app and cluster. */
  readonly name: string;
  /** Degrees north, with proximity. */
  readonly latitude?: number;
  /** Degrees east, with proximity. */
  readonly longitude?: number;
  /** One origin that is well is enough. */
  readonly minimumOrigins: 1;
  /** The addresses of the cluster. */
  readonly origins: readonly {
    /** Cluster and number. */
    readonly name: string;
    /** An address, or the name of a load balancer. */
    readonly address: string;
    /** Always. */
    readonly enabled: true;
  }[];
}

/** A load balancer, with the arguments of `cloudflare_load_balancer`; pools are keys of `pools`. */
export interface CloudflareLoadBalancer {
  /** The host. */
  readonly key: string;
  /** The host. */
  readonly name: string;
  /** Answers are addresses of clusters, not of Cloudflare. */
  readonly proxied: false;
  /** How long resolvers keep an answer, in seconds. */
  readonly ttl: number;
  /** By country, or by the distance to pools. */
  readonly steeringPolicy: 'geo' | 'proximity';
  /** Of users whom no country catches, in the order of failover. */
  readonly defaultPools: readonly string[];
  /** Answered when nothing else is well. */
  readonly fallbackPool: string;
  /** By country; each a list in the order of failover. */
  readonly countryPools: Readonly<Record<string, readonly string[]>>;
  /** Where users are taken to be. */
  readonly locationStrategy: {
    /** By the address of their resolver, where there is no client subnet. */
    readonly mode: 'resolver_ip';
    /** The client subnet is looked at for this policy. */
    readonly preferEcs: 'geo' | 'proximity';
  };
}

/** A monitor, with the arguments of `cloudflare_load_balancer_monitor`. */
export interface CloudflareMonitor {
  /** https where users come by it. */
  readonly type: 'http' | 'https';
  /** Path that is asked for. */
  readonly path: string;
  /** 443 or 80. */
  readonly port: number;
  /** Statuses that count as well, parted by commas. */
  readonly expectedCodes: string;
  /** Seconds between two checks, at least 10. */
  readonly interval: number;
  /** Seconds after which a check has failed. */
  readonly timeout: number;
  /** Checks that are tried again before an origin counts as down. */
  readonly retries: number;
  /** The name that is asked for at every origin. */
  readonly header: {
    /** Name of the header. */
    readonly header: 'Host';
    /** The first host. */
    readonly values: readonly string[];
  };
}

/** Everything that Cloudflare needs for the hosts. */
export interface CloudflareRecords {
  /** One per cluster that is answered anywhere, sorted by name. */
  readonly pools: readonly CloudflarePool[];
  /** One per host. */
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
