/** The search on fleets too large to compare every set: where a legal answer is known to exist, one is found. */

import { search } from '../../../constructs/optimizer/uncapacitated/iterated-local-search';
import { place } from '../../../constructs/placement/decide/place';
import { app } from '../../build';
import { runs, seed } from '../../placement/runs';
import { compiledOf } from '../compiled';
import { planted } from '../planted';

/** Problems with a planted answer, from the seed on; seeds that give none are passed over. */
function* plantedProblems(count: number) {
  let given = 0;
  for (let next = seed % 1000; given < count; next++) {
    const problem = planted(next);
    if (problem === undefined) continue;
    given++;
    yield { ...problem, next };
  }
}

it('finds a legal answer among 60 clusters under many rules, about as good as the planted one or better', () => {
  const missed: number[] = [];
  const ratios: number[] = [];
  for (const { input, value, next } of plantedProblems(runs(3))) {
    const [decided] = place(input).apps;
    if (decided?.satisfied !== true) missed.push(next);
    else ratios.push(decided.objective.value / value);
  }
  expect(missed).toEqual([]);
  expect(Math.max(...ratios)).toBeLessThan(1.05);
});

it('finds the few clusters that are no thin ones, where every large set has some', () => {
  const { input } = planted(51) ?? {};
  if (input === undefined) throw new Error('this seed plants an answer');
  const thick = app('shop', {
    constraints: { minClusters: 1, maxClusters: 100, minRequestsPerSecond: 5.554, capacity: false },
  });
  const { problem, limits } = compiledOf({ ...input, apps: [thick] });
  const effort = { spent: 0, allowed: 2e7 };
  expect(search(problem, limits, [], effort, () => true)).toBeDefined();
});
