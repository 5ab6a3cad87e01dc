/** Which clusters can be near enough to matter, without asking for every pair: by latitude, then by a straight line through the Earth. */
import { EARTH_RADIUS_KILOMETERS, kilometersBetween, type Point } from '../../model/geography';
import { arcSine, cosine, sine } from '../../model/trigonometry';

/** What rounding may take from a bound, as a share of it. */
const MARGIN = 1e-9;
const radians = Math.PI / 180;
/** Chords longer than this, in radii. */
const FAR = 1.8;

/** Lower bounds of distances, and who is within a distance. */
export interface Near {
  /** At most the kilometres between the two: those of the chord. */
  atLeast(origin: number, cluster: number): number;
  /** The kilometres between the two, up to rounding. */
  kilometers(origin: number, cluster: number): number;
  /** Visits every cluster within so many kilometres of the origin, and maybe some beyond. */
  within(origin: number, kilometers: number, visit: (cluster: number) => void): void;
}

/** Origins and clusters by index. */
export function nearOf(origins: readonly Point[], clusters: readonly Point[]): Near {
  const [from, to] = [vectorsOf(origins), vectorsOf(clusters)];
  const order = Int32Array.from(clusters.keys()).sort(
    (a, b) => clusters[a]!.latitude - clusters[b]!.latitude || a - b,
  );
  const latitudes = Float64Array.from(order, (cluster) => clusters[cluster]!.latitude);
  const square = (origin: number, cluster: number) => {
    const x = from[origin * 3]! - to[cluster * 3]!;
    const y = from[origin * 3 + 1]! - to[cluster * 3 + 1]!;
    const z = from[origin * 3 + 2]! - to[cluster * 3 + 2]!;
    return x * x + y * y + z * z;
  };
  return {
    atLeast: (origin, cluster) =>
      Math.sqrt(square(origin, cluster)) * EARTH_RADIUS_KILOMETERS * (1 - MARGIN),
    kilometers(origin, cluster) {
      const chord = Math.sqrt(square(origin, cluster));
      // Near the far side of the Earth the arc sine loses digits.
      if (chord > FAR) return kilometersBetween(origins[origin]!, clusters[cluster]!);
      return 2 * EARTH_RADIUS_KILOMETERS * arcSine(chord / 2);
    },
    within(origin, kilometers, visit) {
      // The arc is at least its chord and at least the difference of latitudes.
      const arc = (kilometers / EARTH_RADIUS_KILOMETERS) * (1 + MARGIN) + MARGIN;
      const band = arc / radians;
      const { latitude } = origins[origin]!;
      const most = arc * arc;
      for (let i = firstFrom(latitudes, latitude - band); i < order.length; i++) {
        if (latitudes[i]! > latitude + band) break;
        if (square(origin, order[i]!) <= most) visit(order[i]!);
      }
    },
  };
}

/** The first position whose value is not below `least`. */
function firstFrom(sorted: Float64Array, least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** [point * 3 + axis] on the sphere of radius 1. */
export function vectorsOf(points: readonly Point[]): Float64Array {
  const vectors = new Float64Array(points.length * 3);
  for (const [index, { latitude, longitude }] of points.entries()) {
    const across = cosine(latitude * radians);
    vectors[index * 3] = across * cosine(longitude * radians);
    vectors[index * 3 + 1] = across * sine(longitude * radians);
    vectors[index * 3 + 2] = sine(latitude * radians);
  }
  return vectors;
}
