/** Simulate: what would be decided if clusters were lost or demand moved. */
import type { PlacementDecision } from '../model/decision';
import type { Demand } from '../model/demand';
import { describeMatch, type Match, matches, type OriginMatch } from '../model/match';
import { givenDemand } from './demands';
import type { PlaceInput } from './input';
import { place } from './place';

/** One what-if. */
export interface Scenario {
  /** Default: what it does, in words. */
  readonly name?: string;
  /** Clusters that are gone. */
  readonly lose?: readonly Match[];
  /** Demand multiplied by `factor` where the origin matches. */
  readonly scale?: readonly { readonly origins: OriginMatch; readonly factor: number }[];
}

/** What a scenario comes to. */
export interface ScenarioResult {
  readonly name: string;
  readonly satisfied: boolean;
  /** Names of the clusters lost. */
  readonly lost: readonly string[];
  readonly decision: PlacementDecision;
  /** Objective of the scenario less the objective of the base, both as placed. */
  readonly delta: number;
  /** Clusters added and dropped against the base, all apps together. */
  readonly changes: number;
}

/**
 * Places the base, then every scenario with the base as the decision in force. Worst first: unsatisfied, then by
 * objective, then by name. Policies keep every rule but stability and guard: a loss is no time to sit still.
 */
export function simulate(
  input: PlaceInput,
  scenarios: readonly Scenario[],
): readonly ScenarioResult[] {
  const base = place(input);
  const results = scenarios.map((scenario) => run(input, base, scenario));
  return results.sort(
    (a, b) =>
      Number(a.satisfied) - Number(b.satisfied) ||
      b.delta - a.delta ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}

/** One scenario per cluster, provider or region of the fleet. */
export function eachLoss(
  input: PlaceInput,
  by: 'cluster' | 'provider' | 'region',
): readonly Scenario[] {
  const key = by === 'cluster' ? 'name' : by;
  const values = new Set(input.fleet.clusters.flatMap((cluster) => cluster[key] ?? []));
  return [...values]
    .sort()
    .map((value) => ({ name: `lose ${by} ${value}`, lose: [{ [key]: value }] }));
}

function run(input: PlaceInput, base: PlacementDecision, scenario: Scenario): ScenarioResult {
  const { lose = [], scale = [] } = scenario;
  const isLost = (cluster: PlaceInput['fleet']['clusters'][number]) =>
    lose.some((match) => matches(match, cluster));
  const lost = input.fleet.clusters.filter(isLost).map(({ name }) => name);
  const name = scenario.name ?? wordsOf(scenario);
  const decision = place({
    ...input,
    apps: input.apps.map((app) => ({
      ...app,
      policy: {
        ...app.policy,
        stability: { ...app.policy.stability, minGain: 0, minDwellSeconds: 0, freeze: [] },
      },
    })),
    demand: scaledDemands(input, scale),
    previous: base,
    now: base.now,
    lost,
  });
  return {
    name,
    satisfied: decision.apps.every((app) => app.satisfied),
    lost,
    decision,
    delta: decision.objective.value - base.objective.value,
    changes: decision.apps.reduce(
      (sum, app) =>
        sum + app.dropped.length + app.clusters.filter(({ change }) => change === 'added').length,
      0,
    ),
  };
}

function scaledDemands(
  input: PlaceInput,
  scale: NonNullable<Scenario['scale']>,
): Readonly<Record<string, Demand>> {
  return Object.fromEntries(
    input.apps.flatMap((app) => {
      const demand = givenDemand(app, input);
      if (demand === undefined) return [];
      const origins = demand.origins.map((origin) => ({
        ...origin,
        requestsPerSecond: scale.reduce(
          (rate, { origins: match, factor }) => (matches(match, origin) ? rate * factor : rate),
          origin.requestsPerSecond,
        ),
      }));
      return [[app.name, { ...demand, origins }]];
    }),
  );
}

function wordsOf({ lose = [], scale = [] }: Scenario): string {
  const words = [
    ...lose.map((match) => `lose ${describeMatch(match)}`),
    ...scale.map(({ origins, factor }) => `demand of ${describeMatch(origins)} x ${factor}`),
  ];
  return words.length === 0 ? 'no change' : words.join(', ');
}
