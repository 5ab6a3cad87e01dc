/** Sums whose last digits do not depend on how many terms there are. */

/** A sum, with what rounding loses kept beside it (Neumaier, 1974). */
export class Sum {
  private lost = 0;

  constructor(private sum = 0) {}

  add(term: number): void {
    const next = this.sum + term;
    const isLarger = Math.abs(this.sum) >= Math.abs(term);
    this.lost += isLarger ? this.sum - next + term : term - next + this.sum;
    this.sum = next;
  }

  get value(): number {
    return this.sum + this.lost;
  }
}
