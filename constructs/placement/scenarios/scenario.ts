/** Scenarios: lost clusters and scaled demand, given one by one or enumerated for a whole fleet. */
import { byCodeUnits } from '../../model/canonical';
import type { Cluster } from '../../model/fleet';
import { describeMatch, type Match, matches, type OriginMatch } from '../../model/match';
import { givenDemand, type PlaceInput } from '../../policy';

/** Demand multiplied by `factor` where the origin matches. */
export interface Scaling {
  /** Origins whose requests are scaled. */
  readonly origins: OriginMatch;
  /** Factor for their requests per second. */
  readonly factor: number;
}

/** One what-if. */
export interface Scenario {
  /** Default: what it does, in words. */
  readonly name?: string;
  /** Clusters that are gone. */
  readonly lose?: readonly Match[];
  /** One after another, so that an origin may be scaled twice. */
  readonly scale?: readonly Scaling[];
}

/** One scenario per cluster, pair of clusters, provider, region or country of the fleet, in name order. */
export function eachLoss(
  input: PlaceInput,
  by: 'cluster' | 'pair' | 'provider' | 'region' | 'country',
): readonly Scenario[] {
  if (by === 'pair') return pairsOf(input.fleet.clusters.map(({ name }) => name));
  const key = by === 'cluster' ? 'name' : by;
  const values = new Set(input.fleet.clusters.flatMap((cluster) => cluster[key] ?? []));
  return [...values]
    .sort(byCodeUnits)
    .map((value) => ({ name: `lose ${by} ${value}`, lose: [{ [key]: value }] }));
}

/** All demand times each factor, then that of each region alone. Default: twice and five times. */
export function eachSurge(
  input: PlaceInput,
  factors: readonly number[] = [2, 5],
): readonly Scenario[] {
  const regions = new Set(
    input.apps.flatMap(
      (app) => givenDemand(app, input)?.origins.flatMap(({ region }) => region ?? []) ?? [],
    ),
  );
  const places = [...regions].sort(byCodeUnits);
  return factors.flatMap((factor) => [
    { name: `demand x ${factor}`, scale: [{ origins: {}, factor }] },
    ...places.map((region) => ({
      name: `demand of region ${region} x ${factor}`,
      scale: [{ origins: { region }, factor }],
    })),
  ]);
}

/** Positions of the clusters a scenario loses, ascending. */
export function lostPositions(clusters: readonly Cluster[]): (scenario: Scenario) => number[] {
  const at = new Map(clusters.map(({ name }, index) => [name, index]));
  return ({ lose = [] }) => {
    const lost = new Set<number>();
    for (const match of lose) {
      for (const index of positions(match, clusters, at)) lost.add(index);
    }
    return [...lost].sort((a, b) => a - b);
  };
}

/** Names are looked up: there may be as many scenarios as pairs of clusters. */
function positions(
  match: Match,
  clusters: readonly Cluster[],
  at: ReadonlyMap<string, number>,
): readonly number[] {
  const { name, ...rest } = match;
  if (name === undefined || Object.keys(rest).length > 0) {
    return [...clusters.keys()].filter((index) => matches(match, clusters[index]));
  }
  return (typeof name === 'string' ? [name] : name).flatMap((one) => at.get(one) ?? []);
}

/** What a scenario does, in words. */
export function describeScenario({ lose = [], scale = [] }: Scenario): string {
  const words = [
    ...lose.map((match) => `lose ${describeMatch(match)}`),
    ...scale.map(({ origins, factor }) => `demand of ${describeMatch(origins)} x ${factor}`),
  ];
  return words.length === 0 ? 'no change' : words.join(', ');
}

function pairsOf(names: readonly string[]): readonly Scenario[] {
  const sorted = [...names].sort(byCodeUnits);
  return sorted.flatMap((one, index) =>
    sorted.slice(index + 1).map((other) => ({
      name: `lose clusters ${one} and ${other}`,
      lose: [{ name: [one, other] }],
    })),
  );
}
