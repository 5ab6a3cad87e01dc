/** Short numbers: any prices prove something, so a certificate may as well carry few digits. */

import { ROUNDED_MULTIPLIER } from '../options';

/** The prices with few digits, each no more than its `most`. A bound must be computed from these, not from what they were. */
export function shortened(prices: Float64Array, most?: Float64Array): Float64Array {
  return prices.map((price, at) => {
    const short = Number(price.toPrecision(ROUNDED_MULTIPLIER.digits));
    if (most === undefined || short <= most[at]) return short;
    return Number(
      (price - ROUNDED_MULTIPLIER.lastDigit * Math.abs(price)).toPrecision(
        ROUNDED_MULTIPLIER.digits,
      ),
    );
  });
}
