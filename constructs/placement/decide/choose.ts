/** Choose: the cheapest legal clusters of all apps jointly, and the order in which limits are relaxed for an app that has none. */

import type { Limits, Link, Problem, Work } from '../../optimizer';
import {
  type Answer,
  type AppSolution,
  constructAlone,
  independentAnswersFit,
  solve,
  solveAlone,
  solveOnLists,
} from '../../optimizer';
import { linkedApps } from '../../policy';
import type { AppInput } from '../compile/app-input';
import {
  type ActiveStability,
  type CompiledApp,
  compileApp,
  compileOnNearPairs,
  fullStability,
  isFrozen,
} from '../compile/compile';
import { firstOfEach } from '../compile/equal-apps';
import { isRoomForAll } from '../compile/room-for-all';
import { SharedCompilation } from '../compile/shared-compilation';
import {
  canUseLeaveMargin,
  compileWithLeaveMargin,
  leaveMarginWarning,
  previousCandidate,
} from './leave-margin';
import { withStandingMinimum } from './standing-minimum';

/** An app with its solution. */
export interface ChosenApp {
  readonly compiled: CompiledApp;
  readonly answer: AppSolution;
  /** The relaxed stability limits and opened tiers. */
  readonly warnings: readonly string[];
}

/** All apps with their solutions. */
export interface Choice {
  readonly apps: readonly ChosenApp[];
  readonly proof: 'independent' | 'joint';
  /** With a joint proof by prices: those of limits, by cluster and resource. */
  readonly limitPrices?: Answer['limitPrices'];
  /** Where an app has no place: true when no placement has more apps. */
  readonly isMostPlaced?: boolean;
}

/** One way to pose an app: how many tiers are open, which stability limits are in force. */
interface RelaxationLevel {
  readonly tiers: number;
  readonly stability: ActiveStability;
  readonly warnings: readonly string[];
  /** Only where it is, with limits eased by leaveMargin. */
  readonly keepsPrevious?: true;
}

/** Maximum work units of one decision: about 10 s of one core. Easy problems use a fraction of it. */
export const WORK_UNITS = 1.2e9;

/** Share of what is left of the work that a level has in any case: a search that begins with nothing finds nothing. */
const LEAST_LEVEL_SHARE = 0.1;

/** Chooses for all apps; `work` counts the effort. */
export function choose(inputs: readonly AppInput[], limits: Limits, work: Work): Choice {
  const levels = inputs.map(levelsOf);
  const currentLevel = inputs.map(() => 0);
  const sharesCapacity = competeForCapacity(inputs, limits);
  const known: (CompiledApp | undefined)[] = inputs.map(() => undefined);
  const shared = new SharedCompilation();
  const firstOfKind = firstOfEach(inputs);
  const answers = new Map<string, { one: ChosenApp; level: number; known?: CompiledApp }>();
  const solveApp = (a: number, isSketch: boolean): ChosenApp => {
    const key = `${firstOfKind[a]} ${currentLevel[a]} ${isSketch}`;
    const equal = answers.get(key);
    if (equal !== undefined) {
      currentLevel[a] = equal.level;
      known[a] = equal.known;
      return { ...equal.one, compiled: { ...equal.one.compiled, ...inputs[a] } };
    }
    const one = solveAtFirstFeasibleLevel(
      inputs[a],
      levels[a],
      currentLevel,
      a,
      limits,
      work,
      isSketch,
      known[a],
      shared,
    );
    // A problem with relaxed limits is not reused for other levels.
    if (one.compiled.problem.ease === undefined) known[a] = one.compiled;
    answers.set(key, { one, level: currentLevel[a], known: known[a] });
    return one;
  };
  let solved = inputs.map((_, a) => solveApp(a, sharesCapacity));
  for (;;) {
    const problem = jointProblemOf(solved, limits, work);
    const sketched = solved.map((one) => one.answer);
    if (
      solved.some(isUnproved) &&
      (hasImplicitCosts(problem) || independentAnswersFit(problem, sketched))
    ) {
      // The apps do not compete for capacity, or no joint proof is possible: prove each app on its own.
      solved = solved.map((one, a) => (isUnproved(one) ? solveApp(a, false) : one));
      continue;
    }
    const answer = solve(problem, sketched, work);
    const infeasible = solved.findIndex(
      (one, a) =>
        answer.apps[a].best === undefined &&
        one.answer.best !== undefined &&
        currentLevel[a] + 1 < levels[a].length,
    );
    if (infeasible < 0) {
      const apps = solved.map((one, a) => ({ ...one, answer: answer.apps[a] }));
      return { ...answer, apps };
    }
    currentLevel[infeasible]++;
    solved[infeasible] = solveApp(infeasible, sharesCapacity);
  }
}

/** True when several apps count against capacity, and some cluster could not hold all of them with all of their demand. */
function competeForCapacity(inputs: readonly AppInput[], limits: Limits): boolean {
  const counted = inputs.filter(({ app }) => app.policy.constraints.capacity !== false);
  return counted.length > 1 && !isRoomForAll(inputs, limits);
}

/** The joint problem of all apps at their current levels. */
export function jointProblemOf(
  posed: readonly { readonly compiled: CompiledApp }[],
  limits: Limits,
  work: Work,
): Problem {
  const apps = posed.map((one) => one.compiled.problem);
  return {
    clusters: limits.headroom.length,
    apps,
    limits,
    links: linksOf(posed.map((one) => one.compiled)),
    workUnits: work.allowed,
  };
}

