/** Ejection repair: apps leave overloaded clusters along the cheapest ejection chains. */

import { descendOneApp, growGreedily } from './constructive-start';
import { EjectionChains } from './ejection-chain';
import type { JointState } from './joint-state';
import { tabuRepair } from './tabu-repair';

/**
 * Moves apps until no cluster is overloaded: along chains while there are any, then by tabu repair. Apps on clusters that stay
 * overloaded are removed, and inserted again at the end.
 */
export function repairByEjection(state: JointState): void {
  if (ejectOverloads(state) || tabuRepair(state)) return;
  const removed: { readonly a: number; readonly open: readonly number[] }[] = [];
  for (
    let overloaded = mostOverloaded(state);
    overloaded >= 0;
    overloaded = mostOverloaded(state)
  ) {
    const a = cheapestAppOn(state, overloaded);
    removed.push({ a, open: state.appStates[a].open });
    state.remove(a);
  }
  for (const { a, open } of removed.reverse()) reinsert(state, a, open);
}

/** Moves apps out of the most overloaded clusters along chains; false when some cluster stays overloaded. */
function ejectOverloads(state: JointState): boolean {
  const chains = new EjectionChains(state);
  const isStuck = new Uint8Array(state.problem.clusters);
  for (let next = mostOverloaded(state); next >= 0; next = mostOverloaded(state, isStuck)) {
    const chain = chains.cheapestOutOf(next);
    if (chain === undefined) isStuck[next] = 1;
    else for (const step of chain.moves) state.apply(step);
  }
  return mostOverloaded(state) < 0;
}

/** Places an app on its former set if repair can then remove all overload; else inserts it elsewhere. */
function reinsert(state: JointState, a: number, open: readonly number[]): void {
  const sets = state.sets();
  state.place(a, open);
  if (!state.isOutOfWork() && (ejectOverloads(state) || tabuRepair(state))) return;
  state.restore(sets);
  insertApp(state, a, open);
}

/** Places an app on those of its clusters with capacity, then on the best others. It is not placed when no legal set fits. */
export function insertApp(state: JointState, a: number, wanted: readonly number[]): void {
  const appState = state.appStates[a];
  state.place(
    a,
    wanted.filter((cluster) => state.fitsWithTypicalUse(a, cluster)),
  );
  growGreedily(state, a);
  const chains = new EjectionChains(state);
  for (
    let overloaded = overloadedClusterOf(state, a);
    overloaded >= 0;
    overloaded = overloadedClusterOf(state, a)
  ) {
    const chain = chains.cheapestOutOf(overloaded);
    if (chain === undefined) break;
    for (const step of chain.moves) state.apply(step);
  }
  if (overloadedClusterOf(state, a) < 0) descendOneApp(state, a);
  const { open } = appState;
  const isLegal = appState.legalValue(open, appState.value) < Number.POSITIVE_INFINITY;
  const isHeld = appState.app.required.every(
    (flag, cluster) => flag === 0 || open.includes(cluster),
  );
  if (isLegal && isHeld && overloadedClusterOf(state, a) < 0 && state.linksHoldWith(a, open))
    return;
  state.remove(a);
}

/** An overloaded cluster of the app; -1 without one. */
function overloadedClusterOf(state: JointState, a: number): number {
  return state.appStates[a].open.find((cluster) => state.residual.excess(cluster) > 0) ?? -1;
}

/** The app on the cluster with the lowest value, whose other placement costs least. */
function cheapestAppOn(state: JointState, cluster: number): number {
  const users = state.appsOn(cluster);
  return users.reduce((a, b) => (state.appStates[b].value < state.appStates[a].value ? b : a));
}

/** The most overloaded cluster that is not skipped; -1 without one. */
function mostOverloaded(state: JointState, skipped?: Uint8Array): number {
  let worst = -1;
  let most = 0;
  for (let cluster = 0; cluster < state.problem.clusters; cluster++) {
    const excess = state.residual.excess(cluster);
    if (excess <= most || skipped?.[cluster] === 1) continue;
    most = excess;
    worst = cluster;
  }
  return worst;
}
