/** Short numbers: any prices prove something, so a certificate may as well carry few digits. */

/** Digits of a price: what the rest would prove is less than a part in 10^5, and nothing where an origin is served just once. */
const DIGITS = 5;
/** One in the last of them, of a price that begins with a one. */
const ONE_DIGIT = 1e-4;

/** The prices with few digits, each no more than its `most`. A bound must be computed from these, not from what they were. */
export function shortened(prices: Float64Array, most?: Float64Array): Float64Array {
  return prices.map((price, at) => {
    const short = Number(price.toPrecision(DIGITS));
    if (most === undefined || short <= most[at]) return short;
    return Number((price - ONE_DIGIT * Math.abs(price)).toPrecision(DIGITS));
  });
}