/** The app alone, at the first level from its present step at which it can be satisfied. */
function solveAtFirstFeasibleLevel(
  input: AppInput,
  ladder: readonly RelaxationLevel[],
  steps: number[],
  a: number,
  limits: Limits,
  work: Work,
  isSketch: boolean,
  /** How the app was compiled before. */
  known: CompiledApp | undefined,
  shared: SharedCompilation,
): ChosenApp {
  // What earlier levels took is not there for later ones, so that all of them together stay within the limit.
  let left = work.allowed / steps.length;
  for (let like = known; ; ) {
    const { tiers, stability, warnings, keepsPrevious } = ladder[steps[a]];
    if (keepsPrevious && like !== undefined) {
      const kept = keptWithinMargin(input, tiers, like, limits, work);
      if (kept !== undefined) return kept;
      steps[a]++;
      continue;
    }
    const effort = (): Work => ({ spent: 0, allowed: left });
    const take = ({ spent }: Work) => {
      work.spent += spent;
      left = Math.max(LEAST_LEVEL_SHARE * left, left - spent);
    };
    const nearEffort = effort();
    const near =
      steps.length === 1
        ? chosenOnNearPairs(input, tiers, stability, limits, nearEffort)
        : undefined;
    take(nearEffort);
    let chosen = near;
    if (chosen === undefined) {
      const fullEffort = effort();
      const asWritten = compileApp(input, tiers, stability, like, shared);
      like = asWritten;
      const compiled = stability.held
        ? withStandingMinimum(asWritten, limits, fullEffort)
        : asWritten;
      const sketched = isSketch ? constructAlone(compiled.problem, limits, fullEffort) : undefined;
      chosen = { compiled, answer: sketched ?? solveAlone(compiled.problem, limits, fullEffort) };
      take(fullEffort);
    }
    if (chosen.answer.best !== undefined || steps[a] + 1 >= ladder.length)
      return { ...chosen, warnings: chosen.answer.best === undefined ? [] : warnings };
    steps[a]++;
  }
}

/** The app on lists of near pairs, as if capacity and the minimum load were not there; undefined where they bind or other rules need all pairs. */
function chosenOnNearPairs(
  input: AppInput,
  tiers: number,
  stability: ActiveStability,
  limits: Limits,
  work: Work,
): Omit<ChosenApp, 'warnings'> | undefined {
  const near = compileOnNearPairs(input, tiers, stability);
  const compiled = near && stability.held ? withStandingMinimum(near, limits, work) : near;
  const answer = compiled && solveOnLists(compiled.problem, limits, work);
  return answer && { compiled, answer };
}

/** The app on its previous clusters within the leave margin; undefined when they are not legal even so. */
function keptWithinMargin(
  input: AppInput,
  tiers: number,
  written: CompiledApp,
  limits: Limits,
  work: Work,
): ChosenApp | undefined {
  const compiled = compileWithLeaveMargin(input, tiers, written);
  const best = previousCandidate(compiled, limits, work);
  if (best === undefined) return undefined;
  const answer = { best, bound: best.evaluated.value, proof: { kind: 'enumeration' as const } };
  return { compiled, answer, warnings: [leaveMarginWarning(written, best.evaluated)] };
}

/** True when some app has more pairs than a joint search could hold. */
function hasImplicitCosts({ apps }: Problem): boolean {
  return apps.some(({ implicitCosts }) => implicitCosts !== undefined);
}

/** True for a solution without a bound: nothing is proved about it. */
function isUnproved({ answer }: ChosenApp): boolean {
  return answer.best !== undefined && answer.bound === Number.NEGATIVE_INFINITY;
}

/** Levels from the policy as written to its weakest form: stability limits are relaxed before the next tier opens. */
function levelsOf(input: AppInput): RelaxationLevel[] {
  const { policy } = input.app;
  const stabilities: { stability: ActiveStability; warnings: string[] }[] = [
    { stability: fullStability, warnings: [] },
  ];
  if (input.previous !== undefined) {
    if (isFrozen(input)) {
      stabilities.push({
        stability: { ...fullStability, frozen: false },
        warnings: ['the freeze window gave way: no legal set keeps the previous clusters'],
      });
    }
    stabilities.push({
      stability: { frozen: false, held: false, maxChanges: true },
      warnings: [
        'minDwellSeconds and tolerations of unreachable clusters gave way: no legal set keeps those clusters',
      ],
    });
    if (policy.stability.maxChanges !== undefined) {
      stabilities.push({
        stability: { frozen: false, held: false, maxChanges: false },
        warnings: [`maxChanges ${policy.stability.maxChanges} gave way: no legal set is that near`],
      });
    }
  }
  const levels: RelaxationLevel[] = [];
  for (let tiers = 1; tiers <= Math.max(1, policy.tiers.length); tiers++) {
    const opened =
      tiers > 1 ? [`tier ${tiers} opened: the earlier tiers cannot satisfy the policy`] : [];
    for (const { stability, warnings } of stabilities) {
      levels.push({ tiers, stability, warnings: [...opened, ...warnings] });
      if (stability === fullStability && canUseLeaveMargin(input)) {
        levels.push({ tiers, stability, warnings: [], keepsPrevious: true });
      }
    }
  }
  return levels;
}

/** The links between these apps; links to other apps are left out. */
export function linksOf(apps: readonly CompiledApp[]): Link[] {
  const at = new Map(apps.map(({ app }, index) => [app.name, index]));
  return apps.flatMap(({ app }, index) =>
    linkedApps(app).flatMap(({ kind, name }) => {
      const other = at.get(name);
      return other === undefined ? [] : [{ kind, app: index, other }];
    }),
  );
}
