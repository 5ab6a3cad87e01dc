/** Verification against the engine: every honest decision is accepted, and every forged number or name is found. */
import * as fc from 'fast-check';
import { digestOf } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { verify } from '../../constructs/verification';
import { problems } from '../placement/random';
import { NOW } from '../placement/random-plans';
import { seed, slowRuns, TIMEOUT } from '../placement/runs';

type Step = string | number;
interface Forgery {
  readonly path: readonly Step[];
  readonly value: unknown;
}

/** What the digest alone covers, what is prose, what the parser already refuses, and loads after a loss: how a loss divides them is not unique, so that only bounds are checked. */
const uncovered =
  /^(apiVersion|kind|engine|digest)|churnCurve|warnings|reason$|afterLoss\.requestsPerSecond$|rejected\[\d+\]\.numbers|conflict\.(summary|rules\[\d+\]\.(rule|relaxation))$|originPrices/;

const textOf = (path: readonly Step[]) =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);

/** Forgeries of every number, slightly larger and smaller, and of every name. */
function forgeriesOf(value: unknown, path: readonly Step[] = []): Forgery[] {
  if (uncovered.test(textOf(path))) return [];
  if (typeof value === 'number') {
    const step = Math.max(1, Math.abs(value)) * (Number.isInteger(value) ? 1 : 0.01);
    return [value + step, value - step, value * (1 + 1e-6) + 1e-6].map((forged) => ({
      path,
      value: forged,
    }));
  }
  if (typeof value === 'string') return [{ path, value: forgedText(value) }];
  if (typeof value === 'boolean') return [{ path, value: !value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) =>
    forgeriesOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function forgedText(value: string): string {
  if (value === 'added') return 'kept';
  if (value === 'kept') return 'added';
  const instant = Date.parse(value);
  return Number.isNaN(instant) || !value.includes('T')
    ? `${value}x`
    : new Date(instant + 1000).toISOString();
}

/** The decision with one value replaced, and the digest computed again. */
function forged(decision: PlacementDecision, { path, value }: Forgery): PlacementDecision {
  const copy = JSON.parse(JSON.stringify(decision)) as PlacementDecision;
  let at = copy as unknown as Record<Step, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<Step, unknown>;
  at[path.at(-1) as Step] = value;
  const { digest: _, ...rest } = copy;
  return { ...rest, digest: digestOf(rest) };
}

/** The part of the document that a finding about `path` should point into: an app's list or block, or a top key. */
const partOf = (path: string) => /^apps\[\d+\]\.\w+|^\w+/.exec(path)?.[0] ?? '';

function accepted(input: PlaceInput): void {
  const { findings } = verify(place(input), input);
  expect(findings).toEqual([]);
}

describe('an honest decision is accepted', () => {
  const check = (size: Parameters<typeof problems>[0], numRuns: number) =>
    fc.assert(fc.property(problems(size), accepted), { seed, numRuns: slowRuns(numRuns) });

  it('for one app', () => check({ apps: 1, clusters: 8, origins: 8 }, 1000), TIMEOUT);
  it('for several apps', () => check({ apps: 3, clusters: 5, origins: 4 }, 300), TIMEOUT);
});

describe('a forged decision is refused where it was forged', () => {
  const check = (size: Parameters<typeof problems>[0], numRuns: number, except = /^$/) =>
    fc.assert(
      fc.property(problems(size), (input) => {
        const decision = place(input);
        // Findings of the honest decision would hide what the forgery adds.
        if (!verify(decision, input).valid) return;
        for (const forgery of forgeriesOf(decision)) {
          const path = textOf(forgery.path);
          if (except.test(path)) continue;
          const { findings } = verify(forged(decision, forgery), input);
          const parts = findings.map((finding) => partOf(finding.path));
          expect({ path, value: forgery.value, parts }).toEqual({
            path,
            value: forgery.value,
            parts: expect.arrayContaining([partOf(path)]),
          });
        }
      }),
      { seed, numRuns: slowRuns(numRuns) },
    );

  it('for one app', () => check({ apps: 1, clusters: 5, origins: 4 }, 80), TIMEOUT);
  // On a shared cluster a price depends on which app would use the capacity, so that no single number is right.
  it(
    'for several apps, except prices',
    () => {
      check({ apps: 3, clusters: 4, origins: 3 }, 25, /^prices.*saves$/);
    },
    TIMEOUT,
  );
});

/** A fleet and a demand on a spiral around the Earth. */
function spiral(clusters: number, origins: number, policy: object): PlaceInput {
  const at = (index: number) => ({
    latitude: 60 * Math.sin(index * 1.7),
    longitude: ((index * 137.5) % 360) - 180,
  });
  return {
    fleet: parseFleet({
      clusters: [...Array(clusters).keys()].map((index) => ({
        name: `c${String(index).padStart(3, '0')}`,
        region: 'world',
        country: 'ZZ',
        provider: `p${index % 4}`,
        requestsPerSecond: 88,
        ...at(index),
      })),
    }),
    apps: [
      parseEdgeApp({
        name: 'shop',
        workload: {
          image: 'registry.example/shop:1',
          resources: { cpuMillicores: 100, memoryMebibytes: 128 },
          requestsPerSecondPerReplica: 50,
        },
        policy,
      }),
    ],
    demand: parseDemand({
      observedAt: NOW,
      origins: [...Array(origins).keys()].map((index) => ({
        name: `o${String(index).padStart(3, '0')}`,
        requestsPerSecond: 1 + (index % 7),
        ...at(index + 0.4),
      })),
    }),
    now: NOW,
  };
}

describe('a decision about many clusters', () => {
  const constraints = { minClusters: 6, maxClusters: 6, minRequestsPerSecond: 0, capacity: false };
  const input = spiral(90, 120, { constraints });
  const decision = place(input);

  it('has a dual proof, which the verification checks again', () => {
    expect(decision.certificate.apps?.[0]?.kind).toBe('dual');
    expect(verify(decision, input).findings).toEqual([]);
  });

  it('is refused when the multipliers prove less than the bound', () => {
    const bound = decision.objective.bound * 1.001;
    const lifted = [
      { path: ['certificate', 'apps', 0, 'bound'], value: bound },
      { path: ['apps', 0, 'objective', 'bound'], value: bound },
    ].reduce(forged, decision);
    const paths = verify(lifted, input).findings.map(({ path }) => path);
    expect(paths).toContain('certificate.apps[0].bound');
  });

  it('is refused when a cluster is exchanged for a worse one', () => {
    const fewer = spiral(90, 120, {
      constraints: {
        ...constraints,
        mustNotInclude: [{ name: decision.apps[0]?.clusters[0]?.name }],
      },
    });
    const worse = place(fewer);
    const claimed = [
      { path: ['inputs', 'apps'], value: decision.inputs.apps },
      { path: ['certificate'], value: decision.certificate },
      { path: ['apps', 0, 'objective', 'bound'], value: worse.objective.value },
      { path: ['apps', 0, 'objective', 'gap'], value: 0 },
      { path: ['objective', 'bound'], value: worse.objective.value },
      { path: ['objective', 'gap'], value: 0 },
    ].reduce(forged, worse);
    const paths = verify(claimed, input).findings.map(({ path }) => path);
    expect(paths).toContain('apps[0].objective.bound');
  });
});

describe('a dual proof with multipliers of rules and of capacity', () => {
  const input = spiral(90, 120, {
    constraints: {
      minClusters: 6,
      maxClusters: 6,
      minRequestsPerSecond: 0,
      mustInclude: [{ provider: 'p3', count: 2 }],
      spread: [{ by: 'provider', maxPerGroup: 2, minGroups: 3 }],
    },
  });
  const decision = place(input);
  const [proof] = decision.certificate.apps ?? [];
  if (proof?.kind !== 'dual') throw new Error('expected a dual proof');
  const findings = (changed: object) => {
    const apps = [{ ...proof, ...changed }];
    const { digest: _, ...rest } = { ...decision, certificate: { ...decision.certificate, apps } };
    const forgery = { ...rest, digest: digestOf(rest) } as PlacementDecision;
    return verify(forgery, input).findings.map(({ path }) => path);
  };

  it('is accepted and has multipliers of rules', () => {
    expect(verify(decision, input).findings).toEqual([]);
    const names = [proof, ...(proof.steps ?? [])].flatMap((one) =>
      Object.keys(one.rulePrices ?? {}),
    );
    expect(names.join(' ')).toMatch(/mustInclude|spread/);
  });

  it('is refused when a multiplier is for no rule, or is negative', () => {
    const [first = ''] = Object.keys(proof.rulePrices ?? {});
    for (const wrong of [{ 'spread[0].maxPerGroup.nobody': 1 }, { budget: 1 }, { [first]: -1 }]) {
      expect(findings({ rulePrices: { ...proof.rulePrices, ...wrong } })).toContain(
        'certificate.apps[0]',
      );
    }
  });

  it('is refused when its multipliers are too high or missing', () => {
    const scaled = (factor: number) =>
      Object.fromEntries(
        Object.entries(proof.originPrices).map(([name, price]) => [name, price * factor]),
      );
    for (const originPrices of [{}, scaled(0.9), scaled(1.5)]) {
      const alone = { originPrices, steps: undefined, goesOn: undefined, splitAt: undefined };
      expect(findings(alone)).toContain('certificate.apps[0].bound');
    }
  });

  it('is refused when steps are missing, left over, or split where there is no cluster', () => {
    expect(findings({ goesOn: true, steps: [] })).toContain('certificate.apps[0]');
    const step = { originPrices: {} };
    expect(findings({ steps: [...(proof.steps ?? []), step] })).toContain('certificate.apps[0]');
    const steps = [step, step];
    expect(findings({ splitAt: 'nowhere', goesOn: undefined, steps })).toContain(
      'certificate.apps[0]',
    );
  });
});

describe('a decision that is kept because its demand is stale', () => {
  const first = spiral(8, 10, { constraints: { minRequestsPerSecond: 0 } });
  const previous = place(first);
  const input = { ...first, previous, now: '2026-11-21T09:00:00Z' };
  const decision = place(input);

  it('is accepted', () => {
    expect(decision.apps[0]?.warnings[0]).toContain('the previous decision stands');
    expect(verify(decision, input).findings).toEqual([]);
  });

  it('is refused when it does not repeat the previous decision', () => {
    const path = ['apps', 0, 'clusters', 0, 'requestsPerSecond'];
    const { findings } = verify(forged(decision, { path, value: 999 }), input);
    expect(findings.map((one) => one.path)).toContain('apps[0].clusters[0].requestsPerSecond');
  });

  it('is refused when there is a usable demand', () => {
    const { findings } = verify(decision, { ...input, now: NOW });
    expect(findings.length).toBeGreaterThan(0);
  });
});
