/** Answer changes: what a plan shows of a move. */
import { answerChanges, answersFor, routingOf } from '../../constructs/routing';
import { sites, tableFor, world } from './world';

const [fra, iad, sin] = sites;
const before = tableFor('powerdns-lua', { sites: [fra, iad] as never });
const after = tableFor('powerdns-lua', { sites: [fra, iad, sin] as never });

it('lists countries whose users get another cluster, most requests first', () => {
  const { changes, movedShare } = answerChanges(before, after);
  expect(changes[0]).toMatchObject({
    place: 'JP',
    after: [{ cluster: 'sin', share: 1 }],
    requestsPerSecond: 60,
    movedShare: 1,
  });
  expect(movedShare).toBeCloseTo(60 / 360);
  expect(changes.map(({ place }) => place)).not.toContain('DE');
});

it('moves nothing from a table to itself, and everything from none', () => {
  expect(answerChanges(after, after)).toEqual({ changes: [], movedShare: 0 });
  expect(answerChanges(undefined, after).movedShare).toBeCloseTo(1);
});

it('finds the answer of a country by its continent, and of any place by default', () => {
  expect(answersFor(after, 'IT')).toEqual([{ cluster: 'fra', share: 1 }]);
  expect(answersFor(after, 'default')).toEqual(after.slots[0]?.answers);
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
