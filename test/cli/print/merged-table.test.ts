/** A table of many clusters that grows while they answer. */
import { mergedTable } from '../../../providers/cli/output/print/merged-table';

const never = Number.POSITIVE_INFINITY;
function printed(gatherMilliseconds = never, headers = true) {
  const texts: string[] = [];
  const print = (text: string) => void texts.push(text);
  return { texts, table: mergedTable({ print, headers, gatherMilliseconds }) };
}
const rows = (place: number, columns: readonly string[], ...cells: readonly string[][]) => ({
  place,
  columns,
  rows: cells,
});

describe('a merged table', () => {
  it('is in the order of the fleet, with columns as wide as all need', () => {
    const { texts, table } = printed();
    table.add(rows(1, ['CLUSTER', 'NAME'], ['iad', 'a-long-name']));
    table.add(rows(0, ['CLUSTER', 'NAME'], ['frankfurt', 'b']));
    table.flush();
    expect(texts.join('')).toBe('CLUSTER     NAME\nfrankfurt   b\niad         a-long-name\n');
    expect(table.rows()).toBe(2);
  });

  it('merges columns by name, as servers of different versions have different ones', () => {
    const { texts, table } = printed();
    table.add(rows(0, ['CLUSTER', 'NAME', 'AGE'], ['fra', 'a', '1d']));
    table.add(rows(1, ['CLUSTER', 'NAME', 'READY', 'AGE'], ['iad', 'b', '1/1', '2d']));
    table.flush();
    expect(texts.join('').split('\n')).toEqual([
      'CLUSTER   NAME   READY   AGE',
      'fra       a              1d',
      'iad       b      1/1     2d',
      '',
    ]);
  });

  it('prints what comes later under the same columns, and headers again only for new ones', () => {
    const { texts, table } = printed();
    table.add(rows(0, ['CLUSTER', 'NAME'], ['fra', 'a']));
    table.flush();
    table.add(rows(1, ['CLUSTER', 'NAME'], ['iad', 'b']));
    expect(texts[1]).toBe('iad       b\n');
    table.add(rows(2, ['CLUSTER', 'NAME', 'AGE'], ['sin', 'c', '1d']));
    expect(texts[2]).toBe('CLUSTER   NAME   AGE\nsin       c      1d\n');
  });

  it('does not wait for a cluster that is silent, and prints nothing where there is nothing', async () => {
    const { texts, table } = printed(1, false);
    table.add(rows(0, ['CLUSTER', 'NAME']));
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect(texts).toEqual([]);
    table.add(rows(1, ['CLUSTER', 'NAME'], ['iad', 'b']));
    while (texts.length === 0) await new Promise((resolve) => void setTimeout(resolve, 1));
    expect(texts).toEqual(['iad   b\n']);
  });
});
