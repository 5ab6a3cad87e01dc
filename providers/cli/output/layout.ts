/** Layout: columns that line up and sentences that wrap, counted in terminal cells. */

const ansiCodes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Cells a text takes: colours take none, East Asian wide characters two. */
export function cells(text: string): number {
  let total = 0;
  for (const character of text.replace(ansiCodes, '').normalize('NFC')) {
    total += wide.test(character) ? 2 : 1;
  }
  return total;
}

/** Which side of its column a text leans on. */
export type Side = 'left' | 'right';

/** Fills a text with blanks up to `width` cells. */
export function pad(text: string, width: number, side: Side = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - cells(text)));
  return side === 'left' ? text + blanks : blanks + text;
}

/** Breaks at blanks so that no line is wider than `width` cells; a longer word keeps its own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && cells(line) + 1 + cells(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Wraps `text` after `lead`; further lines are indented as deep as the lead is wide. */
export function hanging(lead: string, text: string, width: number): string[] {
  const indent = cells(lead);
  const lines = wrap(text, Math.max(20, width - indent));
  if (lines.length === 0) return [lead.trimEnd()];
  return lines.map((line, i) => (i === 0 ? lead : ' '.repeat(indent)) + line);
}

const gap = '  ';
/** Under this many cells a last column is no longer readable beside the others. */
const leastBeside = 28;

/** Rows of equal columns, indented by two; the last column wraps, under the others when there is no room beside them. */
export function columns(
  rows: readonly (readonly string[])[],
  width: number,
  sides: readonly Side[] = [],
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count - 1 }, (_, column) =>
    Math.max(0, ...rows.map((row) => cells(row[column] ?? ''))),
  );
  const used = widths.map((one, column) => ({ one, column })).filter(({ one }) => one > 0);
  const taken = used.reduce((sum, { one }) => sum + one + gap.length, gap.length);
  const longest = Math.max(0, ...rows.map((row) => cells(row[count - 1] ?? '')));
  const beside = width - taken >= Math.min(longest, leastBeside);
  return rows.flatMap((row) => {
    const padded = used.map(({ one, column }) => pad(row[column] ?? '', one, sides[column]));
    const lead = gap + padded.map((text) => text + gap).join('');
    const last = row[count - 1] ?? '';
    if (beside) return hanging(lead, last, width).map((line) => line.trimEnd());
    return [lead.trimEnd(), ...hanging(gap.repeat(3), last, width)];
  });
}
