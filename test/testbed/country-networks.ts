/** A network for every country of ISO 3166-1, with its continent as GeoNames has it: what a database of client addresses would say. */
import type { MmdbNetwork } from './mmdb';

const byContinent: Readonly<Record<string, string>> = {
  AF: 'AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW',
  AN: 'AQ BV GS HM TF',
  AS: 'AE AF AM AZ BD BH BN BT CC CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TM TR TW UZ VN YE',
  EU: 'AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK',
  NA: 'AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI',
  OC: 'AS AU CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TL TO TV UM VU WF WS',
  SA: 'AR BO BR CL CO EC FK GF GY PE PY SR UY VE',
};

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
export const countryNetworks: readonly CountryNetworks[] = Object.entries(byContinent)
  .flatMap(([continent, countries]) =>
    countries.split(' ').map((country) => ({ country, continent })),
  )
  .sort((a, b) => (a.country < b.country ? -1 : 1))
  .map((one, index) => ({
    ...one,
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
