/** Answer changes: what a plan shows of a move. */
import { answersFor, answersOf, routingOf, tableChanges } from '../../constructs/routing';
import { sites, tableFor, world } from './world';

const [fra, iad, sin] = sites;
const before = tableFor('powerdns-lua', { sites: [fra, iad] as never });
const after = tableFor('powerdns-lua', { sites: [fra, iad, sin] as never });

it('lists countries whose users get another cluster, most requests first', () => {
  const { changes, movedShare } = tableChanges(before, after);
  expect(changes[0]).toMatchObject({
    place: 'JP',
    after: [{ target: 'sin', share: 1 }],
    requestsPerSecond: 60,
    movedShare: 1,
  });
  expect(movedShare).toBeCloseTo(60 / 360);
  expect(changes.map(({ place }) => place)).not.toContain('DE');
});

it('moves nothing from a table to itself, and nobody where nothing was published', () => {
  expect(tableChanges(after, after)).toEqual({ changes: [], movedShare: 0 });
  const first = tableChanges(undefined, after);
  expect(first.movedShare).toBe(0);
  expect(first.changes.map(({ place }) => place)).toContain('DE');
});

it('finds the answer of a country by its continent, and of any place by default', () => {
  expect(answersFor(answersOf(after), 'IT')).toEqual([{ target: 'fra', share: 1 }]);
  expect(answersFor(answersOf(after), 'default')).toEqual(
    after.slots[0]?.answers.map(({ cluster, share }) => ({ target: cluster, share })),
  );
});

it('keeps the points of clusters that stay when another one moves', () => {
  const near = tableFor('route53-geoproximity', { sites: [fra, sin] as never });
  const keyOf = (table: typeof near, name: string) =>
    table.slots.find(({ answers: [first] }) => first?.cluster === name)?.key;
  const moved = routingOf({
    ...world({ sites: [fra, iad] as never }),
    system: 'route53-geoproximity',
    previous: near,
  });
  expect(keyOf(moved, 'fra')).toBe(keyOf(near, 'fra'));
  expect(keyOf(moved, 'iad')).toBe(keyOf(near, 'sin'));
});
