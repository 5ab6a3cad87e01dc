/** The text of a comment: below the limit, whole lines, no open block of code, and its marker first. */
import * as fc from 'fast-check';
import { markerOf, withinLimit } from '../../providers/pull-requests/summary';

it('has at most so many characters, its marker first, and no block that is left open', () => {
  const lines = fc.array(fc.oneof(fc.constant('```'), fc.string({ maxLength: 30 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(lines, fc.integer({ min: 200, max: 1500 }), (texts, most) => {
      const text = texts
        .map((line) => (line === '```' ? line : line.replaceAll('`', '')))
        .join('\n');
      const marker = markerOf('shop');
      const kept = withinLimit(text, marker, most);
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(kept.startsWith(marker)).toBe(true);
      if (kept === `${marker}\n${text}`) return;
      expect(kept).toContain('The rest did not fit');
      expect((kept.match(/^```/gm) ?? []).length % 2).toBe(0);
    }),
  );
});

it('is marked by a name that cannot end its marker', () => {
  expect(markerOf('a --> <script>')).toBe('<!-- littoral: a -- script -->');
});
