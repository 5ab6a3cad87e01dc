/** Ejection repair: apps leave clusters that are too full along the cheapest chains of moves, one at a time. */
import { Chains } from './chain';
import { descend, grow } from './sketch';
import type { Table } from './table';

/** Moves apps until every cluster has room for those it has. An app for which there is no way out stands up, and looks for other places at the end. */
export function makeRoom(table: Table): void {
  const chains = new Chains(table);
  const standing: { readonly a: number; readonly open: readonly number[] }[] = [];
  for (let crowded = fullest(table); crowded >= 0; crowded = fullest(table)) {
    const chain = chains.outOf(crowded);
    if (chain === undefined) {
      const a = lightest(table, crowded);
      standing.push({ a, open: table.seats[a].open });
      table.leave(a);
    } else for (const step of chain.steps) table.step(step);
  }
  for (const { a, open } of standing) settleIn(table, a, open);
}

/** Seats an app on those of its clusters that have room, then on whichever others are best; it stays away when no legal set has room. */
export function settleIn(table: Table, a: number, wanted: readonly number[]): void {
  const seat = table.seats[a];
  table.seat(
    a,
    wanted.filter((cluster) => table.wouldFit(a, cluster, -1)),
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
  const users = table.usersBeside(-1, cluster);
  return users.reduce((a, b) => (table.seats[b].value < table.seats[a].value ? b : a));
}

/** The cluster that is farthest beyond its capacity; -1 when all fit. */
function fullest(table: Table): number {
  let worst = -1;
  let most = 0;
  for (let cluster = 0; cluster < table.problem.clusters; cluster++) {
    const excess = table.room.excess(cluster);
    if (excess <= most) continue;
    most = excess;
    worst = cluster;
  }
  return worst;
}
