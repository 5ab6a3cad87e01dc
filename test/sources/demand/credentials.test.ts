/** Credentials for a metrics server: how they are sent, where they never go, and that no text repeats them. */
import { answers, type Script, startMetricsServer, steady } from '../metrics-server';
import { failure, password, rates, scriptedMetrics, token } from '../prometheus-reading';

const metrics = scriptedMetrics();
const { read } = metrics;

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
    expect(metrics.server?.asked[0]?.headers).toMatchObject(headers);
  });

  it('that were not accepted are named by their kind', async () => {
    const refuse = answers(401, `bad token ${token}`);
    const error = await failure(read([refuse], { bearerTokenFile: 'token' }));
    expect(error.summary).toMatch(/answered 401 Unauthorized to a question with the bearer token$/);
    await metrics.server?.close();
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
    await metrics.server?.close();
    const warned: Script = (response, asked) =>
      steady(rates, { warnings: [`seen ${asked.headers.authorization}`] })(response, asked);
    const { warnings } = await read([warned], { bearerTokenFile: 'token' });
    expect(warnings[0]).toBe('the metrics server says: seen Bearer ***');
    expect(warnings.join()).not.toContain(token);
  });

  it('that are missing are told before anything is asked', async () => {
    const file = await failure(read([steady(rates)], { bearerTokenFile: 'tokn' }));
    expect(file).toMatchObject({
      path: 'demand.prometheus.bearerTokenFile',
      summary: 'the file tokn cannot be read (ENOENT)',
    });
    expect(metrics.server?.asked).toEqual([]);
    await metrics.server?.close();
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
    await metrics.server?.close();
    await read([answers(307, '', { location: `${other.url}/api/v1/query_range` })]);
    expect(other.asked).toHaveLength(1);
    await other.close();
  });

  it('follow a redirect on the same server', async () => {
    const there = answers(308, '', { location: '/prom/api/v1/query_range' });
    await read([there, steady(rates)], { bearerTokenFile: 'token' });
    expect(metrics.server?.asked.map((one) => [one.method, one.path])).toEqual([
      ['POST', '/api/v1/query_range'],
      ['POST', '/prom/api/v1/query_range'],
    ]);
    expect(metrics.server?.asked[1]?.headers.authorization).toBe(`Bearer ${token}`);
  });
});
