/** What has no part in a placement hides none of it while it is unknown: the clusters are known, and stay what was planned. */
import fc from 'fast-check';
import { parseEdgeApp, placedPart, withStandIns } from '../../constructs/policy';
import {
  type Fields,
  Unknown,
  unknown,
  type Value,
} from '../../providers/terraform/protocol/provider';
import { placement } from '../../providers/terraform/resources/placement/placement';
import { context, placing } from '../terraform/configurations';
import { Core } from '../terraform/core';

const app = (more: object = {}) => ({
  name: 'shop',
  workload: {
    image: 'r.example/shop:1',
    port: 8080,
    env: { A: 'a', B: 'b' },
    probes: { readiness: { path: '/ready' } },
    resources: { cpu_millicores: 250, memory_mebibytes: 256 },
    requests_per_second_per_replica: 90,
  },
  overrides: [{ match: { region: 'equator' }, set: { labels: { tier: 'a' }, image: 'r/x:1' } }],
  policy: { constraints: { min_clusters: 2, max_clusters: 2 } },
  ...more,
});

const set = (value: Value, [step, ...rest]: readonly (string | number)[], by: Value): Value => {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((one, at) => (at === step ? set(one, rest, by) : one));
  const record = value as Fields;
  return { ...record, [step]: set(record[step] ?? null, rest, by) };
};

const irrelevant: readonly (readonly [string, Value])[] = [
  ['workload.image', 'r.example/shop:2'],
  ['workload.env', { C: 'c' }],
  ['workload.env.A', 'other'],
  ['workload.port', 9090],
  ['workload.probes', { liveness: { path: '/live' } }],
  ['workload.probes.readiness.path', '/other'],
  ['overrides.0.set', { image: 'r/y:1' }],
  ['overrides.0.set.image', 'r/y:1'],
  ['overrides.0.set.labels', { b: 'c' }],
  ['overrides.0.set.labels.tier', 'b'],
];
const relevant = [
  'name',
  'workload',
  'workload.resources',
  'workload.resources.cpu_millicores',
  'workload.requests_per_second_per_replica',
  'workload.min_replicas',
  'overrides',
  'overrides.0.match',
  'overrides.0.match.region',
  'policy',
  'policy.constraints',
  'policy.constraints.min_clusters',
  'policy.constraints.residency',
];
const stepsOf = (path: string) =>
  path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
const planOf = async (apps: Value, prior: Fields | null = null) => {
  const proposed = { ...(prior ?? placing()), ...placing({ apps: [apps] }) };
  const request = { prior, proposed, config: proposed, hidden: new Uint8Array() };
  const { planned, diagnostics = [] } = await placement.plan(request, context);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return planned as Fields;
};

describe('a placement while something in an app is unknown', () => {
  it.each(irrelevant)(
    'knows its clusters without %s, whatever it turns out to be',
    async (path, later) => {
      const whole = app() as unknown as Value;
      const core = new Core(placement, context);
      await core.apply(placing({ apps: [whole] }));
      for (const prior of [null, core.state?.fields ?? null]) {
        const planned = await planOf(set(whole, stepsOf(path), unknown), prior);
        expect(planned.clusters).toEqual(['a', 'c']);
        expect(planned.replicas).toEqual({ a: 2, c: 2 });
        for (const value of [whole, set(whole, stepsOf(path), later)]) {
          const applied = await planOf(value, prior);
          for (const [name, known] of Object.entries(planned)) {
            if (name === 'apps' || !isWhole(known)) continue;
            expect({ [name]: applied[name] }).toEqual({ [name]: known });
          }
        }
      }
    },
  );

  it.each(relevant)('knows nothing without %s', async (path) => {
    const planned = await planOf(set(app() as unknown as Value, stepsOf(path), unknown));
    expect(planned.clusters).toBe(unknown);
  });

  it('knows its clusters where a document is given as an object', async () => {
    const document = {
      name: 'shop',
      workload: {
        image: unknown,
        resources: { cpuMillicores: 250, memoryMebibytes: 256 },
        requestsPerSecondPerReplica: 90,
      },
    };
    const proposed = placing({ apps: null, documents: [document] });
    const request = { prior: null, proposed, config: proposed, hidden: new Uint8Array() };
    const { planned } = await placement.plan(request, context);
    expect(planned?.clusters).toEqual(expect.any(Array));
    expect(await placement.validate(proposed)).toEqual([]);
  });
});

const isWhole = (value: Value | undefined): boolean =>
  !(value instanceof Unknown) &&
  (typeof value !== 'object' || value === null || Object.values(value).every(isWhole));

it('stand-ins leave what a placement reads as the complete document has it', () => {
  const place = fc.constantFrom(...irrelevant);
  const document = {
    name: 'shop',
    workload: {
      image: 'x',
      port: 1,
      env: { A: 'a' },
      probes: { readiness: { path: '/' } },
      resources: { cpuMillicores: 1, memoryMebibytes: 1 },
      requestsPerSecondPerReplica: 1,
    },
    overrides: [{ match: { region: 'e' }, set: { labels: { tier: 'a' }, image: 'x' } }],
  };
  fc.assert(
    fc.property(fc.array(place, { maxLength: 4 }), (places) => {
      const holed = places.reduce<Value>(
        (made, [path]) => (isAt(made, stepsOf(path)) ? set(made, stepsOf(path), unknown) : made),
        document as unknown as Value,
      );
      const { document: filled, relevant: matters } = withStandIns(
        holed as object,
        (value) => value instanceof Unknown,
      );
      expect(matters).toEqual([]);
      expect(placedPart(parseEdgeApp(filled))).toEqual(placedPart(parseEdgeApp(document)));
    }),
    { numRuns: 60 },
  );
});

const isAt = (value: Value, steps: readonly (string | number)[]): boolean => {
  let here: Value | undefined = value;
  for (const step of steps) {
    if (here instanceof Unknown || typeof here !== 'object' || here === null) return false;
    here = (here as Record<string | number, Value>)[step];
  }
  return here !== undefined;
};
