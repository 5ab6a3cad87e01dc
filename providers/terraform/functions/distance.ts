/** Function distance_kilometers: how far two places are apart. */
import { kilometersBetween } from '../../../constructs/model/geography';
import { EdgeError } from '../../../constructs/parsing';
import type { ProviderFunction, Value } from '../protocol/provider';

const limits = [
  ['latitude1', 90],
  ['longitude1', 180],
  ['latitude2', 90],
  ['longitude2', 180],
] as const;

/** The function `distance_kilometers`. */
export const distance: ProviderFunction = {
  summary: 'Kilometres between two places',
  description:
    'Kilometres between two places on the great circle (haversine, mean radius 6,371 km), as `apart_kilometers` and latencies without measurements are computed.',
  parameters: limits.map(([name, limit]) => ({
    name,
    type: 'number',
    description: `Degrees, -${limit} to ${limit}.`,
  })),
  returns: 'number',
  call: (degrees) => {
    const [latitude1, longitude1, latitude2, longitude2] = limits.map(([name, limit], index) =>
      within(name, limit, degrees[index]),
    ) as [number, number, number, number];
    return kilometersBetween(
      { latitude: latitude1, longitude: longitude1 },
      { latitude: latitude2, longitude: longitude2 },
    );
  },
};

function within(path: string, limit: number, value: Value | undefined): number {
  // What no double holds comes as text.
  const degrees = Number(value);
  if (Math.abs(degrees) <= limit) return degrees;
  throw new EdgeError({
    code: 'InvalidDocument',
    path,
    summary: `got ${degrees}, expected degrees from -${limit} to ${limit}`,
    remedy: path.startsWith('latitude')
      ? 'Give the latitude before the longitude.'
      : 'Give degrees east, negative in the west.',
  });
}
