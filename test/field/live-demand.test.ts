/** Demand that is read live: held against the clock of reading, and never a reason to leave while its source calls it incomplete. */

import { demandDocument, parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import {
  type EdgeApp,
  guardStops,
  type PlaceInput,
  type PlacementPolicyInput,
} from '../../constructs/policy';
import { verify } from '../../constructs/verification';
import { parseAnswer } from '../../providers/sources/demand/answer';
import { app as built } from '../build';
import { answers, type Script, success } from '../sources/metrics-server';
import { scriptedMetrics } from '../sources/prometheus-reading';

const { read } = scriptedMetrics();
/** The clock of reading in these tests. */
const now = '2026-11-21T05:31:10Z';
const nowSeconds = Date.parse(now) / 1000;
const minutes = (count: number) => new Date((nowSeconds - count * 60) * 1000).toISOString();

const fleet = parseFleet({
  clusters: [
    { name: 'fra', latitude: 50.11, longitude: 8.68, region: 'europe', country: 'DE' },
    { name: 'nrt', latitude: 35.68, longitude: 139.69, region: 'asia', country: 'JP' },
  ],
});
const appOf = (policy: PlacementPolicyInput): EdgeApp =>
  built('shop', { constraints: { minClusters: 1, minRequestsPerSecond: 20 }, ...policy });
const app = appOf({});

/** A server whose newest value of every country is so many seconds old when it is asked; older ones reach back a day. */
const aged =
  (seconds: number, rates: Readonly<Record<string, number>>, more: object = {}): Script =>
  (response, { parameters }) => {
    const [start, end, step] = ['start', 'end', 'step'].map((key) => Number(parameters.get(key)));
    const times: number[] = [];
    for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1) {
      if (at <= nowSeconds - seconds) times.push(at);
    }
    const result = Object.entries(rates).map(([country, rate]) => ({
      metric: { country },
      values: times.map((time) => [time, String(rate)]),
    }));
    answers(200, success('matrix', times.length === 0 ? [] : result, more))(response, {} as never);
  };
const both = { DE: 100, JP: 100 };

/** The decision in force: both clusters. */
const inForce = (() => {
  const origin = (name: string, latitude: number, longitude: number) => ({
    name,
    latitude,
    longitude,
    requestsPerSecond: 100,
  });
  const origins = [origin('DE', 51, 10), origin('JP', 36, 138)];
  const demand = parseDemand({ observedAt: minutes(1440), origins });
  const decision = place({ apps: [app], fleet, demand });
  expect(decision.apps[0]?.clusters.map(({ name }) => name)).toEqual(['fra', 'nrt']);
  return decision;
})();
const placedBy = async (script: Script, policy: PlacementPolicyInput = {}, source: object = {}) => {
  const { demand, warnings } = await read([script], { retries: 0, ...source });
  const input: PlaceInput = { apps: [appOf(policy)], fleet, demand, previous: inForce };
  const decision = place(input);
  expect(verify(decision, input).findings).toEqual([]);
  const [one] = decision.apps;
  return {
    demand,
    decision,
    warnings: [...warnings, ...(one?.warnings ?? [])].join('\n'),
    clusters: one?.clusters.map(({ name }) => name),
    stops: guardStops(decision, input),
  };
};

describe('the age of what is read', () => {
  const hour = 3600;
  it.each([
    ['half an hour, all but a minute', 29 * 60, false],
    ['an hour', hour, true],
    ['three hours', 3 * hour, true],
    ['nearly a day', 23 * hour, true],
  ])('of %s is told by the clock of reading', async (_, seconds, isStale) => {
    const found = await placedBy(aged(seconds, { DE: 100 }));
    expect(found.decision.now).toBe(now);
    expect(found.demand.readAt).toBe(now);
    expect(found.clusters).toEqual(isStale ? ['fra', 'nrt'] : ['fra']);
    expect(found.warnings.includes('is stale; the previous decision stands')).toBe(isStale);
    expect(/min before it was asked for: it is stale/.test(found.warnings)).toBe(isStale);
  });

  it('is of an instant query, too', async () => {
    const result = [{ metric: { country: 'DE' }, value: [nowSeconds - 3 * hour, '100'] }];
    const script = answers(200, success('vector', result));
    const found = await placedBy(script, {}, { mode: 'instant' });
    expect(found.clusters).toEqual(['fra', 'nrt']);
    expect(found.warnings).toContain('stale');
  });

  it('that is stale is no first decision either', async () => {
    const { demand } = await read([aged(3 * hour, both)], { retries: 0 });
    expect(() => place({ apps: [app], fleet, demand })).toThrow(
      /is stale, and there is no previous/,
    );
  });

  it('of a written demand is told by its own clock', () => {
    const origins = [{ name: 'DE', latitude: 51, longitude: 10, requestsPerSecond: 100 }];
    const demand = parseDemand({ observedAt: '2020-01-01T00:00:00Z', origins });
    expect(place({ apps: [app], fleet, demand }).now).toBe('2020-01-01T00:00:00Z');
  });

  it('is the same after the demand was written to a file', async () => {
    const { demand } = await read([aged(3 * hour, both)], { retries: 0 });
    const again = parseDemand(demandDocument(demand));
    expect(again).toEqual(demand);
    const kept = place({ apps: [app], fleet, demand: again, previous: inForce });
    expect(kept.apps[0]?.warnings.join()).toContain('is stale');
  });
});

