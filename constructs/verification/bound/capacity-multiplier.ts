/** The chosen clusters together have room for all requests: a price on room, at which just enough of it is chosen, and how many are. */

/** Worths with the price of their room taken off, and what the demand pays for it. */
export interface RoomPriced {
  readonly worth: readonly number[];
  readonly paid: number;
  /** No fewer clusters have room for all. */
  readonly fewest: number;
}

/** Loads may be beyond the room by this share. */
const SHORT = 1 - 1e-8;

/**
 * `isIn` are chosen for certain, those that are not `isLeft` cannot be. Undefined when all that are left have too little room. Any
 * price proves something, so that the one found here need not be the best.
 */
export function pricedByRoom(
  worth: readonly number[],
  rooms: readonly number[],
  total: number,
  { isIn, isLeft }: Record<'isIn' | 'isLeft', (cluster: number) => boolean>,
): RoomPriced | undefined {
  const demand = total * SHORT;
  const left = [...worth.keys()].filter(isLeft);
  const room = (cluster: number) => Math.min(total, rooms[cluster]!);
  const fewest = fewestOf(left.map(room), demand);
  if (fewest === undefined) return undefined;
  const rate = (cluster: number) => Math.max(0, worth[cluster]!) / room(cluster);
  const order = left.filter((cluster) => room(cluster) > 0);
  const sorted = order.sort((a, b) => (isIn(a) ? 0 : rate(a)) - (isIn(b) ? 0 : rate(b)));
  let [had, price] = [0, 0];
  for (const cluster of sorted) {
    if (had >= demand) break;
    had += room(cluster);
    if (!isIn(cluster)) price = rate(cluster);
  }
  const priced = worth.map((one, cluster) => (isLeft(cluster) ? one - price * room(cluster) : one));
  return { worth: priced, paid: price * demand, fewest };
}

function fewestOf(rooms: readonly number[], demand: number): number | undefined {
  let had = 0;
  const sorted = [...rooms].sort((a, b) => b - a);
  for (const [index, one] of sorted.entries()) {
    if (had >= demand) return index;
    had += one;
  }
  return had >= demand ? sorted.length : undefined;
}
