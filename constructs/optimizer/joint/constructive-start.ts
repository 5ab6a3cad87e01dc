/** A first set for one app: grown cluster by cluster, then improved exchange by exchange; good, fast, nothing proved. */

import { evaluate } from '../assignment/evaluation';
import type { Candidate } from '../enumeration/enumeration';
import type { AppProblem, Limits, Work } from '../problem/problem';
import { setViolation, sizeRange } from '../problem/set-rules';
import { Chains } from './ejection-chain';
import { Table } from './joint-state';

/** A legal set of one app that has the limits to itself; undefined when none was met. Some thirty passes over its pairs. */
export function sketch(app: AppProblem, limits: Limits, work: Work): Candidate | undefined {
  const problem = {
    clusters: app.clusters,
    apps: [app],
    limits,
    links: [],
    workUnits: work.allowed,
  };
  const table = new Table(problem, limits, work);
  grow(table, 0);
  const { open } = table.seats[0];
  if (setViolation(app, open) > 0) return undefined;
  const evaluated = evaluate(app, open, limits, work);
  return evaluated.violation === 0 ? { open, evaluated } : undefined;
}

/**
 * Opens for app `a`, besides the clusters it has, whichever cluster with room helps its rules, then its costs most. Gains only
 * shrink as a set grows, so that few are computed again (lazy greedy; Minoux, Optimization Techniques, LNCIS 7, 1978).
 */
export function grow(table: Table, a: number): void {
  const seat = table.seats[a];
  const { app, candidates } = seat;
  const { max } = sizeRange(app);
  if (table.isSeated[a] === 0)
    table.seat(
      a,
      candidates.filter((cluster) => app.held[cluster] === 1),
    );
  const known = seat.isRanked() ? seat.weighed().gains : undefined;
  const gains = Float64Array.from(candidates, (cluster) => {
    if (seat.position[cluster] >= 0 || !table.wouldFit(a, cluster)) return Number.POSITIVE_INFINITY;
    return known === undefined ? seat.gainNow(cluster) : known[cluster];
  });
  while (seat.open.length < max) {
    const violation = setViolation(app, seat.open);
    const best = violation > 0 ? nextBest(table, a, gains, violation - 1) : -1;
    const next = best < 0 ? nextBest(table, a, gains, violation, true) : best;
    if (next < 0) return;
    gains[next] = Number.POSITIVE_INFINITY;
    table.step({ app: a, into: candidates[next], out: -1 });
  }
}

/** The candidate of best gain that leaves no more than this violation; -1 without one, or when it must help and does not. */
function nextBest(
  table: Table,
  a: number,
  gains: Float64Array,
  most: number,
  mustHelp = false,
): number {
  const seat = table.seats[a];
  const { candidates } = seat;
  const isOut = new Uint8Array(candidates.length);
  for (let fresh = -1; ; ) {
    let best = -1;
    let least = mustHelp ? 0 : Number.POSITIVE_INFINITY;
    for (let i = 0; i < gains.length; i++) {
      if (gains[i] >= least || isOut[i] === 1) continue;
      least = gains[i];
      best = i;
    }
    if (best < 0) return -1;
    if (best !== fresh) {
      gains[best] = seat.gainNow(candidates[best]);
      fresh = best;
      continue;
    }
    if (setViolation(seat.app, seat.after(candidates[best], -1)) <= most) return best;
    isOut[best] = 1;
  }
}

/** Exchanges of one app alone until none helps. */
export function descend(table: Table, a: number): void {
  const chains = new Chains(table, 1);
  while (!table.isTired()) {
    const chain = chains.startingWith(a, table.leastGain(a));
    if (chain === undefined) return;
    for (const step of chain.steps) table.step(step);
  }
}
