/** The door of the solver: a problem in, chosen sets, flows and a proven bound out. */
import { lagrangianBound, roundCost } from './bound';
import { type Candidate, enumerate, isEnumerable } from './exact';
import { coupled, independentFits, jointly } from './joint';
import type { AppProblem, Limits, Problem, Proof, Work } from './problem';
import { search } from './search';

/** The answer for one app. */
export interface AppAnswer {
  /** The best legal set with its assignment and value; undefined when none was found. */
  readonly best: Candidate | undefined;
  /** Proven: no legal answer costs less. 0 without an answer. */
  readonly bound: number;
  readonly proof: Proof;
}

/** The answer for all apps. */
export interface Answer {
  readonly apps: readonly AppAnswer[];
  /** `joint`: all combinations were compared, so that the bounds of the apps hold only as a sum. */
  readonly proof: 'independent' | 'joint';
}

/** All apps, given what each would choose alone: together only where they share capacity or clusters. */
export function solve(problem: Problem, alone: readonly AppAnswer[], work: Work): Answer {
  if (!coupled(problem) || independentFits(problem, alone)) {
    return { apps: alone, proof: 'independent' };
  }
  const together = jointly(problem, alone, work);
  const apps = together.apps.map(({ best, bound }, a) => ({
    ...alone[a],
    best,
    bound: bound ?? alone[a].bound,
  }));
  return { apps, proof: together.proof };
}

/** One app with the limits to itself: enumerated when that is affordable, else searched and bounded. */
export function solveAlone(app: AppProblem, limits: Limits, work: Work): AppAnswer {
  if (!isEnumerable(app)) return searched(app, limits, work);
  const start = app.clusters > 12 ? quick(app, limits, work) : undefined;
  const { best, isExact } = enumerate(app, limits, work, start);
  if (isExact || best === undefined) {
    return { best, bound: best?.evaluated.value ?? 0, proof: { kind: 'enumeration' } };
  }
  // Some assignment was cut short: the value stands, but only prices prove how good it is.
  const relaxed = lagrangianBound(app, best.evaluated.value, { rounds: 300 }, work);
  const bound = Math.min(relaxed.value, best.evaluated.value);
  return { best, bound, proof: { kind: 'dual', prices: relaxed.prices } };
}

function quick(app: AppProblem, limits: Limits, work: Work): Candidate | undefined {
  return search(app, limits, [], { spent: work.spent, allowed: work.spent + 1 }, () => true);
}

function searched(app: AppProblem, limits: Limits, work: Work): AppAnswer {
  const previous = clustersOf(app.previous);
  const first: Work = { spent: 0, allowed: work.allowed / 4 };
  const firstTry = search(app, limits, [previous], first);
  work.spent += first.spent;
  const rounds = Math.max(60, Math.min(600, Math.floor(work.allowed / 2 / roundCost(app))));
  const relaxed = lagrangianBound(app, firstTry?.evaluated.value ?? Infinity, { rounds }, work);
  const again: Work = { spent: 0, allowed: work.allowed / 4 };
  const best = search(
    app,
    limits,
    [...(firstTry ? [firstTry.open] : []), ...relaxed.starts],
    again,
  );
  work.spent += again.spent;
  const bound = best === undefined ? 0 : Math.min(relaxed.value, best.evaluated.value);
  return { best, bound, proof: { kind: 'dual', prices: relaxed.prices } };
}

function clustersOf(flags: Uint8Array): number[] {
  const clusters: number[] = [];
  flags.forEach((flag, cluster) => {
    if (flag === 1) clusters.push(cluster);
  });
  return clusters;
}
