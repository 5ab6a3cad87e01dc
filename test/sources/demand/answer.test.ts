/** Answers of Prometheus: what is read from them, and what each odd one is called. */
import { parseAnswer, type QueryDescription } from '../../../providers/sources/demand/answer';
import { success } from '../metrics-server';

const asked: QueryDescription = {
  from: 'http://metrics',
  path: 'demand.prometheus',
  expected: 'matrix',
};
const parse = (body: unknown, more: Partial<QueryDescription> = {}) =>
  parseAnswer(typeof body === 'string' ? body : JSON.stringify(body), { ...asked, ...more });
const one = (value: unknown) =>
  success('matrix', [{ metric: { geohash: 'u33' }, values: [[100, value]] }]);

describe('an answer', () => {
  it('is series with labels and numbers', () => {
    const body = success('matrix', [
      {
        metric: { geohash: 'u33' },
        values: [
          [100, '1.5'],
          [220.5, '2e3'],
        ],
      },
    ]);
    expect(parse(body)).toEqual({
      from: 'http://metrics',
      series: [
        {
          labels: { geohash: 'u33' },
          values: [
            [100, 1.5],
            [220.5, 2000],
          ],
        },
      ],
      warnings: [],
    });
  });

  it('of an instant query has one value a series', () => {
    const body = success('vector', [{ metric: {}, value: [100, '7'] }]);
    expect(parse(body, { expected: 'vector' }).series).toEqual([
      { labels: {}, values: [[100, 7]] },
    ]);
  });

  it('passes on what the server warns of, each once', () => {
    const body = {
      ...success('matrix', []),
      warnings: ['store a is down', 'store a is down'],
      infos: ['not a counter'],
      isPartial: true,
    };
    expect(parse(body).warnings).toEqual([
      'the metrics server says: store a is down',
      'the metrics server says: not a counter',
      'the metrics are incomplete: no cluster is left on them, unless partialDemand is allowed',
    ]);
  });
});

describe('an odd answer is called what it is:', () => {
  it.each<[string, unknown, RegExp, RegExp]>([
    ['NaN', one('NaN'), /answered NaN for every series; expected numbers/, /Guard/],
    ['infinity', one('+Inf'), /answered \+Inf for/, /Guard/],
    ['a negative rate', one('-3'), /answered -3 for/, /rate\(\) of a counter/],
    ['a value without text', one(3), /answered 3 for/, /Guard/],
    ['an empty value', one(''), /answered {2}for/, /Guard/],
    ['more requests than there can be', one('1e300'), /answered 1e300 for/, /Guard/],
    [
      'a web page',
      '<html><title>Sign in</title></html>',
      /a web page titled "Sign in"; expected JSON/,
      /login/,
    ],
    ['plain text', 'upstream gone', /answered "upstream gone"; expected JSON/, /address/],
    ['nothing', '', /answered an empty body; expected JSON/, /address/],
    ['half of it', '{"status":"success","da', /breaks off after 23 characters/, /proxy/],
    ['a list', '[1]', /answered \[1\]; expected a JSON object/, /api\/v1\/query/],
    ['other JSON', { ok: true }, /without status "success"/, /api\/v1\/query/],
    [
      'a scalar',
      success('scalar', [100, '1']),
      /a scalar, one value without labels; expected a matrix/,
      /Group the query/,
    ],
    ['a vector', success('vector', []), /a vector; expected a matrix/, /one value per series/],
    ['a series without labels', success('matrix', [{}]), /without labels object/, /api/],
    [
      'a series without values',
      success('matrix', [{ metric: {}, values: [] }]),
      /\{\} without values/,
      /by hand/,
    ],
    [
      'native histograms',
      success('matrix', [{ metric: {}, histograms: [] }]),
      /native histograms/,
      /histogram_count/,
    ],
    [
      'a refusal',
      { status: 'error', errorType: 'execution', error: 'too many' },
      /refused the query: execution: too many/,
      /Narrow/,
    ],
  ])('%s', (_name, body, summary, remedy) => {
    expect(() => parse(body)).toThrow(
      expect.objectContaining({
        code: 'SourceFailed',
        path: 'demand.prometheus',
        summary: expect.stringMatching(summary),
        remedy: expect.stringMatching(remedy),
      }),
    );
  });

  it('a wrong query, at the key it stands at', () => {
    const body = { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected ")"' };
    expect(() => parse(body)).toThrow(
      expect.objectContaining({ path: 'demand.prometheus.query', remedy: 'Correct the query.' }),
    );
  });

  it('a range where one instant was asked for', () => {
    expect(() => parse(success('matrix', []), { expected: 'vector' })).toThrow(/wrap it in rate/);
  });
});
