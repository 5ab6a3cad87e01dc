/** Planted problems: a larger fleet with many rules in force, and a set of clusters known to keep all of them. */
import { kilometersBetween } from '../../constructs/model/geography';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import type { PlacementPolicyInput } from '../../constructs/policy/policy';
import { seeded } from '../bench/world';
import {
  app,
  type ClusterBuilder,
  cluster,
  demand,
  fleet,
  type OriginBuilder,
  origin,
} from '../build';

/** A problem and the answer that was put into it. */
export interface Planted {
  readonly input: PlaceInput;
  /** Names of the clusters that keep every rule. */
  readonly names: readonly string[];
  /** Objective of the planted clusters. */
  readonly value: number;
}

type Constraints = NonNullable<PlacementPolicyInput['constraints']>;
type Random = () => number;

const regions = ['africa', 'asia', 'europe', 'north', 'oceania', 'south'];
const providers = ['p', 'q', 'r', 's'];
const perReplica = 50;
/** How little more than needed the planted clusters get: in budget, distance and requests. */
const slack = 0.005;
/** How many times more the others cost, so that the budget asks for most of the planted ones. */
const lure = 3;
/** Others have at least this share of the room that is typical of the planted ones. */
const scarce = 0.05;

/** A fleet of 60 clusters and 40 origins with a legal answer of five to eight clusters; undefined when this seed gives none. */
export function planted(seed: number, clusters = 60, origins = 40): Planted | undefined {
  const random = seeded(seed);
  const centres = regions.map((region) => ({
    region,
    latitude: -40 + 95 * random(),
    longitude: -170 + 340 * random(),
  }));
  const near = () => {
    const { region, latitude, longitude } = oneOf(random, centres);
    const spread = () => 25 * (random() + random() - 1);
    return { region, latitude: latitude + spread(), longitude: wrapped(longitude + spread()) };
  };
  const written = Array.from({ length: clusters }, (_, i) => {
    const { region, latitude, longitude } = near();
    return cluster(`c${String(i).padStart(3, '0')}`)
      .in('ZZ', region)
      .at(latitude, longitude)
      .provider(oneOf(random, providers))
      .with({ usdPerHour: rounded(0.2 + random()), usdPerReplicaHour: 0.05 });
  });
  const asked = Array.from({ length: origins }, (_, i) => {
    const { region, latitude, longitude } = near();
    return origin(`o${String(i).padStart(3, '0')}`, rounded(5 + 60 * random() ** 3))
      .in('ZZ', region)
      .at(latitude, longitude);
  });
  return withRules(random, written, asked);
}

function withRules(
  random: Random,
  written: readonly ClusterBuilder[],
  asked: readonly OriginBuilder[],
): Planted | undefined {
  const chosen = plantedAmong(random, written);
  const names = chosen.map((one) => one.written.name);
  const crowded = new Set(
    regions.filter((region) => chosen.filter((c) => c.written.region === region).length > 1),
  );
  const residency = [...crowded]
    .slice(0, 2)
    .map((region) => ({ origins: { region }, clusters: { region } }));
  const loose: Constraints = {
    residency,
    minClusters: 1,
    maxClusters: 100,
    minRequestsPerSecond: 0,
    chooseFrom: [{ name: names }],
  };
  const alone = servedBy(chosen, asked, loose);
  const limited = withRoom(random, written, chosen, asked, loose);
  const constraints: Constraints = {
    ...loose,
    ...spaced(chosen),
    minClusters: names.length - 1,
    maxClusters: names.length,
    minRequestsPerSecond: rounded(
      (1 - slack) * Math.min(...alone.clusters.map((one) => one.requestsPerSecond)),
    ),
    survive: 1,
  };
  const input = (more: Constraints): PlaceInput => ({
    fleet: fleet(...limited),
    demand: demand(...asked),
    apps: [app('shop', { constraints: { ...constraints, ...more } })],
  });
  const [answer] = place(input({ minClusters: names.length })).apps;
  if (answer?.satisfied !== true) return undefined;
  const budget = { usdPerHour: rounded(answer.cost.usdPerHour * (1 + slack)) };
  return {
    input: input({ budget, chooseFrom: undefined }),
    names,
    value: answer.objective.value,
  };
}

