/** The published JSON Schemas say the same about shape as the parsers; only rules between keys are left to the parsers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { parseDecision } from '../constructs/model/decision-document';
import { parseDemand } from '../constructs/model/demand-document';
import { parseFleet } from '../constructs/model/fleet-document';
import { edgeErrorsOf } from '../constructs/parsing/errors';
import { parseEdgeApp } from '../constructs/policy/edge-app-document';
import { parsePolicy } from '../constructs/policy/policy-document';
import { documentSchemas } from '../constructs/schemas';
import { NOW } from './build';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
const schemas = new Map(documentSchemas().map(({ kind, schema }) => [kind, schema]));
const validators = new Map([...schemas].map(([kind, schema]) => [kind, ajv.compile(schema)]));
const header = (kind: string) => ({ apiVersion: 'littoral.dev/v1alpha1', kind });
const sizing = {
  resources: { cpuMillicores: 250, memoryMebibytes: 256 },
  requestsPerSecondPerReplica: 50,
};

const policy: Json = {
  constraints: {
    minClusters: 2,
    maxClusters: 5,
    minRequestsPerSecond: 20,
    mustInclude: [{ region: 'europe', count: 2 }],
    mustNotInclude: [{ country: ['CN', 'RU'] }],
    chooseFrom: [{ labels: { tier: 'edge' } }],
    tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoPlace' }],
    residency: [{ origins: { region: 'europe' }, clusters: { region: 'europe' } }],
    latency: { milliseconds: 80, share: 0.95 },
    spread: [
      { by: 'provider', maxPerGroup: 2 },
      { by: { label: 'rack' }, maxSkew: 1 },
    ],
    apartKilometers: 300,
    capacity: { assignment: 'split', headroom: 0.1 },
    budget: { usdPerHour: 30 },
    survive: 1,
    signals: { gramsCo2PerKwh: { max: 400, missing: 'reject' } },
    together: ['cart'],
    apart: ['batch'],
  },
  tiers: [{ labels: { tier: 'edge' } }],
  objective: {
    latency: 1,
    signals: { gramsCo2PerKwh: 0.001 },
    preferred: [{ region: 'europe', weight: 5 }],
  },
  stability: {
    minDwellSeconds: 600,
    maxChanges: 3,
    minGain: 0.02,
    freeze: [{ from: NOW, until: NOW }],
  },
  guard: { maxDroppedShare: 0.5, allow: ['maxDroppedShare'] },
  assume: { observedAt: NOW, origins: [{ name: 'a', geohash: 'u3', requestsPerSecond: 1 }] },
};
const objective = { value: 1, bound: 1, gap: 0 };
const latency = { meanMilliseconds: 1, p50: 1, p95: 1, p99: 1 };

const documents: readonly (readonly [string, (source: string) => unknown, Json])[] = [
  [
    'Fleet',
    parseFleet,
    {
      ...header('Fleet'),
      latency: [['berlin', 'fra', 9]],
      latencyModel: { baseMilliseconds: 5 },
      clusters: [
        {
          name: 'fra',
          latitude: 50.11,
          longitude: 8.68,
          region: 'europe',
          country: 'DE',
          labels: { tier: 'edge' },
          taints: [{ key: 'maintenance', value: 'true', effect: 'NoPlace' }],
          allocatable: { cpuMillicores: 64000, pods: 440 },
          usdPerHour: 0.4,
          signals: { gramsCo2PerKwh: { value: 310, observedAt: NOW, validForSeconds: 7200 } },
          state: 'unreachable',
          since: NOW,
          access: { kubeconfig: '~/.kube/edge', context: 'fra' },
        },
      ],
    },
  ],
  [
    'Demand',
    parseDemand,
    {
      ...header('Demand'),
      observedAt: NOW,
      validForSeconds: 1800,
      origins: [
        {
          name: 'berlin',
          latitude: 52.52,
          longitude: 13.4,
          country: 'DE',
          region: 'europe',
          requestsPerSecond: 29,
        },
        { name: 'u3', geohash: 'u3', requestsPerSecond: 12.5 },
      ],
    },
  ],
  [
    'EdgeApp',
    parseEdgeApp,
    {
      ...header('EdgeApp'),
      name: 'shop',
      workload: {
        image: 'registry.example/shop:1.4.2',
        port: 8080,
        ...sizing,
        env: { LOG_LEVEL: 'info' },
        probes: { readiness: { path: '/healthz' } },
      },
      overrides: [{ match: { country: 'DE' }, set: { env: { CURRENCY: 'EUR' } } }],
      policy,
      demand: 'demand.yaml',
    },
  ],
  [
    'EdgeApp',
    parseEdgeApp,
    {
      ...header('EdgeApp'),
      name: 'shop',
      workload: { components: [{ name: 'web', image: 'a', requestsPerRequest: 2, ...sizing }] },
      demand: { observedAt: NOW, origins: [] },
    },
  ],
  [
    'EdgeApp',
    parseEdgeApp,
    {
      ...header('EdgeApp'),
      name: 'shop',
      manifests: ['k8s/*.yaml'],
      scaling: { component: 'web', ...sizing },
      demand: { prometheus: { url: 'http://prometheus:9090', query: 'up' } },
    },
  ],
  ['PlacementPolicy', parsePolicy, policy],
  [
    'PlacementDecision',
    parseDecision,
    {
      ...header('PlacementDecision'),
      now: NOW,
      objective,
      apps: [
        {
          app: 'shop',
          satisfied: true,
          clusters: [
            {
              name: 'fra',
              requestsPerSecond: 44.2,
              replicas: 1,
              since: NOW,
              change: 'added',
              reason: 'r',
            },
          ],
          dropped: [{ name: 'ams', reason: 'r' }],
          rejected: [
            { rule: 'objective', reason: '{} higher', clusters: ['gru', 'iad'], numbers: [1, 2] },
            { rule: 'state', reason: 'r', clusters: ['sin'] },
            { rule: 'tiers', sameAs: 'cart' },
          ],
          assignments: [{ origin: 'berlin', cluster: null, share: 0, milliseconds: null }],
          objective: { ...objective, terms: { latency: 1 } },
          latency: { ...latency, before: latency },
          cost: { usdPerHour: 4.1, delta: 0.62 },
          churnCurve: [{ changes: 0, value: 1 }],
          warnings: [],
        },
      ],
      prices: [{ cluster: 'fra', resource: 'cpuMillicores', saves: 0.8 }],
      certificate: {
        kind: 'independent',
        apps: [{ app: 'shop', kind: 'dual', bound: 1, originPrices: { berlin: 1 } }],
      },
      inputs: {
        fleet: 'sha256:a',
        demand: null,
        apps: 'sha256:b',
        previous: null,
        observedAt: NOW,
      },
      engine: { version: '0.1.0', workUnits: 1 },
      digest: 'sha256:c',
    },
  ],
];

/** Rules between keys or elements, which a JSON Schema does not say: kind, the part to merge in, what the parser says. */
const beyondSchemas: readonly (readonly [string, Json, string])[] = [
  ['Fleet', { clusters: [{ state: 'unreachable' }] }, 'unreachable needs since'],
  ['Fleet', { clusters: [{}, {}] }, 'names are unique'],
  ['Fleet', { latency: [['a', 'nowhere', 1]] }, 'latency is to clusters that exist'],
  [
    'Fleet',
    {
      latency: [
        ['a', 'fra', 1],
        ['a', 'fra', 2],
      ],
    },
    'pairs are unique',
  ],
  ['Demand', { origins: [{ name: 'a', requestsPerSecond: 1 }] }, 'a place is given'],
  [
    'Demand',
    { origins: [{ name: 'a', requestsPerSecond: 1, latitude: 1 }] },
    'latitude has a longitude',
  ],
  [
    'Demand',
    { origins: [{ name: 'a', requestsPerSecond: 1, geohash: 'a' }] },
    'a geohash has its alphabet',
  ],
  ['EdgeApp', {}, 'workload or manifests'],
  ['EdgeApp', { manifests: ['a'], workload: { image: 'a', ...sizing } }, 'not both'],
  [
    'EdgeApp',
    { workload: { image: 'a', ...sizing }, overrides: [{ match: {}, component: 'x', set: {} }] },
    'components exist',
  ],
  ['PlacementPolicy', { constraints: { minClusters: 6 } }, 'min is not above max'],
  ['PlacementPolicy', { constraints: { spread: [{ by: 'region' }] } }, 'spread has a limit'],
];

