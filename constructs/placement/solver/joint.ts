/** Several apps on shared clusters: all combinations when few, else one after another in several orders and exchanges. */
import { type Assignment, assign } from './assign';
import { evaluate, judge, limitsLess } from './evaluate';
import { type Candidate, enumerate, forEachSet, isEnumerable, setsOf } from './exact';
import { type AppProblem, clearlyLess, type Limits, type Problem, type Work } from './problem';
import { setViolation } from './rules';
import { search } from './search';

/** Combinations of sets up to which all are compared. */
export const MOST_COMBINATIONS = 300_000;
/** Rounds of replacing each app given the others; each lowers the value or is the last. */
const MOST_ROUNDS = 6;

/** What the joint search found. */
export interface Joint {
  readonly apps: readonly { readonly best: Candidate | undefined; readonly bound?: number }[];
  readonly proof: 'independent' | 'joint';
}

interface Known {
  readonly best: Candidate | undefined;
  readonly bound: number;
}

/** True when apps can touch each other: a link, or two apps that count against capacity. */
export function coupled(problem: Problem): boolean {
  return (
    problem.links.length > 0 || problem.apps.filter((app) => app.capacity !== 'none').length > 1
  );
}

/** True when every app can have what is best for it alone. */
export function independentFits(problem: Problem, alone: readonly Known[]): boolean {
  const sets = alone.map(({ best }) => best?.open ?? []);
  return (
    linksHold(problem, sets) &&
    problem.apps.every((app, a) => {
      const best = alone[a].best;
      if (best === undefined) return true;
      const { evaluated, open } = best;
      const others = limitsLess(problem.limits, othersOf(problem, alone, a));
      const now = evaluate(app, open, others, { spent: 0, allowed: 0 });
      return now.violation === 0 && !clearlyLess(evaluated.value, now.value);
    })
  );
}

/** Places all apps together; never worse than one after another in name order. */
export function jointly(problem: Problem, alone: readonly Known[], work: Work): Joint {
  if (isSmall(problem)) {
    const best = compareAll(problem, work);
    if (best !== undefined) {
      const bounds = best.map((one) => one.evaluated.value);
      return { apps: best.map((one, a) => ({ best: one, bound: bounds[a] })), proof: 'joint' };
    }
    // Nothing satisfies all apps together: serve those that can be, in order.
  }
  const orders = ordersOf(problem, alone);
  let best: (Candidate | undefined)[] | undefined;
  for (const order of orders) {
    const found = settled(
      problem,
      improveEach(problem, oneAfterAnother(problem, alone, order, work), work),
      work,
    );
    if (best === undefined || isBetterFor(found, best)) best = found;
  }
  return { apps: (best ?? []).map((one) => ({ best: one })), proof: 'independent' };
}

function isSmall(problem: Problem): boolean {
  let combinations = 1;
  for (const app of problem.apps) {
    if (!isEnumerable(app)) return false;
    combinations *= Math.max(1, setsOf(app));
    if (combinations > MOST_COMBINATIONS) return false;
  }
  return true;
}

interface Option {
  readonly open: readonly number[];
  readonly relaxed: number;
}

/** Branch and bound over one set per app, cheapest relaxed sum first. */
function compareAll(problem: Problem, work: Work): Candidate[] | undefined {
  const options = problem.apps.map((app) => optionsOf(app, work));
  if (options.some((list) => list.length === 0)) return undefined;
  const leastRest = options.map((_, a) =>
    options.slice(a + 1).reduce((sum, list) => sum + list[0].relaxed, 0),
  );
  let best: Candidate[] | undefined;
  let bestValue = Number.POSITIVE_INFINITY;
  const chosen: Option[] = [];
  const descend = (a: number, relaxed: number): void => {
    if (a === options.length) {
      const found = judgeTogether(
        problem,
        chosen.map((option) => option.open),
        work,
      );
      const value = found?.reduce((sum, one) => sum + one.evaluated.value, 0);
      if (found !== undefined && value !== undefined && clearlyLess(value, bestValue)) {
        best = found;
        bestValue = value;
      }
      return;
    }
    for (const option of options[a]) {
      if (!clearlyLess(relaxed + option.relaxed + leastRest[a], bestValue)) break;
      chosen.push(option);
      descend(a + 1, relaxed + option.relaxed);
      chosen.pop();
    }
  };
  descend(0, 0);
  return best;
}

