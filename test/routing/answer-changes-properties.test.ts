/** Changes of answers: what users of each place get, against a count over single users. */
import * as fc from 'fast-check';
import { answerChanges, continentOf } from '../../constructs/routing';

const countries = ['DE', 'FR', 'GB', 'JP', 'SG', 'US'];
const target = fc.constantFrom('a', 'b', 'c').map((one) => [{ target: one, share: 1 }]);
const slots = fc
  .tuple(
    target,
    fc.dictionary(
      fc.constantFrom(...countries.map((c) => `country-${c}`), 'continent-EU', 'continent-AS'),
      target,
    ),
  )
  .map(([other, keyed]) => ({ ...keyed, default: other }));
const demand = fc.dictionary(fc.constantFrom(...countries, ''), fc.integer({ min: 1, max: 9 }), {
  minKeys: 1,
});

type Slots = Readonly<Record<string, readonly { target: string; share: number }[]>>;
/** What one user is answered, spelt out. */
function answered(table: Slots, country: string): string | undefined {
  const continent = continentOf(country) ?? 'none';
  for (const key of [`country-${country}`, `continent-${continent}`, 'default']) {
    if (key in table) return table[key]?.[0]?.target;
  }
  return undefined;
}

it('is the share of the users whose answer is another one', () => {
  fc.assert(
    fc.property(slots, slots, demand, (before, after, requests) => {
      const users = Object.entries(requests).flatMap(([c, count]) => Array<string>(count).fill(c));
      const gone = users.filter((c) => answered(before, c) !== answered(after, c));
      const { movedShare } = answerChanges(before, after, requests);
      expect(movedShare).toBeCloseTo(gone.length / users.length);
    }),
  );
});

it('names every place whose answer changes, and no other', () => {
  fc.assert(
    fc.property(slots, slots, (before, after) => {
      const { changes } = answerChanges(before, after, {});
      const named = changes.map(({ place }) => place);
      for (const country of countries) {
        const isSlot = `country-${country}` in before || `country-${country}` in after;
        if (!isSlot) continue;
        expect(named.includes(country)).toBe(
          answered(before, country) !== answered(after, country),
        );
      }
      expect(named.includes('default')).toBe(
        before.default[0]?.target !== after.default[0]?.target,
      );
    }),
  );
});

it('counts the part of a divided slot that goes elsewhere', () => {
  const half = (a: number) => ({
    default: [
      { target: 'a', share: a },
      { target: 'b', share: 1 - a },
    ],
  });
  const { changes, movedShare } = answerChanges(half(0.75), half(0.25), { '': 10 });
  expect(changes).toHaveLength(1);
  expect(movedShare).toBeCloseTo(0.5);
});
