/** Answers of metrics servers: what a label means, what is no number, and what came otherwise than expected. */
import { gzipSync } from 'node:zlib';
import { parseAnswer, type QueryDescription } from '../../providers/sources/demand/answer';
import { countedOnce } from '../../providers/sources/demand/label-meanings';
import { answers, type Script, steady, success } from '../sources/metrics-server';
import { rates, scriptedMetrics } from '../sources/prometheus-reading';

const asked: QueryDescription = {
  from: 'http://metrics',
  path: 'demand.prometheus',
  expected: 'matrix',
};
const parse = (...items: readonly object[]) =>
  parseAnswer(JSON.stringify(success('matrix', items)), asked);
const item = (values: readonly (readonly [unknown, unknown])[], country = 'DE') => ({
  metric: { country },
  values,
});

describe('series by what their labels mean', () => {
  const series = (labels: Readonly<Record<string, string>>, ...values: readonly number[]) => ({
    labels,
    values: values.map((value, at): [number, number] => [at, value]),
  });
  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a bucket', { country: 'DE', le: '0.5' }, /is a bucket of a histogram/],
    ['a quantile', { country: 'DE', quantile: '0.99' }, /is a quantile of a summary/],
  ])('that count no requests are refused: %s', (_, labels, words) => {
    const all = [series({ country: 'FR' }, 1), series(labels, 1)];
    expect(() => countedOnce(all)).toThrow(words);
  });

  it('of the last bucket alone count every request', () => {
    const all = [series({ country: 'DE', le: '+Inf' }, 5)];
    expect(countedOnce(all)).toEqual({ series: all, warnings: [] });
  });

  it.each(['prometheus_replica', '__replica__', 'thanos_replica', 'receive_replica'])(
    'of several replicas of a server are counted once: %s',
    (label) => {
      const all = [
        series({ country: 'DE', [label]: 'a' }, 10, 10),
        series({ country: 'DE', [label]: 'b' }, 10, 10, 10),
        series({ country: 'FR', [label]: 'a' }, 7),
      ];
      const { series: once, warnings } = countedOnce(all);
      expect(once).toEqual([series({ country: 'DE' }, 10, 10, 10), series({ country: 'FR' }, 7)]);
      expect(warnings).toEqual([expect.stringContaining(`(label ${label})`)]);
    },
  );

  it('of one replica are left as they are, and pods are added up with a word', () => {
    const single = [series({ country: 'DE', prometheus_replica: 'a' }, 10)];
    expect(countedOnce(single)).toEqual({ series: single, warnings: [] });
    const pods = [
      series({ country: 'DE', replica: '0' }, 1),
      series({ country: 'DE', replica: '1' }, 2),
    ];
    expect(countedOnce(pods)).toEqual({
      series: pods,
      warnings: [expect.stringContaining('replica alone')],
    });
  });
});

describe('values', () => {
  it('that are no numbers are passed over, and a hair below 0 is 0', () => {
    const { series, warnings } = parse(
      item([
        [100, '5'],
        [160, 'NaN'],
        [220, '-1e-7'],
      ]),
      item([[100, 'NaN']], 'FR'),
    );
    expect(series).toEqual([
      {
        labels: { country: 'DE' },
        values: [
          [100, 5],
          [220, 0],
        ],
      },
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^2 of the series have values that are NaN/),
      expect.stringMatching(/^1 of the series have values a hair below 0/),
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['all NaN', 'NaN', /answered NaN for every series/],
    ['well below 0', '-5', /answered -5 for/],
    ['infinite', '+Inf', /answered \+Inf for/],
    ['no text', 5, /answered 5 for/],
    ['empty', '', /expected a finite number/],
  ])('are refused that are %s', (_, value, words) => {
    expect(() => parse(item([[100, value]]))).toThrow(words);
  });

  it.each<[string, object]>([
    ['after numbers', { metric: {}, values: [[1, '1']], histograms: [[2, { count: '5' }]] }],
    ['alone', { metric: {}, histograms: [[2, { count: '5' }]] }],
  ])('are refused that are native histograms, %s', (_, one) => {
    expect(() => parse(one)).toThrow(
      /with native histograms; expected numbers\n {2}Count the histogram/,
    );
  });
});

describe('times', () => {
  it.each<[string, unknown, RegExp]>([
    ['milliseconds', 1763703000000, /these look like milliseconds/],
    ['nanoseconds', 1763703000000000000, /these look like nanoseconds/],
    ['negative', -5, /answered the time -5 for/],
    ['text', '1763703000', /answered the time 1763703000 for .*expected seconds/],
    ['nothing', null, /answered the time null/],
  ])('are refused that are %s', (_, time, words) => {
    expect(() => parse(item([[time, '1']]))).toThrow(words);
  });

  it.each([0, 1763703000, 1763703000.25])('are taken that are seconds: %d', (time) => {
    expect(parse(item([[time, '1']])).series).toHaveLength(1);
  });
});

describe('a server', () => {
  const { read } = scriptedMetrics();
  const refusing =
    (status: number): Script =>
    (response, one) => {
      if (one.method === 'GET') steady(rates)(response, one);
      else answers(status, 'no')(response, one);
    };
  it.each([403, 405, 501])('that answers a POST with %d is asked by GET', async (status) => {
    expect((await read([refusing(status)], { retries: 0 })).demand.origins).toHaveLength(2);
  });

  it('that refuses both is told as refusing', async () => {
    await expect(read([answers(403, 'no')], { retries: 0 })).rejects.toThrow(
      /answered 403 Forbidden/,
    );
  });

  it('that packs its answer unasked is read', async () => {
    const packed: Script = (response, one) => {
      let text = '';
      const body = {
        writeHead: () => undefined,
        end: (written: string) => {
          text = written;
        },
      };
      steady(rates)(body as never, one);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(text));
    };
    expect((await read([packed])).demand.origins).toHaveLength(2);
  });
});
