/** Reading demand over HTTP: what is asked, and every way in which a metrics server fails. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EdgeError, edgeErrorsOf } from '../../constructs/model/errors';
import type { DemandReading } from '../../providers/sources/demand-reading';
import { type ReadContext, readPrometheusDemand } from '../../providers/sources/prometheus';
import {
  answers,
  type MetricsServer,
  type Script,
  startMetricsServer,
  steady,
  success,
} from './metrics-server';

const folder = mkdtempSync(join(tmpdir(), 'littoral-prometheus-'));
const token = 'planted-t0ken/with+signs';
const password = 'planted p@ssword';
writeFileSync(join(folder, 'token'), `${token}\n`);
writeFileSync(join(folder, 'password'), password);
const query = 'sum by (geohash) (rate(http_requests_total[5m]))';
const now = '2026-11-21T05:31:10Z';

let server: MetricsServer | undefined;
let slept: number[] = [];

beforeEach(() => {
  slept = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

const context = (more: Partial<ReadContext> = {}): ReadContext => ({
  now,
  folder,
  environment: { TOKEN: token, PASSWORD: password },
  sleep: async (milliseconds) => void slept.push(milliseconds),
  ...more,
});

async function read(
  scripts: readonly Script[],
  source: Record<string, unknown> = {},
  more: Partial<ReadContext> = {},
): Promise<DemandReading> {
  server = await startMetricsServer(...scripts);
  return readPrometheusDemand({ url: server.url, query, ...source }, context(more));
}

/** The one EdgeError a reading ends in; no secret may be in any of its texts. */
async function failure(reading: Promise<unknown>): Promise<EdgeError> {
  const thrown = await reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  const errors = edgeErrorsOf(thrown) ?? [];
  if (errors.length !== 1) throw thrown;
  const error = errors[0] as EdgeError;
  const texts = [error.message, error.summary, error.remedy, error.stack, String(thrown)].join(
    '\n',
  );
  for (const secret of [
    token,
    password,
    encodeURIComponent(token),
    Buffer.from(`ann:${password}`).toString('base64'),
  ]) {
    expect(texts).not.toContain(secret);
  }
  return error;
}

const rates = { u33d: 30, dr5r: 15.5 };

describe('clocks that are hours apart', () => {
  const dated =
    (hours: number, script: Script): Script =>
    (response, asked) => {
      response.setHeader('date', new Date(Date.now() + hours * 3_600_000).toUTCString());
      script(response, asked);
    };

  it.each([
    [3, '3 h ahead of'],
    [-3, '3 h behind'],
    [0.5, '30 min ahead of'],
  ])('are told with the demand: %d h', async (hours, words) => {
    const { warnings } = await read([dated(hours, steady(rates))]);
    expect(warnings).toEqual([
      `the clock of ${server?.url} is ${words} the clock here; its requests are not those of now`,
    ]);
  });

  it('are the reason when a server has nothing of that time yet', async () => {
    const nothing = answers(200, success('matrix', []));
    const error = await failure(read([dated(-3, nothing)]));
    expect(error.summary).toBe(
      `${server?.url} answered no series, and its clock is 3 h behind the clock here`,
    );
    expect(error.remedy).toBe('Set both clocks right.');
  });

  it('are not told of a minute', async () => {
    expect((await read([dated(1 / 60, steady(rates))])).warnings).toEqual([]);
  });
});