/** Two or three of each of some regions: so that the loss of one leaves another. */
function plantedAmong(random: Random, written: readonly ClusterBuilder[]): ClusterBuilder[] {
  const size = 5 + Math.floor(random() * 4);
  const chosen: ClusterBuilder[] = [];
  while (chosen.length < size) {
    const region = oneOf(random, regions);
    const there = written.filter((c) => c.written.region === region && !chosen.includes(c));
    chosen.push(...there.slice(0, Math.min(2, size - chosen.length)));
  }
  return chosen;
}

function spaced(chosen: readonly ClusterBuilder[]): Constraints {
  const places = chosen.map(({ written }) => written);
  const count = (key: 'region' | 'provider', value: string | undefined) =>
    places.filter((one) => one[key] === value).length;
  const distances = places.flatMap((a, i) =>
    places.slice(0, i).map((b) => kilometersBetween(pointOf(a), pointOf(b))),
  );
  const [first, second] = places;
  return {
    apartKilometers: Math.floor((1 - slack) * Math.min(...distances)),
    spread: [
      {
        by: 'provider',
        maxPerGroup: Math.max(...places.map((one) => count('provider', one.provider))),
      },
      { by: 'region', minGroups: new Set(places.map((one) => one.region)).size },
    ],
    mustInclude: [
      { region: first?.region ?? '', count: count('region', first?.region) },
      { provider: second?.provider ?? '', count: count('provider', second?.provider) },
    ],
  };
}

/** Room for what each planted cluster carries after any one loss; about as much everywhere else. */
function withRoom(
  random: Random,
  written: readonly ClusterBuilder[],
  chosen: readonly ClusterBuilder[],
  asked: readonly OriginBuilder[],
  loose: Constraints,
): ClusterBuilder[] {
  const most = new Map<string, number>();
  for (const lost of chosen) {
    const rest = chosen.filter((one) => one !== lost);
    for (const { name, requestsPerSecond } of servedBy(rest, asked, loose).clusters) {
      most.set(name, Math.max(most.get(name) ?? 0, requestsPerSecond));
    }
  }
  const typical = [...most.values()].reduce((sum, one) => sum + one, 0) / most.size;
  return written.map((one) => {
    const needed =
      (most.get(one.written.name) ?? typical * (scarce + random())) * (1 + 0.2 * random());
    const replicas = Math.ceil(needed / perReplica);
    const isPlanted = most.has(one.written.name);
    return one.with({
      usdPerHour: rounded((one.written.usdPerHour ?? 0) * (isPlanted ? 1 : lure)),
      allocatable: { cpuMillicores: 100 * replicas, memoryMebibytes: 65536, pods: 110 },
      requestsPerSecond: rounded(needed * 1.05),
    });
  });
}

function servedBy(
  clusters: readonly ClusterBuilder[],
  asked: readonly OriginBuilder[],
  constraints: Constraints,
) {
  const all = { ...constraints, chooseFrom: undefined, minClusters: clusters.length };
  const [decided] = place({
    fleet: fleet(...clusters),
    demand: demand(...asked),
    apps: [app('shop', { constraints: all })],
  }).apps;
  if (decided === undefined) throw new Error('nothing was decided');
  return decided;
}

const oneOf = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;
const rounded = (value: number) => Math.round(value * 1000) / 1000;
const wrapped = (longitude: number) => ((longitude + 540) % 360) - 180;
const pointOf = (one: ClusterBuilder['written']) => ({
  latitude: one.latitude,
  longitude: one.longitude,
});
