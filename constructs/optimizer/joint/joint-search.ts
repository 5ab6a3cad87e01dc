/**
 * Many apps, or large ones, on shared clusters: from what each would choose alone, apps are ejected along the cheapest chains until
 * everything fits, then exchange places while that lowers the value. One after another is tried as well: the better one counts.
 */

import { evaluate, limitsLess } from '../assignment/evaluation';
import type { Candidate } from '../enumeration/enumeration';
import { clearlyLess, type Problem, type Proof, type Work } from '../problem/problem';
import { setViolation } from '../problem/set-rules';
import type { LimitPrices } from './capacity-multipliers';
import { descend } from './constructive-start';
import { makeRoom, settleIn } from './ejection-repair';
import { exchange } from './exchange';
import { boundTogether, type JointBound } from './joint-bound';
import { judgeTogether, partOf } from './joint-evaluation';
import { Table } from './joint-state';
import { negotiate } from './negotiated-congestion';
import { type Known, settled } from './sequential';

/** One app of a crowd. Bounds hold as a sum. */
export interface Placed {
  readonly best: Candidate | undefined;
  readonly bound?: number;
  readonly proof?: Proof;
}

/** What the apps of a crowd come to. */
export interface Crowd {
  readonly apps: readonly Placed[];
  /** Prices of limits that, with those of the origins, prove the sum of the bounds. */
  readonly limitPrices: LimitPrices;
}

/** Share of the work that the search may take; the bound then costs about as many rounds as it takes, whatever is left. */
const SEARCHING = 2;

/** Places all apps for which a set alone is known, and proves how good that is. */
export function placeCrowd(problem: Problem, alone: readonly Known[], work: Work): Crowd {
  return proveCrowd(problem, alone, searchCrowd(problem, alone, work), work);
}

/** Sets for all apps for which one alone is known, as far as there is room. */
export function searchCrowd(
  problem: Problem,
  alone: readonly Known[],
  work: Work,
): (Candidate | undefined)[] {
  const effort: Work = { spent: 0, allowed: problem.workUnits / SEARCHING };
  const table = seated(problem, alone, effort);
  const placed = settled(problem, assignedAll(problem, table.sets(), effort), effort);
  work.spent += effort.spent;
  return placed;
}

/** Proves how good these sets are. */
export function proveCrowd(
  problem: Problem,
  alone: readonly Known[],
  placed: readonly (Candidate | undefined)[],
  work: Work,
): Crowd {
  return parted(placed, boundCrowd(problem, alone, placed, work));
}

/** By app: the clusters it had, as far as it may; undefined when some app had none, or none that is legal by itself. */
export function previousSets(problem: Problem): readonly (readonly number[])[] | undefined {
  const sets = problem.apps.map((app) =>
    [...app.previous.keys()].filter((c) => app.previous[c] === 1 && app.allowed[c] === 1),
  );
  const isLegal = problem.apps.every(
    (app, a) => sets[a].length > 0 && setViolation(app, sets[a]) === 0,
  );
  return isLegal ? sets : undefined;
}

/** From where the apps were, as long as little is to gain; else the best of all ways. */
function seated(problem: Problem, alone: readonly Known[], work: Work): Table {
  const stayed = fromBefore(problem, alone, work);
  if (stayed?.isSettled === true) return stayed.table;
  const anew = fromNothing(problem, alone, work);
  return stayed !== undefined && !isBetter(anew, stayed.table) ? stayed.table : anew;
}

/** Share of the value: when exchanges gain more than this, apps have been elsewhere than they would go today. */
export const LITTLE = 0.01;

/** The apps exchange from their previous sets; undefined when some had none that is legal by itself. */
function fromBefore(
  problem: Problem,
  alone: readonly Known[],
  work: Work,
): { readonly table: Table; readonly isSettled: boolean } | undefined {
  const sets = previousSets(problem);
  if (sets === undefined) return undefined;
  const table = new Table(problem, problem.limits, work);
  const wanted = sets.map((open, a) => (alone[a].best === undefined ? undefined : open));
  seatAll(table, wanted);
  makeRoom(table);
  const before = table.value();
  exchange(table);
  const isWhole = table.seated() === wanted.filter(Boolean).length;
  const isSettled = isWhole && before - table.value() <= LITTLE * Math.abs(before);
  return { table, isSettled };
}

/** Each app with its set, looking around from there. */
function seatAll(table: Table, sets: readonly (readonly number[] | undefined)[]): void {
  sets.forEach((open, a) => {
    if (open === undefined) return;
    table.seat(a, open);
    table.rank(a);
  });
}

