/** Clusters and origins as points of the unit sphere: distances of many pairs at a few multiplications each. */
import { EARTH_RADIUS_KILOMETERS, kilometersBetween, type Point } from './geography';
import { arcSine, cosine, sine } from './trigonometry';

const radians = Math.PI / 180;
/** From this half chord on, squared, the arc sine loses digits: near the far side of the Earth. */
const FAR = 0.9;

/** A point within the sphere with the farthest of the points it stands for. */
interface Centre {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Largest chord to a point of the group. */
  readonly radius: number;
}

/** Distances between clusters and origins, by index. */
export class Sphere {
  readonly clusters: number;
  readonly origins: number;
  /** [point * 3 + axis] */
  readonly cluster: Float64Array;

  constructor(
    private readonly clusterPoints: readonly Point[],
    private readonly originPoints: readonly Point[],
    /** [point * 3 + axis]; of origins that are no places but the middle of some, within the sphere. */
    readonly origin: Float64Array = vectorsOf(originPoints),
  ) {
    this.clusters = clusterPoints.length;
    this.origins = origin.length / 3;
    this.cluster = vectorsOf(clusterPoints);
  }

  /** The same clusters, and points within the sphere in the place of origins. */
  around(middles: Float64Array): Sphere {
    return new Sphere(this.clusterPoints, [], middles);
  }

  /** Great-circle kilometres, as `kilometersBetween` up to rounding; from within the sphere those of as long a chord. */
  kilometers(cluster: number, origin: number): number {
    const square = this.squaredChord(cluster, origin);
    if (square / 4 < FAR || this.originPoints.length === 0) return this.kilometersOf(square);
    return kilometersBetween(this.originPoints[origin], this.clusterPoints[cluster]);
  }

  /** The squared straight line through the Earth, in radii: grows with the distance. */
  squaredChord(cluster: number, origin: number): number {
    const { cluster: c, origin: o } = this;
    const x = c[cluster * 3] - o[origin * 3];
    const y = c[cluster * 3 + 1] - o[origin * 3 + 1];
    const z = c[cluster * 3 + 2] - o[origin * 3 + 2];
    return x * x + y * y + z * z;
  }

  /** Kilometres along the surface for a squared chord. */
  kilometersOf(square: number): number {
    return 2 * EARTH_RADIUS_KILOMETERS * arcSine(Math.min(1, Math.sqrt(square) / 2));
  }

  /** The squared chord that spans so many kilometres; 4 for half of the Earth and more. */
  squareOf(kilometers: number): number {
    const half = sine(Math.min(Math.PI / 2, kilometers / (2 * EARTH_RADIUS_KILOMETERS)));
    return 4 * half * half;
  }

  /** The mean of some origins: those of `order` from `from` up to `to`. */
  centreOf(order: Int32Array, from: number, to: number): Centre {
    const { origin } = this;
    const mean = [0, 1, 2].map((axis) => {
      let sum = 0;
      for (let i = from; i < to; i++) sum += origin[order[i] * 3 + axis];
      return sum / (to - from);
    });
    let square = 0;
    for (let i = from; i < to; i++) {
      const [x, y, z] = mean.map((one, axis) => one - origin[order[i] * 3 + axis]);
      square = Math.max(square, x * x + y * y + z * z);
    }
    return { x: mean[0], y: mean[1], z: mean[2], radius: Math.sqrt(square) };
  }

  /** Squared straight line from a centre to a cluster. */
  squaredTo({ x, y, z }: Centre, cluster: number): number {
    const a = this.cluster[cluster * 3] - x;
    const b = this.cluster[cluster * 3 + 1] - y;
    const c = this.cluster[cluster * 3 + 2] - z;
    return a * a + b * b + c * c;
  }
}

function vectorsOf(points: readonly Point[]): Float64Array {
  const vectors = new Float64Array(points.length * 3);
  points.forEach(({ latitude, longitude }, index) => {
    const [north, east] = [latitude * radians, longitude * radians];
    vectors[index * 3] = cosine(north) * cosine(east);
    vectors[index * 3 + 1] = cosine(north) * sine(east);
    vectors[index * 3 + 2] = sine(north);
  });
  return vectors;
}
