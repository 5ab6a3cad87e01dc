/** Spacing: groups, distances, and the clusters of other apps. */

import { place } from '../../../constructs/placement/decide/place';
import { app, demand, fleet } from '../../build';
import {
  at,
  chosen,
  four,
  fourOrigins,
  free,
  from,
  refusals,
  under,
} from '../../placement/placing';

const [a, b, c, d] = [
  at('a', 0).provider('x').in('DE', 'west'),
  at('b', 10).provider('x').in('FR', 'west'),
  at('c', 20).provider('y').in('DE', 'east').label('rack', 'r1'),
  at('d', 30).in('FR', 'east').label('rack', 'r1'),
];
const grouped = [a, b, c, d];

describe('spread', () => {
  const spread = (one: object, more: object = {}) =>
    under({ spread: [{ by: 'provider', ...one }], ...more }, grouped);

  it('maxPerGroup limits every group, and says which is full', () => {
    const decision = spread({ maxPerGroup: 1 });
    expect(decision.clusters).toHaveLength(3);
    expect(Object.values(refusals(decision))).toEqual(['spread: provider x already has 1']);
    expect(spread({ maxPerGroup: 2 }).clusters).toHaveLength(4);
  });

  it('minGroups asks for a cluster in so many groups', () => {
    const near = [from('oa', 0)];
    const groups = (minGroups: number) =>
      chosen(under({ spread: [{ by: 'provider', minGroups }] }, grouped, near));
    expect(groups(1)).toEqual(['a']);
    expect(groups(2)).toHaveLength(2);
    expect(groups(3)).toHaveLength(3);
    expect(groups(4)).toMatch(/^spread by provider minGroups 4 cannot hold/);
  });

  it('maxGroups keeps the clusters within so many groups, and says which would be one more', () => {
    const decision = spread({ maxGroups: 2 });
    expect(chosen(decision)).toEqual(['a', 'b', 'c']);
    expect(Object.values(refusals(decision))).toEqual([
      'spread: provider none would be one more than the 2 of maxGroups',
    ]);
    expect(() => spread({ minGroups: 3, maxGroups: 2 })).toThrow(
      /minGroups 3 is above .*maxGroups 2/,
    );
  });

  it('groups by city', () => {
    const cities = [a.with({ city: 'Bonn' }), b.with({ city: 'Bonn' }), c.with({ city: 'Ulm' })];
    const decision = under({ spread: [{ by: 'city', maxPerGroup: 1 }] }, cities);
    expect(chosen(decision)).toHaveLength(2);
    expect(Object.values(refusals(decision))).toEqual(['spread: city Bonn already has 1']);
  });

  it('a cluster without the attribute is in the group none', () => {
    const decision = under({ spread: [{ by: { label: 'rack' }, maxPerGroup: 1 }] }, grouped);
    expect(decision.clusters).toHaveLength(2);
    expect(Object.values(refusals(decision)).sort()).toEqual([
      'spread: label rack none already has 1',
      'spread: label rack r1 already has 1',
    ]);
  });

  it('maxSkew counts groups of clusters that may be chosen, empty ones too', () => {
    const skewed = (more: object) =>
      under(
        {
          spread: [{ by: 'provider', maxSkew: 1 }],
          mustInclude: [{ name: ['a', 'b'], count: 2 }],
          ...more,
        },
        grouped,
        [from('oa', 0)],
      );
    expect(chosen(skewed({}))).toEqual(['a', 'b', 'c', 'd']);
    expect(chosen(skewed({ mustNotInclude: [{ name: ['c', 'd'] }] }))).toEqual(['a', 'b']);
    expect(skewed({ maxClusters: 3 }).satisfied).toBe(false);
  });

  it.each(['region', 'country'] as const)('can be by %s', (by) => {
    expect(under({ spread: [{ by, maxPerGroup: 1 }] }, grouped).clusters).toHaveLength(2);
  });
});

describe('apartKilometers', () => {
  // Ten degrees of the equator are 1,111.9 km.
  it('keeps clusters from being nearer than that, and says to whom', () => {
    expect(chosen(under({ apartKilometers: 1111 }))).toEqual(['a', 'b', 'c', 'd']);
    const decision = under({ apartKilometers: 1112 });
    expect(decision.clusters).toHaveLength(2);
    for (const reason of Object.values(refusals(decision))) {
      expect(reason).toMatch(/^apartKilometers: is 1112 km from [abcd], policy asks for 1112 km$/);
    }
  });
});

describe('together and apart', () => {
  const both = (constraints: object, more: object = {}) => {
    const [cart, shop] = place({
      fleet: fleet(...four),
      demand: { cart: demand(from('oa', 0), from('ob', 10)), shop: demand(...fourOrigins) },
      apps: [
        app('cart', { constraints: { ...free, ...more } }),
        app('shop', { constraints: { ...free, ...constraints } }),
      ],
    }).apps;
    return [cart, shop].map((one) => (one === undefined ? '' : chosen(one)));
  };

  it('each choose alone without them', () => {
    expect(both({})).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('together chooses only clusters of the other app', () => {
    const [cart, shop] = both({ together: ['cart'] });
    for (const name of shop ?? []) expect(cart).toContain(name);
  });

  it('apart chooses no cluster of the other app', () => {
    const [cart, shop] = both({ apart: ['cart'] });
    expect(shop).not.toHaveLength(0);
    for (const name of shop ?? []) expect(cart).not.toContain(name);
  });

  it('cannot both have all: the app that goes without is told which rule it is', () => {
    const decided = place({
      fleet: fleet(...four.slice(0, 2)),
      demand: demand(...fourOrigins),
      apps: [
        app('cart', { constraints: { ...free, minClusters: 2 } }),
        app('shop', { constraints: { ...free, apart: ['cart'] } }),
      ],
    }).apps;
    const without = decided.find(({ satisfied }) => !satisfied);
    expect(decided.filter(({ satisfied }) => satisfied)).toHaveLength(1);
    expect(without?.conflict?.rules.length).toBeGreaterThan(0);
  });
});
