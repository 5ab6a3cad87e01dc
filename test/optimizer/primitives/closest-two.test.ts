/** The nearest two, kept up to date, against finding them anew. */
import * as fc from 'fast-check';
import { cheapestLists } from '../../../constructs/optimizer/primitives/candidate-lists';
import { ClosestTwo } from '../../../constructs/optimizer/primitives/closest-two';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

it('after any sequence of opening and closing, costs and losses are those of a fresh look', () => {
  const moves = fc.array(fc.nat(9), { maxLength: 20 });
  const property = fc.property(
    problems({ apps: 1, clusters: 10, origins: 8 }),
    moves,
    (input, steps) => {
      const { problem } = compiledOf(input);
      const candidates = [...problem.allowed.keys()].filter((c) => problem.allowed[c] === 1);
      if (candidates.length === 0) return;
      const lists = cheapestLists(problem, problem.clusters);
      const far = new Float64Array(problem.origins).fill(1e6);
      const kept = new ClosestTwo(lists, far, plenty());
      kept.reset([]);
      const open = new Set<number>();
      for (const step of steps) {
        const cluster = candidates[step % candidates.length] as number;
        if (open.delete(cluster)) kept.close(cluster);
        else {
          open.add(cluster);
          kept.open(cluster);
        }
        const fresh = new ClosestTwo(lists, far, plenty());
        fresh.reset([...open].sort((a, b) => a - b));
        expect([...kept.firstCost]).toEqual([...fresh.firstCost]);
        expect([...kept.secondCost]).toEqual([...fresh.secondCost]);
        for (const one of open) {
          expect(kept.closingCost[one]).toBeCloseTo(fresh.closingCost[one] ?? Number.NaN, 4);
        }
      }
    },
  );
  fc.assert(property, { seed, numRuns: runs(200) });
});
