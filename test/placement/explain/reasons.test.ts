/** Reasons say what is true: each is held against the oracle's reading of the rules for the chosen set with the cluster that it is about. */
import * as fc from 'fast-check';
import type { AppDecision, PlacementDecision } from '../../../constructs/model/decision';
import { type Rejection, rejectionsOf } from '../../../constructs/model/rejections';
import { place } from '../../../constructs/placement/decide/place';
import type { EdgeApp } from '../../../constructs/policy/edge-app';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { NOW } from '../../build';
import { assignment, leftOf, loads } from '../oracle-assignment';
import { type Case, caseOf } from '../oracle-case';
import { loadHolds, setHolds, type Try, value } from '../oracle-rules';
import { ago, at, chose, decide, free, from, inputOf, refusals } from '../placing';
import { problems } from '../random';
import { seed, slowRuns, TIMEOUT } from '../runs';

type Constraints = EdgeApp['policy']['constraints'];

/** A policy that asks for nothing but these constraints. */
function only(app: EdgeApp, kept: Partial<Constraints>): EdgeApp {
  const { capacity } = app.policy.constraints;
  const nothing = {
    ...app.policy.constraints,
    minClusters: 1,
    maxClusters: 100,
    minRequestsPerSecond: 0,
    mustInclude: [],
    mustIncludeEvery: [],
    spread: [],
    apartKilometers: undefined,
    latency: undefined,
    budget: undefined,
    survive: 0,
    together: [],
    apart: [],
  };
  return { ...app, policy: { ...app.policy, constraints: { ...nothing, capacity, ...kept } } };
}

/** Rules whose reason is about the chosen set with the cluster, and what of the policy makes the rule. */
const partOf: Readonly<Record<string, (all: Constraints) => Partial<Constraints>>> = {
  maxClusters: ({ maxClusters }) => ({ maxClusters }),
  spread: ({ spread }) => ({
    spread: spread.map(({ minGroups: _, ...limits }) => limits),
  }),
  apartKilometers: ({ apartKilometers }) => ({ apartKilometers }),
  minRequestsPerSecond: ({ minRequestsPerSecond, mustInclude, mustIncludeEvery, minClusters }) => ({
    minRequestsPerSecond,
    mustInclude,
    mustIncludeEvery,
    minClusters,
  }),
  latency: ({ latency }) => ({ latency }),
  budget: ({ budget }) => ({ budget }),
  survive: ({ survive, latency }) => ({ survive, latency }),
};

function answerOf(
  one: Case,
  chosen: readonly number[],
  decision: PlacementDecision,
  all: readonly EdgeApp[],
) {
  const seat = {
    app: one.app,
    cost: one.cost,
    chosen,
    requestsPerSecond: one.origins.map(({ requestsPerSecond }) => requestsPerSecond),
  };
  const others = decision.apps.flatMap((other) => {
    const app = all.find(({ name }) => name === other.app) as EdgeApp;
    if (other.app === one.app.name || app.policy.constraints.capacity === false) return [];
    const at = ({ name }: { name: string }) => one.clusters.findIndex((each) => each.name === name);
    return [
      { app, loads: new Map(other.clusters.map((each) => [at(each), each.requestsPerSecond])) },
    ];
  });
  const [amounts] = assignment([seat], leftOf(one.clusters, [seat], others)) ?? [];
  return amounts && ({ chosen, amounts } satisfies Try);
}

/** What is wrong with a reason that a newcomer would bring a cluster that stands too low. */
function lieAboutNewcomer(
  { app, clusters }: Case,
  { name, reason }: Rejection,
  answer: Try | undefined,
  indexOf: (name: string) => number,
) {
  if (answer === undefined) return 'no room';
  const [, at = name] = /with it (\S+) would serve/.exec(reason) ?? [];
  const [, threshold = ''] = /stands under (\S+), what/.exec(reason) ?? [];
  const told = Number(threshold.replaceAll(',', ''));
  const served = loads(answer.amounts, clusters.length)[indexOf(at)] as number;
  const { minRequestsPerSecond } = app.policy.constraints;
  const asked = app.policy.stability.enterRequestsPerSecond ?? minRequestsPerSecond;
  if (!(told <= asked * 1.006)) return `newcomers must serve ${asked}`;
  return served < told * 1.006 ? undefined : `it serves ${served}`;
}

