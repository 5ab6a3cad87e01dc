/** Projection: from degrees to the plane of the map, and back by search; Natural Earth I, after Patterson and Šavrič (2011). */

/** Half of the width and of the height of the map, in its own units. */
export const WORLD = { x: 2.73539, y: 1.42239 } as const;
const RADIANS = Math.PI / 180;

/** The place of a point of the Earth; y grows to the south, as on a screen. */
export function project(longitude: number, latitude: number): readonly [x: number, y: number] {
  const phi = latitude * RADIANS;
  const phi2 = phi * phi;
  const phi4 = phi2 * phi2;
  const width =
    0.8707 - 0.131979 * phi2 + phi4 * (-0.013791 + phi4 * (0.003971 * phi2 - 0.001529 * phi4));
  const height =
    1.007226 + phi2 * (0.015085 + phi4 * (-0.044475 + 0.028874 * phi2 - 0.005916 * phi4));
  return [longitude * RADIANS * width, -phi * height];
}

/** Points of a great circle; `pieces` + 1 of them, as longitude and latitude. */
export function greatCircle(
  from: readonly [longitude: number, latitude: number],
  to: readonly [longitude: number, latitude: number],
  pieces: number,
): readonly (readonly [longitude: number, latitude: number])[] {
  const [a, b] = [vectorOf(from), vectorOf(to)];
  const angle = Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
  if (angle < 1e-6) return [from, to];
  return Array.from({ length: pieces + 1 }, (_, index) => {
    const share = index / pieces;
    const [p, q] = [Math.sin((1 - share) * angle), Math.sin(share * angle)];
    const [x, y, z] = [a[0] * p + b[0] * q, a[1] * p + b[1] * q, a[2] * p + b[2] * q];
    return [Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.hypot(x, y)) / RADIANS] as const;
  });
}

function vectorOf([longitude, latitude]: readonly [number, number]): readonly [
  number,
  number,
  number,
] {
  const [lambda, phi] = [longitude * RADIANS, latitude * RADIANS];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}
