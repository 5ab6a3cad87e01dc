/** Ejection repair: apps leave clusters that are too full along the cheapest chains of moves, one at a time. */

import { descend, grow } from './constructive-start';
import { Chains } from './ejection-chain';
import type { Table } from './joint-state';
import { squeeze } from './tabu-repair';

/**
 * Moves apps until every cluster has room for those it has: along chains as long as there are any, then squeezing. An app for which
 * there is no way out stands up, and looks for other places at the end.
 */
export function makeRoom(table: Table): void {
  if (alongChains(table) || squeeze(table)) return;
  const standing: { readonly a: number; readonly open: readonly number[] }[] = [];
  for (let crowded = fullest(table); crowded >= 0; crowded = fullest(table)) {
    const a = lightest(table, crowded);
    standing.push({ a, open: table.seats[a].open });
    table.leave(a);
  }
  for (const { a, open } of standing.reverse()) squeezeIn(table, a, open);
}

/** Apps leave the fullest clusters along chains; false when some stay too full. */
function alongChains(table: Table): boolean {
  const chains = new Chains(table);
  const isStuck = new Uint8Array(table.problem.clusters);
  for (let next = fullest(table); next >= 0; next = fullest(table, isStuck)) {
    const chain = chains.outOf(next);
    if (chain === undefined) isStuck[next] = 1;
    else for (const step of chain.steps) table.step(step);
  }
  return fullest(table) < 0;
}

/** Seats an app where it was, if the others can be brought to make room. */
function squeezeIn(table: Table, a: number, open: readonly number[]): void {
  const sets = table.sets();
  table.seat(a, open);
  if (!table.isTired() && (alongChains(table) || squeeze(table))) return;
  table.restore(sets);
  settleIn(table, a, open);
}

/** Seats an app on those of its clusters that have room, then on whichever others are best; it stays away when no legal set has room. */
export function settleIn(table: Table, a: number, wanted: readonly number[]): void {
  const seat = table.seats[a];
  table.seat(
    a,
    wanted.filter((cluster) => table.wouldFit(a, cluster)),
  );
  grow(table, a);
  const chains = new Chains(table);
  for (let crowded = crowdedBy(table, a); crowded >= 0; crowded = crowdedBy(table, a)) {
    const chain = chains.outOf(crowded);
    if (chain === undefined) break;
    for (const step of chain.steps) table.step(step);
  }
  if (crowdedBy(table, a) < 0) descend(table, a);
  const { open } = seat;
  const isLegal = seat.legalValue(open, seat.value) < Number.POSITIVE_INFINITY;
  const isHeld = seat.app.held.every((flag, cluster) => flag === 0 || open.includes(cluster));
  if (isLegal && isHeld && crowdedBy(table, a) < 0 && table.linksHoldWith(a, open)) return;
  table.leave(a);
}

/** A cluster of the app that is too full; -1 without one. */
function crowdedBy(table: Table, a: number): number {
  return table.seats[a].open.find((cluster) => table.room.excess(cluster) > 0) ?? -1;
}

/** The app there whose set is worth least: it finds another most easily. */
function lightest(table: Table, cluster: number): number {
  const users = table.usersOf(cluster);
  return users.reduce((a, b) => (table.seats[b].value < table.seats[a].value ? b : a));
}

/** The cluster that is farthest beyond its capacity, of those not to skip; -1 when all fit. */
function fullest(table: Table, skipped?: Uint8Array): number {
  let worst = -1;
  let most = 0;
  for (let cluster = 0; cluster < table.problem.clusters; cluster++) {
    const excess = table.room.excess(cluster);
    if (excess <= most || skipped?.[cluster] === 1) continue;
    most = excess;
    worst = cluster;
  }
  return worst;
}
