/** Draws that follow from a number alone, the same on every machine (Park and Miller, CACM 31, 1988: the minimal standard). */

const FACTOR = 48271;
const MODULUS = 2147483647;

/** A sequence of draws. */
export class RandomSequence {
  /** `state`: a whole number from 1 to 2^31 - 2. */
  constructor(private state: number) {}

  /** The sequence for a problem with this number of candidates. */
  static forCandidates(candidates: number): RandomSequence {
    return new RandomSequence((candidates * FACTOR + 11) % MODULUS);
  }

  /** A number from 0 up to but not 1. */
  next(): number {
    this.state = (this.state * FACTOR) % MODULUS;
    return this.state / MODULUS;
  }

  /** A whole number from 0 up to but not `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }
}
