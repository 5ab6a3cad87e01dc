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
  /** Shared by scenarios that come to the same: clusters whose loss changes nothing are rejected in it for what spoke against them anyway. */
  readonly decision: PlacementDecision;
  /** Objective of the scenario less the objective of the base, both as placed. */
  readonly delta: number;
  /** Clusters added and dropped against the base, all apps together. */
  readonly changes: number;
}

/**
 * Places the base, then every scenario with the base as the decision in force. Worst first: unsatisfied, then by
 * objective, then by name. Policies keep every rule but stability and guard: a loss is no time to sit still.
 * Only clusters in use matter: what a scenario loses besides needs no placement of its own.
 */
export function simulate(
  input: PlaceInput,
  scenarios: readonly Scenario[],
): readonly ScenarioResult[] {
  const base = place(input);
  const outcomes = new Outcomes(input, base);
  const results = scenarios.map((scenario) => run(input, base, outcomes, scenario));
  return results.sort(
    (a, b) =>
      Number(a.satisfied) - Number(b.satisfied) ||
      b.delta - a.delta ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}

/** One scenario per cluster, pair of clusters, provider or region of the fleet. */
export function eachLoss(
  input: PlaceInput,
  by: 'cluster' | 'pair' | 'provider' | 'region',
): readonly Scenario[] {
  if (by === 'pair') return pairsOf(input.fleet.clusters.map(({ name }) => name));
  const key = by === 'cluster' ? 'name' : by;
  const values = new Set(input.fleet.clusters.flatMap((cluster) => cluster[key] ?? []));
  return [...values]
    .sort()
    .map((value) => ({ name: `lose ${by} ${value}`, lose: [{ [key]: value }] }));
}

function pairsOf(names: readonly string[]): readonly Scenario[] {
  const sorted = [...names].sort();
  return sorted.flatMap((one, index) =>
    sorted.slice(index + 1).map((other) => ({
      name: `lose clusters ${one} and ${other}`,
      lose: [{ name: [one, other] }],
    })),
  );
}

/**
 * What is decided without some clusters. A placement that does not use a cluster is also the placement without it: every set
 * that remains was there before, and cost no less. So only losses of clusters in use are placed, each once. A spread rule counts
 * the groups there are, used or not; with one, every loss is placed.
 */
class Outcomes {
  private readonly known = new Map<string, PlacementDecision>();
  private readonly isShortened: boolean;

  constructor(
    private readonly input: PlaceInput,
    private readonly base: PlacementDecision,
  ) {
    this.isShortened = input.apps.every(({ policy }) => policy.constraints.spread.length === 0);
  }

  /** The decision without the clusters of `lost`, under demand that `scale` multiplies. */
  without(lost: readonly string[], scale: NonNullable<Scenario['scale']>): PlacementDecision {
    if (!this.isShortened) return this.placed(lost, scale);
    let needed: readonly string[] = [];
    for (;;) {
      const decision = this.placed(needed, scale);
      const used = usedBy(decision);
      const more = lost.filter((name) => used.has(name) && !needed.includes(name));
      // A policy without an answer may have none for other reasons when more is lost.
      if (!decision.apps.every((app) => app.satisfied)) return this.placed(lost, scale);
      if (more.length === 0) return decision;
      needed = [...needed, ...more].sort();
    }
  }

  private placed(
    lost: readonly string[],
    scale: NonNullable<Scenario['scale']>,
  ): PlacementDecision {
    const key = JSON.stringify([lost, scale]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { input, base } = this;
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
    this.known.set(key, decision);
    return decision;
  }
}

function usedBy(decision: PlacementDecision): ReadonlySet<string> {
  return new Set(decision.apps.flatMap((app) => app.clusters.map(({ name }) => name)));
}

function run(
  input: PlaceInput,
  base: PlacementDecision,
  outcomes: Outcomes,
  scenario: Scenario,
): ScenarioResult {
  const { lose = [], scale = [] } = scenario;
  const isLost = (cluster: PlaceInput['fleet']['clusters'][number]) =>
    lose.some((match) => matches(match, cluster));
  const lost = input.fleet.clusters.filter(isLost).map(({ name }) => name);
  const name = scenario.name ?? wordsOf(scenario);
  const decision = outcomes.without(lost, scale);
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
