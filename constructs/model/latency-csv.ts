/** Latency CSV: `origin,cluster,milliseconds` becomes triples, each of which knows its line. */

import { quoted } from '../parsing';
import type { LatencyPair } from './fleet';

/** Triples as written, and what is wrong with the others. */
interface LatencyCsv {
  readonly pairs: readonly LatencyPair[];
  /** 1-based line of each pair. */
  readonly lines: readonly number[];
  readonly problems: readonly CsvProblem[];
}
/** What is wrong on one line. */
interface CsvProblem {
  readonly line: number;
  readonly summary: string;
  readonly remedy: string;
}

const header = 'origin,cluster,milliseconds';
const mostMilliseconds = 1e15;

/** Reads the whole text; never throws. Fields may be quoted as in RFC 4180; empty lines are skipped. */
export function readLatencyCsv(text: string): LatencyCsv {
  const pairs: LatencyPair[] = [];
  const lines: number[] = [];
  const problems: CsvProblem[] = [];
  let line = 0;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    line++;
    const start = line;
    let end = endOfLine(text, at);
    let row = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    // A quoted field may hold line breaks: the row ends where the quotes are even.
    while (oddQuotes(row) && end < text.length) {
      end = endOfLine(text, end + 1);
      row = text.slice(at, end);
      line++;
    }
    at = end + 1;
    if (start === 1) {
      if (fieldsOf(row)?.join(',') !== header)
        return { pairs, lines, problems: [wrongHeader(row)] };
    } else if (row !== '') {
      const pair = pairOf(row, start);
      if ('summary' in pair) problems.push(pair);
      else {
        pairs.push(pair);
        lines.push(start);
      }
    }
  }
  if (line === 0) problems.push(wrongHeader(''));
  return { pairs, lines, problems };
}

function pairOf(row: string, line: number): LatencyPair | CsvProblem {
  const fields = fieldsOf(row);
  if (fields === undefined || fields.length !== 3) {
    const got = fields === undefined ? 'a quote that does not close' : `${fields.length} fields`;
    return {
      line,
      summary: `got ${got}, expected the 3 fields ${header}`,
      remedy: 'Write three fields; put a field that holds commas in double quotes.',
    };
  }
  const [origin, cluster, written] = fields as [string, string, string];
  const milliseconds = written.trim() === '' ? Number.NaN : Number(written);
  if (!(milliseconds >= 0 && milliseconds <= mostMilliseconds)) {
    return {
      line,
      summary: `got ${quoted(written)} as milliseconds, expected a number of at least 0`,
      remedy: 'Write the milliseconds as a plain number, such as 12.5.',
    };
  }
  return [origin, cluster, milliseconds];
}

function fieldsOf(row: string): readonly string[] | undefined {
  if (!row.includes('"')) return row.split(',');
  const fields: string[] = [];
  let at = 0;
  while (at <= row.length) {
    if (row[at] !== '"') {
      const comma = row.indexOf(',', at);
      const end = comma < 0 ? row.length : comma;
      fields.push(row.slice(at, end));
      at = end + 1;
      continue;
    }
    const field = /"((?:[^"]|"")*)"(,|$)/y;
    field.lastIndex = at;
    const match = field.exec(row);
    if (match === null) return undefined;
    fields.push((match[1] ?? '').replaceAll('""', '"'));
    at += match[0].length;
    if (match[2] === '') return fields;
  }
  return fields;
}

function wrongHeader(row: string): CsvProblem {
  return {
    line: 1,
    summary: `got the header ${quoted(row)}, expected ${header}`,
    remedy: `Write ${header} as the first line.`,
  };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function oddQuotes(row: string): boolean {
  let odd = false;
  for (let at = row.indexOf('"'); at >= 0; at = row.indexOf('"', at + 1)) odd = !odd;
  return odd;
}
