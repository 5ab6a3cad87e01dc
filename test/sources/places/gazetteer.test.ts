/** The gazetteer: names people write, and the places they mean. */

import { geohashCenter } from '../../../constructs/model/geography';
import { recordsOf, rowsOf } from '../../../providers/sources/files/csv';
import { placeOfCell } from '../../../providers/sources/places/cells';
import {
  allCities,
  lookUpRegion,
  tryCity,
  tryCountry,
} from '../../../providers/sources/places/gazetteer';

describe('a country', () => {
  it.each([
    ['DE', 'DE', 'europe'],
    ['de', 'DE', 'europe'],
    ['Germany', 'DE', 'europe'],
    ['united states', 'US', 'north-america'],
    ['Mexico', 'MX', 'north-america'],
    ['Cote d’Ivoire', 'CI', 'africa'],
    ['TR', 'TR', 'middle-east'],
    ['JP', 'JP', 'asia'],
    ['NZ', 'NZ', 'oceania'],
    ['BR', 'BR', 'south-america'],
    // As the World Bank and old data write them.
    ['Egypt, Arab Rep.', 'EG', 'africa'],
    ['Korea, Rep.', 'KR', 'asia'],
    ['Venezuela, RB', 'VE', 'south-america'],
    ['Iran, Islamic Rep.', 'IR', 'middle-east'],
    ['Puerto Rico (US)', 'PR', 'north-america'],
    ['EL', 'GR', 'europe'],
    ['ROM', 'RO', 'europe'],
    ['ger', 'DE', 'europe'],
  ])('%s is %s in %s', (written, code, region) => {
    expect(tryCountry(written)).toMatchObject({ code, region });
  });

  it('that nobody knows is not found', () => {
    expect(tryCountry('Atlantis')).toBeUndefined();
    expect(tryCountry('')).toBeUndefined();
  });

  it('lies where its people live', () => {
    const russia = tryCountry('RU');
    expect(russia?.longitude).toBeGreaterThan(40);
    expect(russia?.longitude).toBeLessThan(70);
    expect(tryCountry('US')?.latitude).toBeCloseTo(38.75, 0);
  });

  it('stands in the table for every ISO code Node knows', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    // Codes that CLDR names but ISO 3166-1 does not assign to a country.
    const others = new Set([
      'AC',
      'CP',
      'CQ',
      'DG',
      'EA',
      'EU',
      'EZ',
      'IC',
      'QO',
      'TA',
      'UN',
      'XA',
      'XB',
      'ZZ',
    ]);
    const retired = new Set([
      'AN',
      'BU',
      'CS',
      'CT',
      'DD',
      'DY',
      'FQ',
      'FX',
      'HV',
      'JT',
      'MI',
      'NH',
      'NQ',
      'NT',
      'PC',
      'PU',
      'PZ',
      'RH',
      'SU',
      'TP',
      'UK',
      'VD',
      'WK',
      'YD',
      'YU',
      'ZR',
    ]);
    const missing = letters
      .flatMap((a) => letters.map((b) => a + b))
      .filter((code) => names.of(code) !== undefined && !others.has(code) && !retired.has(code))
      .filter((code) => tryCountry(code)?.code !== code);
    expect(missing).toEqual([]);
  });
});

describe('a city', () => {
  it.each([
    ['São Paulo', undefined, 'BR'],
    ['sao paulo', 'BR', 'BR'],
    ['New York', 'US', 'US'],
    ['Washington', 'US', 'US'],
    ['Frankfurt', 'DE', 'DE'],
    ['London', undefined, 'GB'],
    ['London', 'CA', 'CA'],
  ])('%s (%s) is in %s', (name, country, expected) => {
    expect(tryCity(name, country)?.country).toBe(expected);
  });

  it('is not looked for in other countries than the one given', () => {
    expect(tryCity('London', 'FR')).toBeUndefined();
  });

  it('belongs to a country of the other table, and no country is without one', () => {
    const countries = new Set(allCities().map((city) => city.country));
    expect([...countries].filter((code) => tryCountry(code) === undefined)).toEqual([]);
    expect(countries.size).toBeGreaterThan(230);
  });
});

describe('a cloud region', () => {
  it.each([
    ['eu-central-1', 'aws', 'DE'],
    ['us-west-2', 'aws', 'US'],
    ['europe-west3', 'gcp', 'DE'],
    ['westeurope', 'azure', 'NL'],
    ['fra1', 'digitalocean', 'DE'],
    ['fsn1', 'hetzner', 'DE'],
  ])('%s is of %s in %s', (code, provider, country) => {
    expect(lookUpRegion(code, provider)).toMatchObject({ region: { provider, country } });
  });
});

describe('a geohash cell', () => {
  const cell = (hash: string) => placeOfCell(geohashCenter(hash)!, hash.length);

  it('in the middle of a country belongs to it', () => {
    expect(cell('u33d')).toEqual({ country: 'DE', sharedBy: ['DE'] });
  });

  it('that several countries share belongs to most of its people', () => {
    expect(cell('u1')).toMatchObject({ country: 'DE' });
    expect(cell('u1')?.sharedBy.length).toBeGreaterThan(2);
  });

  it('in mid-ocean belongs to nobody', () => {
    expect(placeOfCell({ latitude: -48.9, longitude: -123.4 }, 4)).toBeUndefined();
  });
});

describe('comma-separated text', () => {
  it('may quote commas, quotes and line breaks', () => {
    expect(rowsOf('a,"b, ""c""\nd",e\r\n\r\nf,,\n')).toEqual([
      ['a', 'b, "c"\nd', 'e'],
      ['f', '', ''],
    ]);
  });

  it('names its fields in the first line', () => {
    expect(recordsOf('\uFEFFname,country\nBerlin,DE\nKöln')).toEqual([
      { name: 'Berlin', country: 'DE' },
      { name: 'Köln' },
    ]);
  });
});