describe('a reading', () => {
  it('asks one range that ends at now, and averages it', async () => {
    const { demand, warnings, window } = await read([steady(rates)]);
    expect(server?.asked).toHaveLength(1);
    const [asked] = server?.asked ?? [];
    expect(asked).toMatchObject({ method: 'POST', path: '/api/v1/query_range' });
    expect(Object.fromEntries(asked?.parameters ?? [])).toEqual({
      query,
      start: String(Date.parse('2026-11-21T05:00:00Z') / 1000),
      end: String(Date.parse('2026-11-21T05:30:00Z') / 1000),
      step: '120',
      timeout: '30s',
    });
    expect(demand).toMatchObject({
      observedAt: '2026-11-21T05:30:00Z',
      validForSeconds: 1800,
      origins: [
        { name: 'dr5r', country: 'US', requestsPerSecond: 15.5 },
        { name: 'u33d', country: 'DE', requestsPerSecond: 30 },
      ],
    });
    expect(warnings).toEqual([]);
    expect(window).toEqual({
      from: '2026-11-21T05:00:00Z',
      until: '2026-11-21T05:30:00Z',
      steps: 16,
      stretched: false,
      requestsPerSecond: 45.5,
    });
  });

  it('of little traffic asks for a whole day', async () => {
    const { window, demand } = await read([steady({ u33d: 39 }), steady({ u33d: 7 })]);
    expect(server?.asked).toHaveLength(2);
    expect(window).toMatchObject({ stretched: true, from: '2026-11-20T05:30:00Z', steps: 289 });
    expect(demand.origins[0]?.requestsPerSecond).toBe(7);
  });

  it('knows from the policy how little is little', async () => {
    await read([steady({ u33d: 39 })], {}, { stretchBelowRequestsPerSecond: 39 });
    expect(server?.asked).toHaveLength(1);
  });

  it('without any series looks at the day before it gives up', async () => {
    const empty = answers(200, success('matrix', []));
    const error = await failure(read([empty]));
    expect(server?.asked).toHaveLength(2);
    expect(error.summary).toMatch(/^http:\/\/127.0.0.1:\d+ answered no series; expected one/);
  });

  it('says truthfully when the newest value is from', async () => {
    const old = { metric: { geohash: 'u33d' }, values: [[1795237200, '50']] };
    const { demand } = await read([answers(200, success('matrix', [old]))]);
    expect(demand.observedAt).toBe('2026-11-21T05:00:00Z');
  });

  it('may ask for one instant', async () => {
    const result = [{ metric: { geohash: 'u33d' }, value: [1795239070.25, '3'] }];
    const { demand, window } = await read([answers(200, success('vector', result))], {
      mode: 'instant',
    });
    expect(server?.asked.map((one) => one.path)).toEqual(['/api/v1/query']);
    expect(demand.observedAt).toBe('2026-11-21T05:31:10.250Z');
    expect(window.steps).toBe(1);
  });

  it('keeps a path prefix and parameters of the address', async () => {
    server = await startMetricsServer(steady(rates));
    const url = `${server.url}/prometheus/?dedup=true`;
    await readPrometheusDemand({ url, query }, context());
    expect(server.asked[0]?.path).toBe('/prometheus/api/v1/query_range');
    expect(server.asked[0]?.parameters.get('dedup')).toBe('true');
  });

  it('asks by GET where POST is not allowed', async () => {
    await read([answers(405, 'no'), steady(rates)]);
    expect(server?.asked.map((one) => one.method)).toEqual(['POST', 'GET']);
    expect(server?.asked[1]?.parameters.get('query')).toBe(query);
  });

  it('passes warnings of the server on', async () => {
    const { warnings } = await read([steady(rates, { warnings: ['store b timed out'] })]);
    expect(warnings).toEqual(['the metrics server says: store b timed out']);
  });

  it('of far fewer origins than the last time is a failure of the metrics', async () => {
    const previous = {
      origins: ['a', 'b', 'c', 'd', 'e'].map((name) => ({
        name,
        latitude: 0,
        longitude: 0,
        requestsPerSecond: 1,
      })),
    };
    const error = await failure(read([steady(rates)], {}, { previous }));
    expect(error.summary).toBe('got 2 origins where the last time had 5; expected at least 3');
    await server?.close();
    await read([steady(rates)], { minOriginsShare: 0.4 }, { previous });
  });

  it('of a recorded answer needs no server and brings its own time', async () => {
    const { demand, window, warnings } = await readPrometheusDemand(
      { answer: 'prometheus.json' },
      context({ folder: join(__dirname, '../../examples/quickstart') }),
    );
    expect(demand.observedAt).toBe('2026-11-21T05:30:00Z');
    expect(demand.origins).toHaveLength(88);
    expect(window.requestsPerSecond).toBeCloseTo(1280.5, 0);
    expect(warnings).toEqual([]);
  });

  it('joins names to places in a file', async () => {
    writeFileSync(
      join(folder, 'places.yaml'),
      'origins:\n  - {name: u33d, latitude: 1, longitude: 2}\n  - {name: dr5r, latitude: 3, longitude: 4}\n',
    );
    writeFileSync(
      join(folder, 'places.csv'),
      'name,latitude,longitude,country\nu33d,1,2,\ndr5r,3,4,US\n',
    );
    const labels = (origins: string) => ({ labels: { origin: 'geohash', origins } });
    const yaml = await read([steady(rates)], labels('places.yaml'));
    expect(yaml.demand.origins[1]).toEqual({
      name: 'u33d',
      latitude: 1,
      longitude: 2,
      requestsPerSecond: 30,
    });
    await server?.close();
    const csv = await read([steady(rates)], labels('places.csv'));
    expect(csv.demand.origins[0]).toMatchObject({
      latitude: 3,
      country: 'US',
      region: 'north-america',
    });
  });
});

