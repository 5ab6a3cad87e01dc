/** Reading demand over HTTP: what is asked of a metrics server, and what its answer says of demand, window and clocks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrometheusDemand } from '../../providers/sources/demand/prometheus';
import { answers, type Script, steady, success } from './metrics-server';
import { failure, query, rates, scriptedMetrics } from './prometheus-reading';

const metrics = scriptedMetrics();
const { read, context, folder } = metrics;

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
      `the clock of ${metrics.server?.url} is ${words} the clock here; its requests are not those of now`,
    ]);
  });

  it('are the reason when a server has nothing of that time yet', async () => {
    const nothing = answers(200, success('matrix', []));
    const error = await failure(read([dated(-3, nothing)]));
    expect(error.summary).toBe(
      `${metrics.server?.url} answered no series, and its clock is 3 h behind the clock here`,
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
    expect(metrics.server?.asked).toHaveLength(1);
    const [asked] = metrics.server?.asked ?? [];
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
    expect(metrics.server?.asked).toHaveLength(2);
    expect(window).toMatchObject({ stretched: true, from: '2026-11-20T05:30:00Z', steps: 289 });
    expect(demand.origins[0]?.requestsPerSecond).toBe(7);
  });

  it('knows from the policy how little is little', async () => {
    await read([steady({ u33d: 39 })], {}, { stretchBelowRequestsPerSecond: 39 });
    expect(metrics.server?.asked).toHaveLength(1);
  });

  it('without any series looks at the day before it gives up', async () => {
    const empty = answers(200, success('matrix', []));
    const error = await failure(read([empty]));
    expect(metrics.server?.asked).toHaveLength(2);
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
    expect(metrics.server?.asked.map((one) => one.path)).toEqual(['/api/v1/query']);
    expect(demand.observedAt).toBe('2026-11-21T05:31:10.250Z');
    expect(window.steps).toBe(1);
  });

  it('keeps a path prefix and parameters of the address', async () => {
    const { url, asked } = await metrics.start(steady(rates));
    await readPrometheusDemand({ url: `${url}/prometheus/?dedup=true`, query }, context());
    expect(asked[0]?.path).toBe('/prometheus/api/v1/query_range');
    expect(asked[0]?.parameters.get('dedup')).toBe('true');
  });

  it('asks by GET where POST is not allowed', async () => {
    await read([answers(405, 'no'), steady(rates)]);
    expect(metrics.server?.asked.map((one) => one.method)).toEqual(['POST', 'GET']);
    expect(metrics.server?.asked[1]?.parameters.get('query')).toBe(query);
  });

  it('passes warnings of the server on', async () => {
    const { warnings } = await read([steady(rates, { warnings: ['store b timed out'] })]);
    expect(warnings[0]).toBe('the metrics server says: store b timed out');
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
    await metrics.server?.close();
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
    await metrics.server?.close();
    const csv = await read([steady(rates)], labels('places.csv'));
    expect(csv.demand.origins[0]).toMatchObject({
      latitude: 3,
      country: 'US',
      region: 'north-america',
    });
  });
});
