/** Prices with few digits: any prices prove something, and a proof is told in text. */
import type { RoomAscent } from './subgradient-ascent';

/** A mean price is rounded to about so many steps, the fewest first. */
const STEPS = [1e3, 1e5];
/** Share of what is missing to the target that rounding may cost. */
const SPENDABLE = 0.01;

/** Rounds the prices of the best point where that costs next to nothing of what is proved; `target` is what is to be reached. */
export function shorter(ascent: RoomAscent, target: number): void {
  if (!ascent.isPossible || target === Number.POSITIVE_INFINITY) return;
  const { value, best } = ascent;
  const least = value >= target ? target : value - SPENDABLE * (target - value);
  let mean = 0;
  for (const price of best.assignmentMultipliers)
    mean += Math.abs(price) / best.assignmentMultipliers.length;
  for (const steps of STEPS) {
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
