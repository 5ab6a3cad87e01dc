/** Properties of every conflict: the rules named cannot hold together, all of them are needed, and what is offered would do. */
import * as fc from 'fast-check';
import type { AppDecision } from '../../../constructs/model/decision';
import { place } from '../../../constructs/placement/decide/place';
import type { EdgeApp } from '../../../constructs/policy/edge-app';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { problems } from '../random';
import { seed, slowRuns } from '../runs';

type Policy = EdgeApp['policy'];
type Constraints = Policy['constraints'];

/** What remains when every rule is taken back. */
const nothing = {
  minClusters: 1,
  maxClusters: 10000,
  minRequestsPerSecond: 0,
  mustInclude: [],
  mustIncludeEvery: [],
  mustNotInclude: [],
  chooseFrom: undefined,
  tolerations: [{ operator: 'Exists' as const }],
  residency: [],
  latency: undefined,
  spread: [],
  apartKilometers: undefined,
  capacity: false as const,
  budget: undefined,
  survive: 0,
  signals: {},
  together: [],
  apart: [],
} satisfies Constraints;

/** The policy with the rules at these paths and no others, as written: nothing that stands is held past a limit. */
function onlyWith(policy: Policy, paths: readonly string[], isTainted: boolean): Policy {
  const named = (path: string) => paths.includes(`policy.constraints.${path}`);
  const constraints = Object.fromEntries(
    Object.entries(nothing).map(([key, none]) => {
      const value = policy.constraints[key as keyof Constraints];
      if (key === 'spread') return [key, spreadOf(policy.constraints.spread, named)];
      if (key === 'signals') {
        const kept = Object.entries(value as object).filter(([name]) => named(`signals.${name}`));
        return [key, Object.fromEntries(kept)];
      }
      // Where nothing is tainted, tolerations are no rule.
      if (key === 'tolerations' && !isTainted) return [key, value];
      const isList = Array.isArray(value) && key !== 'chooseFrom' && key !== 'tolerations';
      if (isList) return [key, value.filter((_, index) => named(`${key}[${index}]`))];
      return [key, named(key) ? value : none];
    }),
  ) as Constraints;
  const silent = { enterRequestsPerSecond: undefined, exitRequestsPerSecond: undefined };
  return {
    ...policy,
    constraints,
    tiers: paths.includes('policy.tiers') ? policy.tiers : [],
    stability: {
      ...policy.stability,
      leaveMargin: 0,
      ...(named('minRequestsPerSecond') ? {} : silent),
    },
  };
}

function spreadOf(all: Constraints['spread'], named: (path: string) => boolean) {
  return all.map(({ by, ...limits }, index) => ({
    by,
    ...Object.fromEntries(
      Object.entries(limits).filter(([key]) => named(`spread[${index}].${key}`)),
    ),
  }));
}

/** The policy with one rule changed as its relaxation says; undefined for words that are not understood here. */
function relaxed(
  policy: Policy,
  path: string,
  words: string,
  isTainted: boolean,
): Policy | undefined {
  const all = pathsOf(policy);
  if (words.startsWith('without '))
    return onlyWith(
      policy,
      all.filter((one) => one !== path),
      isTainted,
    );
  const key = path.replace('policy.constraints.', '');
  const number = Number(/[\d.]+/.exec(words.replace(/^\w+/, ''))?.[0]);
  const { constraints, stability } = policy;
  const changed = (more: Partial<Constraints>): Policy => ({
    ...policy,
    constraints: { ...constraints, ...more },
  });
  switch (key) {
    case 'minClusters':
    case 'maxClusters':
    case 'survive':
    case 'apartKilometers':
      return changed({ [key]: number });
    case 'minRequestsPerSecond': {
      const silent = { enterRequestsPerSecond: undefined, exitRequestsPerSecond: undefined };
      return { ...changed({ [key]: number }), stability: { ...stability, ...silent } };
    }
    case 'budget':
      return changed({ budget: { usdPerHour: number } });
    case 'latency':
      return changed({ latency: { share: constraints.latency?.share ?? 1, milliseconds: number } });
    default:
      return undefined;
  }
}

function pathsOf({ constraints, tiers }: Policy): string[] {
  const paths = Object.entries(constraints).flatMap(([key, value]) => {
    if (key === 'spread') {
      return constraints.spread.flatMap((one, index) =>
        Object.keys(one).map((limit) => `spread[${index}].${limit}`),
      );
    }
    if (key === 'signals') return Object.keys(value as object).map((name) => `signals.${name}`);
    return Array.isArray(value) ? [key, ...value.map((_, index) => `${key}[${index}]`)] : [key];
  });
  return [
    ...paths.map((path) => `policy.constraints.${path}`),
    ...(tiers.length > 0 ? ['policy.tiers'] : []),
  ];
}

const hasTaints = ({ fleet }: PlaceInput) => fleet.clusters.some(({ taints }) => taints.length > 0);
const withPolicy = (input: PlaceInput, policy: Policy): PlaceInput => ({
  ...input,
  apps: input.apps.map((app) => ({ ...app, policy })),
});
const holds = (input: PlaceInput, policy: Policy) =>
  place(withPolicy(input, policy)).apps[0]?.satisfied;

/** Calls `check` with every problem that cannot be satisfied; at least so many. */
function forEachConflict(
  numRuns: number,
  check: (
    input: PlaceInput,
    policy: Policy,
    conflict: NonNullable<AppDecision['conflict']>,
  ) => void,
): void {
  let conflicts = 0;
  const property = fc.property(problems({ apps: 1, clusters: 6, origins: 5 }), (input) => {
    const policy = input.apps[0]?.policy;
    const conflict = place(input).apps[0]?.conflict;
    if (policy === undefined || conflict === undefined) return;
    conflicts++;
    check(input, policy, conflict);
  });
  fc.assert(property, { seed, numRuns: slowRuns(numRuns) });
  expect(conflicts).toBeGreaterThan(slowRuns(numRuns) / 10);
}

describe('the rules of a conflict', () => {
  it('cannot hold together, and every one of them is needed', () => {
    forEachConflict(100, (input, policy, { rules }) => {
      const paths = rules.map(({ path }) => path);
      expect(holds(input, onlyWith(policy, paths, hasTaints(input)))).toBe(false);
      for (const path of paths) {
        const fewer = paths.filter((other) => other !== path);
        expect({
          without: path,
          holds: holds(input, onlyWith(policy, fewer, hasTaints(input))),
        }).toEqual({
          without: path,
          holds: true,
        });
      }
    });
  });

  it('would hold when one of them were changed as it says', () => {
    const understood = new Set<string>();
    forEachConflict(100, (input, policy, { rules }) => {
      const core = onlyWith(
        policy,
        rules.map(({ path }) => path),
        hasTaints(input),
      );
      for (const { path, relaxation } of rules) {
        const whole = relaxed(policy, path, relaxation, hasTaints(input));
        const part = relaxed(core, path, relaxation, hasTaints(input));
        if (whole === undefined || part === undefined) continue;
        if (relaxation.startsWith('no change')) continue;
        understood.add(relaxation.split(' ')[0] ?? '');
        expect({ relaxation, holds: holds(input, whole) || holds(input, part) }).toEqual({
          relaxation,
          holds: true,
        });
      }
    });
    expect([...understood].sort()).toEqual(
      expect.arrayContaining(['budget', 'minClusters', 'without']),
    );
  });
});
