/** Route 53 records as data: one per slot and type, with the arguments that `aws_route53_record` has in cdktf and Pulumi. */
import { EdgeError } from '../../parsing';
import type { RoutingTable, Slot } from '../routing-table';
import { type AddressType, type SlotTargets, typedTargets } from './targets';

/** Where a record is answered: one of the three. */
export interface GeolocationPolicy {
  /** AF AN AS EU NA OC SA. */
  readonly continent?: string;
  /** ISO 3166-1 alpha-2, or `*`: everybody whom no other record catches. */
  readonly country?: string;
  /** With country US: a state, e.g. CA. */
  readonly subdivision?: string;
}

/** One record of a set of records that share a name and a type. */
export interface Route53Record {
  /** For `for_each`: the slot and the type, e.g. `country-DE-A`. It stays when a cluster takes the place of another. */
  readonly key: string;
  /** The host. */
  readonly name: string;
  /** Type of the answers. */
  readonly type: AddressType;
  /** How long resolvers keep an answer, in seconds. */
  readonly ttl: number;
  /** Addresses, or one name. */
  readonly records: readonly string[];
  /** The slot: it never changes, because a changed one is deleted and created. */
  readonly setIdentifier: string;
  /** With geolocation. */
  readonly geolocationRoutingPolicy?: GeolocationPolicy;
  /** With geoproximity. */
  readonly geoproximityRoutingPolicy?: {
    /** 0 to 99: distances are shortened by so many percent. */
    readonly bias: number;
    /** Where the point is. */
    readonly coordinates: {
      /** Degrees north, with two digits. */
      readonly latitude: string;
      /** Degrees east, with two digits. */
      readonly longitude: string;
    };
  };
  /** With IP-based routing. */
  readonly cidrRoutingPolicy?: {
    /** The slot, or `*` for everybody else. */
    readonly locationName: string;
  };
  /** Key of a check in `healthChecks`; absent without a probe, and where residency forbids what would be answered instead. */
  readonly healthCheck?: string;
}

/** A check of one address, with the arguments of `aws_route53_health_check`. It does not verify certificates. */
export interface Route53HealthCheck {
  /** The address. */
  readonly key: string;
  /** The address that is asked. */
  readonly ipAddress: string;
  /** The host, as header and as SNI. */
  readonly fqdn: string;
  /** 443 or 80. */
  readonly port: number;
  /** HTTPS where users come by it. */
  readonly type: 'HTTP' | 'HTTPS';
  /** Path that is asked for. */
  readonly resourcePath: string;
  /** 10 or 30. */
  readonly requestInterval: 10 | 30;
  /** Checks in a row that change the verdict. */
  readonly failureThreshold: number;
}

/** Everything that Route 53 needs for the hosts. */
export interface Route53Records {
  /** One per slot, type and host. */
  readonly records: readonly Route53Record[];
  /** One per address; none without a probe. */
  readonly healthChecks: readonly Route53HealthCheck[];
  /** With IP-based routing: the blocks of every location, for `aws_route53_cidr_location`. */
  readonly locations: readonly {
    /** The slot. */
    readonly name: string;
    /** As given for its country. */
    readonly cidrBlocks: readonly string[];
  }[];
}

/** Blocks that one collection takes. */
const MAX_BLOCKS = 1000;

/** Records of the three policies of Route 53 that tell users apart; `prefixes` by country is for IP-based routing alone. Throws EdgeErrors. */
export function route53Records(
  table: RoutingTable,
  prefixes: Readonly<Record<string, readonly string[]>> = {},
): Route53Records {
  const types = typedTargets(table);
  const checks = new Map<string, Route53HealthCheck>();
  const records = table.hosts.flatMap((host) =>
    types.flatMap(({ type, slots }) =>
      slots.map((one): Route53Record => {
        const { slot } = one;
        const values = valuesOf(one);
        const check = healthCheckFor(table, slot, type, values, host);
        if (check !== undefined) checks.set(check.key, check);
        return {
          key: keyOf(table, slot, type, host),
          name: host,
          type,
          ttl: table.ttlSeconds,
          records: values,
          setIdentifier: slot.key,
          ...policyOf(table, slot),
          ...(check === undefined ? {} : { healthCheck: check.key }),
        };
      }),
    ),
  );
  const locations = table.system === 'route53-cidr' ? locationsOf(table, prefixes) : [];
  return { records, healthChecks: [...checks.values()], locations };
}

const keyOf = ({ hosts }: RoutingTable, { key }: Slot, type: string, host: string) =>
  hosts.length === 1 ? `${key}-${type}` : `${host}-${key}-${type}`;

const valuesOf = ({ answers }: SlotTargets) => [
  ...new Set(answers.flatMap(({ values }) => values)),
];

function policyOf({ system }: RoutingTable, slot: Slot): Partial<Route53Record> {
  if (slot.point !== undefined) {
    const { latitude, longitude, bias } = slot.point;
    const coordinates = { latitude: latitude.toFixed(2), longitude: longitude.toFixed(2) };
    return { geoproximityRoutingPolicy: { bias, coordinates } };
  }
  if (system === 'route53-cidr') {
    const locationName = slot.kind === 'default' ? '*' : slot.key;
    return { cidrRoutingPolicy: { locationName } };
  }
  return { geolocationRoutingPolicy: geolocationOf(slot) };
}

/** The policy of a slot: the default is a country by the name of `*`. */
export function geolocationOf({ kind, code }: Slot): GeolocationPolicy {
  if (kind === 'default') return { country: '*' };
  if (kind === 'continent') return { continent: code };
  const [country, subdivision] = code.split('-');
  return subdivision === undefined ? { country } : { country, subdivision };
}

/** Slower than the shortest interval is the only other one that there is. */
function healthCheckFor(
  { probe, isSecure }: RoutingTable,
  { mayFailOver }: Slot,
  type: AddressType,
  [ipAddress]: readonly string[],
  host: string,
): Route53HealthCheck | undefined {
  if (probe === undefined || !mayFailOver || type === 'CNAME') return undefined;
  return {
    key: ipAddress,
    ipAddress,
    fqdn: host.replace('*', 'probe'),
    port: isSecure ? 443 : 80,
    type: isSecure ? 'HTTPS' : 'HTTP',
    resourcePath: probe.path,
    requestInterval: probe.intervalSeconds <= 10 ? 10 : 30,
    failureThreshold: 3,
  };
}

function locationsOf(
  { slots }: RoutingTable,
  prefixes: Readonly<Record<string, readonly string[]>>,
): Route53Records['locations'] {
  const countries = slots.filter(({ kind }) => kind === 'country');
  const without = countries.find(({ code }) => (prefixes[code] ?? []).length === 0);
  if (without !== undefined) {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: `prefixes.${without.code}`,
      summary: `got no blocks for ${without.code}, which has a slot: nobody would be answered by it`,
      remedy: 'Give the blocks of every country with a slot, or use route53-geolocation.',
    });
  }
  const locations = countries.map(({ key, code }) => ({ name: key, cidrBlocks: prefixes[code] }));
  const blocks = locations.reduce((sum, { cidrBlocks }) => sum + cidrBlocks.length, 0);
  if (blocks > MAX_BLOCKS) {
    throw new EdgeError({
      code: 'TooLarge',
      path: 'prefixes',
      summary: `got ${blocks} blocks, more than the ${MAX_BLOCKS} of a collection`,
      remedy: 'Merge blocks into larger ones, or use route53-geolocation.',
    });
  }
  return locations;
}
