/** Simulate: what would be decided if clusters were lost or demand moved. */
import { byCodeUnits } from '../../model/canonical';
import type { PlacementDecision } from '../../model/decision';
import type { PlaceInput } from '../../policy';
import { place } from '../decide/place';
import type { ScenarioApp } from './outcome';
import { describeScenario, lostPositions, type Scenario } from './scenario';
import { demandGrowthOf, scenarioInput, whatIf } from './what-if';

/** What a scenario comes to. */
export interface ScenarioResult {
  /** Name of the scenario. */
  readonly name: string;
  /** Every app has a legal placement. */
  readonly satisfied: boolean;
  /** Names of the clusters lost. */
  readonly lost: readonly string[];
  /** Objective of the scenario less the objective of the base. */
  readonly delta: number;
  /** The same per request: what `delta` would be at the demand of today. Demand that grows and is served as well as before harms nobody. */
  readonly harm: number;
  /** Clusters added and dropped against the base, all apps together. */
  readonly changes: number;
  /** Each app, in name order. */
  readonly apps: readonly ScenarioApp[];
  /** Places the scenario by `place`: with proof, reasons, assignments, and the conflict where there is no legal placement. */
  readonly decide: () => PlacementDecision;
}

/** The number of worst scenarios that are evaluated closely; scenarios that move up are evaluated as well. */
const REFINED_SCENARIOS = 10;
/** Maximum close evaluations: each costs up to a second. */
const MAX_REFINEMENTS = 30;
/** Maximum evaluations of losses in turn: each costs some milliseconds. */
const MAX_IN_TURN = 3000;
/** Values closer than this share of the base are the same. */
const EQUAL_SHARE = 1e-9;

/** See the door. */
export function simulate(
  input: PlaceInput,
  scenarios: readonly Scenario[],
  base: PlacementDecision = place(input),
): readonly ScenarioResult[] {
  const outcomes = whatIf(input, base);
  const losses = lostPositions(input.fleet.clusters);
  const growth = demandGrowthOf(input);
  const baseValue = base.objective.value;
  const result = (scenario: Scenario, care: Care): ScenarioResult => {
    const positions = losses(scenario);
    const lost = positions.map((position) => input.fleet.clusters[position].name);
    const scale = scenario.scale ?? [];
    const results = outcomes[care](positions, scale);
    const apps = results.map((one) => one.app);
    const value = apps.reduce((sum, one) => sum + one.value, 0);
    return {
      name: scenario.name ?? describeScenario(scenario),
      satisfied: apps.every(({ satisfied }) => satisfied),
      lost,
      delta: increaseOver(value, baseValue),
      harm: increaseOver(value / Math.max(Number.MIN_VALUE, growth(scale)), baseValue),
      changes: apps.reduce((sum, { added, dropped }) => sum + added.length + dropped.length, 0),
      apps,
      decide: () => place(scenarioInput(input, base, lost, scale)),
    };
  };
  const ranked: RankedScenario[] = scenarios.map((scenario) => ({
    scenario,
    result: result(scenario, 'repaired'),
    care: 'repaired',
  }));
  return refineWorst(ranked, result).map((one) => one.result);
}

/** How closely a scenario is evaluated, ever more so. */
type Care = 'repaired' | 'repairedInTurn' | 'repairedJointly';

interface RankedScenario {
  readonly scenario: Scenario;
  readonly result: ScenarioResult;
  readonly care: Care;
}

/** Worst first; the first ones are all evaluated closely, up to the maximum of close evaluations. */
function refineWorst(
  ranked: RankedScenario[],
  evaluate: (scenario: Scenario, care: Care) => ScenarioResult,
): RankedScenario[] {
  ranked.sort((a, b) => worstFirst(a.result, b.result));
  const left = { repairedInTurn: MAX_IN_TURN, repairedJointly: MAX_REFINEMENTS };
  for (;;) {
    const at = ranked.findIndex(
      ({ result, care }) => result.satisfied && care !== 'repairedJointly',
    );
    if (at < 0 || at >= REFINED_SCENARIOS) break;
    const care = ranked[at].care === 'repaired' ? 'repairedInTurn' : 'repairedJointly';
    if (left[care]-- === 0) break;
    const [{ scenario }] = ranked.splice(at, 1);
    const result = evaluate(scenario, care);
    // A closer evaluation is never worse, so the scenario keeps its place or moves back.
    let to = at;
    while (to < ranked.length && worstFirst(ranked[to].result, result) < 0) to++;
    ranked.splice(to, 0, { scenario, result, care });
  }
  return ranked;
}

function worstFirst(a: ScenarioResult, b: ScenarioResult): number {
  return (
    Number(a.satisfied) - Number(b.satisfied) || b.harm - a.harm || byCodeUnits(a.name, b.name)
  );
}

/** The increase over the base's value; differences by rounding count as zero. */
function increaseOver(value: number, base: number): number {
  const more = value - base;
  return Math.abs(more) <= EQUAL_SHARE * Math.max(1, Math.abs(base)) ? 0 : more;
}
