/**
 * The cheapest placement of few small apps, and what it costs at least: branch and bound over their columns. A combination of columns
 * that fits costs no more than the best placement on its sets, so that the cheapest one bounds every placement.
 */

import type { Candidate } from '../enumeration/enumeration';
import { COLUMN_PROOF } from '../options';
import { shortened } from '../primitives/round-multipliers';
import { clearlyLess, type Problem, type Work } from '../problem/problem';
import { KINDS } from './assignment/residual-capacity';
import type { CapacityMultipliers } from './capacity-multipliers';
import { assignedInTurn, isDecidedByRoom, roomForAll } from './column-placement';
import { type Column, columnsOf } from './columns/app-columns';
import { raiseColumnBound } from './columns/column-multipliers';
import { searchColumns } from './columns/column-search';
import { judgeJointly, subproblemOf } from './joint-evaluation';
import type { BoundedJointApps } from './joint-search';
import { isBetterPlacement, type Placements, totalValue } from './placing';
import { makeConsistent } from './sequential';

/** The same apps placed as well or better with a higher bound than `known`; undefined where columns are too many or prove no more. */
export function proveByColumns(
  problem: Problem,
  known: BoundedJointApps,
  work: Work,
): BoundedJointApps | undefined {
  const placed = known.apps.map(({ best }) => best);
  const at = placed.flatMap((one, a) => (one === undefined ? [] : [a]));
  if (at.length === 0 || at.length > COLUMN_PROOF.maxApps) return undefined;
  const effort: Work = { spent: 0, allowed: problem.workUnits / COLUMN_PROOF.workDivisor };
  const columns = listedColumns(problem, at, effort);
  const proof = columns && new ColumnProof(problem, at, columns, placed, effort);
  const multipliers = proof?.run(known.limitPrices);
  work.spent += effort.spent;
  if (proof === undefined || multipliers === undefined) return undefined;
  const kept = better(problem, placed, proof.judge.best(), at, work);
  const bound = Math.min(totalValue(kept), proof.bound);
  const least = known.apps.reduce((sum, one) => sum + (one.bound ?? 0), 0);
  return clearlyLess(least, bound) ? distributed(kept, bound, multipliers) : undefined;
}

/** The bound distributed among the apps, so that each has the same relative gap. Only the sum is proved. */
function distributed(
  placed: Placements,
  bound: number,
  limitPrices: CapacityMultipliers,
): BoundedJointApps {
  const sizes = placed.map((one) => Math.abs(one?.evaluated.value ?? 0));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const gap = totalValue(placed) - bound;
  const count = placed.filter((one) => one !== undefined).length;
  return {
    limitPrices,
    apps: placed.map((best, a) => {
      if (best === undefined) return { best };
      const share = size > 0 ? sizes[a] / size : 1 / count;
      return {
        best,
        bound: best.evaluated.value - share * gap,
        proof: { kind: 'enumeration' as const },
      };
    }),
  };
}

/** The columns of these apps; undefined when they are too many to search, or to search again for a check. */
function listedColumns(
  problem: Problem,
  at: readonly number[],
  effort: Work,
): readonly (readonly Column[])[] | undefined {
  const listing: Work = {
    spent: 0,
    allowed: effort.allowed / COLUMN_PROOF.listingDivisor,
  };
  const all: (readonly Column[])[] = [];
  let count = 0;
  for (const a of at) {
    const columns = columnsOf(problem.apps[a], problem.limits, listing);
    count += columns?.length ?? 0;
    if (columns === undefined || count > COLUMN_PROOF.maxColumns) break;
    all.push(columns);
  }
  effort.spent += listing.spent;
  return all.length === at.length ? all : undefined;
}

/** The search for the cheapest combination. Where it does not end, a lower limit is proved, or at least what multipliers prove. */
class ColumnProof {
  readonly judge: Judge;
  bound = Number.NEGATIVE_INFINITY;
  private readonly room: Float64Array;

  constructor(
    problem: Problem,
    at: readonly number[],
    private readonly columns: readonly (readonly Column[])[],
    private readonly placed: Placements,
    private readonly effort: Work,
  ) {
    this.judge = new Judge(problem, at, effort);
    this.room = roomForAll(problem);
  }

