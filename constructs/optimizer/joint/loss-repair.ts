/**
 * Evacuation: clusters are lost, and whoever was there leaves along the cheapest chains: each takes the place of the next, until one
 * finds room. Then those that moved exchange further. All begins at one table that knows where everybody sat before.
 */
import { EJECTION_CHAIN } from '../options';
import type { Problem, Work } from '../problem/problem';
import { EjectionChains } from './ejection-chain';
import { JointState } from './joint-state';
import { KINDS } from './residual-capacity';

/** By app: its clusters, ascending. */
export type Sets = readonly (readonly number[])[];

/** One table for many losses. */
export class LossRepair {
  private readonly state: JointState;

  /** `sets`: where all apps are with nothing lost. */
  constructor(
    problem: Problem,
    private readonly sets: Sets,
    work: Work,
  ) {
    this.state = new JointState(problem, problem.limits, work);
    sets.forEach((open, a) => {
      this.state.place(a, open);
      this.state.restrictToNear(a);
    });
  }

  /** Where everybody is without these clusters; undefined when chains lead nobody out of one of them. */
  setsWithout(lost: readonly number[]): Sets | undefined {
    const { state } = this;
    state.restore(this.sets);
    const { limit, capacity } = state.residual;
    const before = [limit.slice(), capacity.slice()];
    for (const cluster of lost) {
      limit.fill(0, cluster * KINDS, (cluster + 1) * KINDS);
      capacity.fill(0, cluster * KINDS, (cluster + 1) * KINDS);
    }
    const isOut = this.evacuate(lost);
    if (isOut) this.improveMoved(EJECTION_CHAIN.perLostCluster * lost.length);
    limit.set(before[0]);
    capacity.set(before[1]);
    return isOut ? state.appStates.map(({ open }) => open) : undefined;
  }

  private evacuate(lost: readonly number[]): boolean {
    const { state } = this;
    const chains = new EjectionChains(state);
    for (const cluster of lost) {
      while (state.appsOn(cluster).length > 0) {
        const chain = chains.cheapestOutOf(cluster);
        if (chain === undefined) return false;
        for (const step of chain.moves) state.apply(step);
      }
    }
    // An app that counts against no room has no chain: it is somebody else's to move.
    return state.appStates.every(({ open }) => !open.some((cluster) => lost.includes(cluster)));
  }

  /** Those that moved take better places as long as a chain that begins with one of them lowers the value. */
  private improveMoved(most: number): void {
    const { state, sets } = this;
    const chains = new EjectionChains(state);
    for (let isMoving = true, left = most; isMoving && left > 0; ) {
      isMoving = false;
      for (const [a, { app, open }] of state.appStates.entries()) {
        if (open === sets[a] || app.capacity === 'none') continue;
        const chain = chains.cheapestFrom(a, state.leastGain(a));
        if (chain === undefined) continue;
        for (const step of chain.moves) state.apply(step);
        isMoving = true;
        left--;
      }
    }
  }
}
