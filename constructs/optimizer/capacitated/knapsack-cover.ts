/**
 * The cheapest set of clusters whose capacities together hold all demand, one cluster perhaps in part: a price on capacity
 * (Dantzig, Operations Research 5, 1957) with limits on the size of the set. Also bounds the value of sets with the opposite
 * choice of one cluster.
 */
import { FREE, IN, OUT } from '../uncapacitated/relaxation';

const { POSITIVE_INFINITY } = Number;

/** Chooses sets by reduced cost. The fields hold the result of the last choice. */
export class KnapsackCover {
  /** A lower bound on the sum of reduced costs of every legal set. */
  least = 0;
  /** The clusters of the cheapest set, ascending. */
  open: number[] = [];
  /** By cluster: the fraction that the cheapest set contains. At most one is strictly between 0 and 1. */
  readonly share: Float64Array;
  private readonly min: number;
  /** By cluster: its reduced cost less the price of its capacity. */
  private readonly priced: Float64Array;
  private price = 0;
  private readonly isTaken: Uint8Array;
  private size = 0;
  private lastIn = -POSITIVE_INFINITY;
  private firstOut = POSITIVE_INFINITY;

  constructor(
    /** By cluster: its capacity in requests/s; finite. */
    private readonly capacities: Float64Array,
    private readonly demand: number,
    private readonly range: { readonly min: number; readonly max: number },
    /** By cluster: FREE, IN or OUT. It may change between choices. */
    private readonly state: Uint8Array,
  ) {
    this.share = new Float64Array(capacities.length);
    this.priced = new Float64Array(capacities.length);
    this.isTaken = new Uint8Array(capacities.length);
    this.min = Math.max(range.min, this.fewest());
  }

  /** Finds the cheapest set; false when no set of legal size has capacity for all demand. */
  choose(reducedCost: Float64Array): boolean {
    return this.priceCapacity(reducedCost) && this.choosePriced();
  }

  /** IN or OUT when the cluster is so in every legal set whose reduced costs sum to less than `enough`; FREE otherwise. */
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

  /** The smallest number of clusters with capacity for all demand. */
  private fewest(): number {
    const capacities = this.capacities.filter((_, cluster) => this.state[cluster] !== OUT).sort();
    let [left, size] = [this.demand, 0];
    while (left > 0 && size < capacities.length) left -= capacities[capacities.length - ++size];
    return size;
  }

  /** Sets the price at which just enough capacity is chosen; false when all clusters together have too little. */
  private priceCapacity(reducedCost: Float64Array): boolean {
    const { state, capacities, share, priced } = this;
    let left = this.demand;
    const others: number[] = [];
    share.fill(0);
    this.price = 0;
    for (let c = 0; c < state.length; c++) {
      priced[c] = reducedCost[c];
      if (state[c] === OUT) continue;
      if (state[c] === IN || reducedCost[c] < 0) left -= capacities[c];
      else if (capacities[c] > 0) others.push(c);
    }
    if (!(left > 0)) return true;
    const rate = (cluster: number) => reducedCost[cluster] / capacities[cluster];
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

  /** Chooses the fixed clusters, then free ones in order of cost while they lower the sum or the set is too small. */
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
