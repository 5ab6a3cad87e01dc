/** Track: one way to decide at every step of a past, and what came of it. */
import type { AppDecision, PlacementDecision } from '../model/decision';
import type { PlaceInput } from '../policy';
import type { Promises } from '../promises';
import { checkPromises } from '../promises';

/** What is decided at one step, beside the decision of the step before. */
export type Decide = (
  input: PlaceInput,
  before: PlacementDecision | undefined,
) => PlacementDecision;

/** A moment of the past: who asked, and for how long it is taken to have lasted. */
export interface TimedStep {
  readonly input: PlaceInput;
  readonly seconds: number;
}

/** How long a promise was broken. */
export interface BrokenTime {
  /** The promise in words. */
  readonly promise: string;
  /** Seconds in which it was broken. */
  readonly seconds: number;
  /** Share of all seconds. */
  readonly share: number;
}

/** What came of one way to decide. Means are over time. */
export interface Track {
  /** Steps at which any app changed clusters; the first step is no move unless a decision stood before it. */
  readonly moves: number;
  /** Clusters added and dropped by all moves. */
  readonly churn: number;
  /** Mean objective without the price of change, which is no cost of serving. Unsatisfied time is left out. */
  readonly meanObjective: number;
  /** Mean US dollars per hour of all apps together. Unsatisfied time is left out. */
  readonly meanUsdPerHour: number;
  /** The highest p95 of any app at any step, in milliseconds. */
  readonly worstP95Milliseconds: number;
  /** Share of the time in which some app had no legal placement. */
  readonly unsatisfiedShare: number;
  /** For each promise, in order. */
  readonly broken: readonly BrokenTime[];
  /** By step: the objective, null while some app has no legal placement. */
  readonly objectives: readonly (number | null)[];
  /** The steps that moved, and how: `+` and `-` before the name of the cluster, by app. */
  readonly moved: readonly {
    readonly at: string;
    readonly changes: readonly { readonly app: string; readonly change: string }[];
  }[];
}

/** Goes through the steps. `promises` are checked at each. */
export function followed(
  steps: readonly TimedStep[],
  decide: Decide,
  promises: Promises | undefined,
  onStep: () => void,
): Track {
  const sums = { objective: 0, usd: 0, satisfied: 0, all: 0 };
  let worstP95Milliseconds = 0;
  const broken = new Map<string, number>();
  const objectives: (number | null)[] = [];
  const moved: Track['moved'][number][] = [];
  let before = steps[0]?.input.previous;
  for (const { input, seconds } of steps) {
    const decision = decide(input, before);
    const changes = before === undefined ? [] : changesBetween(before, decision);
    if (changes.length > 0) moved.push({ at: decision.now, changes });
    const value = objectiveOf(decision);
    objectives.push(value ?? null);
    sums.all += seconds;
    if (value !== undefined) {
      sums.satisfied += seconds;
      sums.objective += value * seconds;
      sums.usd += seconds * decision.apps.reduce((sum, { cost }) => sum + cost.usdPerHour, 0);
    }
    for (const { latency } of decision.apps) {
      worstP95Milliseconds = Math.max(worstP95Milliseconds, latency.p95);
    }
    if (promises !== undefined) {
      for (const { promise, holds } of checkPromises(promises, decision, input)) {
        broken.set(promise, (broken.get(promise) ?? 0) + (holds ? 0 : seconds));
      }
    }
    before = decision;
    onStep();
  }
  const share = (part: number) => (sums.all === 0 ? 0 : part / sums.all);
  const mean = (sum: number) => (sums.satisfied === 0 ? 0 : sum / sums.satisfied);
  return {
    moves: moved.length,
    churn: moved.reduce((sum, { changes }) => sum + changes.length, 0),
    meanObjective: mean(sums.objective),
    meanUsdPerHour: mean(sums.usd),
    worstP95Milliseconds,
    unsatisfiedShare: share(sums.all - sums.satisfied),
    broken: [...broken].map(([promise, seconds]) => ({ promise, seconds, share: share(seconds) })),
    objectives,
    moved,
  };
}

/** Without what moving is priced at: that is a reason to stay, and no cost of serving. Undefined without a placement. */
export function objectiveOf({ apps }: PlacementDecision): number | undefined {
  if (apps.some(({ satisfied }) => !satisfied)) return undefined;
  return apps.reduce(
    (sum, { objective }) => sum + objective.value - (objective.terms.change ?? 0),
    0,
  );
}

/** Clusters that apps enter and leave. */
export function changesBetween(before: PlacementDecision, after: PlacementDecision) {
  return after.apps.flatMap((app) => {
    const [had, has] = [namesIn(before, app.app), namesIn(after, app.app)];
    const added = [...has].filter((name) => !had.has(name)).map((name) => `+${name}`);
    const gone = [...had].filter((name) => !has.has(name)).map((name) => `-${name}`);
    return [...added, ...gone].map((change) => ({ app: app.app, change }));
  });
}

const namesIn = ({ apps }: PlacementDecision, name: string): ReadonlySet<string> =>
  new Set(apps.find(({ app }: AppDecision) => app === name)?.clusters.map((one) => one.name));
