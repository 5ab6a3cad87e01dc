/** Records: the records of a routing table as plain data for whoever writes them, by key where they have one: a key is a slot or a host, never a cluster that may leave. */
import type { DnsSystem } from '../../../constructs/model/app/exposure';
import {
  type AzureRecords,
  azureRecords,
  type CloudflareRecords,
  cloudflareRecords,
  dnsEndpoint,
  type ExternalDnsEndpoint,
  type GdnsdFiles,
  type GeoipZone,
  type GoogleRecordSet,
  gdnsdFiles,
  geoipZone,
  googleRecordSets,
  type Ns1Record,
  ns1Records,
  type PlainRecord,
  type PowerDnsRrset,
  plainRecords,
  powerDnsLua,
  type Route53Records,
  type RoutingTable,
  route53Records,
} from '../../../constructs/routing';

/** Blocks of addresses by country, for IP-based routing. */
export type Prefixes = Readonly<Record<string, readonly string[]>>;
/** Plain data: texts, numbers, lists and objects. */
export type Plain =
  | { readonly [key: string]: Plain }
  | readonly Plain[]
  | string
  | number
  | boolean;

/** Lists of what has a key as objects by it. */
type Keyed<T> = T extends readonly (infer One)[]
  ? One extends { readonly key: string }
    ? Readonly<Record<string, Keyed<One>>>
    : readonly Keyed<One>[]
  : T extends object
    ? { readonly [Key in keyof T]: Keyed<T[Key]> }
    : T;

/** What external-dns writes, as a second way for systems that it can write. */
interface ByExternalDns {
  /** The spec of a DNSEndpoint: put one into one cluster, where the only external-dns of this zone reads it. */
  readonly dnsEndpoint: {
    /** Records in the words of external-dns. */
    readonly endpoints: readonly ExternalDnsEndpoint[];
  };
}

/** Records as data, by DNS system. */
interface Written {
  /** Profiles of Traffic Manager, nested. */
  readonly azure: AzureRecords;
  /** A load balancer with pools by region or country. */
  readonly 'cloudflare-geo': CloudflareRecords;
  /** A load balancer with the places of its pools. */
  readonly 'cloudflare-proximity': CloudflareRecords;
  /** The zone and the maps of plugin geoip. */
  readonly gdnsd: GdnsdFiles;
  /** A policy for each name and type. */
  readonly google: {
    /** Record sets with a routing policy. */
    readonly recordSets: readonly GoogleRecordSet[];
  };
  /** A filter chain for each name and type. */
  readonly ns1: {
    /** Records with answers, metadata and filters. */
    readonly records: readonly Ns1Record[];
  };
  /** The zone file of the geoip backend. */
  readonly 'powerdns-geoip': GeoipZone;
  /** Lua records. */
  readonly 'powerdns-lua': {
    /** Record sets as the HTTP API takes them. */
    readonly rrsets: readonly PowerDnsRrset[];
  };
  /** Plain address records. */
  readonly 'round-robin': ByExternalDns & {
    /** An address record for each cluster; `key` names it through moves. */
    readonly records: readonly (PlainRecord & { readonly key: string })[];
  };
  /** Records by a CIDR collection. */
  readonly 'route53-cidr': Route53Records;
  /** Records by country, continent and default. */
  readonly 'route53-geolocation': Route53Records & ByExternalDns;
  /** Records by coordinates and bias. */
  readonly 'route53-geoproximity': Route53Records & ByExternalDns;
}

/** The records of a DNS system as `recordsOf` gives them. */
export type RecordsFor<System extends DnsSystem> = Keyed<Written[System]>;

type Writers = {
  readonly [System in DnsSystem]: (table: RoutingTable, prefixes: Prefixes) => Written[System];
};

// Where its object is to be is not for the records to say.
const byExternalDns = (table: RoutingTable): ByExternalDns => ({
  dnsEndpoint: dnsEndpoint(table, '').spec,
});

const plain = (table: RoutingTable) => ({
  ...byExternalDns(table),
  records: plainRecords(table).map((one) => ({ key: `${one.name}-${one.type}`, ...one })),
});

const writers: Writers = {
  azure: azureRecords,
  'cloudflare-geo': cloudflareRecords,
  'cloudflare-proximity': cloudflareRecords,
  gdnsd: gdnsdFiles,
  google: (table) => ({ recordSets: googleRecordSets(table) }),
  ns1: (table) => ({ records: ns1Records(table) }),
  'powerdns-geoip': geoipZone,
  'powerdns-lua': (table) => ({ rrsets: powerDnsLua(table) }),
  'round-robin': plain,
  'route53-cidr': route53Records,
  'route53-geolocation': (table) => ({ ...route53Records(table), ...byExternalDns(table) }),
  'route53-geoproximity': (table) => ({ ...route53Records(table), ...byExternalDns(table) }),
};

/**
 * The records of a table for its DNS system; lists whose elements have a key become objects by it, so that `for_each`
 * and programs find a record again after a move. Throws EdgeErrors where an answer has no address.
 */
export function recordsOf(table: RoutingTable, prefixes: Prefixes = {}): Plain {
  return byKey(writers[table.system](table, prefixes));
}

function byKey(value: unknown): Plain {
  if (typeof value !== 'object' || value === null) return value as Plain;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (!Array.isArray(value)) {
    return Object.fromEntries(entries.map(([name, one]) => [name, byKey(one)]));
  }
  const keys = value.map((one) => (one as { readonly key?: unknown } | null)?.key);
  if (value.length === 0 || !keys.every((key) => typeof key === 'string')) {
    return value.map(byKey);
  }
  return Object.fromEntries(value.map((one, index) => [String(keys[index]), byKey(one)]));
}