function optionsOf(app: AppProblem, work: Work): Option[] {
  const options: Option[] = [];
  forEachSet(app, work, {
    limit: () => Number.POSITIVE_INFINITY,
    visit: (open, relaxed) => {
      options.push({ open, relaxed });
      return false;
    },
  });
  return options.sort((a, b) => a.relaxed - b.relaxed);
}

/** All apps assigned at once; undefined when some rule of some app does not hold. */
function judgeTogether(
  problem: Problem,
  sets: readonly (readonly number[])[],
  work: Work,
): Candidate[] | undefined {
  if (!linksHold(problem, sets)) return undefined;
  const assignment: Assignment = assign(problem.apps, sets, problem.limits, work);
  if (assignment.shortfall > 0) return undefined;
  const candidates: Candidate[] = [];
  for (const [a, app] of problem.apps.entries()) {
    const others = problem.apps
      .map((other, b) => ({ app: other, assigned: assignment.apps[b] }))
      .filter((_, b) => b !== a);
    const limits = limitsLess(problem.limits, others);
    const assigned = assignment.apps[a];
    const judged = judge(app, assigned, 0, limits, work);
    if (judged.violation > 0) return undefined;
    candidates.push({ open: sets[a], evaluated: { assigned, assignment, ...judged } });
  }
  return candidates;
}

/** Name order, least room for choice first, largest demand first. */
function ordersOf(problem: Problem, alone: readonly Known[]): number[][] {
  const names = problem.apps.map((_, a) => a);
  const demand = problem.apps.map((app) =>
    app.requestsPerSecond.reduce((sum, one) => sum + one, 0),
  );
  const worth = alone.map((one) => one.best?.evaluated.value ?? 0);
  return [
    names,
    [...names].sort((a, b) => demand[b] - demand[a] || a - b),
    [...names].sort((a, b) => worth[b] - worth[a] || a - b),
  ];
}

function oneAfterAnother(
  problem: Problem,
  alone: readonly Known[],
  order: readonly number[],
  work: Work,
): (Candidate | undefined)[] {
  const placed: (Candidate | undefined)[] = problem.apps.map(() => undefined);
  for (const a of order) placed[a] = replace(problem, placed, a, alone[a].best, work);
  return placed;
}

/** The sets found, assigned all at once where that is legal; apps whose rules do not hold beside the others are left out. */
function settled(
  problem: Problem,
  placed: readonly (Candidate | undefined)[],
  work: Work,
): (Candidate | undefined)[] {
  const kept = [...placed];
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, one] of kept.entries()) {
      if (one === undefined || holdsBeside(problem, kept, a, one, work)) continue;
      kept[a] = undefined;
      changed = true;
    }
  }
  if (kept.some((one) => one === undefined)) return kept;
  const sets = kept.map((one) => one?.open ?? []);
  return judgeTogether(problem, sets, work) ?? kept;
}

function holdsBeside(
  problem: Problem,
  placed: readonly (Candidate | undefined)[],
  a: number,
  one: Candidate,
  work: Work,
): boolean {
  const others = problem.apps.flatMap((app, b) => {
    const best = placed[b];
    return b === a || best === undefined ? [] : [{ app, assigned: best.evaluated.assigned }];
  });
  const now = evaluate(problem.apps[a], one.open, limitsLess(problem.limits, others), work);
  const mine = problem.links.filter((link) => link.app === a);
  return (
    now.violation === 0 &&
    !clearlyLess(one.evaluated.value, now.value) &&
    linksHold(
      { ...problem, links: mine },
      placed.map((other) => other?.open ?? []),
    )
  );
}

