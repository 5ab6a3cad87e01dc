/** Rounds multipliers to few digits. Any multipliers prove a bound, and short ones keep the text of a proof short. */
import { MULTIPLIER_ROUNDING } from '../options';
import type { CapacitatedAscent } from './subgradient-ascent';

/** Rounds the multipliers of the best point when the bound loses only a small share of its distance to `target`. */
export function roundMultipliers(ascent: CapacitatedAscent, target: number): void {
  if (!ascent.isPossible || target === Number.POSITIVE_INFINITY) return;
  const { value, best } = ascent;
  const least = value >= target ? target : value - MULTIPLIER_ROUNDING.maxLoss * (target - value);
  let mean = 0;
  for (const price of best.assignmentMultipliers)
    mean += Math.abs(price) / best.assignmentMultipliers.length;
  for (const steps of MULTIPLIER_ROUNDING.steps) {
    let [scale, coarse] = [1, 1];
    while (mean * scale < steps && scale < 1e15) scale *= 10;
    while (mean / coarse > 10 * steps && coarse < 1e15) coarse *= 10;
    const prices = best.assignmentMultipliers.map(
      (one) => (Math.round((one * scale) / coarse) / scale) * coarse,
    );
    if (prices.every((one, u) => one === best.assignmentMultipliers[u])) return;
    if (ascent.replace({ ...best, assignmentMultipliers: prices }, least)) return;
  }
}
