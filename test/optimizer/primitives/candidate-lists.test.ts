/** Candidate lists: the cheapest pairs of every origin and nothing dearer, whatever the costs. */
import * as fc from 'fast-check';
import {
  cheapestLists,
  narrowLists,
  quickselect,
} from '../../../constructs/optimizer/primitives/candidate-lists';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf } from '../compiled';

describe('candidate lists', () => {
  it('hold what costs no more than the pair of their rank, and say what was left out', () => {
    const sizes = fc.integer({ min: 1, max: 9 });
    const property = fc.property(
      problems({ apps: 1, clusters: 8, origins: 8 }),
      sizes,
      (input, length) => {
        const { problem } = compiledOf(input);
        const lists = cheapestLists(problem, length);
        for (let u = 0; u < problem.origins; u++) {
          const all = [...problem.allowed.keys()]
            .filter((cluster) => problem.allowed[cluster] === 1)
            .map((cluster) => problem.cost[cluster * problem.origins + u] ?? Infinity)
            .filter(Number.isFinite)
            .sort((a, b) => a - b);
          const listed = [...lists.origin.keys()]
            .filter((k) => lists.origin[k] === u)
            .map((k) => lists.cost[k] ?? Infinity)
            .sort((a, b) => a - b);
          expect(listed).toEqual(all.slice(0, listed.length));
          expect(listed.length).toBeGreaterThanOrEqual(Math.min(length, all.length));
          const omitted = all[listed.length] ?? Infinity;
          expect(lists.cap[u]).toBeLessThanOrEqual(omitted);
          if (listed.length === all.length) continue;
          expect(lists.cap[u]).toBeGreaterThanOrEqual(listed.at(-1) ?? 0);
        }
      },
    );
    fc.assert(property, { seed, numRuns: runs(200) });
  });

  it('lose only what a lower cap and fewer clusters take', () => {
    const property = fc.property(problems({ apps: 1, clusters: 8, origins: 8 }), (input) => {
      const { problem } = compiledOf(input);
      const lists = cheapestLists(problem, problem.clusters);
      const keeps = problem.allowed.map((flag, cluster) => (cluster % 3 === 0 ? 0 : flag));
      const cap = new Float64Array(problem.origins).fill(3000);
      const less = narrowLists(lists, keeps, cap);
      const pairs = (from: typeof lists) =>
        [...keeps.keys()].flatMap((cluster) =>
          [...from.origin.subarray(from.start[cluster], from.start[cluster + 1])].map(
            (u, i) => [cluster, u, from.cost[(from.start[cluster] ?? 0) + i] ?? 0] as const,
          ),
        );
      const expected = pairs(lists).filter(
        ([cluster, , cost]) => keeps[cluster] === 1 && cost < 3000,
      );
      expect(pairs(less)).toEqual(expected);
    });
    fc.assert(property, { seed, numRuns: runs(100) });
  });

  it('find the value of any rank without sorting', () => {
    const values = fc.array(fc.integer({ min: -5, max: 20 }), { minLength: 1, maxLength: 40 });
    const property = fc.property(values, fc.nat(39), (list, any) => {
      const rank = any % list.length;
      const sorted = [...list].sort((a, b) => a - b);
      expect(quickselect(Float64Array.from(list), 0, list.length - 1, rank)).toBe(sorted[rank]);
    });
    fc.assert(property, { seed, numRuns: runs(500) });
  });
});
