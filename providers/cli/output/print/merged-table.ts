/** Prints rows of many clusters as one table while they come: the first soon, the others under them in the same columns. */
import { cells, pad } from '../layout';

/** A block of rows of one cluster. */
export interface ClusterRows {
  /** Of the cluster in the fleet: what is printed at the same time is in that order. */
  readonly place: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
/** A table that grows. */
export interface MergedTable {
  readonly add: (rows: ClusterRows) => void;
  /** Prints what waits. */
  readonly flush: () => void;
  /** How many rows there were so far, the waiting ones included. */
  readonly rows: () => number;
}

const gap = '   ';

/** How a table is printed. */
interface Options {
  readonly print: (text: string) => void;
  readonly headers: boolean;
  /** What comes within this time is printed together, in columns as wide as that needs; infinite: all that comes until `flush`. */
  readonly gatherMilliseconds: number;
}

/** Columns are merged by name: servers of different versions have different ones. */
export function mergedTable({ print, headers, gatherMilliseconds }: Options): MergedTable {
  let waiting: ClusterRows[] = [];
  let columns: readonly string[] = [];
  let widths: readonly number[] = [];
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const blocks = waiting.filter(({ rows }) => rows.length > 0).sort((a, b) => a.place - b.place);
    waiting = [];
    if (blocks.length === 0) return;
    const fresh = blocks.flatMap((block) => block.columns).filter((one) => !columns.includes(one));
    const isNew = fresh.length > 0;
    if (isNew) columns = merged([columns, ...blocks.map((block) => block.columns)]);
    const rows = blocks.flatMap((block) => block.rows.map((row) => inColumns(row, block.columns)));
    if (isNew) {
      const shown = [...(headers ? [columns] : []), ...rows];
      widths = columns.map((_, at) => Math.max(0, ...shown.map((row) => cells(row[at] ?? ''))));
    }
    const lines = [...(isNew && headers ? [columns] : []), ...rows];
    print(lines.map((row) => `${lineOf(row, widths)}\n`).join(''));
  };
  const inColumns = (row: readonly string[], own: readonly string[]) =>
    columns.map((name) => row[own.indexOf(name)] ?? '');
  return {
    add: (rows) => {
      waiting.push(rows);
      count += rows.rows.length;
      if (columns.length > 0) flush();
      else if (gatherMilliseconds < Number.POSITIVE_INFINITY) {
        timer ??= setTimeout(flush, gatherMilliseconds);
      }
    },
    flush,
    rows: () => count,
  };
}

/** All columns, each where the first table that has it puts it. */
function merged(tables: readonly (readonly string[])[]): readonly string[] {
  const all: string[] = [];
  for (const columns of tables) {
    let at = 0;
    for (const name of columns) {
      const found = all.indexOf(name);
      if (found >= 0) at = found + 1;
      else all.splice(at++, 0, name);
    }
  }
  return all;
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, at) => pad(cell, widths[at] ?? 0))
    .join(gap)
    .trimEnd();
}
