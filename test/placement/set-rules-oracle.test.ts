/** Every cluster that matches, at most so many groups, and expressions about labels: the engine against the oracle and the checker. */
import * as fc from 'fast-check';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { verify } from '../../constructs/verification';
import { oracleOfOne } from './oracle';
import { problems } from './random';
import { seed, slowRuns, TIMEOUT } from './runs';

/** Rules added to a drawn problem, so that the draws of all other tests stay what they are. */
const added = fc.record({
  every: fc.constantFrom('none', 'region', 'expression', 'missing'),
  maxGroups: fc.constantFrom(undefined, 2, 3),
  by: fc.constantFrom('region' as const, 'city' as const, 'provider' as const),
  chooses: fc.constantFrom(undefined, 'NotIn' as const, 'Exists' as const),
});
type Added = typeof added extends fc.Arbitrary<infer T> ? T : never;

function withRules(input: PlaceInput, { every, maxGroups, by, chooses }: Added): PlaceInput {
  const [first] = input.fleet.clusters;
  const label = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]) => ({
    matchExpressions: [{ key: 'line', operator, values }],
  });
  const everyMatch = {
    none: [],
    region: [{ region: first?.region ?? 'europe' }],
    expression: [label('In', 'edge')],
    missing: [label('DoesNotExist')],
  }[every];
  // Names in rules must exist: the first cluster is of the line `edge`, the second of another, the third of none, and so on.
  const clusters = input.fleet.clusters.map((one, index) => {
    const line = ['edge', 'core', undefined][index % 3];
    return line === undefined ? one : { ...one, labels: { ...one.labels, line } };
  });
  return {
    ...input,
    fleet: { ...input.fleet, clusters },
    apps: input.apps.map((app) => {
      const { constraints } = app.policy;
      const chooseFrom =
        chooses === undefined
          ? constraints.chooseFrom
          : [
              chooses === 'NotIn' ? label('NotIn', 'edge') : label('Exists'),
              { name: first?.name ?? '' },
            ];
      return {
        ...app,
        policy: {
          ...app.policy,
          constraints: {
            ...constraints,
            mustIncludeEvery: everyMatch,
            ...(chooseFrom && { chooseFrom }),
            spread:
              maxGroups === undefined
                ? constraints.spread
                : [...constraints.spread, { by, maxGroups }],
          },
        },
      };
    }),
  };
}

it(
  'are kept at the least cost there is, and the checker accepts the proof',
  () => {
    const met = { satisfied: 0, refused: 0 };
    const property = fc.property(
      problems({ apps: 1, clusters: 7, origins: 6 }),
      added,
      (drawn, rules) => {
        const input = withRules(drawn, rules);
        const decision = place(input);
        const oracle = oracleOfOne(input);
        expect(decision.apps[0]?.satisfied).toBe(oracle.satisfied);
        if (!oracle.satisfied) {
          met.refused++;
          return;
        }
        met.satisfied++;
        const slack = 1e-9 * Math.max(1, Math.abs(oracle.value));
        expect(Math.abs(decision.objective.value - oracle.value)).toBeLessThanOrEqual(slack);
        expect(decision.objective.bound).toBeLessThanOrEqual(oracle.least + slack);
        expect(verify(decision, input).findings).toEqual([]);
      },
    );
    fc.assert(property, { seed, numRuns: slowRuns(300) });
    expect(met.satisfied).toBeGreaterThan(slowRuns(40));
    expect(met.refused).toBeGreaterThan(slowRuns(15));
  },
  TIMEOUT,
);
