/** Kicks: other sets of the same size, with everything that must stay, the same every time. */
import * as fc from 'fast-check';
import { Perturbation } from '../../../constructs/optimizer/uncapacitated/perturbation';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf } from '../compiled';

it('exchange a few clusters for others that may be chosen, and leave held ones', () => {
  let moved = 0;
  const property = fc.property(
    problems({ apps: 1, clusters: 12, origins: 8 }),
    fc.integer({ min: 1, max: 8 }),
    (input, size) => {
      const { problem } = compiledOf(input);
      const candidates = [...problem.allowed.keys()].filter((c) => problem.allowed[c] === 1);
      const held = candidates.filter((c) => c % 5 === 0);
      const app = {
        ...problem,
        required: problem.required.map((_, c) => (held.includes(c) ? 1 : 0)),
      };
      const others = candidates.filter((c) => app.required[c] === 0);
      const open = [...held, ...others.slice(0, size)].sort((a, b) => a - b);
      if (open.length === 0) return;
      const [kicks, again] = [new Perturbation(app), new Perturbation(app)];
      for (let turn = 0; turn < 10; turn++) {
        const next = kicks.next(open);
        expect(again.next(open)).toEqual(next);
        expect(next).toHaveLength(open.length);
        expect([...new Set(next)].sort((a, b) => a - b)).toEqual(next);
        expect(next).toEqual(expect.arrayContaining(held));
        for (const cluster of next) expect(candidates).toContain(cluster);
        const added = next.filter((cluster) => !open.includes(cluster));
        expect(added.length).toBeLessThanOrEqual(4);
        if (added.length > 0) moved++;
      }
    },
  );
  fc.assert(property, { seed, numRuns: runs(100) });
  expect(moved).toBeGreaterThan(runs(200));
});
