/** Which country a geohash cell lies in, by the large cities in and around it. */
import { kilometersBetween, type Point } from '../../../constructs/model/geography';
import { allCities, type City } from './gazetteer';

/** The country of a cell, and all countries it may belong to, most people first. */
export interface CellPlace {
  readonly country: string;
  readonly sharedBy: readonly string[];
}

/** Cities this many times as far as the nearest one have a say, too. */
const doubt = 1.3;
/** Beyond this nobody says what a point in the sea belongs to. */
const maxKilometers = 1500;

/** Judges a cell of `precision` characters by the cities within its half diagonal, or about as near as the nearest; undefined in mid-ocean. */
export function placeOfCell(center: Point, precision: number): CellPlace | undefined {
  const near = nearestCities(center, halfDiagonal(center, precision));
  if (near.length === 0) return undefined;
  const people = new Map<string, number>();
  for (const { country, population } of near) {
    people.set(country, (people.get(country) ?? 0) + population);
  }
  const sharedBy = [...people].sort((a, b) => b[1] - a[1]).map(([country]) => country);
  return { country: sharedBy[0] ?? '', sharedBy };
}

/** Half the diagonal of a geohash cell in kilometres. */
export function halfDiagonal(center: Point, precision: number): number {
  const bits = 5 * precision;
  const corner = {
    latitude: Math.min(90, center.latitude + 90 / 2 ** Math.floor(bits / 2)),
    longitude: center.longitude + 180 / 2 ** Math.ceil(bits / 2),
  };
  return kilometersBetween(center, corner);
}

function nearestCities(center: Point, radius: number): readonly City[] {
  const vectors = unitVectors();
  const [x, y, z] = unitVector(center);
  const cosines = vectors.map((v) => x * v[0] + y * v[1] + z * v[2]);
  const kilometers = (cosine: number) => 6371 * Math.acos(Math.min(1, Math.max(-1, cosine)));
  const nearest = kilometers(cosines.reduce((best, cosine) => Math.max(best, cosine), -1));
  if (nearest > maxKilometers) return [];
  const least = Math.cos(Math.max(radius, doubt * nearest) / 6371);
  return allCities().filter((_, at) => (cosines[at] ?? -1) >= least);
}

type Vector = readonly [number, number, number];
let vectorsOfCities: readonly Vector[] | undefined;

function unitVectors(): readonly Vector[] {
  vectorsOfCities ??= allCities().map(unitVector);
  return vectorsOfCities;
}

function unitVector({ latitude, longitude }: Point): Vector {
  const phi = (latitude * Math.PI) / 180;
  const lambda = (longitude * Math.PI) / 180;
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}