/** What is wrong with a reason, or undefined. */
function lie(input: PlaceInput, decision: PlacementDecision, of: AppDecision, said: Rejection) {
  const app = input.apps.find(({ name }) => name === of.app) as EdgeApp;
  const indexOf = (name: string) => input.fleet.clusters.findIndex((one) => one.name === name);
  const before = of.clusters.map(({ name }) => indexOf(name));
  const chosen = [...before, indexOf(said.name)].sort((a, b) => a - b);
  const whole = caseOf(input, app, 1);
  const answer = answerOf(whole, chosen, decision, input.apps);
  if (said.rule === 'capacity') return answer === undefined ? undefined : 'there is room';
  if (said.rule === 'objective') {
    const stood = answerOf(whole, before, decision, input.apps);
    if (answer === undefined || stood === undefined) return 'no room';
    if (!setHolds(whole, chosen) || !loadHolds(whole, answer, true, [])) return 'a rule is broken';
    const more = value(whole, answer, true) - value(whole, stood, true);
    if (said.reason.startsWith('it would change nothing'))
      return Math.abs(more) < 1e-6 * Math.max(1, Math.abs(value(whole, stood, true)))
        ? undefined
        : `it would change ${more}`;
    const [, amount, which] = /would be (\S+) (higher|lower) with it/.exec(said.reason) ?? [];
    const told = Number(amount) * (which === 'lower' ? -1 : 1);
    return Math.abs(told - more) <= 0.006 * Math.abs(more) + 1e-6 ? undefined : `it is ${more}`;
  }
  if (said.reason.includes('newcomer')) return lieAboutNewcomer(whole, said, answer, indexOf);
  const part = partOf[said.rule];
  if (part === undefined) return undefined;
  const one = { ...whole, app: only(app, part(app.policy.constraints)) };
  const holds = setHolds(one, chosen) && (answer === undefined || loadHolds(one, answer, true, []));
  return holds ? 'the rule holds' : undefined;
}

/** Without tiers, which open one after the other. */
function withoutTiers(input: PlaceInput): PlaceInput {
  return {
    ...input,
    apps: input.apps.map((app) => ({ ...app, policy: { ...app.policy, tiers: [] } })),
  };
}

describe('a reason why a cluster is not chosen', () => {
  it.each([
    ['one app', problems({ apps: 1, clusters: 7, origins: 6 }), 120],
    ['several apps', problems({ apps: 3, clusters: 4, origins: 4 }), 60],
  ] as const)(
    'names a rule that the chosen set of %s breaks with it, or what the objective is then',
    (_name, random, runs) => {
      const property = fc.property(random, (given) => {
        const input = withoutTiers(given);
        const decision = place(input);
        for (const app of decision.apps) {
          if (!app.satisfied) continue;
          for (const said of rejectionsOf(decision, app.app)) {
            expect(said.reason).not.toMatch(/, or |another rule/);
            expect({ ...said, lie: lie(input, decision, app, said) }).toEqual({
              ...said,
              lie: undefined,
            });
          }
        }
      });
      fc.assert(property, { seed, numRuns: slowRuns(runs) });
    },
    TIMEOUT,
  );

  it('says which cluster the newcomer would leave too little', () => {
    const clusters = [at('a', 0), at('b', 10), at('c', 5)];
    const origins = [from('oa', 0, 12), from('ob', 10, 100), from('oc', 4, 30), from('od', 6, 30)];
    const policy = {
      constraints: { ...free, minRequestsPerSecond: 40 },
      objective: { latency: 1, preferred: [{ name: 'a', weight: 1e6 }] },
    };
    expect(refusals(decide(inputOf(policy, clusters, origins)))).toEqual({
      c: 'minRequestsPerSecond: with it a would serve 12 requests/s, policy asks for 40',
    });
  });

  it('says what the app would cost', () => {
    const paid = { usdPerHour: 1 };
    const clusters = [at('a', 0).with(paid), at('b', 20).with(paid)];
    const origins = [from('oa', 0, 100), from('ob', 20, 100)];
    const constraints = { ...free, budget: { usdPerHour: 1.5 } };
    expect(Object.values(refusals(decide(inputOf({ constraints }, clusters, origins))))).toEqual([
      'budget: with it the app would cost 2 USD/h, policy allows 1.5',
    ]);
  });

  it('says how much would still be served within the latency limit by a cheaper cluster', () => {
    const clusters = [
      at('a', 0).with({ usdPerReplicaHour: 1000 }),
      at('b', 20).with({ usdPerReplicaHour: 1 }),
    ];
    const constraints = { ...free, latency: { milliseconds: 20, share: 0.9 } };
    const policy = { constraints, objective: { latency: 0, money: 1 } };
    const input = inputOf(policy, clusters, [from('oa', 0, 100), from('ob', 1, 100)]);
    expect(refusals(decide(input))).toEqual({
      b: 'latency: with it 0 % of the requests would be served within 20 ms, policy asks for 90 %',
    });
  });

  it('says by how much the clusters that stand are worse, when minGain keeps them', () => {
    const policy = { constraints: free, stability: { minGain: 0.9 } };
    const clusters = [at('a', 0), at('b', 3)];
    const origins = [from('oa', 0, 100), from('ob', 3, 100)];
    const input = { ...inputOf(policy, clusters, origins), previous: chose(['a']) };
    const { b = '' } = refusals(decide(input));
    expect(b).toMatch(
      /^objective: the objective would be [\d.]+ lower with it, and minGain 90 % keeps the clusters that stand$/,
    );
  });

  it('says that a freeze and the leave margin keep the clusters that stand', () => {
    const freeze = [{ from: ago(60), until: ago(-60) }];
    const input = inputOf({ constraints: free, stability: { freeze } });
    const decided = decide({ ...input, previous: chose(['a', 'b']), now: NOW });
    expect(refusals(decided).c).toBe(
      `freeze: the freeze window until ${ago(-60)} keeps the previous clusters`,
    );
  });
});
