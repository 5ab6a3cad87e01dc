/** Client networks: from which network users of a country ask, and in which country an address is, by the GeoIP database that the DNS server has. */
import { readFileSync } from 'node:fs';
import { EdgeError } from '../../../constructs/parsing';
import { resolvePath } from '../../sources/files/text-file';
import type { ClientSubnet } from './ask';

/** What a database says. */
export interface ClientNetworks {
  /** IPv4 networks of these countries, for those that the database has. */
  readonly of: (countries: readonly string[]) => ReadonlyMap<string, ClientSubnet>;
  /** ISO 3166 code, or undefined where nothing is known. */
  readonly countryOf: (address: string) => string | undefined;
}

interface Found {
  readonly country?: { readonly iso_code?: unknown };
}

/** Resolvers tell no more of a client. */
const MOST_BITS = 24;
const ADDRESSES = 2 ** 32;

/** Reads a MaxMind database of countries or cities. Throws an EdgeError for a file that is none. */
export function clientNetworks(file: string, folder: string): ClientNetworks {
  const reader = open(file, folder);
  const codeOf = (data: Found | null): string | undefined => {
    const code = data?.country?.iso_code;
    return typeof code === 'string' ? code : undefined;
  };
  return {
    countryOf: (address) => codeOf(reader.get(address) as Found | null),
    of: (countries) => {
      const wanted = new Set(countries);
      const found = new Map<string, ClientSubnet>();
      // One step for each network of the database, half a million of a large one.
      for (let at = 0; at < ADDRESSES && found.size < wanted.size; ) {
        const address = addressOf(at);
        const [data, bits] = reader.getWithPrefixLength(address);
        const country = codeOf(data as Found | null);
        const isWanted = country !== undefined && wanted.has(country) && !found.has(country);
        if (isWanted && bits <= MOST_BITS) found.set(country, { address, prefixLength: MOST_BITS });
        at += 2 ** (32 - bits);
      }
      return found;
    },
  };
}

const addressOf = (value: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

function open(file: string, folder: string) {
  const { Reader } = require('mmdb-lib') as typeof import('mmdb-lib');
  try {
    return new Reader(readFileSync(resolvePath(file, folder)));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'it is no MaxMind database';
    throw new EdgeError({
      code: 'SourceFailed',
      path: '--geoip',
      summary: `the GeoIP database ${file} cannot be read (${code})`,
      remedy:
        'Give the file that geoip-database-files of the DNS server names, such as GeoLite2-Country.mmdb.',
      cause,
    });
  }
}
