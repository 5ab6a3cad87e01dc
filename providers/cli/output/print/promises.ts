/** What became of promises: a line for each that is kept, and for a broken one every place with the number received and the limit. */
import { counted, grouped, milliseconds, percent, usd } from '../../../../constructs/model/numbers';
import type { Measurement, PromiseResult } from '../../../../constructs/promises';
import { cells, columns, pad } from '../layout';
import type { Paint } from '../terminal';

interface View {
  readonly paint: Paint;
  readonly width: number;
}

/** Broken places of one promise that are printed. */
const MOST_PRINTED = 10;

/** The list in the order of the document, and a last line that counts; ends with a line break. */
export function promisesText(results: readonly PromiseResult[], { paint, width }: View): string {
  const marks = results.map(({ holds }) =>
    holds ? paint('green', 'kept') : paint('red', 'broken'),
  );
  const wide = Math.max(0, ...marks.map(cells));
  const lines = results.flatMap((result, at) => [
    `  ${pad(marks[at] ?? '', wide)}  ${paint('bold', result.promise)}${result.holds ? paint('dim', keptWith(result)) : ''}`,
    ...columns(
      result.broken
        .slice(0, MOST_PRINTED)
        .map((one) => ['    ', one.where, ...numbersOf(one), one.note ?? '']),
      width,
      ['left', 'left', 'right', 'left', 'left'],
    ),
    ...hiddenOf(result).map((line) => paint('dim', `        ${line}`)),
  ]);
  const broken = results.filter(({ holds }) => !holds).length;
  const total =
    broken === 0
      ? paint('green', `${counted(results.length, 'promise')} kept`)
      : paint('red', `${grouped(broken)} of ${counted(results.length, 'promise')} broken`);
  return `${[...lines, '', `  ${total}`].join('\n')}\n`;
}

/** The same as Markdown, for a comment on a pull request. */
export function promisesMarkdown(results: readonly PromiseResult[]): string {
  const rows = results.flatMap((result) => {
    const mark = result.holds ? 'kept' : '**broken**';
    const places = result.holds ? [result.worst] : result.broken.slice(0, MOST_PRINTED);
    const shown = places.length === 0 ? [undefined] : places;
    return shown.map((one, at) =>
      row([
        at === 0 ? mark : '',
        at === 0 ? result.promise : '',
        one?.where ?? '',
        one === undefined ? '' : numbersOf(one)[0],
        one === undefined ? '' : limitOf(one),
        one?.note ?? '',
      ]),
    );
  });
  const head = [
    row(['', 'promise', 'where', 'received', 'limit', '']),
    '|---|---|---|--:|--:|---|',
  ];
  return `${[...head, ...rows].join('\n')}\n`;
}

/** A table cell ends neither at a bar nor at a line of what it shows, and no text becomes markup. */
function row(texts: readonly string[]): string {
  const safe = (text: string) =>
    text.replace(/[\r\n]+/g, ' ').replace(/[\\|`<>[\]]/g, (mark) => `\\${mark}`);
  return `| ${texts.map((text) => (text === '**broken**' ? text : safe(text))).join(' | ')} |`;
}

/** The nearest to its limit of all places of a promise that is kept. */
function keptWith({ worst, places }: PromiseResult): string {
  if (worst === undefined) return ' (about nothing here)';
  // A count of what must not be says nothing beyond the promise.
  if (worst.received === 0 && worst.limit === 0 && worst.unit !== 'share') {
    return places > 1 ? ` (${counted(places, 'place')})` : '';
  }
  const [received] = numbersOf(worst);
  const at = places > 1 ? `, nearest at ${worst.where}` : '';
  return worst.received === null ? ` (${worst.note ?? ''})` : ` (${received}${at})`;
}

function numbersOf(one: Measurement): readonly [received: string, limit: string] {
  return [one.received === null ? 'none' : numberText(one.received, one.unit), `(${limitOf(one)})`];
}

function limitOf({ limit, relation, unit }: Measurement): string {
  return `${relation === 'atMost' ? 'at most' : 'at least'} ${numberText(limit, unit)}`;
}

function numberText(value: number, unit: string): string {
  if (unit === 'share') return percent(value);
  if (unit === 'USD/h') return `${usd(value)} USD/h`;
  if (unit === 'ms') return milliseconds(value);
  return `${grouped(value)} ${value === 1 ? unit.replace(/^(\w+)s\b/, '$1') : unit}`;
}

function hiddenOf({ broken }: PromiseResult): readonly string[] {
  const more = broken.length - MOST_PRINTED;
  return more > 0 ? [`and ${counted(more, 'place')} more; --json has them`] : [];
}
