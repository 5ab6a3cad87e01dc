/** Ejection repair: apps leave clusters that are too full along the cheapest chains of moves, one at a time. */

import { descendOneApp, growGreedily } from './constructive-start';
import { EjectionChains } from './ejection-chain';
import type { JointState } from './joint-state';
import { tabuRepair } from './tabu-repair';

/**
 * Moves apps until every cluster has room for those it has: along chains as long as there are any, then squeezing. An app for which
 * there is no way out stands up, and looks for other places at the end.
 */
export function repairByEjection(state: JointState): void {
  if (ejectOverloads(state) || tabuRepair(state)) return;
  const standing: { readonly a: number; readonly open: readonly number[] }[] = [];
  for (let crowded = mostOverloaded(state); crowded >= 0; crowded = mostOverloaded(state)) {
    const a = cheapestAppOn(state, crowded);
    standing.push({ a, open: state.appStates[a].open });
    state.remove(a);
  }
  for (const { a, open } of standing.reverse()) reinsert(state, a, open);
}

/** Apps leave the fullest clusters along chains; false when some stay too full. */
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

/** Seats an app where it was, if the others can be brought to make room. */
function reinsert(state: JointState, a: number, open: readonly number[]): void {
  const sets = state.sets();
  state.place(a, open);
  if (!state.isOutOfWork() && (ejectOverloads(state) || tabuRepair(state))) return;
  state.restore(sets);
  insertApp(state, a, open);
}

/** Seats an app on those of its clusters that have room, then on whichever others are best; it stays away when no legal set has room. */
export function insertApp(state: JointState, a: number, wanted: readonly number[]): void {
  const appState = state.appStates[a];
  state.place(
    a,
    wanted.filter((cluster) => state.fitsWithTypicalUse(a, cluster)),
  );
  growGreedily(state, a);
  const chains = new EjectionChains(state);
  for (
    let crowded = overloadedClusterOf(state, a);
    crowded >= 0;
    crowded = overloadedClusterOf(state, a)
  ) {
    const chain = chains.cheapestOutOf(crowded);
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

/** A cluster of the app that is too full; -1 without one. */
function overloadedClusterOf(state: JointState, a: number): number {
  return state.appStates[a].open.find((cluster) => state.residual.excess(cluster) > 0) ?? -1;
}

/** The app there whose set is worth least: it finds another most easily. */
function cheapestAppOn(state: JointState, cluster: number): number {
  const users = state.appsOn(cluster);
  return users.reduce((a, b) => (state.appStates[b].value < state.appStates[a].value ? b : a));
}

/** The cluster that is farthest beyond its capacity, of those not to skip; -1 when all fit. */
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