/** All places in a document: the holder and the key. */
function places(value: Json): (readonly [Json[] | { [key: string]: Json }, string | number])[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [
    [value, key] as const,
    ...places((value as Record<string | number, Json>)[key] ?? null),
  ]);
}

const mutation = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('drop', 'add', 'replace'),
  value: fc.constantFrom<Json[]>(
    null,
    true,
    -1,
    0,
    1,
    1.5,
    91,
    70000,
    1e16,
    '',
    'x',
    'DE',
    '/x',
    NOW,
    '2026-11-21',
    'a b',
    [],
    ['x'],
    [5],
    {},
    { x: 1 },
  ),
});

function mutated(
  document: Json,
  { place, how, value }: { place: number; how: string; value: Json },
): Json {
  const copy = structuredClone(document);
  const all = places(copy);
  const [holder, key] = all[place % all.length] ?? [{}, ''];
  const record = holder as Record<string | number, Json>;
  if (how === 'add' && !Array.isArray(holder)) record.anotherKey = value;
  else if (how === 'drop' && !Array.isArray(holder)) delete record[key];
  else record[key] = value;
  return copy;
}

const refused = (parse: () => unknown): boolean => {
  try {
    parse();
    return false;
  } catch (thrown) {
    if (edgeErrorsOf(thrown) === undefined) throw thrown;
    return true;
  }
};