  /** The multipliers that prove the bound. */
  run(start: CapacityMultipliers): CapacityMultipliers {
    const { room, columns, effort } = this;
    const value = totalValue(this.placed);
    // Columns do not say how many requests/s of a cluster they take.
    const first = start.map((one, index) =>
      index % KINDS < 3 && room[index] < Number.POSITIVE_INFINITY ? one : 0,
    );
    const raised = raiseColumnBound(columns, room, first, value, effort);
    const multipliers = shortened(raised.multipliers);
    this.bound = raiseColumnBound(
      columns,
      room,
      multipliers,
      Number.NEGATIVE_INFINITY,
      effort,
    ).bound;
    this.bound -= 1e-9 * Math.abs(this.bound);
    for (const [index, share] of COLUMN_PROOF.shares.entries()) {
      const most = Math.min(value, this.judge.value);
      const below = this.bound + share * (most - this.bound);
      if (this.proves(below, multipliers, COLUMN_PROOF.efforts[index])) break;
    }
    return multipliers;
  }

  /** Whether a search showed that no placement costs less than `below`, or what is the least that one may cost. */
  private proves(below: number, multipliers: CapacityMultipliers, part: number): boolean {
    const { columns, room, judge, effort } = this;
    const looks: Work = {
      spent: 0,
      allowed: (effort.allowed * part) / COLUMN_PROOF.unitsPerLook,
    };
    let judged = 0;
    const judgeOne = (chosen: readonly Column[], cost: number) => {
      const before = effort.spent;
      const value = judge.valueOf(chosen, cost);
      judged += effort.spent - before;
      looks.spent += (effort.spent - before) / COLUMN_PROOF.unitsPerLook;
      return value;
    };
    const { isComplete } = searchColumns(
      { columns, room, multipliers, below, judge: judgeOne, isAnyEnough: false },
      looks,
    );
    effort.spent += looks.spent * COLUMN_PROOF.unitsPerLook - judged;
    if (isComplete) this.bound = Math.max(this.bound, Math.min(below, judge.least, judge.value));
    return isComplete;
  }
}

/** Judges combinations of columns by what their sets really cost. */
class Judge {
  value = Number.POSITIVE_INFINITY;
  /** The least cost of a combination that no placement was found for at that cost. */
  least = Number.POSITIVE_INFINITY;
  private readonly isDecidedByRoom: boolean;
  /** True when the cheapest assignment within the loads of a combination costs just what the combination does. */
  private readonly isExact: boolean;
  private found: readonly Candidate[] | undefined;
  private columns: readonly Column[] | undefined;
  private readonly known = new Map<string, readonly Candidate[] | undefined>();

  constructor(
    private readonly problem: Problem,
    private readonly at: readonly number[],
    private readonly effort: Work,
  ) {
    this.isDecidedByRoom = isDecidedByRoom(problem);
    const isFree = at.every((a) => problem.apps[a].replicaCost.every((one) => one === 0));
    this.isExact = this.isDecidedByRoom && isFree;
  }

  /** The best placement found. */
  best(): readonly Candidate[] | undefined {
    const { problem, at, effort, columns } = this;
    return columns === undefined ? this.found : assignedInTurn(problem, at, columns, effort);
  }

  valueOf(chosen: readonly Column[], cost: number): number | undefined {
    if (this.isExact) {
      if (cost < this.value) this.columns = [...chosen];
      this.value = Math.min(this.value, cost);
      return cost;
    }
    const found = this.placementOf(chosen);
    const value = found?.reduce((sum, { evaluated }) => sum + evaluated.value, 0);
    if (value === undefined || clearlyLess(cost, value)) this.least = Math.min(this.least, cost);
    if (found !== undefined && value !== undefined && value < this.value) {
      this.found = found;
      this.value = value;
    }
    return value;
  }

  private placementOf(chosen: readonly Column[]): readonly Candidate[] | undefined {
    const { problem, at, effort } = this;
    if (this.isDecidedByRoom) return assignedInTurn(problem, at, chosen, effort);
    const key = chosen.map(({ open }) => open.join()).join(';');
    if (this.known.has(key)) return this.known.get(key);
    const sets = chosen.map(({ open }) => open);
    const { found } = judgeJointly(subproblemOf(problem, at), sets, effort);
    this.known.set(key, found);
    return found;
  }
}

/** The placement found, where it is better also after all apps are assigned at once. */
function better(
  problem: Problem,
  placed: Placements,
  chosen: readonly Candidate[] | undefined,
  at: readonly number[],
  work: Work,
): Placements {
  if (chosen === undefined) return placed;
  const found: (Candidate | undefined)[] = placed.map(() => undefined);
  at.forEach((a, k) => {
    found[a] = chosen[k];
  });
  const settled = makeConsistent(problem, found, work);
  return isBetterPlacement(settled, placed) ? settled : placed;
}
