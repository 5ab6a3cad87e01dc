/**
 * Many apps, or large ones, on shared clusters: from what each would choose alone, apps are ejected along the cheapest chains until
 * everything fits, then exchange places while that lowers the value. One after another is tried as well: the better one counts.
 */
import { makeRoom, settleIn } from './ejection';
import { evaluate, limitsLess } from './evaluate';
import type { Candidate } from './exact';
import { exchange } from './exchange';
import { boundTogether, rentOf } from './joint-bound';
import { clearlyLess, type Problem, type Proof, type Work } from './problem';
import { type Known, settled } from './sequence';
import type { LimitPrices } from './slot-prices';
import { Table } from './table';
import { judgeTogether, partOf } from './together';

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
  const effort: Work = { spent: 0, allowed: problem.workUnits / SEARCHING };
  const table = seated(problem, alone, effort);
  const sets = table.seats.map(({ open }, a) => (table.isSeated[a] === 1 ? open : undefined));
  const placed = settled(problem, assignedAll(problem, sets, effort), effort);
  const crowd = proved(table, alone, placed, effort);
  work.spent += effort.spent;
  return crowd;
}

/** Proves how good these sets are. */
export function proveCrowd(
  problem: Problem,
  alone: readonly Known[],
  placed: readonly (Candidate | undefined)[],
  work: Work,
): Crowd {
  return proved(new Table(problem, problem.limits, work), alone, placed, work);
}

/** The better of two ways: all at once, then ejected; one after another. Both then exchange. */
function seated(problem: Problem, alone: readonly Known[], work: Work): Table {
  const ejected = new Table(problem, problem.limits, work);
  alone.forEach(({ best }, a) => {
    if (best === undefined) return;
    ejected.seat(a, best.open);
    ejected.seats[a].narrow();
  });
  makeRoom(ejected);
  // Where room is short, apps are now far from where they began: what is near them has changed.
  for (const [a, seat] of ejected.seats.entries()) if (ejected.isSeated[a] === 1) seat.narrow();
  exchange(ejected);
  const queued = new Table(problem, problem.limits, work, ejected);
  alone.forEach(({ best }, a) => {
    if (best !== undefined) settleIn(queued, a, best.open);
  });
  if (!isBetter(queued, ejected)) return ejected;
  exchange(queued);
  return queued;
}

function isBetter(a: Table, b: Table): boolean {
  const count = (table: Table) => table.isSeated.reduce((sum, one) => sum + one, 0);
  if (count(a) !== count(b)) return count(a) > count(b);
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

/** The bound of the whole, parted among the apps: each gets back what its own use pays, all share what unused room costs. */
function proved(
  table: Table,
  alone: readonly Known[],
  placed: readonly (Candidate | undefined)[],
  work: Work,
): Crowd {
  let value = 0;
  placed.forEach((one, a) => {
    if (one === undefined) table.leave(a);
    else {
      table.seat(a, one.open);
      value += one.evaluated.value;
    }
  });
  const own = alone.map(({ best }) => best?.open);
  const { limits, apps, paid } = boundTogether(table, own, value, work);
  const rents = placed.map((one, a) => {
    if (one === undefined) return 0;
    const { open, load } = one.evaluated.assigned;
    return rentOf(table.problem.apps[a], open, load, limits);
  });
  const unused = (paid - rents.reduce((sum, one) => sum + one, 0)) / Math.max(1, count(placed));
  return {
    limitPrices: limits,
    apps: placed.map((best, a): Placed => {
      const own = apps[a];
      if (best === undefined || own === undefined) return { best };
      const root = { point: { prices: own.prices, rates: new Float64Array(0) } };
      return {
        best,
        bound: own.value - rents[a] - unused,
        proof: { kind: 'dual', root, rules: [] },
      };
    }),
  };
}

function count(placed: readonly (Candidate | undefined)[]): number {
  return placed.reduce((sum, one) => sum + (one === undefined ? 0 : 1), 0);
}
