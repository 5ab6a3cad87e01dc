/** Vocabularies: by what each DNS system can tell users apart, and what its records can say. */
import type { DnsSystem } from '../model/app/exposure';

/** Places that hold each other: a subdivision is in a country, a country on a continent, a continent in the world. */
export type Level = 'continent' | 'country' | 'subdivision';

/** How a system tells users apart. */
export type Keys =
  /** By places, the smallest with a slot first. */
  | {
      readonly by: 'places';
      readonly levels: readonly Level[];
      readonly subdivisionsOf?: readonly string[];
    }
  /** By a fixed partition of the Earth. */
  | { readonly by: 'regions'; readonly partition: 'google' }
  /** By the nearest of declared points. */
  | { readonly by: 'points'; readonly maxBias: number }
  /** Not at all: everybody gets every answer. */
  | { readonly by: 'nothing' };

/** What becomes of a slot whose answers are not well. */
export type Failover =
  /** The slot lists what comes next. */
  | 'listed'
  /** The next larger place answers. */
  | 'climbs'
  /** The next nearest point answers. */
  | 'nearest'
  /** It is answered all the same. */
  | 'none';

/** What a DNS system can express. */
export interface Vocabulary {
  /** Its name for people. */
  readonly title: string;
  /** How it tells users apart. */
  readonly keys: Keys;
  /** Slots that one name may have, `default` among them. */
  readonly maxSlots: number;
  /** Whether a slot can divide its requests between several answers by weight. */
  readonly isWeighted: boolean;
  /** What becomes of a slot whose answers are not well. */
  readonly failover: Failover;
  /** Why answers depend on more than the key; absent where they do not. */
  readonly approximate?: string;
}

const all = Number.POSITIVE_INFINITY;
const places = (...levels: readonly Level[]): Keys => ({ by: 'places', levels });

/** One row per system. Sources of the limits are in docs/design/routing.md. */
export const vocabularies: Readonly<Record<DnsSystem, Vocabulary>> = {
  'powerdns-lua': {
    title: 'PowerDNS Lua records',
    keys: places('continent', 'country'),
    maxSlots: all,
    isWeighted: true,
    failover: 'listed',
  },
  'powerdns-geoip': {
    title: 'PowerDNS geoip backend',
    keys: places('continent', 'country'),
    maxSlots: all,
    isWeighted: true,
    failover: 'none',
  },
  gdnsd: {
    title: 'gdnsd geoip plugin',
    keys: places('continent', 'country', 'subdivision'),
    maxSlots: all,
    isWeighted: false,
    failover: 'listed',
  },
  'route53-geolocation': {
    title: 'Route 53 geolocation',
    keys: { by: 'places', levels: ['continent', 'country', 'subdivision'], subdivisionsOf: ['US'] },
    maxSlots: 100,
    isWeighted: false,
    failover: 'climbs',
  },
  'route53-geoproximity': {
    title: 'Route 53 geoproximity',
    keys: { by: 'points', maxBias: 99 },
    maxSlots: 30,
    isWeighted: false,
    failover: 'nearest',
  },
  'route53-cidr': {
    title: 'Route 53 IP-based routing',
    keys: places('country'),
    maxSlots: 100,
    isWeighted: false,
    failover: 'none',
    approximate: 'prefixes stand for countries as far as the list of prefixes is complete',
  },
  'cloudflare-geo': {
    title: 'Cloudflare geo steering',
    keys: places('country'),
    maxSlots: all,
    isWeighted: false,
    failover: 'listed',
    approximate:
      'without the client subnet a country is that of the data centre that answers, not that of the user',
  },
  'cloudflare-proximity': {
    title: 'Cloudflare proximity steering',
    keys: { by: 'points', maxBias: 0 },
    maxSlots: all,
    isWeighted: false,
    failover: 'nearest',
  },
  ns1: {
    title: 'NS1 filter chain',
    keys: { by: 'places', levels: ['country', 'subdivision'], subdivisionsOf: ['CA', 'US'] },
    maxSlots: all,
    isWeighted: true,
    failover: 'listed',
  },
  google: {
    title: 'Google Cloud DNS geolocation',
    keys: { by: 'regions', partition: 'google' },
    maxSlots: all,
    isWeighted: false,
    failover: 'nearest',
    approximate:
      'users belong to the nearest region of Google, which is taken from their coordinates',
  },
  azure: {
    title: 'Azure Traffic Manager, geographic',
    keys: {
      by: 'places',
      levels: ['country', 'subdivision'],
      subdivisionsOf: ['AU', 'CA', 'GB', 'US'],
    },
    maxSlots: 200,
    isWeighted: false,
    failover: 'listed',
  },
  'round-robin': {
    title: 'plain records',
    keys: { by: 'nothing' },
    maxSlots: 1,
    isWeighted: false,
    failover: 'none',
  },
};
