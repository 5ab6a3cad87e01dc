/** Spot grid: finds what is nearest to the pointer among thousands without looking at all of them. */
import type { Spot } from './scene';
import type { View } from './view';

/** Width of a cell in units of the plane. */
const CELL = 0.08;

/** Spots by cells. */
export class SpotGrid {
  readonly #cells = new Map<string, Spot[]>();

  constructor(spots: readonly Spot[]) {
    for (const spot of spots) {
      const key = keyOf(Math.floor(spot.x / CELL), Math.floor(spot.y / CELL));
      const known = this.#cells.get(key);
      if (known === undefined) this.#cells.set(key, [spot]);
      else known.push(spot);
    }
  }

  /** The nearest spot within so many pixels of a point of the screen; clusters win over origins. */
  near(view: View, x: number, y: number, within: number): Spot | undefined {
    const [worldX, worldY] = view.toWorld(x, y);
    const reach = within / view.scale;
    let best: Spot | undefined;
    let least = Infinity;
    const [left, right] = [worldX - reach, worldX + reach].map((one) => Math.floor(one / CELL));
    const [top, bottom] = [worldY - reach, worldY + reach].map((one) => Math.floor(one / CELL));
    for (let column = left ?? 0; column <= (right ?? 0); column++) {
      for (let row = top ?? 0; row <= (bottom ?? 0); row++) {
        for (const spot of this.#cells.get(keyOf(column, row)) ?? []) {
          const far = Math.hypot(spot.x - worldX, spot.y - worldY);
          const weighed = spot.kind === 'cluster' ? far / 2 : far;
          if (far <= reach && weighed < least) [best, least] = [spot, weighed];
        }
      }
    }
    return best;
  }
}

const keyOf = (column: number, row: number) => `${column},${row}`;
