/** The latency CSV: what it may look like, and on which line it is wrong. */
import { readLatencyCsv } from '../../constructs/model/latency-csv';

const header = 'origin,cluster,milliseconds';
const told = (text: string) =>
  readLatencyCsv(text).problems.map(({ line, summary }) => `${line}: ${summary}`);

describe('a latency CSV', () => {
  it('gives triples and their lines', () => {
    const { pairs, lines, problems } = readLatencyCsv(
      `${header}\nberlin,fra,9.5\n\nrome,ams,1e1\n`,
    );
    expect(pairs).toEqual([
      ['berlin', 'fra', 9.5],
      ['rome', 'ams', 10],
    ]);
    expect(lines).toEqual([2, 4]);
    expect(problems).toEqual([]);
  });

  it('may have a byte order mark, Windows line ends, and no last line end', () => {
    const { pairs } = readLatencyCsv(`\ufeff${header}\r\nberlin,fra,9\r\nrome,fra,8`);
    expect(pairs).toEqual([
      ['berlin', 'fra', 9],
      ['rome', 'fra', 8],
    ]);
  });

  it('may quote fields that hold commas, quotes and line breaks', () => {
    const text = `${header}\n"a,b",fra,1\n"say ""hi""","fra","2"\n"two\nlines",fra,3\nlast,fra,4\n`;
    const { pairs, lines } = readLatencyCsv(text);
    expect(pairs.map(([origin]) => origin)).toEqual(['a,b', 'say "hi"', 'two\nlines', 'last']);
    expect(lines).toEqual([2, 3, 4, 6]);
  });

  it.each([
    ['', '1: got the header "", expected origin,cluster,milliseconds'],
    [
      'cluster,origin,ms\n',
      '1: got the header "cluster,origin,ms", expected origin,cluster,milliseconds',
    ],
    [`${header}\na,b\n`, '2: got 2 fields, expected the 3 fields origin,cluster,milliseconds'],
    [`${header}\na,b,1,2\n`, '2: got 4 fields, expected the 3 fields origin,cluster,milliseconds'],
    [`${header}\na,b,\n`, '2: got "" as milliseconds, expected a number of at least 0'],
    [`${header}\na,b,-1\n`, '2: got "-1" as milliseconds, expected a number of at least 0'],
    [
      `${header}\na,b,Infinity\n`,
      '2: got "Infinity" as milliseconds, expected a number of at least 0',
    ],
    [
      `${header}\na,b,1\n"a,b,1\n`,
      '3: got a quote that does not close, expected the 3 fields origin,cluster,milliseconds',
    ],
  ])('%p is told %s', (text, problem) => {
    expect(told(text)).toEqual([problem]);
  });

  it('tells every wrong line', () => {
    expect(told(`${header}\na,b,x\na,b,1\na,b,y\n`).map((text) => text[0])).toEqual(['2', '4']);
  });
});
