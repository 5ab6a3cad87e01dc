/**
 * Evacuation: clusters are lost, and whoever was there leaves along the cheapest chains: each takes the place of the next, until one
 * finds room. Then those that moved exchange further. All begins at one table that knows where everybody sat before.
 */
import type { Problem, Work } from '../problem/problem';
import { Chains } from './ejection-chain';
import { Table } from './joint-state';
import { KINDS } from './residual-capacity';

/** Chains that apps which moved may begin for each cluster that was lost: a repair, not a new decision. */
const CHAINS_PER_LOSS = 4;

/** By app: its clusters, ascending. */
export type Sets = readonly (readonly number[])[];

/** One table for many losses. */
export class Evacuation {
  private readonly table: Table;

  /** `sets`: where all apps are with nothing lost. */
  constructor(
    problem: Problem,
    private readonly sets: Sets,
    work: Work,
  ) {
    this.table = new Table(problem, problem.limits, work);
    sets.forEach((open, a) => {
      this.table.seat(a, open);
      this.table.rank(a);
    });
  }

  /** Where everybody is without these clusters; undefined when chains lead nobody out of one of them. */
  without(lost: readonly number[]): Sets | undefined {
    const { table } = this;
    table.restore(this.sets);
    const { most, capacity } = table.room;
    const before = [most.slice(), capacity.slice()];
    for (const cluster of lost) {
      most.fill(0, cluster * KINDS, (cluster + 1) * KINDS);
      capacity.fill(0, cluster * KINDS, (cluster + 1) * KINDS);
    }
    const isOut = this.leave(lost);
    if (isOut) this.settle(CHAINS_PER_LOSS * lost.length);
    most.set(before[0]);
    capacity.set(before[1]);
    return isOut ? table.seats.map(({ open }) => open) : undefined;
  }

  private leave(lost: readonly number[]): boolean {
    const { table } = this;
    const chains = new Chains(table);
    for (const cluster of lost) {
      while (table.usersOf(cluster).length > 0) {
        const chain = chains.outOf(cluster);
        if (chain === undefined) return false;
        for (const step of chain.steps) table.step(step);
      }
    }
    // An app that counts against no room has no chain: it is somebody else's to move.
    return table.seats.every(({ open }) => !open.some((cluster) => lost.includes(cluster)));
  }

  /** Those that moved take better places as long as a chain that begins with one of them lowers the value. */
  private settle(most: number): void {
    const { table, sets } = this;
    const chains = new Chains(table);
    for (let isMoving = true, left = most; isMoving && left > 0; ) {
      isMoving = false;
      for (const [a, { app, open }] of table.seats.entries()) {
        if (open === sets[a] || app.capacity === 'none') continue;
        const chain = chains.startingWith(a, table.leastGain(a));
        if (chain === undefined) continue;
        for (const step of chain.steps) table.step(step);
        isMoving = true;
        left--;
      }
    }
  }
}
