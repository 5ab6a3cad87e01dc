/**
 * Repairs a joint placement after clusters are lost: each app on a lost cluster leaves it along the cheapest ejection chain,
 * then chains from the moved apps lower the value. Every loss starts from the same placement.
 */
import { EJECTION_CHAIN } from '../options';
import type { Problem, Work } from '../problem/problem';
import { EjectionChains } from './ejection-chain';
import { JointState } from './joint-state';

/** By app: its clusters, ascending. */
export type Sets = readonly (readonly number[])[];

/** One joint state for many losses. */
export class LossRepair {
  private readonly state: JointState;

  /** `sets`: the placement before any loss. */
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

  /** The sets of all apps without these clusters; undefined when some app cannot leave one of them along a chain. */
  setsWithout(lost: readonly number[]): Sets | undefined {
    const { state } = this;
    state.restore(this.sets);
    const isOut = state.residual.whileClosed(lost, () => {
      const isOut = this.evacuate(lost);
      if (isOut) this.improveMoved(EJECTION_CHAIN.perLostCluster * lost.length);
      return isOut;
    });
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
    // An app that does not count against capacity has no chain. The caller moves it.
    return state.appStates.every(({ open }) => !open.some((cluster) => lost.includes(cluster)));
  }

  /** Applies chains that begin with a moved app as long as they lower the value. */
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
