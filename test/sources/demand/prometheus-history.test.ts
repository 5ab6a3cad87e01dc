/** Past demand: each instant reads as it would have then, with few questions; gaps are told, and failures stop. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readPrometheusDemand } from '../../../providers/sources/demand/prometheus';
import { readPrometheusHistory } from '../../../providers/sources/demand/prometheus-history';

/** A recorded gap of the server. */
const gap = { from: 1_795_300_000, until: 1_795_330_000 };
const rate = (seconds: number, place: number) =>
  50 + Math.round(40 * Math.sin(seconds / 9000 + place)) + ((seconds / 120) % 7);

let server: Server;
let url = '';
let questions = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      questions++;
      const asked = new URLSearchParams(body);
      const [start, end, step] = ['start', 'end', 'step'].map((key) => Number(asked.get(key)));
      const values = (place: number) => {
        const found: (readonly [number, string])[] = [];
        for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1) {
          if (at < gap.from || at > gap.until) found.push([at, String(rate(at, place))]);
        }
        return found;
      };
      const result = ['u33', 'dr5']
        .map((geohash, place) => ({ metric: { geohash }, values: values(place) }))
        .filter((one) => one.values.length > 0);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const context = { folder: '.', environment: {} };
const from = 1_795_237_203;
const instants = (count: number, every: number) =>
  Array.from({ length: count }, (_, index) => from + index * every);

it.each([
  ['every 10 minutes', {}, 600],
  ['every 7 minutes with steps that do not divide it', { stepSeconds: 90 }, 420],
  ['with a window so long that it takes longer steps', { windowSeconds: 90_000 }, 3600],
  ['with little traffic, for which the window is stretched', { query: 'little' }, 1200],
])('is what reading then would have given: %s', async (_name, more, every) => {
  const source = { url, query: 'q', ...more };
  const low = 'query' in more ? { ...context, stretchBelowRequestsPerSecond: 1e6 } : context;
  const history = await readPrometheusHistory(source, instants(20, every), low);
  for (const { at, reading } of history) {
    expect(reading).toEqual(await readPrometheusDemand(source, { ...low, now: at }));
  }
});

it('asks once for many instants', async () => {
  questions = 0;
  await readPrometheusHistory({ url, query: 'q' }, instants(72, 600), context);
  expect(questions).toBeLessThanOrEqual(3);
});

it('tells an instant without numbers as an error of its own', async () => {
  const during = [gap.from - 600, (gap.from + gap.until) / 2, gap.until + 600];
  const history = await readPrometheusHistory(
    { url, query: 'q', stretchSeconds: 600 },
    during,
    context,
  );
  expect(history.map(({ reading }) => reading instanceof Error)).toEqual([false, true, false]);
});

it('stops where the server cannot be asked', async () => {
  const read = readPrometheusHistory(
    { url: 'http://127.0.0.1:1', query: 'q', retries: 0 },
    instants(2, 600),
    context,
  );
  await expect(read).rejects.toThrow('cannot be reached');
});
