/** Records: the records of a routing table as plain data for whoever writes them, by key where they have one: a key is a slot or a host, never a cluster that may leave. */
import type { DnsSystem } from '../../../constructs/model/exposure';
import {
  type AzureRecords,
  azureRecords,
  type CloudflareRecords,
  cloudflareRecords,
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

interface Written {
  readonly azure: AzureRecords;
  readonly 'cloudflare-geo': CloudflareRecords;
  readonly 'cloudflare-proximity': CloudflareRecords;
  readonly gdnsd: GdnsdFiles;
  readonly google: { readonly recordSets: readonly GoogleRecordSet[] };
  readonly ns1: { readonly records: readonly Ns1Record[] };
  readonly 'powerdns-geoip': GeoipZone;
  readonly 'powerdns-lua': { readonly rrsets: readonly PowerDnsRrset[] };
  readonly 'round-robin': { readonly records: readonly (PlainRecord & { readonly key: string })[] };
  readonly 'route53-cidr': Route53Records;
  readonly 'route53-geolocation': Route53Records;
  readonly 'route53-geoproximity': Route53Records;
}

/** The records of a DNS system as `recordsOf` gives them. */
export type RecordsFor<System extends DnsSystem> = Keyed<Written[System]>;

type Writers = {
  readonly [System in DnsSystem]: (table: RoutingTable, prefixes: Prefixes) => Written[System];
};

const plain = (table: RoutingTable) => ({
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
  'route53-geolocation': (table) => route53Records(table),
  'route53-geoproximity': (table) => route53Records(table),
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
