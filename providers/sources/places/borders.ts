/** Borders of countries, simplified to about 15 km: whether a point is in one, and how far outside. */
import { kilometersBetween, type Point } from '../../../constructs/model/geography';
import { lazily, tableText } from './tables';

interface Ring {
  /** Longitude and latitude of each corner, in turn. */
  readonly corners: Float64Array;
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** The lines of each country. Numbers are read when its borders are asked for. */
const linesByCountry = lazily((): ReadonlyMap<string, readonly string[]> => {
  const byCountry = new Map<string, string[]>();
  for (const line of tableText('borders.csv').trim().split('\n').slice(1)) {
    const country = line.slice(0, 2);
    const lines = byCountry.get(country);
    if (lines === undefined) byCountry.set(country, [line]);
    else lines.push(line);
  }
  return byCountry;
});

const ringsByCountry = new Map<string, readonly Ring[]>();

/** The rings of a country, none for a country that is not in the table. */
function ringsOf(country: string): readonly Ring[] {
  const known = ringsByCountry.get(country);
  if (known !== undefined) return known;
  const rings = (linesByCountry().get(country) ?? []).map(ringOf);
  ringsByCountry.set(country, rings);
  return rings;
}

function ringOf(line: string): Ring {
  const corners = Float64Array.from(line.slice(3).split(' '), Number);
  let [west, east, south, north] = [180, -180, 90, -90];
  for (let at = 0; at < corners.length; at += 2) {
    const [longitude, latitude] = [corners[at] ?? 0, corners[at + 1] ?? 0];
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
  }
  return { corners, west, east, south, north };
}

/** The country (alpha-2) that a point lies in; undefined at sea. */
export function countryAt(point: Point): string | undefined {
  for (const country of linesByCountry().keys()) {
    if (ringsOf(country).some((ring) => isInside(point, ring))) return country;
  }
  return undefined;
}

/** How far a point is outside of a country: 0 within it, undefined for a country whose borders are not in the table. */
export function kilometersOutside(point: Point, country: string): number | undefined {
  const all = ringsOf(country);
  if (all.length === 0) return undefined;
  if (all.some((ring) => isInside(point, ring))) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const { corners } of all) {
    for (let at = 0; at < corners.length; at += 2) {
      const next = at + 2 < corners.length ? at + 2 : 0;
      least = Math.min(least, kilometersToEdge(point, corners, at, next));
    }
  }
  return least;
}

/** By counting how often a line to the west crosses the ring. */
function isInside({ latitude, longitude }: Point, ring: Ring): boolean {
  const { corners, west, east, south, north } = ring;
  if (latitude < south || latitude > north || longitude < west || longitude > east) return false;
  let inside = false;
  for (let at = 0, before = corners.length - 2; at < corners.length; before = at, at += 2) {
    const [x1 = 0, y1 = 0] = [corners[at], corners[at + 1]];
    const [x2 = 0, y2 = 0] = [corners[before], corners[before + 1]];
    if (y1 > latitude !== y2 > latitude) {
      const crossing = x1 + ((latitude - y1) / (y2 - y1)) * (x2 - x1);
      if (longitude < crossing) inside = !inside;
    }
  }
  return inside;
}

/** To the nearest point of an edge, found on a plane that is true around the point. */
function kilometersToEdge(point: Point, corners: Float64Array, from: number, to: number): number {
  const shrink = Math.cos((point.latitude * Math.PI) / 180);
  const relative = (at: number): readonly [number, number] => {
    const east = (((corners[at] ?? 0) - point.longitude + 540) % 360) - 180;
    return [east * shrink, (corners[at + 1] ?? 0) - point.latitude];
  };
  const [ax, ay] = relative(from);
  const [bx, by] = relative(to);
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length));
  const latitude = point.latitude + ay + share * dy;
  const longitude = point.longitude + (shrink === 0 ? 0 : (ax + share * dx) / shrink);
  return kilometersBetween(point, { latitude, longitude });
}
