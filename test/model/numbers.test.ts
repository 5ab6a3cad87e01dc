/** Numbers and columns: the same text on every machine. */

import {
  counted,
  grouped,
  milliseconds,
  percent,
  signed,
  threeDigits,
  usd,
} from '../../constructs/model/numbers';
import { cells, columns, hanging, wrap } from '../../providers/cli/output/layout';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [0.071, '0.07'],
    [4.2, '4.20'],
    [9.996, '10.0'],
    [41, '41.0'],
    [99.96, '100'],
    [412.4, '412'],
    [1284.31, '1,284'],
    [1234567, '1,234,567'],
    [-1284, '-1,284'],
  ])('%d tells as %s', (value, text) => {
    expect(threeDigits(value)).toBe(text);
  });

  it('never writes a negative zero', () => {
    expect(grouped(-0.001, 2)).toBe('0.00');
    expect(signed(usd(-0.000001))).toBe('0.0000');
    expect(signed(usd(0.62))).toBe('+0.62');
    expect(signed(usd(-1.1))).toBe('-1.10');
  });

  it('shows milliseconds under ten with a decimal', () => {
    expect([0, 9.31, 9.97, 38.4].map(milliseconds)).toEqual(['0 ms', '9.3 ms', '10 ms', '38 ms']);
  });

  it('never rounds a gap to nothing', () => {
    const shares = [0, 0.0000001, 0.00003, 0.004, 0.0312, 0.41, 1];
    expect(shares.map(percent)).toEqual([
      '0 %',
      'under 0.001 %',
      '0.003 %',
      '0.4 %',
      '3.1 %',
      '41 %',
      '100 %',
    ]);
  });

  it('counts in words', () => {
    expect([counted(1, 'cluster'), counted(1200, 'cluster')]).toEqual([
      '1 cluster',
      '1,200 clusters',
    ]);
  });
});

describe('layout', () => {
  it('counts cells, not characters: colours are none, wide ones two', () => {
    expect(cells('\u001b[31mrot\u001b[39m')).toBe(3);
    expect(cells('東京')).toBe(4);
    expect(cells('Sa\u0303o')).toBe(3);
  });

  it('wraps at blanks and keeps a long word whole', () => {
    expect(wrap('one two verylongword x', 8)).toEqual(['one two', 'verylongword', 'x']);
  });

  it('hangs further lines under the first', () => {
    expect(hanging('warning ', 'aaaa bbbb cccc dddd eeee', 30)).toEqual([
      'warning aaaa bbbb cccc dddd',
      '        eeee',
    ]);
  });

  it('lines columns up and wraps the last', () => {
    const rows = [
      ['a', '1', 'short'],
      ['bbb', '22', 'a reason that is rather long for this table'],
    ];
    expect(columns(rows, 40, ['left', 'right'])).toEqual([
      '  a     1  short',
      '  bbb  22  a reason that is rather long',
      '           for this table',
    ]);
  });

  it('puts the last column underneath when there is no room beside', () => {
    const rows = [['a-very-long-cluster-name', 'a reason that needs some room']];
    expect(columns(rows, 40)).toEqual([
      '  a-very-long-cluster-name',
      '      a reason that needs some room',
    ]);
  });

  it('leaves out a column that nobody fills', () => {
    expect(columns([['a', '', 'b']], 40)).toEqual(['  a  b']);
  });
});
