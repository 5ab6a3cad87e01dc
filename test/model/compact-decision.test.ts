/** Carried decisions: what a state holds is enough to decide the same next time. */
import * as fc from 'fast-check';
import { compactDecision } from '../../constructs/model/compact-decision';
import { parseDecision } from '../../constructs/model/decision-document';
import { place } from '../../constructs/placement/decide/place';
import { problems } from '../placement/random';
import { runs, seed, TIMEOUT } from '../placement/runs';

describe('a carried decision', () => {
  it(
    'decides the next one byte for byte as the whole would',
    () => {
      fc.assert(
        fc.property(problems({ apps: 2, clusters: 5, origins: 5 }), (input) => {
          const whole = place(input);
          const next = place({ ...input, previous: whole });
          expect(place({ ...input, previous: compactDecision(whole) })).toEqual(next);
        }),
        { seed, numRuns: runs(100) },
      );
    },
    TIMEOUT,
  );

  it('is a PlacementDecision that keeps the digest of the whole and nothing of the origins', () => {
    fc.assert(
      fc.property(problems({ apps: 1, clusters: 4, origins: 4 }), (input) => {
        const whole = place(input);
        const small = parseDecision(JSON.stringify(compactDecision(whole)));
        expect(small.digest).toBe(whole.digest);
        expect(small.apps.map(({ clusters }) => clusters)).toEqual(
          whole.apps.map(({ clusters }) => clusters),
        );
        expect(
          small.apps.flatMap(({ assignments, rejected }) => [assignments, rejected]).flat(),
        ).toEqual([]);
      }),
      { seed, numRuns: runs(30) },
    );
  });
});
