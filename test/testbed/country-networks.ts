/** A network for every country that routing knows, with the continent that routing has it in: what a database of client addresses would say if it agrees. */
import { continentOf, countryCodes } from '../../constructs/routing/places';
import type { MmdbNetwork } from './mmdb';

/** A country and addresses that are taken to be there. */
export interface CountryNetworks {
  readonly country: string;
  readonly continent: string;
  /** An address of its /24. */
  readonly ipv4: string;
  /** An address of its /48. */
  readonly ipv6: string;
}

/** All countries, sorted. */
export const countryNetworks: readonly CountryNetworks[] = countryCodes.map((country, index) => ({
  country,
  continent: continentOf(country) ?? '',
  ipv4: `11.0.${index}.0`,
  ipv6: `2001:db8:${(index + 1).toString(16)}::`,
}));

/** A client whom no database knows. */
export const unmapped = '12.0.0.0';

/** The same as networks of a database. */
export function networksOf(countries: readonly CountryNetworks[]): readonly MmdbNetwork[] {
  return countries.flatMap(({ country, continent, ipv4, ipv6 }) => {
    const data = { continent: { code: continent }, country: { iso_code: country } };
    return [
      { network: `${ipv4}/24`, data },
      { network: `${ipv6}/48`, data },
    ];
  });
}
