/** Prices with few digits: any prices prove something, and a proof is told in text. */
import { MULTIPLIER_ROUNDING } from '../options';
import type { RoomAscent } from './subgradient-ascent';

/** Rounds the prices of the best point where that costs next to nothing of what is proved; `target` is what is to be reached. */
export function shorter(ascent: RoomAscent, target: number): void {
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
