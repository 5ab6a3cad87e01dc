/** What-ifs: the decision in force as the start of every scenario, under today's demand or a multiple of it. */
import { byCodeUnits } from '../../model/canonical';
import type { PlacementDecision } from '../../model/decision';
import type { Demand } from '../../model/demand';
import { matches } from '../../model/match';
import type { Work } from '../../optimizer';
import { type EdgeApp, givenDemand, type PlaceInput } from '../../policy';
import type { AppInput } from '../compile/app-input';
import { limitsOf } from '../compile/compile';
import { atClockOf, demandBasisOf, demandClockOf } from '../compile/demand-selection';
import { rememberingFleet } from '../compile/remembered-clocks';
import { place } from '../decide/place';
import { type ScenarioApp, scenarioAppOf } from './outcome';
import type { Scaling } from './scenario';
import { ScenarioBaseline } from './scenario-baseline';
import { ScenarioEvaluator } from './scenario-evaluator';

/** Outcomes of scenarios by what they lose and scale. */
interface WhatIf {
  /** The outcome of each app, in name order, without the clusters at these positions (ascending). */
  readonly repaired: (lost: readonly number[], scale: readonly Scaling[]) => ScenarioApps;
  /** The same; the loss that harms most is evaluated closely. */
  readonly repairedInTurn: (lost: readonly number[], scale: readonly Scaling[]) => ScenarioApps;
  /** The same evaluated closely: apps that lost nothing may move as well. */
  readonly repairedJointly: (lost: readonly number[], scale: readonly Scaling[]) => ScenarioApps;
}

/** Outcomes of a scenario. */
type ScenarioApps = readonly { readonly app: ScenarioApp }[];

/** Requests/s of all apps together when demand is scaled, divided by those of today; 1 without demand. */
export function demandGrowthOf(input: PlaceInput): (scale: readonly Scaling[]) => number {
  const demands = input.apps.flatMap((app) => givenDemand(app, input) ?? []);
  const total = (scale: readonly Scaling[]) =>
    demands.reduce((sum, demand) => sum + requestsOf(scaled(demand, scale)), 0);
  const today = total([]);
  const known = new Map<string, number>();
  return (scale) => {
    if (scale.length === 0 || today === 0) return 1;
    const key = JSON.stringify(scale);
    const growth = known.get(key) ?? total(scale) / today;
    known.set(key, growth);
    return growth;
  };
}

function requestsOf({ origins }: Demand): number {
  return origins.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
}

/** By repair, or by `place` itself when some app has no demand and keeps its previous clusters. */
export function whatIf(input: PlaceInput, base: PlacementDecision): WhatIf {
  const apps = [...input.apps].sort((a, b) => byCodeUnits(a.name, b.name));
  const isPlaced = apps.some(
    (app) => demandBasisOf(app, input, Date.parse(base.now)).kind === 'stands',
  );
  return isPlaced ? whatIfByPlacing(input, base) : whatIfByRepair(input, base, apps);
}

/** The input of a scenario: the base in force, and no stability but what a policy limits changes to. */
export function scenarioInput(
  input: PlaceInput,
  base: PlacementDecision,
  lost: readonly string[],
  scale: readonly Scaling[],
): PlaceInput {
  const demands = input.apps.flatMap((app) => {
    const demand = givenDemand(app, input);
    return demand === undefined ? [] : [[app.name, scaled(demand, scale)] as const];
  });
  return {
    ...atClockOf(input, base.now),
    apps: input.apps.map(withoutStability),
    demand: Object.fromEntries(demands),
    previous: base,
    lost: [...(input.lost ?? []), ...lost],
  };
}