describe.each(documents)('the JSON Schema of %s', (kind, parse, document) => {
  const validate = validators.get(kind);

  it('accepts a full example, and so does the parser', () => {
    expect(validate?.(document)).toBe(true);
    expect(() => parse(JSON.stringify(document))).not.toThrow();
  });

  it('refuses what the parser refuses for its shape, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 2 }), (mutations) => {
        const broken = mutations.reduce<Json>(mutated, document);
        const byParser = refused(() => parse(JSON.stringify(broken)));
        if (!validate?.(broken)) expect(byParser).toBe(true);
        else if (byParser) expect(shapeMistakes(parse, broken)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

/** What the parser says about shape alone: its words for a value or key that the schema forbids. */
function shapeMistakes(parse: (source: string) => unknown, document: Json): string[] {
  try {
    parse(JSON.stringify(document));
    return [];
  } catch (thrown) {
    return (edgeErrorsOf(thrown) ?? [])
      .filter(({ code, summary }) => {
        if (code === 'UnknownKey') return true;
        return code === 'InvalidDocument' && !betweenKeys.test(summary);
      })
      .map(({ path, summary }) => `${path}: ${summary}`);
  }
}

const betweenKeys =
  /without since|neither workload|without manifests|without a limit|no coordinates|without l|expected a geohash/;

describe('beyond the schemas', () => {
  it.each(beyondSchemas)('%s: %j (%s)', (kind, part) => {
    const [, parse, base] = documents.find(([name]) => name === kind) ?? [];
    const small =
      kind === 'EdgeApp' ? { ...header(kind), name: 'shop' } : (base as { [key: string]: Json });
    const merged = kind === 'PlacementPolicy' ? part : { ...small, ...(part as object) };
    if (kind === 'Fleet' && 'clusters' in (part as object)) {
      const [first] = small.clusters as { [key: string]: Json }[];
      const { since: _, ...rest } = first ?? {};
      const parts = (part as { clusters: object[] }).clusters;
      Object.assign(merged as object, {
        clusters: parts.map((one) => ({
          ...rest,
          ...one,
          ...(parts.length > 1 ? { state: 'ready' } : {}),
        })),
      });
    }
    expect(validators.get(kind)?.(merged)).toBe(true);
    expect(refused(() => parse?.(JSON.stringify(merged)))).toBe(true);
  });
});

describe('the files in schemas/', () => {
  it.each(documentSchemas().map(({ file, schema }) => [file, schema] as const))(
    '%s is up to date; `npm run schemas` writes it',
    (file, schema) => {
      const text = readFileSync(join(__dirname, '..', 'schemas', file), 'utf8');
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(schema)));
    },
  );

  it('give every document an address, a title and a description', () => {
    for (const { file, kind, schema } of documentSchemas()) {
      expect(schema).toMatchObject({
        $id: `littoral/schemas/${file}`,
        title: kind,
        description: expect.stringMatching(/\.$/),
      });
    }
  });
});
