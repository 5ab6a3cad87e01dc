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

/** Multipliers in so few digits that the mean one is a whole number of at least `mean`, or up to ten times that; none above its cap. */
export function roundedToMean(
  multipliers: Float64Array,
  mean: number,
  caps?: Float64Array,
): Float64Array {
  let size = 0;
  for (const one of multipliers) size += Math.abs(one) / multipliers.length;
  // Powers of ten, of which one is 1: the multipliers become whole multiples of `coarse / scale`.
  let [scale, coarse] = [1, 1];
  while (size * scale < mean && scale < 1e15) scale *= 10;
  while (size / coarse > 10 * mean && coarse < 1e15) coarse *= 10;
  return multipliers.map((one, u) => {
    const near = (Math.round((one * scale) / coarse) / scale) * coarse;
    return caps === undefined ? near : Math.min(caps[u], near);
  });
}
