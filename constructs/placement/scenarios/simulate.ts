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
/** Maximum close evaluations: each costs some milliseconds. */
const MAX_REFINEMENTS = 30;
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
  const result = (scenario: Scenario, isRefined: boolean): ScenarioResult => {
    const positions = losses(scenario);
    const lost = positions.map((position) => input.fleet.clusters[position].name);
    const scale = scenario.scale ?? [];
    const results = isRefined
      ? outcomes.repairedJointly(positions, scale)
      : outcomes.repaired(positions, scale);
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
    result: result(scenario, false),
    isRefined: false,
  }));
  return refineWorst(ranked, (scenario) => result(scenario, true)).map((one) => one.result);
}

interface RankedScenario {
  readonly scenario: Scenario;
  readonly result: ScenarioResult;
  readonly isRefined: boolean;
}

/** Worst first; the first ones are all evaluated closely, up to the maximum of close evaluations. */
function refineWorst(
  ranked: RankedScenario[],
  refine: (scenario: Scenario) => ScenarioResult,
): RankedScenario[] {
  ranked.sort((a, b) => worstFirst(a.result, b.result));
  for (let left = MAX_REFINEMENTS; left > 0; left--) {
    const at = ranked.findIndex(({ result, isRefined }) => result.satisfied && !isRefined);
    if (at < 0 || at >= REFINED_SCENARIOS) break;
    const [{ scenario }] = ranked.splice(at, 1);
    const result = refine(scenario);
    // A close evaluation is never worse, so the scenario keeps its place or moves back.
    let to = at;
    while (to < ranked.length && worstFirst(ranked[to].result, result) < 0) to++;
    ranked.splice(to, 0, { scenario, result, isRefined: true });
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
