/** Azure Traffic Manager profiles as data: a geographic profile whose endpoints are profiles of their own, because a place does not climb. */
import type { RoutingTable, Slot } from '../routing-table';
import { checkTable, targetsWithAddress } from './targets';

/** An endpoint that is an address or a name, with the arguments of `azurerm_traffic_manager_external_endpoint`. */
export interface AzureExternalEndpoint {
  /** Unique in its profile: `answer-1` and so on, whichever cluster it is. */
  readonly name: string;
  /** An address, or the name of a load balancer. */
  readonly target: string;
  /** 1 is answered first. */
  readonly priority: number;
}

/** What users of one slot are answered: a profile of method Priority. */
export interface AzureChildProfile {
  /** The slot. */
  readonly key: string;
  /** The first endpoint that is well is answered. */
  readonly trafficRoutingMethod: 'Priority';
  /** The answers of the slot, then what comes next on failure. */
  readonly endpoints: readonly AzureExternalEndpoint[];
}

/** An endpoint that is a profile, with the arguments of `azurerm_traffic_manager_nested_endpoint`. */
export interface AzureNestedEndpoint {
  /** The slot; also the key of the profile that it leads to. */
  readonly key: string;
  /** One endpoint that is well is enough. */
  readonly minimumChildEndpoints: 1;
  /** `WORLD`, `DE`, `US-CA`. */
  readonly geoMappings: readonly string[];
}

/** Everything that Traffic Manager needs. */
export interface AzureRecords {
  /** Of the profile that the hosts are aliases of. */
  readonly trafficRoutingMethod: 'Geographic';
  /** How long resolvers keep an answer, in seconds. */
  readonly ttl: number;
  /** Names that are to be aliases of the profile. */
  readonly hosts: readonly string[];
  /** One per slot. */
  readonly endpoints: readonly AzureNestedEndpoint[];
  /** One profile per slot. */
  readonly children: readonly AzureChildProfile[];
  /** How health is checked, in every profile; absent without a probe. */
  readonly monitor?: {
    /** HTTPS where users come by it. */
    readonly protocol: 'HTTP' | 'HTTPS';
    /** 443 or 80. */
    readonly port: number;
    /** Path that is asked for. */
    readonly path: string;
    /** Statuses that count as well, such as `200-200`. */
    readonly expectedStatusCodeRanges: readonly string[];
    /** 10 or 30. */
    readonly intervalInSeconds: 10 | 30;
  };
}

/** Profiles and endpoints. Throws EdgeErrors where an answer has no address. */
export function azureRecords(table: RoutingTable): AzureRecords {
  checkTable(table);
  const targets = new Map(
    targetsWithAddress(table).map(({ cluster, values }) => [cluster, values]),
  );
  const { probe, isSecure } = table;
  return {
    trafficRoutingMethod: 'Geographic',
    ttl: table.ttlSeconds,
    hosts: table.hosts,
    endpoints: table.slots.map(({ key, kind, code }) => ({
      key,
      minimumChildEndpoints: 1,
      geoMappings: [kind === 'default' ? 'WORLD' : code],
    })),
    children: table.slots.map((slot) => childOf(slot, targets)),
    ...(probe === undefined
      ? {}
      : {
          monitor: {
            protocol: isSecure ? ('HTTPS' as const) : ('HTTP' as const),
            port: isSecure ? 443 : 80,
            path: probe.path,
            expectedStatusCodeRanges: probe.statuses.map((one) => `${one}-${one}`),
            intervalInSeconds: probe.intervalSeconds <= 10 ? (10 as const) : (30 as const),
          },
        }),
  };
}

function childOf(
  { key, answers, failover }: Slot,
  targets: ReadonlyMap<string, readonly string[]>,
): AzureChildProfile {
  const order = [...answers.map(({ cluster }) => cluster), ...failover];
  const all = order.flatMap((cluster) => targets.get(cluster) ?? []);
  const endpoints = [...new Set(all)].map((target, index) => ({
    name: `answer-${index + 1}`,
    target,
    priority: index + 1,
  }));
  return { key, trafficRoutingMethod: 'Priority', endpoints };
}