/** The better of two ways: all at once, negotiating, then ejected; one after another. Both then exchange. */
function fromNothing(problem: Problem, alone: readonly Known[], work: Work): Table {
  const ejected = new Table(problem, problem.limits, work);
  const wanted = alone.map(({ best }, a) => best && descended(ejected, a, best.open));
  wanted.forEach((open, a) => {
    if (open !== undefined) ejected.seat(a, open);
  });
  negotiate(ejected);
  makeRoom(ejected);
  exchange(ejected);
  const queued = inTurn(ejected, wanted, work);
  if (queued === undefined || !isBetter(queued, ejected)) return ejected;
  exchange(queued);
  return queued;
}

/** One after another; given up as soon as it cannot be better than what is known. */
function inTurn(
  known: Table,
  wanted: readonly (readonly number[] | undefined)[],
  work: Work,
): Table | undefined {
  const { problem } = known;
  const queued = new Table(problem, problem.limits, work, known);
  const isWhole = known.seated() === wanted.filter(Boolean).length;
  const most = known.value();
  let least = 0;
  wanted.forEach((open, a) => {
    if (open === undefined) return;
    queued.seats[a].take(open);
    least += queued.seats[a].value;
  });
  for (const [a, open] of wanted.entries()) {
    if (open === undefined) continue;
    least -= queued.seats[a].value;
    settleIn(queued, a, open);
    least += queued.isSeated[a] === 1 ? queued.seats[a].value : 0;
    if (isWhole && (queued.isSeated[a] === 0 || !clearlyLess(least, most))) return undefined;
  }
  return queued;
}

/** What an app would have had it the room to itself. */
function descended(table: Table, a: number, open: readonly number[]): readonly number[] {
  table.seat(a, open);
  table.rank(a);
  descend(table, a);
  table.leave(a);
  return table.seats[a].open;
}

function isBetter(a: Table, b: Table): boolean {
  if (a.seated() !== b.seated()) return a.seated() > b.seated();
  return clearlyLess(a.value(), b.value());
}

/** The sets with their assignment, all at once; where some rule does not hold then, each beside those before it. */
function assignedAll(
  problem: Problem,
  sets: readonly (readonly number[] | undefined)[],
  work: Work,
): (Candidate | undefined)[] {
  const at = sets.flatMap((open, a) => (open === undefined ? [] : [a]));
  const judged = judgeTogether(
    partOf(problem, at),
    at.map((a) => sets[a] ?? []),
    work,
  );
  if (judged !== undefined) {
    return sets.map((open, a) => (open === undefined ? undefined : judged[at.indexOf(a)]));
  }
  const placed: (Candidate | undefined)[] = sets.map(() => undefined);
  for (const a of at) {
    const open = sets[a] ?? [];
    const others = problem.apps.flatMap((app, b) => {
      const one = placed[b];
      return one === undefined ? [] : [{ app, assigned: one.evaluated.assigned }];
    });
    const evaluated = evaluate(problem.apps[a], open, limitsLess(problem.limits, others), work);
    if (evaluated.violation === 0) placed[a] = { open, evaluated };
  }
  return placed;
}

/** What prices prove about the apps that have a set, whatever their sets. */
export function boundCrowd(
  problem: Problem,
  alone: readonly Known[],
  placed: readonly (Candidate | undefined)[],
  work: Work,
): JointBound {
  const table = new Table(problem, problem.limits, work);
  placed.forEach((one, a) => {
    if (one !== undefined) table.seat(a, one.open);
  });
  const own = alone.map(({ best }) => best?.open);
  const value = placed.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
  return boundTogether(table, own, value, work);
}

/** The bound of the whole, parted among the apps so that each is as far from its value as the whole is: only the sum is proved. */
export function parted(
  placed: readonly (Candidate | undefined)[],
  { limits, apps, paid }: JointBound,
): Crowd {
  let [value, size] = [0, 0];
  for (const one of placed) {
    value += one?.evaluated.value ?? 0;
    size += Math.abs(one?.evaluated.value ?? 0);
  }
  const bound = apps.reduce((sum, one) => sum + (one?.value ?? 0), -paid);
  const share = (one: Candidate) =>
    size > 0 ? Math.abs(one.evaluated.value) / size : 1 / count(placed);
  return {
    limitPrices: limits,
    apps: placed.map((best, a): Placed => {
      const own = apps[a];
      if (best === undefined || own === undefined) return { best };
      const root = {
        point: { assignmentMultipliers: own.prices, ruleMultipliers: new Float64Array(0) },
      };
      return {
        best,
        bound: best.evaluated.value - share(best) * Math.max(0, value - bound),
        proof: { kind: 'dual', root, rules: [] },
      };
    }),
  };
}

function count(placed: readonly (Candidate | undefined)[]): number {
  return placed.reduce((sum, one) => sum + (one === undefined ? 0 : 1), 0);
}
