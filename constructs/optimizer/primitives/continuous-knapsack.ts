/**
 * The divisible knapsack (Dantzig, Operations Research 5, 1957): who gains most per unit of weight goes first, and the
 * gain per unit of the first who finds no room for all of it is the price of room.
 */

/** Finds prices of room for gains that are collected one by one; keeps its memory between them. */
export class Knapsack {
  /** At the price: the weight of everyone above it, and of everyone just at it. */
  above = 0;
  level = 0;
  private readonly rates: Float64Array;
  private readonly weights: Float64Array;
  private size = 0;
  private total = 0;

  /** For at most `most` at a time. */
  constructor(most: number) {
    this.rates = new Float64Array(most);
    this.weights = new Float64Array(most);
  }

  clear(): void {
    this.size = 0;
    this.total = 0;
  }

  /** Somebody of this weight gains `rate` per unit of it; positive. */
  add(rate: number, weight: number): void {
    this.rates[this.size] = rate;
    this.weights[this.size++] = weight;
    this.total += weight;
  }

  /**
   * The price at which what is asked for just fills `room`: those above it fit, those at it perhaps in part; 0 when there
   * is room for all. By three-way partition: time proportional to the number on average, to its square at worst.
   */
  price(room: number): number {
    this.above = this.total;
    this.level = 0;
    if (this.total <= room) return 0;
    const { rates, weights } = this;
    this.above = 0;
    for (let low = 0, high = this.size - 1; low <= high; ) {
      const pivot = rates[(low + high) >> 1];
      let [first, last] = [low, high];
      let [above, level] = [0, 0];
      for (let i = low; i <= last; ) {
        if (rates[i] > pivot) {
          above += weights[i];
          this.swap(i++, first++);
        } else if (rates[i] < pivot) this.swap(i, last--);
        else level += weights[i++];
      }
      if (this.above + above > room) high = first - 1;
      else if (this.above + above + level > room) {
        this.above += above;
        this.level = level;
        return pivot;
      } else {
        this.above += above + level;
        low = last + 1;
      }
    }
    // Only rounding leads here: the room is full to the last digit.
    return 0;
  }

  private swap(i: number, j: number): void {
    const { rates, weights } = this;
    const [rate, weight] = [rates[i], weights[i]];
    rates[i] = rates[j];
    weights[i] = weights[j];
    rates[j] = rate;
    weights[j] = weight;
  }
}
