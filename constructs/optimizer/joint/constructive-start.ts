/** Constructs a set for one app: greedy growth, then descent by exchanges. It proves no bound. */

import { evaluate } from '../assignment/evaluation';
import type { Candidate } from '../enumeration/enumeration';
import type { AppProblem, Limits, Work } from '../problem/problem';
import { setViolation, sizeRange } from '../problem/set-rules';
import { EjectionChains } from './ejection-chain';
import { JointState } from './joint-state';

/** A legal set of one app alone; undefined when none is found. It takes about thirty passes over the pairs. */
export function constructStart(app: AppProblem, limits: Limits, work: Work): Candidate | undefined {
  const problem = {
    clusters: app.clusters,
    apps: [app],
    limits,
    links: [],
    workUnits: work.allowed,
  };
  const state = new JointState(problem, limits, work);
  growGreedily(state, 0);
  const { open } = state.appStates[0];
  if (setViolation(app, open) > 0) return undefined;
  const evaluated = evaluate(app, open, limits, work);
  return evaluated.violation === 0 ? { open, evaluated } : undefined;
}

/**
 * Opens further clusters for app `a`: of those with capacity, the one that helps its rules most, then its value most. Gains
 * only shrink as a set grows, so that few are computed again (lazy greedy; Minoux, Optimization Techniques, LNCIS 7, 1978).
 */
export function growGreedily(state: JointState, a: number): void {
  const appState = state.appStates[a];
  const { app, candidates } = appState;
  const { max } = sizeRange(app);
  if (state.isPlaced[a] === 0)
    state.place(
      a,
      candidates.filter((cluster) => app.required[cluster] === 1),
    );
  const known = appState.hasNearPairs() ? appState.nearSwaps().openingChange : undefined;
  const gains = Float64Array.from(candidates, (cluster) => {
    if (appState.position[cluster] >= 0 || !state.fitsWithTypicalUse(a, cluster))
      return Number.POSITIVE_INFINITY;
    return known === undefined ? appState.exactOpeningChange(cluster) : known[cluster];
  });
  while (appState.open.length < max) {
    const violation = setViolation(app, appState.open);
    const best = violation > 0 ? bestOpening(state, a, gains, violation - 1) : -1;
    const next = best < 0 ? bestOpening(state, a, gains, violation, true) : best;
    if (next < 0) return;
    gains[next] = Number.POSITIVE_INFINITY;
    state.apply({ app: a, into: candidates[next], out: -1 });
  }
}

/** The candidate of best gain that leaves no more than this violation; -1 without one, or when it must improve and does not. */
function bestOpening(
  state: JointState,
  a: number,
  gains: Float64Array,
  most: number,
  mustHelp = false,
): number {
  const appState = state.appStates[a];
  const { candidates } = appState;
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
      gains[best] = appState.exactOpeningChange(candidates[best]);
      fresh = best;
      continue;
    }
    if (setViolation(appState.app, appState.setAfter(candidates[best], -1)) <= most) return best;
    isOut[best] = 1;
  }
}

/** Exchanges of one app until none improves. */
export function descendOneApp(state: JointState, a: number): void {
  const chains = new EjectionChains(state, 1);
  while (!state.isOutOfWork()) {
    const chain = chains.cheapestFrom(a, state.leastGain(a));
    if (chain === undefined) return;
    for (const step of chain.moves) state.apply(step);
  }
}