describe('credentials', () => {
  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    [
      'a bearer token in a file',
      { bearerTokenFile: 'token' },
      { authorization: `Bearer ${token}` },
    ],
    [
      'a bearer token in the environment',
      { bearerTokenEnv: 'TOKEN' },
      { authorization: `Bearer ${token}` },
    ],
    [
      'a name and a password',
      { basic: { username: 'ann', passwordFile: 'password' } },
      { authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}` },
    ],
    ['a tenant', { tenant: 'team-a' }, { 'x-scope-orgid': 'team-a' }],
  ])('are sent: %s', async (_name, source, headers) => {
    await read([steady(rates)], source);
    expect(server?.asked[0]?.headers).toMatchObject(headers);
  });

  it('that were not accepted are named by their kind', async () => {
    const refuse = answers(401, `bad token ${token}`);
    const error = await failure(read([refuse], { bearerTokenFile: 'token' }));
    expect(error.summary).toMatch(/answered 401 Unauthorized to a question with the bearer token$/);
    await server?.close();
    const basic = { basic: { username: 'ann', passwordEnv: 'PASSWORD' } };
    expect((await failure(read([answers(403, '')], basic))).summary).toMatch(
      /403 Forbidden to a question as user ann/,
    );
  });

  it('stay out of every text, also when the server repeats them', async () => {
    const echo: Script = (response, asked) =>
      answers(500, {
        status: 'error',
        errorType: 'internal',
        error: `got ${asked.headers.authorization} ${encodeURIComponent(token)}`,
      })(response, asked);
    const error = await failure(read([echo], { bearerTokenFile: 'token', retries: 0 }));
    expect(error.summary).toContain('got Bearer *** ***');
    await server?.close();
    const warned: Script = (response, asked) =>
      steady(rates, { warnings: [`seen ${asked.headers.authorization}`] })(response, asked);
    const { warnings } = await read([warned], { bearerTokenFile: 'token' });
    expect(warnings).toEqual(['the metrics server says: seen Bearer ***']);
  });

  it('that are missing are told before anything is asked', async () => {
    const file = await failure(read([steady(rates)], { bearerTokenFile: 'tokn' }));
    expect(file).toMatchObject({
      path: 'demand.prometheus.bearerTokenFile',
      summary: 'the file tokn cannot be read (ENOENT)',
    });
    expect(server?.asked).toEqual([]);
    await server?.close();
    const variable = await failure(read([steady(rates)], { bearerTokenEnv: 'NOT_SET' }));
    expect(variable.summary).toBe(
      'the environment variable NOT_SET is not set; expected a secret on one line',
    );
  });

  it('do not follow a redirect to another server', async () => {
    const other = await startMetricsServer(steady(rates));
    const away = answers(302, '', {
      location: `${other.url}/login?back=${encodeURIComponent(token)}`,
    });
    const error = await failure(read([away], { bearerTokenFile: 'token' }));
    expect(error.summary).toContain(
      `redirects to another server, ${other.url}; credentials are not sent there`,
    );
    expect(other.asked).toEqual([]);
    await server?.close();
    await read([answers(307, '', { location: `${other.url}/api/v1/query_range` })]);
    expect(other.asked).toHaveLength(1);
    await other.close();
  });

  it('follow a redirect on the same server', async () => {
    const there = answers(308, '', { location: '/prom/api/v1/query_range' });
    await read([there, steady(rates)], { bearerTokenFile: 'token' });
    expect(server?.asked.map((one) => [one.method, one.path])).toEqual([
      ['POST', '/api/v1/query_range'],
      ['POST', '/prom/api/v1/query_range'],
    ]);
    expect(server?.asked[1]?.headers.authorization).toBe(`Bearer ${token}`);
  });
});

describe('a server that is busy or broken', () => {
  it('is asked again after a 500, a little later each time', async () => {
    const broken = answers(500, 'oops');
    await read([broken, broken, steady(rates)]);
    expect(server?.asked).toHaveLength(3);
    expect(slept).toHaveLength(2);
    expect(Math.max(...slept)).toBeLessThan(500);
  });

  it('is given the pause it asks for', async () => {
    await read([answers(429, '', { 'retry-after': '3' }), steady(rates)]);
    expect(slept[0]).toBeGreaterThanOrEqual(3000);
  });

  it('is not waited for when it asks for a long pause', async () => {
    const error = await failure(read([answers(429, '', { 'retry-after': '3600' })]));
    expect(error.summary).toMatch(/answered 429 Too Many Requests and asks to wait 3600 s$/);
    expect(slept).toEqual([]);
  });

  it('is asked no more than retries allow', async () => {
    const error = await failure(read([answers(503, 'down for lunch')], { retries: 1 }));
    expect(server?.asked).toHaveLength(2);
    expect(error.summary).toMatch(/answered 503 Service Unavailable with "down for lunch"/);
  });

  it('is asked again when it breaks the connection off', async () => {
    const cut: Script = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"status":');
      setImmediate(() => response.destroy());
    };
    await read([cut, steady(rates)]);
    expect(slept).toHaveLength(1);
    await server?.close();
    const error = await failure(read([cut], { retries: 0 }));
    expect(error.summary).toMatch(/broke the connection off before the answer was complete/);
  });

  it('is not asked again after a refusal', async () => {
    const body = { status: 'error', errorType: 'bad_data', error: 'unknown function "rte"' };
    const error = await failure(read([answers(400, body)]));
    expect(error).toMatchObject({ path: 'demand.prometheus.query', remedy: 'Correct the query.' });
    expect(error.summary).toContain('refused the query: bad_data: unknown function "rte"');
    expect(server?.asked).toHaveLength(1);
  });

  it('that never answers is given up at the deadline', async () => {
    const error = await failure(read([() => undefined], { timeoutSeconds: 0.05 }));
    expect(error.summary).toMatch(/did not answer within 0\.05 s$/);
    expect(server?.asked).toHaveLength(1);
  });

  it('that stops in the middle is given up at the deadline', async () => {
    const stall: Script = (response) => response.writeHead(200).write('{');
    const error = await failure(read([stall], { timeoutSeconds: 0.05 }));
    expect(error.summary).toMatch(/did not answer within/);
  });

  it('that sends without end is cut off', async () => {
    const flood: Script = (response) => {
      const more = (): void => {
        while (response.write('x'.repeat(65536)));
        response.once('drain', more);
      };
      more();
    };
    const error = await failure(read([flood], {}, { maxBodyBytes: 1048576 }));
    expect(error.summary).toMatch(/answered more than 1 MiB$/);
  });

  it('that is not there is named with its reason', async () => {
    const closed = createServer();
    await new Promise<void>((ready) => closed.listen(0, '127.0.0.1', ready));
    const { port } = closed.address() as { port: number };
    await new Promise((done) => closed.close(done));
    const url = `http://127.0.0.1:${port}`;
    const error = await failure(readPrometheusDemand({ url, query }, context()));
    expect(error).toMatchObject({
      path: 'demand.prometheus.url',
      summary: `${url} cannot be reached (ECONNREFUSED)`,
    });
    expect(slept).toHaveLength(2);
  });

  it('that is another kind of server is recognised', async () => {
    const page = answers(404, '<html><title>nginx</title></html>');
    const error = await failure(read([page]));
    expect(error.summary).toMatch(/404 Not Found with a web page titled "nginx"/);
    expect(error.remedy).toMatch(/path prefix/);
  });

  it('that redirects for ever is left', async () => {
    const error = await failure(read([answers(302, '', { location: '/again' })]));
    expect(error.summary).toMatch(/redirects more than 3 times/);
  });
});
