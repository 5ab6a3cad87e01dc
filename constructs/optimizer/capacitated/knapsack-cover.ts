/**
 * The cheapest set of clusters whose rooms hold all demand, with one of them perhaps in part: a price on room (Dantzig, Operations
 * Research 5, 1957) beside limits on the size of the set, and what a set with the opposite choice of a cluster would cost at the least.
 */
import { FREE, IN, OUT } from '../uncapacitated/relaxation';

const { POSITIVE_INFINITY } = Number;

/** Chooses sets for worths; the arrays hold what the last choice found. */
export class KnapsackCover {
  /** No legal set has less worth than this in sum. */
  least = 0;
  /** The clusters of the cheapest set, ascending. */
  open: number[] = [];
  /** By cluster: how much of it the cheapest set has; of one perhaps a part. */
  readonly share: Float64Array;
  private readonly min: number;
  /** Worths less the price of room. */
  private readonly priced: Float64Array;
  private price = 0;
  private readonly isTaken: Uint8Array;
  private size = 0;
  private lastIn = -POSITIVE_INFINITY;
  private firstOut = POSITIVE_INFINITY;

  constructor(
    /** Largest load by cluster; finite. */
    private readonly capacities: Float64Array,
    private readonly demand: number,
    private readonly range: { readonly min: number; readonly max: number },
    /** FREE, IN or OUT by cluster; may change between choices. */
    private readonly state: Uint8Array,
  ) {
    this.share = new Float64Array(capacities.length);
    this.priced = new Float64Array(capacities.length);
    this.isTaken = new Uint8Array(capacities.length);
    this.min = Math.max(range.min, this.fewest());
  }

  /** Finds the cheapest set; false when no legal one has room for all. */
  choose(reducedCost: Float64Array): boolean {
    return this.priceCapacity(reducedCost) && this.choosePriced();
  }

  /** Where the cluster is in every legal set whose worth is less than `enough` in sum; FREE where that does not follow. */
  decided(cluster: number, enough: number): number {
    const { state, priced, least, size, range } = this;
    if (state[cluster] !== FREE) return state[cluster];
    const cost = priced[cluster];
    if (this.isTaken[cluster] === 1) {
      const without = size > this.min ? 0 : POSITIVE_INFINITY;
      return least - cost + Math.min(without, this.firstOut) >= enough ? IN : FREE;
    }
    const added = size < range.max ? 0 : POSITIVE_INFINITY;
    return least + cost + Math.min(added, -this.lastIn) >= enough ? OUT : FREE;
  }

  /** How many clusters have room for all at the least. */
  private fewest(): number {
    const rooms = this.capacities.filter((_, cluster) => this.state[cluster] !== OUT).sort();
    let [left, size] = [this.demand, 0];
    while (left > 0 && size < rooms.length) left -= rooms[rooms.length - ++size];
    return size;
  }

  /** The price at which just enough room is chosen; false when there is too little of it. */
  private priceCapacity(worth: Float64Array): boolean {
    const { state, capacities, share, priced } = this;
    let left = this.demand;
    const others: number[] = [];
    share.fill(0);
    this.price = 0;
    for (let c = 0; c < state.length; c++) {
      priced[c] = worth[c];
      if (state[c] === OUT) continue;
      if (state[c] === IN || worth[c] < 0) left -= capacities[c];
      else if (capacities[c] > 0) others.push(c);
    }
    if (!(left > 0)) return true;
    const rate = (cluster: number) => worth[cluster] / capacities[cluster];
    others.sort((a, b) => rate(a) - rate(b) || a - b);
    for (let i = 0; left > 0; i++) {
      if (i === others.length) return false;
      this.price = rate(others[i]);
      if (capacities[others[i]] >= left) share[others[i]] = left / capacities[others[i]];
      left -= capacities[others[i]];
    }
    for (let c = 0; c < state.length; c++) priced[c] -= this.price * capacities[c];
    return true;
  }

  /** The clusters that are in, then the cheapest free ones while they help or too few are taken. */
  private choosePriced(): boolean {
    const { priced, state, range, share, isTaken } = this;
    const open: number[] = [];
    const free: number[] = [];
    isTaken.fill(0);
    for (let cluster = 0; cluster < state.length; cluster++) {
      if (state[cluster] === IN) open.push(cluster);
      else if (state[cluster] !== OUT) free.push(cluster);
    }
    if (open.length > range.max || open.length + free.length < this.min) return false;
    free.sort((a, b) => priced[a] - priced[b] || a - b);
    const most = Math.min(free.length, range.max - open.length);
    let taken = Math.max(0, this.min - open.length);
    while (taken < most && priced[free[taken]] < 0) taken++;
    this.lastIn = taken > 0 ? priced[free[taken - 1]] : -POSITIVE_INFINITY;
    this.firstOut = taken < free.length ? priced[free[taken]] : POSITIVE_INFINITY;
    for (let i = 0; i < taken; i++) open.push(free[i]);
    this.open = open.sort((a, b) => a - b);
    this.size = open.length;
    this.least = this.price * this.demand;
    for (const cluster of open) {
      isTaken[cluster] = 1;
      share[cluster] = 1;
      this.least += priced[cluster];
    }
    return true;
  }
}
