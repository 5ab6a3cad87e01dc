/** Choose: the cheapest legal clusters of all apps together, and what gives way before an app goes without. */
import {
  type AppInput,
  type CompiledApp,
  compileApp,
  fullStability,
  isFrozen,
  type Stability,
} from './compile';
import type { Limits, Link, Problem, Work } from './solver/problem';
import { type AppAnswer, solve, solveAlone } from './solver/solve';

/** An app with its answer. */
export interface ChosenApp {
  readonly compiled: CompiledApp;
  readonly answer: AppAnswer;
  /** What gave way: stability limits, tiers. */
  readonly warnings: readonly string[];
}

/** All apps with their answers. */
export interface Choice {
  readonly apps: readonly ChosenApp[];
  readonly proof: 'independent' | 'joint';
}

/** One way to pose an app: how many tiers are open, which stability limits are in force. */
interface Level {
  readonly tiers: number;
  readonly stability: Stability;
  readonly warnings: readonly string[];
}

/** Work units of one decision: about 10 s of one core at the most, spent only where search is still worth it. */
export const WORK_UNITS = 1.2e9;

/** Chooses for all apps; `work` counts the effort. */
export function choose(inputs: readonly AppInput[], limits: Limits, work: Work): Choice {
  const ladders = inputs.map(levelsOf);
  const steps = inputs.map(() => 0);
  const posed = inputs.map((input, a) => poseAlone(input, ladders[a], steps, a, limits, work));
  for (;;) {
    const answer = solve(
      problemOf(posed, limits, work),
      posed.map((one) => one.answer),
      work,
    );
    const stuck = posed.findIndex(
      (one, a) =>
        answer.apps[a].best === undefined &&
        one.answer.best !== undefined &&
        steps[a] + 1 < ladders[a].length,
    );
    if (stuck < 0) {
      const apps = posed.map((one, a) => ({ ...one, answer: answer.apps[a] }));
      return { apps, proof: answer.proof };
    }
    steps[stuck]++;
    posed[stuck] = poseAlone(inputs[stuck], ladders[stuck], steps, stuck, limits, work);
  }
}

/** The problem of all apps as they are posed now. */
export function problemOf(
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
function poseAlone(
  input: AppInput,
  ladder: readonly Level[],
  steps: number[],
  a: number,
  limits: Limits,
  work: Work,
): ChosenApp {
  for (;;) {
    const { tiers, stability, warnings } = ladder[steps[a]];
    const compiled = compileApp(input, tiers, stability);
    const effort: Work = { spent: 0, allowed: work.allowed / steps.length };
    const answer = solveAlone(compiled.problem, limits, effort);
    work.spent += effort.spent;
    if (answer.best !== undefined || steps[a] + 1 >= ladder.length) {
      return { compiled, answer, warnings: answer.best === undefined ? [] : warnings };
    }
    steps[a]++;
  }
}

/** From what the policy asks for to what is still legal: stability gives way before the next tier opens. */
function levelsOf(input: AppInput): Level[] {
  const { policy } = input.app;
  const stabilities: { stability: Stability; warnings: string[] }[] = [
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
  const levels: Level[] = [];
  for (let tiers = 1; tiers <= Math.max(1, policy.tiers.length); tiers++) {
    const opened =
      tiers > 1 ? [`tier ${tiers} opened: the earlier tiers cannot satisfy the policy`] : [];
    for (const { stability, warnings } of stabilities) {
      levels.push({ tiers, stability, warnings: [...opened, ...warnings] });
    }
  }
  return levels;
}

function linksOf(apps: readonly CompiledApp[]): Link[] {
  const at = new Map(apps.map(({ app }, index) => [app.name, index]));
  return apps.flatMap(({ app }, index) => {
    const { together, apart } = app.policy.constraints;
    const links = (kind: Link['kind'], names: readonly string[]) =>
      names.flatMap((name) => {
        const other = at.get(name);
        return other === undefined ? [] : [{ kind, app: index, other }];
      });
    return [...links('together', together), ...links('apart', apart)];
  });
}