/** Replaces each app given the others until nothing improves. */
function improveEach(
  problem: Problem,
  placed: (Candidate | undefined)[],
  work: Work,
): (Candidate | undefined)[] {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let moved = false;
    for (const a of placed.keys()) {
      const before = placed[a];
      const after = replace(problem, placed, a, before, work);
      if (after === undefined) continue;
      if (before === undefined || clearlyLess(after.evaluated.value, before.evaluated.value)) {
        placed[a] = after;
        moved = true;
      }
    }
    if (!moved) break;
  }
  return placed;
}

/** The best set of app `a` within what the others leave and the links to them. */
function replace(
  problem: Problem,
  placed: readonly (Candidate | undefined)[],
  a: number,
  start: Candidate | undefined,
  work: Work,
): Candidate | undefined {
  const app = linked(problem, placed, a);
  const used = problem.apps.flatMap((other, b) => {
    const best = placed[b];
    return b === a || best === undefined ? [] : [{ app: other, assigned: best.evaluated.assigned }];
  });
  const limits = limitsLess(problem.limits, used);
  const effort: Work = { spent: 0, allowed: problem.workUnits / (problem.apps.length * 12) };
  const starts = start === undefined ? [] : [start.open];
  const found = isEnumerable(app)
    ? enumerate(app, limits, effort, legal(app, limits, starts, effort))
    : search(app, limits, starts, effort);
  work.spent += effort.spent;
  return found;
}

function legal(
  app: AppProblem,
  limits: Limits,
  starts: readonly (readonly number[])[],
  work: Work,
): Candidate | undefined {
  for (const open of starts) {
    const evaluated = evaluate(app, open, limits, work);
    const allowed = open.every((cluster) => app.allowed[cluster] === 1);
    if (allowed && evaluated.violation === 0 && setViolation(app, open) === 0) {
      return { open, evaluated };
    }
  }
  return undefined;
}

/** The app with the links to already placed apps turned into allowed and held clusters. */
function linked(
  problem: Problem,
  placed: readonly (Candidate | undefined)[],
  a: number,
): AppProblem {
  const app = problem.apps[a];
  const allowed = app.allowed.slice();
  const rules = [...app.rules];
  for (const link of problem.links) {
    const [mine, theirs] = link.app === a ? [true, link.other] : [false, link.app];
    const other = placed[theirs];
    if ((link.app !== a && link.other !== a) || other === undefined) continue;
    const taken = new Set(other.open);
    for (let cluster = 0; cluster < app.clusters; cluster++) {
      if (link.kind === 'apart' && taken.has(cluster)) allowed[cluster] = 0;
      if (link.kind === 'together' && mine && !taken.has(cluster)) allowed[cluster] = 0;
    }
    if (link.kind === 'together' && !mine) {
      const members = Uint8Array.from(allowed, (_, cluster) => (taken.has(cluster) ? 1 : 0));
      rules.push({ kind: 'count', members, min: taken.size, max: taken.size, keepsThin: false });
    }
  }
  return { ...app, allowed, rules };
}

function linksHold(problem: Problem, sets: readonly (readonly number[])[]): boolean {
  return problem.links.every(({ kind, app, other }) => {
    const theirs = new Set(sets[other]);
    return kind === 'together'
      ? sets[app].every((cluster) => theirs.has(cluster))
      : sets[app].every((cluster) => !theirs.has(cluster));
  });
}

function othersOf(problem: Problem, alone: readonly Known[], a: number) {
  return problem.apps.flatMap((app, b) => {
    const best = alone[b].best;
    return b === a || best === undefined ? [] : [{ app, assigned: best.evaluated.assigned }];
  });
}

function isBetterFor(
  found: readonly (Candidate | undefined)[],
  best: readonly (Candidate | undefined)[],
): boolean {
  const placed = (list: readonly (Candidate | undefined)[]) => list.filter(Boolean).length;
  const value = (list: readonly (Candidate | undefined)[]) =>
    list.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
  if (placed(found) !== placed(best)) return placed(found) > placed(best);
  return clearlyLess(value(found), value(best));
}
