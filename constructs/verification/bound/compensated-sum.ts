/** Compensated sums: their last digits do not depend on the number and order of the terms. */

/** A sum with the rounding error kept beside it (Neumaier, 1974). */
export class CompensatedSum {
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

/** The compensated sum of these terms. */
export function compensatedSum(terms: Iterable<number>): number {
  const sum = new CompensatedSum();
  for (const term of terms) sum.add(term);
  return sum.value;
}
