/** The queue of newcomers: the best that fits, though few gains are computed again. */
import * as fc from 'fast-check';
import { GainQueue } from '../../../constructs/optimizer/primitives/gain-queue';
import { runs, seed } from '../../placement/runs';

it('hands out the best fitting newcomer whenever gains only shrink', () => {
  const gains = fc.array(fc.integer({ min: -50, max: 5 }), { minLength: 1, maxLength: 12 });
  const property = fc.property(gains, fc.array(fc.nat(4), { maxLength: 12 }), (first, shrinks) => {
    const now = [...first];
    const left = new Set(now.keys());
    const queue = new GainQueue([...left]);
    for (const shrink of shrinks) {
      const isFit = (cluster: number) => (cluster + shrink) % 5 !== 0;
      const fitting = [...left].filter(isFit);
      const best = fitting.sort((a, b) => (now[a] ?? 0) - (now[b] ?? 0) || a - b)[0];
      const taken = queue.take(isFit, (cluster) => now[cluster] ?? 0);
      expect(taken?.cluster).toBe(best);
      if (taken === undefined) continue;
      left.delete(taken.cluster);
      for (const cluster of left) now[cluster] = (now[cluster] ?? 0) + shrink;
    }
  });
  fc.assert(property, { seed, numRuns: runs(500) });
});
