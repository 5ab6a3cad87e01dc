/** The text format of Prometheus, and the page that has it. */
import { metricsText, serveMetrics } from '../../providers/continuous/metrics';

it('escapes what labels and help contain, and writes each value on a line', () => {
  const text = metricsText([
    {
      name: 'a_total',
      type: 'counter',
      help: 'Two\nlines, a \\.',
      values: [{ value: 1 }, { labels: { app: 'a"b\n\\' }, value: 0.5 }],
    },
    { name: 'b', type: 'gauge', help: 'None.', values: [{ value: Number.POSITIVE_INFINITY }] },
  ]);
  expect(text).toBe(
    '# HELP a_total Two\\nlines, a \\\\.\n# TYPE a_total counter\na_total 1\na_total{app="a\\"b\\n\\\\"} 0.5\n' +
      '# HELP b None.\n# TYPE b gauge\nb +Inf\n',
  );
});

it('serves them beside its health, and nothing else', async () => {
  let isHealthy = true;
  const metrics = [{ name: 'up', type: 'gauge' as const, help: 'Up.', values: [{ value: 1 }] }];
  const address = { host: '127.0.0.1', port: 0 };
  const { port, stop } = await serveMetrics(
    address,
    () => metrics,
    () => isHealthy,
  );
  try {
    const ask = (path: string, method = 'GET') =>
      fetch(`http://127.0.0.1:${port}${path}`, { method });
    expect(await (await ask('/metrics')).text()).toContain('\nup 1\n');
    expect((await ask('/healthz')).status).toBe(200);
    isHealthy = false;
    expect((await ask('/healthz')).status).toBe(503);
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/metrics', 'POST')).status).toBe(405);
    const taken = serveMetrics(
      { ...address, port },
      () => metrics,
      () => true,
    );
    await expect(taken).rejects.toMatchObject({ code: 'SourceFailed', path: '--metrics' });
  } finally {
    stop();
  }
});
