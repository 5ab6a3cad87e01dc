/** Places as DNS systems name them: the continent of every country, and the region that policies call it by. */

/** Continents by the codes of GeoIP databases and Route 53, with their countries (GeoNames). */
const continentTable: Readonly<Record<string, string>> = {
  AF: 'AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW',
  AN: 'AQ BV GS HM TF',
  AS: 'AE AF AM AZ BD BH BN BT CC CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TM TR TW UZ VN YE',
  EU: 'AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK',
  NA: 'AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI',
  OC: 'AS AU CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TL TO TV UM VU WF WS',
  SA: 'AR BO BR CL CO EC FK GF GY PE PY SR UY VE',
};
/** Regions as in data/countries.csv, where they are not those of the continent. */
const middleEast = 'AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE';
const regionOfContinent: Readonly<Record<string, string>> = {
  AF: 'africa',
  AN: 'antarctica',
  AS: 'asia',
  EU: 'europe',
  NA: 'north-america',
  OC: 'oceania',
  SA: 'south-america',
};
const otherRegions: Readonly<Record<string, string>> = {
  BV: 'south-america',
  CC: 'oceania',
  GS: 'south-america',
  HM: 'oceania',
  TF: 'africa',
  TL: 'asia',
  ...Object.fromEntries(middleEast.split(' ').map((country) => [country, 'middle-east'])),
};

const continents = new Map(
  Object.entries(continentTable).flatMap(([continent, countries]) =>
    countries.split(' ').map((country) => [country, continent] as const),
  ),
);

/** Codes of the seven continents, sorted. */
export const continentCodes: readonly string[] = Object.keys(continentTable);
/** Every country (ISO 3166-1 alpha-2, and XK), sorted. */
export const countryCodes: readonly string[] = [...continents.keys()].sort();

/** The continent (AF AN AS EU NA OC SA) of a country; undefined for what is no country. */
export function continentOf(country: string): string | undefined {
  return continents.get(country);
}

/** The region of a country as data/countries.csv has it, e.g. europe; undefined for what is no country. */
export function regionOf(country: string): string | undefined {
  const continent = continents.get(country);
  return continent === undefined
    ? undefined
    : (otherRegions[country] ?? regionOfContinent[continent]);
}
