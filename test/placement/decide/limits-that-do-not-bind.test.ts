/** Capacity and minimum loads that do not bind: the answer and its proof are those without them; where they bind, they hold. */
import * as fc from 'fast-check';
import { place } from '../../../constructs/placement';
import { verify } from '../../../constructs/verification';
import { seed, slowRuns, TIMEOUT } from '../runs';
import { inputOf, many, namesOf, requestsOf } from './limits';

const questions = fc.record({
  clusters: fc.integer({ min: 18, max: 40 }),
  origins: fc.integer({ min: 30, max: 120 }),
  chosen: fc.integer({ min: 3, max: 9 }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

it(
  'ample allocatable changes neither clusters nor value nor proof, and costs little work',
  () => {
    fc.assert(
      fc.property(questions, (one) => {
        const plain = place(inputOf(one));
        const ample = inputOf({ ...one, replicas: 1_000_000 });
        const decision = place(ample);
        expect(namesOf(decision)).toEqual(namesOf(plain));
        expect(decision.objective).toEqual(plain.objective);
        // The reasons of clusters that are not chosen look at every exchange under capacity too.
        expect(decision.engine.workUnits).toBeLessThan(1.25 * plain.engine.workUnits + 1_000_000);
        expect(verify(decision, ample).findings).toEqual([]);
      }),
      { numRuns: slowRuns(20), seed },
    );
  },
  TIMEOUT,
);

it(
  'allocatable that binds on some clusters is kept, and verify accepts the proof',
  () => {
    let bound = 0;
    fc.assert(
      fc.property(questions, fc.double({ min: 1.02, max: 1.5, noNaN: true }), (one, room) => {
        const free = inputOf(one);
        const replicas = Math.ceil((room * requestsOf(free)) / 50 / one.chosen);
        const tight = inputOf({ ...one, replicas });
        const decision = place(tight);
        const [placed] = decision.apps;
        for (const { replicas: used } of placed?.clusters ?? []) {
          expect(Math.max(0, ...Object.values(used))).toBeLessThanOrEqual(replicas);
        }
        const plain = place(free);
        if (decision.objective.value > plain.objective.value + 1e-6) bound++;
        expect(decision.objective.value).toBeGreaterThanOrEqual(plain.objective.bound - 1e-6);
        expect(verify(decision, tight).findings).toEqual([]);
      }),
      { numRuns: slowRuns(20), seed },
    );
    expect(bound).toBeGreaterThan(0);
  },
  TIMEOUT,
);

it(
  'of more pairs than are stored, a default minimum that does not bind costs no more than none',
  () => {
    const plain = place(inputOf(many));
    const input = inputOf({ ...many, minRequestsPerSecond: 20, replicas: 1_000_000 });
    const decision = place(input);
    expect(namesOf(decision)).toEqual(namesOf(plain));
    expect(decision.objective).toEqual(plain.objective);
    expect(decision.engine.workUnits).toBeLessThan(1.5 * plain.engine.workUnits);
    expect(verify(decision, input).findings).toEqual([]);
  },
  TIMEOUT,
);
