/** Guards: a legal decision that drops too much needs a yes by name. */

import { place } from '../../constructs/placement/decide/place';
import { guardStops } from '../../constructs/policy/guard';
import type { PlacementPolicyInput } from '../../constructs/policy/policy';
import { chose, four, free, from, inputOf } from '../placement/placing';

const stops = (guard: PlacementPolicyInput['guard'], keep: readonly string[]) => {
  const all = ['a', 'b', 'c', 'd'];
  const constraints = { ...free, chooseFrom: [{ name: [...keep] }] };
  const input = {
    ...inputOf({ constraints, guard, stability: { minGain: 0 } }, four),
    previous: chose(all),
  };
  return guardStops(place(input), input);
};

describe('maxDroppedShare', () => {
  it('lets a decision drop half of the clusters, and stops one that drops more', () => {
    expect(stops({}, ['a', 'b', 'c'])).toEqual([]);
    expect(stops({}, ['a', 'b'])).toEqual([]);
    expect(stops({}, ['a'])).toMatchObject([{ app: 'shop', guard: 'maxDroppedShare' }]);
  });

  it('is what the policy says', () => {
    expect(stops({ maxDroppedShare: 0.25 }, ['a', 'b', 'c'])).toEqual([]);
    expect(stops({ maxDroppedShare: 0.24 }, ['a', 'b', 'c'])).toHaveLength(1);
    expect(stops({ maxDroppedShare: 0 }, ['a', 'b', 'c', 'd'])).toEqual([]);
    expect(stops({ maxDroppedShare: 1 }, ['a'])).toEqual([]);
  });

  it('says how much would be dropped, and how to say yes', () => {
    const [stop] = stops({}, ['a']);
    expect(stop?.summary).toMatch(/3 of its 4 clusters/);
    expect(stop?.remedy).toMatch(/maxDroppedShare.*\.$/);
  });

  it('is lifted by its name', () => {
    expect(stops({ allow: ['maxDroppedShare'] }, ['a'])).toEqual([]);
  });

  it('has nothing to say of a first placement', () => {
    const input = inputOf({ constraints: free, guard: { maxDroppedShare: 0 } }, four, [
      from('oa', 0),
    ]);
    expect(guardStops(place(input), input)).toEqual([]);
  });
});
