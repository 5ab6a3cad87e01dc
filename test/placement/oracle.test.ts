/** The engine against the oracle: on every small problem the same answer as trying every set. */
import * as fc from 'fast-check';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { verify } from '../../constructs/verification';
import { dependsOnTies, type OracleAnswer, oracleOfAll, oracleOfOne } from './oracle';
import { problems } from './random';
import { seed, slowRuns, TIMEOUT } from './runs';

function agree(input: PlaceInput, oracle: OracleAnswer | undefined): void {
  if (oracle === undefined) return;
  const decision = place(input);
  const satisfied = decision.apps.every((app) => app.satisfied);
  if (isAnotherTie(input, satisfied ? decision.objective.value : undefined, oracle)) {
    expect(verify(decision, input).findings).toEqual([]);
    return;
  }
  expect({ satisfied }).toEqual({ satisfied: oracle.satisfied });
  if (!satisfied) return;
  const { value, bound, gap } = decision.objective;
  const slack = 1e-9 * Math.max(1, Math.abs(oracle.value));
  expect(Math.abs(value - oracle.value)).toBeLessThanOrEqual(slack);
  expect(bound).toBeLessThanOrEqual(oracle.least + slack);
  if (gap === 0) expect(Math.abs(bound - value)).toBeLessThanOrEqual(slack);
  if (!oracle.isUnique) return;
  const clusters = decision.apps.map((app) => app.clusters.map(({ name }) => name));
  expect(clusters).toEqual(oracle.clusters);
}

/** The answers differ, and which of equally cheap assignments is taken decides about some set that is worth no more. */
function isAnotherTie(
  input: PlaceInput,
  value: number | undefined,
  { satisfied, value: least }: OracleAnswer,
): boolean {
  const expected = satisfied ? least : undefined;
  if (input.apps.length === 1 || value === expected) return false;
  if (value === undefined || expected === undefined)
    return dependsOnTies(input, value ?? Number.POSITIVE_INFINITY);
  const worse = Math.max(value, expected);
  const slack = 1e-9 * Math.max(1, Math.abs(worse));
  return Math.abs(value - expected) > slack && dependsOnTies(input, worse + slack);
}

describe('place finds what trying every set finds', () => {
  const check = (
    size: Parameters<typeof problems>[0],
    numRuns: number,
    oracle: (input: PlaceInput) => OracleAnswer | undefined,
  ) => {
    const property = fc.property(problems(size), (input) => agree(input, oracle(input)));
    fc.assert(property, { seed, numRuns: slowRuns(numRuns) });
  };

  it(
    'for one app on up to 7 clusters',
    () => {
      check({ apps: 1, clusters: 7, origins: 6 }, 1500, oracleOfOne);
    },
    TIMEOUT,
  );

  it(
    'for one app on up to 11 clusters and 10 origins',
    () => {
      check({ apps: 1, clusters: 11, origins: 10 }, 300, oracleOfOne);
    },
    TIMEOUT,
  );

  it(
    'for two apps on up to 5 clusters',
    () => {
      check({ apps: 2, clusters: 5, origins: 5 }, 250, oracleOfAll);
    },
    TIMEOUT,
  );

  it(
    'for three apps on up to 4 clusters',
    () => {
      check({ apps: 3, clusters: 4, origins: 4 }, 250, oracleOfAll);
    },
    TIMEOUT,
  );
});
