/** Values of cells carried over to their members: a weighted mean of the nearest cells of the same kind, weighted by inverse squared distance. */
import type { Sphere } from '../../model/sphere';
import type { Cells } from './cells';

/** Cells that an origin's value is a mean of. */
const NEAREST = 3;
/** Cells around the own one among which the nearest are looked for. */
const AROUND = 9;
/** Squared chord below which two points are one place: a metre. */
const SAME_PLACE = 1e-13;

/** By origin: the mean of `values`, by cell, of the nearest cells. `kind` is by origin. Work: cells squared and origins times a few. */
export function interpolate(
  sphere: Sphere,
  kind: Int32Array,
  { cells, cellOf, centroid, largestMember }: Cells,
  values: Float64Array,
): Float64Array {
  const around: (Int32Array | undefined)[] = Array.from({ length: cells });
  const kindOf = Int32Array.from(largestMember, (u) => kind[u]);
  return Float64Array.from(cellOf, (cell, u) => {
    around[cell] ??= nearest(cells, centroid, kindOf, cell);
    return meanOf(sphere, u, centroid, around[cell], values);
  });
}

/** The nearest cells of a cell's kind, itself the first. */
function nearest(
  cells: number,
  centroid: Float64Array,
  kindOf: Int32Array,
  cell: number,
): Int32Array {
  const found: { other: number; square: number }[] = [];
  for (let other = 0; other < cells; other++) {
    if (kindOf[other] !== kindOf[cell]) continue;
    const square = squaredChord(centroid, cell, centroid, other);
    if (found.length === AROUND && square >= found[AROUND - 1].square) continue;
    let at = found.length;
    while (at > 0 && found[at - 1].square > square) at--;
    found.splice(at, 0, { other, square });
    if (found.length > AROUND) found.pop();
  }
  return Int32Array.from(found, ({ other }) => other);
}

function meanOf(
  { origin }: Sphere,
  u: number,
  centroid: Float64Array,
  around: Int32Array,
  values: Float64Array,
): number {
  const weights = new Float64Array(around.length);
  around.forEach((cell, i) => {
    weights[i] = 1 / (squaredChord(origin, u, centroid, cell) + SAME_PLACE);
  });
  const least = weights.slice().sort()[Math.max(0, around.length - NEAREST)];
  let [sum, all] = [0, 0];
  for (let i = 0; i < around.length; i++) {
    if (weights[i] < least) continue;
    sum += weights[i] * values[around[i]];
    all += weights[i];
  }
  return sum / all;
}

function squaredChord(a: Float64Array, i: number, b: Float64Array, j: number): number {
  const x = a[i * 3] - b[j * 3];
  const y = a[i * 3 + 1] - b[j * 3 + 1];
  const z = a[i * 3 + 2] - b[j * 3 + 2];
  return x * x + y * y + z * z;
}
