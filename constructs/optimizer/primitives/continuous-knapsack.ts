/**
 * The continuous knapsack (Dantzig, Operations Research 5, 1957): items are taken by gain per unit of weight, and the ratio of the
 * first item that does not fit whole is the multiplier of the capacity.
 */

/** Finds capacity multipliers for items that are added one by one; reuses its arrays. */
export class ContinuousKnapsack {
  /** Weight of the items above the multiplier, and of those at it; what those above it gain. */
  above = 0;
  equal = 0;
  gainAbove = 0;
  private readonly ratios: Float64Array;
  private readonly weights: Float64Array;
  private size = 0;
  private total = 0;

  /** For at most `most` at a time. */
  constructor(maxItems: number) {
    this.ratios = new Float64Array(maxItems);
    this.weights = new Float64Array(maxItems);
  }

  clear(): void {
    this.size = 0;
    this.total = 0;
  }

  /** An item that gains `ratio` per unit of weight; both are positive. */
  add(ratio: number, weight: number): void {
    this.ratios[this.size] = ratio;
    this.weights[this.size++] = weight;
    this.total += weight;
  }

  /**
   * The multiplier at which the items fill `capacity`: those above it fit, those at it perhaps in part; 0 when all
   * fit. By three-way partition: time proportional to the number on average, to its square at worst.
   */
  price(capacity: number): number {
    this.above = this.total;
    this.equal = 0;
    this.gainAbove = 0;
    if (this.total <= capacity) return 0;
    const { ratios, weights } = this;
    this.above = 0;
    for (let low = 0, high = this.size - 1; low <= high; ) {
      const pivot = ratios[(low + high) >> 1];
      let [first, last] = [low, high];
      let [above, equal, gain] = [0, 0, 0];
      for (let i = low; i <= last; ) {
        if (ratios[i] > pivot) {
          above += weights[i];
          gain += ratios[i] * weights[i];
          this.swap(i++, first++);
        } else if (ratios[i] < pivot) this.swap(i, last--);
        else equal += weights[i++];
      }
      if (this.above + above > capacity) {
        high = first - 1;
        continue;
      }
      this.above += above;
      this.gainAbove += gain;
      if (this.above + equal > capacity) {
        this.equal = equal;
        return pivot;
      }
      this.above += equal;
      this.gainAbove += equal * pivot;
      low = last + 1;
    }
    // Only rounding leads here: the capacity is full to the last digit.
    return 0;
  }

  private swap(i: number, j: number): void {
    const { ratios, weights } = this;
    const [ratio, weight] = [ratios[i], weights[i]];
    ratios[i] = ratios[j];
    weights[i] = weights[j];
    ratios[j] = ratio;
    weights[j] = weight;
  }
}
