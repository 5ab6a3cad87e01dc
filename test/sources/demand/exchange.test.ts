/** Questions over HTTP to a server that fails: what is asked again and how often, what is given up, and what is said then. */
import { createServer } from 'node:net';
import { readPrometheusDemand } from '../../../providers/sources/demand/prometheus';
import { answers, type Script, steady } from '../metrics-server';
import { failure, query, rates, scriptedMetrics } from '../prometheus-reading';

const metrics = scriptedMetrics();
const { read, context } = metrics;

describe('a server that is busy or broken', () => {
  it('is asked again after a 500, a little later each time', async () => {
    const broken = answers(500, 'oops');
    await read([broken, broken, steady(rates)]);
    expect(metrics.server?.asked).toHaveLength(3);
    expect(metrics.slept).toHaveLength(2);
    expect(Math.max(...metrics.slept)).toBeLessThan(500);
  });

  it('is given the pause it asks for', async () => {
    await read([answers(429, '', { 'retry-after': '3' }), steady(rates)]);
    expect(metrics.slept[0]).toBeGreaterThanOrEqual(3000);
  });

  it('is not waited for when it asks for a long pause', async () => {
    const error = await failure(read([answers(429, '', { 'retry-after': '3600' })]));
    expect(error.summary).toMatch(/answered 429 Too Many Requests and asks to wait 3600 s$/);
    expect(metrics.slept).toEqual([]);
  });

  it('is asked no more than retries allow', async () => {
    const error = await failure(read([answers(503, 'down for lunch')], { retries: 1 }));
    expect(metrics.server?.asked).toHaveLength(2);
    expect(error.summary).toMatch(/answered 503 Service Unavailable with "down for lunch"/);
  });

  it('is asked again when it breaks the connection off', async () => {
    const cut: Script = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"status":');
      setImmediate(() => response.destroy());
    };
    await read([cut, steady(rates)]);
    expect(metrics.slept).toHaveLength(1);
    await metrics.server?.close();
    const error = await failure(read([cut], { retries: 0 }));
    expect(error.summary).toMatch(/broke the connection off before the answer was complete/);
  });

  it('is not asked again after a refusal', async () => {
    const body = { status: 'error', errorType: 'bad_data', error: 'unknown function "rte"' };
    const error = await failure(read([answers(400, body)]));
    expect(error).toMatchObject({ path: 'demand.prometheus.query', remedy: 'Correct the query.' });
    expect(error.summary).toContain('refused the query: bad_data: unknown function "rte"');
    expect(metrics.server?.asked).toHaveLength(1);
  });

  it('that never answers is given up at the deadline', async () => {
    const error = await failure(read([() => undefined], { timeoutSeconds: 0.05 }));
    expect(error.summary).toMatch(/did not answer within 0\.05 s$/);
    expect(metrics.server?.asked).toHaveLength(1);
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
    expect(metrics.slept).toHaveLength(2);
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