it('a freeze of the present holds though the newest value is older', async () => {
  const freeze = [{ from: minutes(5), until: minutes(-5) }];
  const { demand } = await read([aged(20 * 60, both)], { retries: 0 });
  const [only] = place({
    apps: [app],
    fleet,
    demand: parseDemand({
      observedAt: minutes(60),
      origins: demand.origins.filter(({ name }) => name === 'DE'),
    }),
  }).apps;
  const previous = { ...inForce, apps: [{ ...only, app: 'shop' } as never] };
  const clusters = (policy: PlacementPolicyInput) =>
    place({ apps: [appOf(policy)], fleet, demand, previous }).apps[0]?.clusters.map(
      (one) => one.name,
    );
  expect(clusters({})).toEqual(['fra', 'nrt']);
  expect(clusters({ stability: { freeze } })).toEqual(['fra']);
});

describe('metrics that their server calls incomplete', () => {
  it.each<[string, object]>([
    ['by warnings', { warnings: ['store 10.0.0.2 is unavailable'] }],
    ['by the flag of VictoriaMetrics', { isPartial: true }],
    ['by a flag in the data', { data: { isPartial: true } }],
    ['by the flag of a Thanos proxy', { partial_response: true }],
    ['by notes', { infos: ['query was truncated'] }],
  ])('%s leave no cluster', async (_, more) => {
    const { data, ...top } = more as { readonly data?: object };
    const script: Script = (response, asked) =>
      aged(
        0,
        { DE: 100 },
        top,
      )(
        {
          writeHead: response.writeHead.bind(response),
          end: (text: string) => {
            const body = JSON.parse(text);
            response.end(JSON.stringify({ ...body, data: { ...body.data, ...data } }));
          },
        } as never,
        asked,
      );
    const found = await placedBy(script);
    expect(found.stops).toMatchObject([
      {
        guard: 'partialDemand',
        summary: expect.stringMatching(/^shop would leave nrt on a demand/),
      },
    ]);
    expect(found.warnings).toContain('the metrics are incomplete');
    expect((await placedBy(script, { guard: { allow: ['partialDemand'] } })).stops).toEqual([]);
  });

  it('may add clusters, and leave what is left for another reason', async () => {
    const partial = { isPartial: true };
    expect((await placedBy(aged(0, both, partial))).stops).toEqual([]);
    const without = {
      constraints: { mustNotInclude: [{ name: 'nrt' }], minClusters: 1 },
    };
    const found = await placedBy(aged(0, both, partial), without);
    expect(found.clusters).toEqual(['fra']);
    expect(found.stops).toEqual([]);
  });

  it('are not those with a note on how the query is written', () => {
    const body = success('matrix', [], { infos: ['PromQL info: metric might not be a counter'] });
    const asked = { from: 'x', path: 'demand.prometheus', expected: 'matrix' } as const;
    expect(parseAnswer(JSON.stringify(body), asked).partial).toBeUndefined();
  });
});

it('values of a later time than the one that was asked for are told: some clock is wrong', async () => {
  const ahead =
    (seconds: number): Script =>
    (response) => {
      const values = [[nowSeconds + seconds, '100']];
      answers(200, success('matrix', [{ metric: { country: 'DE' }, values }]))(
        response,
        {} as never,
      );
    };
  const told = async (seconds: number) => (await read([ahead(seconds)], { retries: 0 })).warnings;
  expect((await told(3 * 3600)).join()).toContain(
    '180 min after it was asked for: a clock is wrong',
  );
  expect(await told(60)).toEqual([]);
});
