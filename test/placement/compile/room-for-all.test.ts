/** Room for all is a proof that no app finds less room for another: what is decided together is decided apart. */
import * as fc from 'fast-check';
import { limitsOf } from '../../../constructs/placement/compile/compile';
import { isRoomForAll } from '../../../constructs/placement/compile/room-for-all';
import { place } from '../../../constructs/placement/decide/place';
import { givenDemand, linkedApps, type PlaceInput } from '../../../constructs/policy';
import { problems } from '../random';
import { runs, seed } from '../runs';

const inputsOf = (input: PlaceInput) =>
  input.apps.map((app) => ({
    app,
    fleet: input.fleet,
    demand: app.policy.static ? undefined : givenDemand(app, input),
    previous: undefined,
    now: 0,
  }));

it('where it is, every app is decided as it would be alone', () => {
  const seen = { roomy: 0, tight: 0 };
  fc.assert(
    fc.property(problems({ apps: 3, clusters: 4, origins: 4 }), ({ previous: _, ...input }) => {
      const isRoomy = isRoomForAll(inputsOf(input), limitsOf(input.fleet));
      seen[isRoomy ? 'roomy' : 'tight']++;
      if (!isRoomy || input.apps.some((app) => linkedApps(app).length > 0)) return;
      const alone = input.apps.map((app) => place({ ...input, apps: [app] }).apps[0]);
      expect(place(input).apps).toEqual(alone);
    }),
    { seed, numRuns: runs(80) },
  );
  expect(Math.min(seen.roomy, seen.tight)).toBeGreaterThan(2);
});
