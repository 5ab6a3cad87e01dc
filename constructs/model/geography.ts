/** Points on Earth: great-circle distance and geohash cells. */
import { arcSine, cosine, sine } from './trigonometry';

/** Mean Earth radius in kilometres; the value public p-median optima were computed with. */
export const EARTH_RADIUS_KILOMETERS = 6371;

/** Degrees: latitude -90..90, longitude -180..180. */
export interface Point {
  /** Degrees north, -90 to 90. */
  readonly latitude: number;
  /** Degrees east, -180 to 180. */
  readonly longitude: number;
}

const radians = Math.PI / 180;

/** Great-circle distance in kilometres by the haversine formula (R = 6,371 km). */
export function kilometersBetween(a: Point, b: Point): number {
  const sinLatitude = sine(((b.latitude - a.latitude) * radians) / 2);
  const sinLongitude = sine(((b.longitude - a.longitude) * radians) / 2);
  const h =
    sinLatitude * sinLatitude +
    cosine(a.latitude * radians) * cosine(b.latitude * radians) * sinLongitude * sinLongitude;
  return 2 * EARTH_RADIUS_KILOMETERS * arcSine(Math.min(1, Math.sqrt(h)));
}

const geohashAlphabet = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The centre of a geohash cell, or undefined when `hash` is not a geohash (1 to 12 characters of its alphabet). */
export function geohashCenter(hash: string): Point | undefined {
  if (hash.length < 1 || hash.length > 12) return undefined;
  let [south, north, west, east] = [-90, 90, -180, 180];
  let splitsLongitude = true;
  for (const character of hash.toLowerCase()) {
    const value = geohashAlphabet.indexOf(character);
    if (value < 0) return undefined;
    for (let bit = 16; bit >= 1; bit /= 2) {
      const upper = (value & bit) !== 0;
      if (splitsLongitude) {
        const middle = (west + east) / 2;
        if (upper) west = middle;
        else east = middle;
      } else {
        const middle = (south + north) / 2;
        if (upper) south = middle;
        else north = middle;
      }
      splitsLongitude = !splitsLongitude;
    }
  }
  return { latitude: (south + north) / 2, longitude: (west + east) / 2 };
}
