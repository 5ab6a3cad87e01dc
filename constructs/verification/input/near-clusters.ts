/** Clusters near an origin, found without computing every distance: by latitude first, then by the chord through the Earth. */
import { EARTH_RADIUS_KILOMETERS, kilometersBetween, type Point } from '../../model/geography';
import { arcSine, cosine, sine } from '../../model/trigonometry';

/** The relative margin that keeps bounds valid in spite of rounding. */
const MARGIN = 1e-9;
const radians = Math.PI / 180;
/** Chords longer than this, in Earth radii, are too close to antipodal for the arc sine. */
const NEARLY_ANTIPODAL = 1.8;

/** Distances between origins and clusters, and the clusters within a distance. */
export interface NearClusters {
  /** A lower bound of the kilometres between the two: the length of the chord. */
  lowerBound(origin: number, cluster: number): number;
  /** The kilometres between the two, up to rounding. */
  kilometers(origin: number, cluster: number): number;
  /** Visits every cluster within so many kilometres of the origin, and possibly some beyond. */
  visitWithin(origin: number, kilometers: number, visit: (cluster: number) => void): void;
}

/** The distances between these origins and clusters, both by index. */
export function nearClusters(origins: readonly Point[], clusters: readonly Point[]): NearClusters {
  const [from, to] = [unitVectors(origins), unitVectors(clusters)];
  let known: { readonly order: Int32Array; readonly latitudes: Float64Array } | undefined;
  const byLatitude = () => {
    known ??= orderedByLatitude(clusters);
    return known;
  };
  const square = (origin: number, cluster: number) => {
    const x = from[origin * 3]! - to[cluster * 3]!;
    const y = from[origin * 3 + 1]! - to[cluster * 3 + 1]!;
    const z = from[origin * 3 + 2]! - to[cluster * 3 + 2]!;
    return x * x + y * y + z * z;
  };
  return {
    lowerBound: (origin, cluster) =>
      Math.sqrt(square(origin, cluster)) * EARTH_RADIUS_KILOMETERS * (1 - MARGIN),
    kilometers(origin, cluster) {
      const chord = Math.sqrt(square(origin, cluster));
      // For nearly antipodal points the arc sine loses digits.
      if (chord > NEARLY_ANTIPODAL) return kilometersBetween(origins[origin]!, clusters[cluster]!);
      return 2 * EARTH_RADIUS_KILOMETERS * arcSine(chord / 2);
    },
    visitWithin(origin, kilometers, visit) {
      // The arc is at least its chord and at least the difference of latitudes.
      const arc = (kilometers / EARTH_RADIUS_KILOMETERS) * (1 + MARGIN) + MARGIN;
      const band = arc / radians;
      const { latitude } = origins[origin]!;
      const most = arc * arc;
      const { order, latitudes } = byLatitude();
      for (let i = firstFrom(latitudes, latitude - band); i < order.length; i++) {
        if (latitudes[i]! > latitude + band) break;
        if (square(origin, order[i]!) <= most) visit(order[i]!);
      }
    },
  };
}

function orderedByLatitude(clusters: readonly Point[]) {
  const order = Int32Array.from(clusters.keys()).sort(
    (a, b) => clusters[a]!.latitude - clusters[b]!.latitude || a - b,
  );
  return { order, latitudes: Float64Array.from(order, (one) => clusters[one]!.latitude) };
}

/** The first position in an ascending array whose value is not below `least`. */
function firstFrom(sorted: Float64Array, least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Unit vectors of the points, [point * 3 + axis]. */
export function unitVectors(points: readonly Point[]): Float64Array {
  const vectors = new Float64Array(points.length * 3);
  for (const [index, { latitude, longitude }] of points.entries()) {
    const across = cosine(latitude * radians);
    vectors[index * 3] = across * cosine(longitude * radians);
    vectors[index * 3 + 1] = across * sine(longitude * radians);
    vectors[index * 3 + 2] = sine(latitude * radians);
  }
  return vectors;
}
