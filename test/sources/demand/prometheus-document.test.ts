/** The `demand.prometheus` object: defaults, and every mistake with its path and remedy. */
import { EdgeErrors } from '../../../constructs/parsing/errors';
import { parsePrometheus } from '../../../providers/sources/demand/prometheus-document';

const url = 'http://prometheus:9090';
const query = 'sum by (geohash) (rate(x[5m]))';

it('fills in windows, deadlines and limits', () => {
  expect(parsePrometheus({ url, query })).toEqual({
    url,
    query,
    mode: 'range',
    windowSeconds: 1800,
    stepSeconds: 120,
    stretchSeconds: 86400,
    validForSeconds: 1800,
    maxLostShare: 0.05,
    minOriginsShare: 0.5,
    timeoutSeconds: 30,
    retries: 2,
  });
});

describe('a mistake is told at its key:', () => {
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['unknown keys', { url, query, quary: 1 }, 'demand.prometheus.quary', /query/],
    ['no source', {}, 'demand.prometheus', /neither url nor answer/],
    ['two sources', { url, query, answer: 'a.json' }, 'demand.prometheus.answer', /both/],
    ['no query', { url }, 'demand.prometheus.query', /sum by/],
    ['another protocol', { url: 'ftp://x', query }, 'demand.prometheus.url', /of ftp:/],
    ['no address', { url: 'prometheus', query }, 'demand.prometheus.url', /no address/],
    [
      'credentials in the address',
      { url: 'http://u:planted@x', query },
      'demand.prometheus.url',
      /basic/,
    ],
    [
      'two tokens',
      { url, query, bearerTokenFile: 'a', bearerTokenEnv: 'B' },
      'demand.prometheus.bearerTokenEnv',
      /both/,
    ],
    [
      'a token and a password',
      { url, query, bearerTokenEnv: 'B', basic: { username: 'u', passwordEnv: 'P' } },
      'demand.prometheus.basic',
      /both/,
    ],
    [
      'a name without password',
      { url, query, basic: { username: 'u' } },
      'demand.prometheus.basic',
      /no password/,
    ],
    [
      'a password in clear',
      { url, query, basic: { username: 'u', password: 'planted' } },
      'demand.prometheus.basic.password',
      /passwordFile/,
    ],
    [
      'a certificate without key',
      { url, query, tls: { certFile: 'c' } },
      'demand.prometheus.tls.keyFile',
      /certFile without keyFile/,
    ],
    [
      'a key without certificate',
      { url, query, tls: { keyFile: 'c' } },
      'demand.prometheus.tls.certFile',
      /keyFile without certFile/,
    ],
    [
      'names without places',
      { url, query, labels: { origin: 'pop' } },
      'demand.prometheus.labels.origins',
      /origin without origins/,
    ],
    [
      'two kinds of place',
      { url, query, labels: { city: 'c', geohash: 'g' } },
      'demand.prometheus.labels.city',
      /both geohash and city/,
    ],
    [
      'a place twice',
      {
        url,
        query,
        labels: {
          origin: 'o',
          origins: [1, 2].map(() => ({ name: 'a', latitude: 0, longitude: 0 })),
        },
      },
      'demand.prometheus.labels.origins[1].name',
      /each name once/,
    ],
    [
      'a step longer than the window',
      { url, query, stepSeconds: 3600 },
      'demand.prometheus.stepSeconds',
      /above windowSeconds/,
    ],
    ['a mode that does not exist', { url, query, mode: 'now' }, 'demand.prometheus.mode', /range/],
    ['a number as text', { url, query, retries: '3' }, 'demand.prometheus.retries', /number/],
  ])('%s', (_name, source, path, text) => {
    try {
      parsePrometheus(source, { file: 'shop.yaml' });
    } catch (thrown) {
      const errors = (thrown as EdgeErrors).errors;
      expect(errors.map((error) => error.path)).toEqual([path]);
      expect(errors[0]?.message).toMatch(text);
      expect(errors[0]?.message).toMatch(/shop\.yaml/);
      expect(errors[0]?.message).not.toContain('planted');
      return;
    }
    throw new Error('no mistake was found');
  });
});

it('tells all mistakes at once', () => {
  const parse = () => parsePrometheus({ answer: 'a', url: 'ftp://x', retries: -1, nope: 1 });
  expect(parse).toThrow(EdgeErrors);
  for (const key of ['retries', 'nope', 'answer', 'query', 'url']) {
    expect(parse).toThrow(new RegExp(`at demand\\.prometheus\\.${key}:`));
  }
});
