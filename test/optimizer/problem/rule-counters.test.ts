/** Counters against counting again: the same violation after any sequence of moves. */
import * as fc from 'fast-check';
import { Counters } from '../../../constructs/optimizer/problem/rule-counters';
import { setViolation } from '../../../constructs/optimizer/problem/set-rules';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf } from '../compiled';

it('counters say what counting again says, before and after any move', () => {
  const moves = fc.array(fc.nat(11), { maxLength: 24 });
  const property = fc.property(
    problems({ apps: 1, clusters: 12, origins: 3 }),
    moves,
    (input, steps) => {
      const { problem } = compiledOf(input);
      const allowed = [...problem.allowed.keys()].filter((c) => problem.allowed[c] === 1);
      if (allowed.length < 2) return;
      const counters = new Counters(problem);
      const open = new Set<number>();
      const violation = () =>
        setViolation(
          problem,
          [...open].sort((a, b) => a - b),
        );
      for (const step of steps) {
        const cluster = allowed[step % allowed.length] as number;
        const isOpen = open.has(cluster);
        const [into, out] = isOpen ? [-1, cluster] : [cluster, -1];
        const foreseen = counters.violationAfter(into, out);
        if (isOpen) {
          open.delete(cluster);
          counters.close(cluster);
        } else {
          open.add(cluster);
          counters.open(cluster);
        }
        expect(counters.violation()).toBe(violation());
        expect(foreseen).toBe(violation());
      }
      counters.reset([]);
      open.clear();
      expect(counters.violation()).toBe(violation());
    },
  );
  fc.assert(property, { seed, numRuns: runs(300) });
});