function whatIfByRepair(
  input: PlaceInput,
  base: PlacementDecision,
  apps: readonly EdgeApp[],
): WhatIf {
  const { clusters } = input.fleet;
  const at = new Map(clusters.map(({ name }, index) => [name, index]));
  const before = base.apps.map((one) => one.clusters.map(({ name }) => name));
  const starts = before.map((names) => names.flatMap((name) => at.get(name) ?? []));
  const work: Work = { spent: 0, allowed: Number.POSITIVE_INFINITY };
  const evaluators = new Map<string, ScenarioEvaluator>();
  const evaluatorFor = (scale: readonly Scaling[]) => {
    const key = JSON.stringify(scale);
    const known = evaluators.get(key);
    if (known !== undefined) return known;
    const inputs = apps.map((app, a) => appInput(input, base, app, a, scale));
    const field = new ScenarioEvaluator(
      new ScenarioBaseline(inputs, work),
      limitsOf(input.fleet),
      starts,
      before,
      scale.length > 0,
      work,
    );
    evaluators.set(key, field);
    return field;
  };
  return {
    repaired: (lost, scale) => evaluatorFor(scale).repairedWithout(lost),
    repairedInTurn(lost, scale) {
      const field = evaluatorFor(scale);
      return field.repairedInTurn(lost, field.repairedWithout(lost));
    },
    repairedJointly(lost, scale) {
      const field = evaluatorFor(scale);
      const inTurn = field.repairedInTurn(lost, field.repairedWithout(lost));
      return field.repairedJointly(lost, inTurn);
    },
  };
}

function appInput(
  input: PlaceInput,
  base: PlacementDecision,
  app: EdgeApp,
  a: number,
  scale: readonly Scaling[],
): AppInput {
  const now = Date.parse(base.now);
  const basis = demandBasisOf(app, input, Date.parse(demandClockOf(input, base.now)));
  const { satisfied, clusters } = base.apps[a];
  return {
    app: withoutStability(app),
    fleet: rememberingFleet(input.fleet, base),
    demand: basis.kind === 'demand' ? scaled(basis.demand, scale) : undefined,
    previous: satisfied ? new Map(clusters.map(({ name, since }) => [name, since])) : undefined,
    now,
    lost: new Set(input.lost),
  };
}

/** By `place` itself, once for all scenarios that lose the same clusters in use. */
function whatIfByPlacing(input: PlaceInput, base: PlacementDecision): WhatIf {
  const { clusters } = input.fleet;
  const known = new Map<string, ScenarioApps>();
  const counts = input.apps.some(({ policy }) => policy.constraints.spread.length > 0);
  const used = new Set(base.apps.flatMap((one) => one.clusters.map(({ name }) => name)));
  const placed = (lost: readonly string[], scale: readonly Scaling[]) => {
    const key = JSON.stringify([lost, scale]);
    const decision = place(scenarioInput(input, base, lost, scale));
    const apps = decision.apps.map((one, a) => ({
      app: scenarioAppOf(
        one,
        base.apps[a].clusters.map(({ name }) => name),
      ),
    }));
    known.set(key, apps);
    return apps;
  };
  const find = (lost: readonly string[], scale: readonly Scaling[]) =>
    known.get(JSON.stringify([lost, scale])) ?? placed(lost, scale);
  const without: WhatIf['repaired'] = (positions, scale) => {
    const lost = positions.map((position) => clusters[position].name);
    for (let needed = counts ? lost : lost.filter((name) => used.has(name)); ; ) {
      const found = find(needed, scale);
      const uses = new Set(found.flatMap(({ app }) => app.clusters));
      const more = lost.filter((name) => uses.has(name) && !needed.includes(name));
      if (more.length === 0) return found;
      needed = [...needed, ...more].sort(byCodeUnits);
    }
  };
  return { repaired: without, repairedInTurn: without, repairedJointly: without };
}

/** The app without stability limits: after a loss every app may move. */
function withoutStability(app: EdgeApp): EdgeApp {
  const still = { minGain: 0, minDwellSeconds: 0, leaveMargin: 0, replicaDeadband: 0, freeze: [] };
  const stability = { ...app.policy.stability, ...still };
  return { ...app, policy: { ...app.policy, stability } };
}

function scaled(demand: Demand, scale: readonly Scaling[]): Demand {
  if (scale.length === 0) return demand;
  const origins = demand.origins.map((origin) => ({
    ...origin,
    requestsPerSecond: scale.reduce(
      (rate, { origins: match, factor }) => (matches(match, origin) ? rate * factor : rate),
      origin.requestsPerSecond,
    ),
  }));
  return { ...demand, origins };
}
