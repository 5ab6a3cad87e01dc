/** Verification of fleets with little room: what the engine decides for several apps of mixed sizes is accepted. */
import * as fc from 'fast-check';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { crowdedFleet } from '../optimizer/joint/crowded-fleet';
import { crowdedProblems } from '../placement/crowded-problems';
import { seed, slowRuns, TIMEOUT } from '../placement/runs';

const sizes = [
  [
    '2 to 4 apps, some with whole origins',
    5,
    { apps: 4, clusters: 5, origins: 4, mayBeWhole: true },
  ],
  // Some of these take 20 seconds.
  ['2 to 8 apps', 3, { apps: 8, clusters: 6, origins: 5, mayBeWhole: false }],
] as const;

describe('a decision with little room is accepted', () => {
  it.each(sizes)(
    '%s, with default and other minimums, two components, headroom and previous decisions',
    (_, problems, size) => {
      const property = fc.property(crowdedProblems(size), (input) =>
        expect(verify(place(input), input).findings).toEqual([]),
      );
      fc.assert(property, { seed, numRuns: slowRuns(problems), endOnFailure: true });
    },
    TIMEOUT,
  );

  it('also where a search over all apps would find an assignment that is cheaper for all together', () => {
    const input = crowdedFleet({
      kind: 'replicas',
      apps: 10,
      clusters: 8,
      origins: 8,
      room: 1.5,
      seed: 2,
    });
    expect(verify(place(input), input).findings).toEqual([]);
  });
});
