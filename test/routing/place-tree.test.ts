/** The tree of places: where origins are in it, and which costs may be left out. */
import * as fc from 'fast-check';
import { assignedDemand, decisionFor } from '../../constructs/routing/assigned-demand';
import { countryCentres } from '../../constructs/routing/country-centres';
import { googleRegions } from '../../constructs/routing/google-regions';
import { costOf } from '../../constructs/routing/place-costs';
import { placeTree } from '../../constructs/routing/place-tree';
import { continentOf, regionOf } from '../../constructs/routing/places';
import { table } from '../../providers/sources/places/tables';
import { slowRuns } from '../placement/runs';
import { worlds } from './random';
import { type World, type WorldOptions, world } from './world';

const keys = { by: 'places', levels: ['continent', 'country', 'subdivision'] } as const;

function demandOf({ decision, demand, fleet, app }: World, countryOf?: () => string | undefined) {
  return assignedDemand(decisionFor(decision, 'shop'), demand, fleet, app, countryOf);
}

it('leaves out no cluster that costs a place least, and bounds all others from below', () => {
  fc.assert(
    fc.property(worlds, (options: WorldOptions) => {
      const demand = demandOf(world(options));
      for (const { origins, legal, cost, atLeast } of placeTree(demand, keys).nodes) {
        if (origins.length === 0) continue;
        const all = [...legal.keys()].map((c) =>
          legal[c] === 1 ? costOf(origins, c, demand) : Number.POSITIVE_INFINITY,
        );
        const least = Math.min(...all);
        all.forEach((one, c) => {
          if (one === least || cost[c] !== Number.POSITIVE_INFINITY) expect(cost[c]).toBe(one);
          expect(atLeast[c]).toBeLessThanOrEqual(one * (1 + 1e-9) + 1e-9);
          expect(atLeast[c] === Number.POSITIVE_INFINITY).toBe(legal[c] === 0);
        });
      }
    }),
    { numRuns: slowRuns(100) },
  );
});

const keyOf = (options: WorldOptions, countryOf?: () => string | undefined) => {
  const { nodes, blindRequestsPerSecond } = placeTree(demandOf(world(options), countryOf), keys);
  return [nodes.find(({ origins }) => origins.length > 0)?.key, blindRequestsPerSecond];
};
const somebody = { name: 'a', latitude: 40, longitude: -100, requestsPerSecond: 5 };

it.each([
  ['by its country', { ...somebody, country: 'US' }, 'country-US', 0],
  ['by what a common code means', { ...somebody, country: 'UK' }, 'country-GB', 0],
  ['by coordinates', somebody, 'country-CA', 0],
  [
    'by its name, when that is a subdivision',
    { ...somebody, name: 'US-NE', country: 'US' },
    'subdivision-US-NE',
    0,
  ],
])('finds an origin %s', (_, origin, key, blind) => {
  expect(keyOf({ users: [origin] }, () => 'CA')).toEqual([key, blind]);
});

it('counts an origin of no country as everybody, and reports it', () => {
  expect(keyOf({ users: [somebody] })).toEqual(['default', 5]);
});

it('has every country of the gazetteer with its region, its continent and its centre', () => {
  for (const { country = '', region, latitude, longitude } of table('countries.csv')) {
    expect([country, regionOf(country)]).toEqual([country, region]);
    expect(continentOf(country)).toMatch(/^(AF|AN|AS|EU|NA|OC|SA)$/);
    expect(countryCentres.get(country)?.latitude).toBeCloseTo(Number(latitude), 0);
    expect(countryCentres.get(country)?.longitude).toBeCloseTo(Number(longitude), 0);
  }
});

it('has every region of Google that the gazetteer has', () => {
  const rows = table('cloud-regions.csv').filter(({ provider }) => provider === 'gcp');
  expect([...googleRegions.keys()]).toEqual(rows.map(({ code }) => code).sort());
});
