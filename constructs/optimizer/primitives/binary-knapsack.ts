/**
 * The 0/1 knapsack by an expanding core (Pisinger, European Journal of Operational Research 87, 1995): from the greedy solution of
 * Dantzig's rule, items next to the critical item are added or removed depth first while the bound allows more gain.
 */

import { KNAPSACK_VISITS_PER_ITEM } from '../options';

/** Solves knapsacks of items that are added one by one; reuses its arrays. */
export class BinaryKnapsack {
  /** What the items taken gain. */
  gain = 0;
  /** No choice gains more; `gain` unless the search reached its limit. */
  upperBound = 0;
  /** Gain per unit of weight of the critical item: the multiplier of the capacity. */
  criticalRatio = 0;
  /** 1 for each item taken, in the order of adding. */
  readonly taken: Uint8Array;
  /** Nodes visited in all calls. */
  visits = 0;
  private readonly gains: Float64Array;
  private readonly weights: Float64Array;
  private readonly ratios: Float64Array;
  /** Items, the best ratio first. */
  private readonly order: Int32Array;
  /** Items that are changed against the choice at the break, now and in the best choice. */
  private readonly changed: Int32Array;
  private readonly bestChanged: Int32Array;
  private depth = 0;
  private bestDepth = 0;
  private visitsLeft = 0;
  private size = 0;
  private total = 0;
  private sum = 0;

  /** For at most `most` items at a time. */
  constructor(maxItems: number) {
    this.taken = new Uint8Array(maxItems);
    this.gains = new Float64Array(maxItems);
    this.weights = new Float64Array(maxItems);
    this.ratios = new Float64Array(maxItems);
    this.order = new Int32Array(maxItems);
    this.changed = new Int32Array(maxItems);
    this.bestChanged = new Int32Array(maxItems);
  }

  clear(): void {
    this.size = 0;
    this.total = 0;
    this.sum = 0;
  }

  /** An item; both numbers are positive. */
  add(gain: number, weight: number): void {
    this.gains[this.size] = gain;
    this.weights[this.size] = weight;
    this.ratios[this.size] = gain / weight;
    this.order[this.size] = this.size;
    this.size++;
    this.total += weight;
    this.sum += gain;
  }

  /** The choice of at most this weight that gains most. */
  solve(capacity: number): void {
    const { size, taken, order, gains, weights, ratios } = this;
    this.criticalRatio = 0;
    taken.fill(1, 0, size);
    this.gain = this.sum;
    this.upperBound = this.sum;
    if (this.total <= capacity) return;
    this.sort(0, size - 1);
    taken.fill(0, 0, size);
    let [at, gain, weight] = [0, 0, 0];
    for (; weight + weights[order[at]] <= capacity; at++) {
      const item = order[at];
      taken[item] = 1;
      gain += gains[item];
      weight += weights[item];
    }
    this.criticalRatio = ratios[order[at]];
    const highest = gain + (capacity - weight) * this.criticalRatio;
    this.gain = gain;
    this.bestDepth = 0;
    this.depth = 0;
    this.visitsLeft = KNAPSACK_VISITS_PER_ITEM * size;
    this.branch(gain, weight - capacity, at - 1, at);
    this.visits += KNAPSACK_VISITS_PER_ITEM * size - this.visitsLeft;
    for (let i = 0; i < this.bestDepth; i++) taken[this.bestChanged[i]] ^= 1;
    this.upperBound = this.visitsLeft > 0 ? this.gain : highest;
  }

  /** `excess` is the weight beyond the capacity; items up to `first` may be removed, those from `last` added. */
  private branch(gain: number, excess: number, first: number, last: number): void {
    const { order, gains, weights, ratios, changed, size } = this;
    if (excess <= 0) {
      if (gain > this.gain) this.keep(gain);
      for (let at = last; at < size && this.visitsLeft > 0; at++) {
        const item = order[at];
        this.visitsLeft--;
        if (gain - excess * ratios[item] <= this.gain) return;
        changed[this.depth++] = item;
        this.branch(gain + gains[item], excess + weights[item], first, at + 1);
        this.depth--;
      }
      return;
    }
    for (let at = first; at >= 0 && this.visitsLeft > 0; at--) {
      const item = order[at];
      this.visitsLeft--;
      if (gain - excess * ratios[item] <= this.gain) return;
      changed[this.depth++] = item;
      this.branch(gain - gains[item], excess - weights[item], at - 1, last);
      this.depth--;
    }
  }

  private keep(gain: number): void {
    this.gain = gain;
    this.bestDepth = this.depth;
    for (let i = 0; i < this.depth; i++) this.bestChanged[i] = this.changed[i];
  }

  /** By ratio, the best first; of equal ones the earlier (Hoare; short parts by insertion). */
  private sort(low: number, high: number): void {
    const { order, ratios } = this;
    while (high - low > 12) {
      const pivot = ratios[order[(low + high) >> 1]];
      let [i, j] = [low, high];
      while (i <= j) {
        while (ratios[order[i]] > pivot) i++;
        while (ratios[order[j]] < pivot) j--;
        if (i > j) break;
        const item = order[i];
        order[i++] = order[j];
        order[j--] = item;
      }
      if (j - low < high - i) {
        this.sort(low, j);
        low = i;
      } else {
        this.sort(i, high);
        high = j;
      }
    }
    for (let i = low + 1; i <= high; i++) {
      const item = order[i];
      const ratio = ratios[item];
      let j = i - 1;
      for (; j >= low && ratios[order[j]] < ratio; j--) order[j + 1] = order[j];
      order[j + 1] = item;
    }
  }
}
