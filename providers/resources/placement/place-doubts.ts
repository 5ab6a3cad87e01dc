/** Place doubts: what documents say of the places of clusters and origins, held against each other. */
import { givenDemand, type PlaceInput } from '../../../constructs/policy';
import { contradictionsOf } from '../../sources/places/facts';

/** Sentences about clusters and origins whose coordinates, country and city contradict each other. */
export function placeDoubts(input: PlaceInput): readonly string[] {
  const origins = input.apps.flatMap((app) => givenDemand(app, input)?.origins ?? []);
  return [
    ...contradictionsOf(input.fleet.clusters, 'cluster'),
    ...contradictionsOf([...new Set(origins)], 'origin'),
  ];
}
