/** routingOf: slots, fit and refusals, from decisions that place made. */
import { routingOf } from '../../constructs/routing';
import { sites, tableFor, users, world } from './world';

const answers = (table: ReturnType<typeof tableFor>) =>
  Object.fromEntries(table.slots.map(({ key, answers: [first] }) => [key, first?.cluster]));

it('answers every origin with its cluster where countries tell them apart', () => {
  const table = tableFor('powerdns-lua');
  expect(table.fit).toMatchObject({ matchedShare: 1, addedMeanMilliseconds: 0 });
  expect(table.slots[0]).toMatchObject({ key: 'default' });
  expect(table.slots.every(({ failover }) => failover.length > 0)).toBe(true);
  expect(answers(table)).toMatchObject({ 'continent-EU': 'fra' });
});

it('answers everybody with everything by plain records, and says what that costs', () => {
  const table = tableFor('round-robin');
  expect(table.slots).toHaveLength(1);
  expect(table.slots[0]?.answers.map(({ cluster }) => cluster)).toEqual(['fra', 'iad', 'sin']);
  expect(table.fit.matchedShare).toBeCloseTo(1 / 3);
  expect(table.fit.addedMeanMilliseconds).toBeGreaterThan(50);
});

it('tells a continent from a country of the same code', () => {
  const table = tableFor('powerdns-lua');
  const keys = table.slots.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toContain('continent-NA');
});

it('answers a country with a far cluster that was measured to be near to all of it', () => {
  const at = (name: string, latitude: number, longitude: number) => ({ name, latitude, longitude });
  const here = { country: 'US', region: 'north-america' };
  const far = { ...at('syd', -33.9, 151.2), country: 'AU', region: 'oceania' };
  const table = tableFor('powerdns-lua', {
    sites: [{ ...at('iad', 39, -77.5), ...here }, { ...at('lax', 34, -118.2), ...here }, far],
    users: [
      { ...at('new-york', 40.7, -74), country: 'US', requestsPerSecond: 10 },
      { ...at('los-angeles', 34, -118.2), country: 'US', requestsPerSecond: 10 },
    ],
    latency: [
      ['new-york', 'syd', 20],
      ['los-angeles', 'syd', 20],
    ],
  });
  const country = table.slots.find(({ requestsPerSecond }) => requestsPerSecond > 0);
  expect(country?.answers).toEqual([{ cluster: 'syd', share: 1 }]);
});

it('refuses a system that cannot tell apart users with different residency', () => {
  const residency = [
    { origins: { country: 'DE' }, clusters: { name: 'fra' } },
    { origins: { country: 'US' }, clusters: { name: 'iad' } },
  ];
  const work = () => tableFor('round-robin', { constraints: { residency } });
  expect(work).toThrow(/residency forbids every chosen cluster .* plain records cannot tell them/);
});

it('refuses an app without exposure, a decision without the app, and a fleet without its clusters', () => {
  const one = world();
  const { exposure: _, ...unexposed } = one.app;
  expect(() => routingOf({ ...one, app: unexposed })).toThrow(/has no exposure/);
  const other = { ...one.app, name: 'other' };
  expect(() => routingOf({ ...one, app: other })).toThrow(/without the app "other"/);
  const fleet = { ...one.fleet, clusters: one.fleet.clusters.slice(1) };
  expect(() => routingOf({ ...one, fleet })).toThrow(/got a fleet without "fra"/);
});

it('divides a slot by weight where one answer would be more than a cluster can take', () => {
  const crowded = users.map((one) => ({ ...one, country: 'DE' }));
  const limited = sites.map((site) => ({ ...site, requestsPerSecond: 150 }));
  const options = { sites: limited, users: crowded };
  const weighted = tableFor('powerdns-lua', options);
  const isWithin = (table: typeof weighted) =>
    table.fit.clusters.every((one) => one.routedRequestsPerSecond <= 150.001);
  expect(isWithin(weighted)).toBe(true);
  const whole = tableFor('gdnsd', options);
  expect(isWithin(whole)).toBe(false);
  expect(whole.warnings.join()).toMatch(/would get 360.0 requests\/s, more than its 150.0/);
  expect(whole.fit.matchedShare).toBeGreaterThanOrEqual(weighted.fit.matchedShare);
});
