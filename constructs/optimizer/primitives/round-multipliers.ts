/** Rounds multipliers to few digits: any multipliers give a valid bound, so a certificate can be short. */

import { ROUNDED_MULTIPLIER } from '../options';

/** The multipliers with few digits, each no more than its `most`. A bound must be computed from the rounded ones. */
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
