/**
 * Looks for a placement of all apps, or of as many as there is room for, over the columns of few small apps: for when heuristics
 * left one out. Where it ends, no more apps than it found have room together.
 */

import type { Candidate } from '../enumeration/enumeration';
import { COMPLETE_SEARCH } from '../options';
import type { AppProblem, Problem, Work } from '../problem/problem';
import { KINDS } from './assignment/residual-capacity';
import { assignedInTurn, isDecidedByRoom, roomForAll } from './column-placement';
import { type Column, columnsOf } from './columns/app-columns';
import { searchColumns } from './columns/column-search';
import { judgeJointly, subproblemOf } from './joint-evaluation';
import type { Placements } from './placing';

/** What the search found. */
export interface CompletePlacement {
  /** More apps placed than before, or as many where there is no more room. */
  readonly placed: Placements;
  /** True when no placement has more apps. */
  readonly isProved: boolean;
}

/** Places more apps than `known` does, as many as possible, within the work of COMPLETE_SEARCH. */
export function searchCompletePlacement(
  problem: Problem,
  known: Placements,
  work: Work,
): CompletePlacement {
  const { apps } = problem;
  if (apps.length > COMPLETE_SEARCH.maxApps) return { placed: known, isProved: false };
  const effort: Work = { spent: 0, allowed: problem.workUnits / COMPLETE_SEARCH.workDivisor };
  const found = new CompleteSearch(problem, effort).better(known);
  work.spent += effort.spent;
  return found;
}

class CompleteSearch {
  private readonly isDecidedByRoom: boolean;
  private readonly room: Float64Array;

  constructor(
    private readonly problem: Problem,
    private readonly work: Work,
  ) {
    this.isDecidedByRoom = isDecidedByRoom(problem);
    this.room = roomForAll(problem);
  }

  better(known: Placements): CompletePlacement {
    const { problem, work } = this;
    const all = this.allColumns();
    if (all === undefined) return { placed: known, isProved: false };
    const isPlaced = known.map((one) => one !== undefined);
    for (const left of leftOut(isPlaced)) {
      const at = [...all.keys()].filter((a) => !left.includes(a));
      if (leavesSomeAlone(problem, left)) continue;
      const { found, isComplete } = this.place(at, all);
      if (found !== undefined) {
        const placed: (Candidate | undefined)[] = known.map(() => undefined);
        at.forEach((a, k) => {
          placed[a] = found[k];
        });
        return { placed, isProved: true };
      }
      if (!isComplete || work.spent > work.allowed) return { placed: known, isProved: false };
    }
    return { placed: known, isProved: true };
  }

  /** Undefined when they are too many for their part of the work. */
  private allColumns(): readonly (readonly Column[])[] | undefined {
    const { problem, work } = this;
    const listing: Work = { spent: 0, allowed: work.allowed / COMPLETE_SEARCH.listingDivisor };
    const all: (readonly Column[])[] = [];
    for (const app of problem.apps) {
      const columns = this.columnsFor(app, listing);
      if (columns === undefined) break;
      all.push(columns);
    }
    work.spent += listing.spent;
    return all.length === problem.apps.length ? all : undefined;
  }

  /** The columns of an app, those that use little first. Where room alone decides, those that need more than another everywhere are left out. */
  private columnsFor(app: AppProblem, work: Work): readonly Column[] | undefined {
    const columns = columnsOf(app, this.problem.limits, work);
    if (columns === undefined) return undefined;
    const size = columns.map((one) => this.sizeOf(one));
    const order = [...columns.keys()].sort((a, b) => size[a] - size[b] || a - b);
    const sorted = order.map((index) => ({ ...(columns[index] as Column), value: 0 }));
    if (!this.isDecidedByRoom) return sorted;
    const kept: Column[] = [];
    for (const one of sorted) {
      work.spent += kept.length * 2;
      if (!kept.some((other) => usesNoMore(other, one))) kept.push(one);
    }
    return kept;
  }

  /** The shares of the room of its clusters that a column uses, added up. */
  private sizeOf({ open, use }: Column): number {
    let size = 0;
    for (let at = 0; at < use.length; at++) {
      const most = this.room[(open[Math.floor(at / KINDS)] as number) * KINDS + (at % KINDS)];
      if (most < Number.POSITIVE_INFINITY) size += use[at] / Math.max(most, 1e-9);
    }
    return size;
  }

  private place(at: readonly number[], columns: readonly (readonly Column[])[]) {
    const { problem, work } = this;
    let found: readonly Candidate[] | undefined;
    const judged = new Map<string, boolean>();
    let isExact = true;
    const judge = (chosen: readonly Column[]): number | undefined => {
      if (this.isDecidedByRoom) found = assignedInTurn(problem, at, chosen, work);
      else {
        const key = chosen.map(({ open }) => open.join()).join(';');
        if (judged.has(key)) return undefined;
        const together = judgeJointly(
          subproblemOf(problem, at),
          chosen.map(({ open }) => open),
          work,
        );
        judged.set(key, true);
        found = together.found;
        isExact &&= found !== undefined || together.isProved;
      }
      return found === undefined ? undefined : 0;
    };
    const { isComplete } = searchColumns(
      {
        columns: at.map((a) => columns[a]),
        room: this.room,
        multipliers: new Float64Array(this.room.length),
        below: 1,
        judge,
        isAnyEnough: true,
      },
      work,
    );
    return { found, isComplete: isComplete && isExact };
  }
}

/** Which apps to leave out, fewest first and fewer than now; those first that are left out now. */
function leftOut(isPlaced: readonly boolean[]): readonly (readonly number[])[] {
  const missing = isPlaced.filter((one) => !one).length;
  const subsets: number[][] = [];
  // At most COMPLETE_SEARCH.maxApps apps.
  for (let bits = 0; bits < 2 ** isPlaced.length; bits++) {
    const left = isPlaced.flatMap((_, a) => (Math.floor(bits / 2 ** a) % 2 === 1 ? [a] : []));
    if (left.length < missing) subsets.push(left);
  }
  const moved = (left: readonly number[]) => left.filter((a) => isPlaced[a]).length;
  return subsets.sort((one, other) => one.length - other.length || moved(one) - moved(other));
}

/** True when an app would be placed without one that it must be together with. */
function leavesSomeAlone({ links }: Problem, left: readonly number[]): boolean {
  return links.some(
    ({ kind, app, other }) => kind === 'together' && !left.includes(app) && left.includes(other),
  );
}

/** True when the first column uses no more of any cluster than the second. */
function usesNoMore(one: Column, other: Column): boolean {
  return one.open.every((cluster, position) => {
    const there = other.open.indexOf(cluster);
    for (let kind = 0; kind < KINDS; kind++) {
      const most = there < 0 ? 0 : other.use[there * KINDS + kind];
      if (one.use[position * KINDS + kind] > most) return false;
    }
    return true;
  });
}
