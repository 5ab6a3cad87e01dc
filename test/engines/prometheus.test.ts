/** A real Prometheus: what it says about counters of known rates, and how it refuses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDemand } from '../../constructs/model/demand-document';
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { readPrometheusDemand } from '../../providers/sources/demand/prometheus';
import type { ReadContext } from '../../providers/sources/demand/source';
import { caller } from '../cli/calling';
import { type Certificates, makeCertificates } from '../testbed/certificates';
import { type Exporter, startExporter } from '../testbed/exporter';
import { until, whyMissing } from '../testbed/process';
import { type Prometheus, prometheusUser, startPrometheus } from '../testbed/prometheus';

const missing = whyMissing('prometheus');
const rates = { u33d: 120, dr5r: 45.5, w21z: 7 };
const total = 172.5;
const query = 'sum by (geohash) (rate(http_requests_total{app="shop"}[5s]))';

if (missing !== undefined && !process.env.CI) process.stderr.write(`skipped: ${missing}\n`);
const whenInstalled = missing === undefined || process.env.CI ? describe : describe.skip;

whenInstalled(`a real Prometheus${missing === undefined ? '' : `: ${missing}`}`, () => {
  let folder = '';
  let certificates: Certificates;
  let exporter: Exporter;
  let open: Prometheus;
  let closed: Prometheus;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'littoral-engine-'));
    writeFileSync(join(folder, 'password'), prometheusUser.password);
    writeFileSync(join(folder, 'wrong'), 'planted-wrong-password');
    certificates = makeCertificates(folder);
    exporter = await startExporter('shop', rates);
    const targets = [exporter.target];
    [open, closed] = await Promise.all([
      startPrometheus({ targets }),
      startPrometheus({ targets, basic: true, certificates }),
    ]);
    // Eight scrapes: a rate over five seconds at each of three steps.
    await until(async () => (await samples(open.url)) >= 8);
  });
  afterAll(async () => {
    await Promise.all([open?.stop(), closed?.stop(), exporter?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const context = (more: Partial<ReadContext> = {}): ReadContext => ({
    now: new Date().toISOString(),
    folder,
    environment: { PASSWORD: prometheusUser.password },
    stretchBelowRequestsPerSecond: 1,
    ...more,
  });
  const source = (more: object = {}) => ({
    url: open.url,
    query,
    windowSeconds: 2,
    stepSeconds: 1,
    ...more,
  });
  const secured = (more: object = {}) =>
    source({
      url: closed.url,
      basic: { username: prometheusUser.username, passwordFile: 'password' },
      tls: { caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client.key' },
      ...more,
    });
  const message = async (reading: Promise<unknown>): Promise<string> => {
    const thrown = await reading.then(
      () => undefined,
      (error: unknown) => error,
    );
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown ?? new Error('nothing was thrown');
    const text = errors.map((error) => error.message).join('\n');
    expect(text).not.toContain('planted');
    expect(text).not.toContain(prometheusUser.password);
    return text;
  };

  it('gives the rates that are known, where they are known to be', async () => {
    const before = Date.now();
    const { demand, warnings, window } = await readPrometheusDemand(source(), context());
    for (const origin of demand.origins) {
      const known = rates[origin.name as keyof typeof rates];
      expect(Math.abs(origin.requestsPerSecond - known)).toBeLessThan(known * 0.1);
    }
    expect(demand.origins.map(({ name, country }) => `${name} ${country}`)).toEqual([
      'dr5r US',
      'u33d DE',
      'w21z SG',
    ]);
    expect(Math.abs(window.requestsPerSecond - total)).toBeLessThan(total * 0.1);
    expect(window).toMatchObject({ stretched: false, steps: 3 });
    expect(Math.abs(Date.parse(demand.observedAt) - before)).toBeLessThan(60_000);
    expect(warnings).toEqual([]);
  });

  it('gives one instant', async () => {
    const { demand, window } = await readPrometheusDemand(source({ mode: 'instant' }), context());
    expect(demand.origins).toHaveLength(3);
    expect(window.steps).toBe(1);
  });

  it('is asked for a longer window when the traffic is low', async () => {
    const { window } = await readPrometheusDemand(
      source({ stretchSeconds: 3600 }),
      context({ stretchBelowRequestsPerSecond: 1e6 }),
    );
    expect(window.stretched).toBe(true);
  });

  it('says truthfully when the newest value is from', async () => {
    const now = new Date(Date.now() + 2000).toISOString();
    const { demand } = await readPrometheusDemand(source({ windowSeconds: 6 }), context({ now }));
    expect(Date.parse(demand.observedAt)).toBeLessThanOrEqual(Date.now() + 2000);
  });

  it('has nothing for a metric that does not exist', async () => {
    const text = await message(
      readPrometheusDemand(source({ query: 'sum by (geohash) (rate(nothing[5s]))' }), context()),
    );
    expect(text).toMatch(/answered no series/);
  });

  it('explains a wrong query in its own words', async () => {
    const text = await message(
      readPrometheusDemand(source({ query: 'sum by (geohash' }), context()),
    );
    expect(text).toMatch(
      /at demand\.prometheus\.query: .* refused the query: bad_data: .*parse error/,
    );
  });

  it('answers a scalar with one remedy', async () => {
    const text = await message(
      readPrometheusDemand(source({ query: '1', mode: 'instant' }), context()),
    );
    expect(text).toMatch(
      /a scalar, one value without labels; expected a vector\n {2}Group the query/,
    );
  });

  it('shows a division by zero as what it is', async () => {
    const nan = 'sum by (geohash) (rate(http_requests_total[5s])) * 0 / 0';
    const text = await message(readPrometheusDemand(source({ query: nan }), context()));
    expect(text).toMatch(/answered NaN for every series; expected numbers/);
  });

  it('with a password and a client certificate lets us in', async () => {
    const { demand } = await readPrometheusDemand(secured(), context());
    expect(demand.origins).toHaveLength(3);
    const fromEnvironment = { username: prometheusUser.username, passwordEnv: 'PASSWORD' };
    await readPrometheusDemand(secured({ basic: fromEnvironment }), context());
  });

  it('is read by the command line, which prints a Demand', async () => {
    const { call } = caller();
    const line = [
      'demand',
      '--prometheus',
      open.url,
      '--query',
      query,
      '--window',
      '2',
      '--step',
      '1',
    ];
    const { code, out, err } = await call(line);
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^3 origins, 1\d\d(\.\d+)? requests\/s/),
    ]);
    const demand = parseDemand(out);
    expect(demand.origins.map(({ name }) => name)).toEqual(['dr5r', 'u33d', 'w21z']);
  });

  it('is read by the command line for an app, with its password', async () => {
    const { call } = caller({
      'app.yaml': JSON.stringify({
        apiVersion: 'littoral.dev/v1alpha1',
        kind: 'EdgeApp',
        name: 'shop',
        manifests: ['k8s.yaml'],
        demand: {
          prometheus: secured({
            basic: { username: prometheusUser.username, passwordEnv: 'PASSWORD' },
            tls: Object.fromEntries(
              Object.entries({ caFile: 'ca', certFile: 'client', keyFile: 'client' }).map(
                ([key, name]) => [
                  key,
                  join(folder, `${name}.${key === 'keyFile' ? 'key' : 'pem'}`),
                ],
              ),
            ),
          }),
        },
      }),
    });
    const wrong = await call('demand --app app.yaml', { env: { PASSWORD: 'planted-wrong' } });
    expect([wrong.code, wrong.out]).toEqual([1, '']);
    expect(wrong.err).toMatch(/401 Unauthorized to a question as user ann/);
    expect(wrong.err).not.toContain('planted');
    const env = { PASSWORD: prometheusUser.password };
    const { code, out } = await call('demand --app app.yaml --json', { env });
    expect(code).toBe(0);
    expect(parseDemand(out).origins).toHaveLength(3);
  });

  it('keeps us out with a wrong password, and we do not repeat it', async () => {
    const basic = { username: prometheusUser.username, passwordFile: 'wrong' };
    const text = await message(readPrometheusDemand(secured({ basic }), context()));
    expect(text).toMatch(
      /answered 401 Unauthorized to a question as user ann, with a client certificate/,
    );
  });

  it('keeps us out without a client certificate', async () => {
    const text = await message(
      readPrometheusDemand(secured({ tls: { caFile: 'ca.pem' } }), context()),
    );
    expect(text).toMatch(/at demand\.prometheus/);
  });

  it('whose authority we do not know is not trusted', async () => {
    const text = await message(readPrometheusDemand(secured({ tls: {} }), context()));
    expect(text).toMatch(
      /at demand\.prometheus\.tls: .*cannot be reached \(.*(VERIFY|CERT|SIGNED).*tls\.caFile/s,
    );
  });

  it('must have the name we expect', async () => {
    const tls = { caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client.key' };
    const good = { ...tls, serverName: 'metrics.test' };
    await readPrometheusDemand(secured({ tls: good }), context());
    const bad = { ...tls, serverName: 'other.test' };
    const text = await message(readPrometheusDemand(secured({ tls: bad }), context()));
    expect(text).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/);
  });
});

/** How many scrapes the newest minute has. */
async function samples(url: string): Promise<number> {
  const reply = await fetch(
    `${url}/api/v1/query?query=max(count_over_time(http_requests_total[1m]))`,
  );
  const body = (await reply.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(body.data.result[0]?.value[1] ?? 0);
}
