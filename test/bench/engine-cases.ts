/** What the engine is measured on, by goal: public instances, drawn ones, rules on top of them, and apps that share a fleet. */
import type { PlacementDecision } from '../../constructs/model/decision';
import {
  hasData,
  type Instance,
  libraryInstances,
  world,
  worldInstances,
} from '../placement/public-data';
import {
  hasRoundTrips,
  meanRoundTrip,
  readRoundTrips,
  roundTripDocuments,
} from '../policy/round-trips';
import { caseOf, type EngineCase, goals } from './engine-case';
import { drawnCases } from './engine-drawn';
import { evenCases } from './engine-even';
import { inputOf } from './engine-input';
import { fleetOfApps, type Shared } from './fleet-of-apps';
import { bestKnown } from './known-values';

/** Every case that can be built here, by goal; without the data folder only the drawn ones. */
export function engineCases(): readonly EngineCase[] {
  const all = [...drawnCases(), ...evenCases(), ...shared(), ...(hasData ? published() : [])];
  const order = Object.keys(goals);
  return all.sort((a, b) => order.indexOf(a.goal) - order.indexOf(b.goal));
}

const fleets: readonly Shared[] = [
  { apps: 50, clusters: 300, origins: 1_000, room: 1.15, kind: 'slots' },
  { apps: 100, clusters: 300, origins: 500, room: 1.02, kind: 'slots' },
  { apps: 100, clusters: 300, origins: 500, room: 1.15, kind: 'replicas' },
];

function shared(): EngineCase[] {
  return fleets.map((one) => {
    const { apps, clusters, origins, room, kind } = one;
    return caseOf({
      name: `joint ${apps} x ${clusters} x ${origins}, ${kind} x ${room}`,
      goal: 'joint',
      family: 'joint',
      pairs: apps * clusters * origins,
      input: () => fleetOfApps(one),
    });
  });
}

function published(): EngineCase[] {
  const library = libraryInstances().map((one: Instance) => {
    const isMedian = one.name.includes('p-median');
    const family = isMedian ? 'pmed' : (one.name.split(' ')[1] ?? '');
    const goal = isMedian ? 'graphs' : 'facilities';
    const { name, pairs } = one;
    return caseOf({ name, goal, family, pairs, input: () => inputOf(one.build()) }, one.optimum);
  });
  const known = new Map(worldInstances().map((one) => [one.name, one.optimum]));
  const sizes = [
    ...[[100, 1000, 10] as const, [500, 5000, 25] as const],
    ...[2, 5, 10, 20, 50, 100, 200].map((p) => [1000, 10000, p] as const),
    ...[5, 20, 50, 200, 500, 1000].map((p) => [10000, 100000, p] as const),
  ];
  const places = sizes.map(([m, n, p]) => {
    const name = `world ${m} x ${n}, p = ${p}`;
    const goal = m === 10000 ? 'huge' : 'world';
    const input = () => inputOf(world(m, n, p));
    return caseOf({ name, goal, family: 'world', pairs: m * n, input }, known.get(name));
  });
  const sized = [[100, 1000, 10], [1000, 10000, 10], [1000, 10000, 20], [1000, 10000, 50]] as const; // biome-ignore format: a row
  const ruled = sized.map(([m, n, p]) => {
    const name = `world ${m} x ${n}, p = ${p}, rules`;
    const input = () => inputOf(world(m, n, p, rules(p)));
    return caseOf({ name, goal: 'rules', family: 'rules', pairs: m * n, input });
  });
  return [...library, ...places, ...ruled, ...(hasRoundTrips ? roundTrips() : [])];
}

/** With the matrix; and by distance alone, judged by the matrix. */
function roundTrips(): EngineCase[] {
  const of = (p: number) => ({
    goal: 'latency' as const,
    family: 'round trips',
    pairs: 246 ** 2,
    p,
  });
  return [3, 5, 7, 10].map(of).flatMap(({ p, ...one }) => {
    const name = `round trips of 246 cities, p = ${p}`;
    const best = bestKnown(name);
    const input = (isMeasured: boolean) => () =>
      inputOf(roundTripDocuments(readRoundTrips(), p, isMeasured));
    const judged = ({ apps: [app] }: PlacementDecision) => {
      const sites = app?.clusters.map((cluster) => Number(cluster.name.slice(1))) ?? [];
      return 246 * meanRoundTrip(readRoundTrips(), sites);
    };
    return [
      caseOf({ ...one, name, input: input(true) }, best),
      caseOf({ ...one, name: `${name}, by distance alone`, input: input(false), judged }, best),
    ];
  });
}

/** Residency, two spreads that cross, places that must be and that must not be. */
function rules(p: number): object {
  const most = Math.ceil(p / 4);
  return {
    residency: [{ origins: { region: 'europe' }, clusters: { region: 'europe' } }],
    spread: [
      { by: 'region', maxPerGroup: most, minGroups: 5 },
      { by: 'provider', maxPerGroup: most },
    ],
    mustInclude: [
      { region: 'oceania', count: 2 },
      { provider: 'p3', region: 'africa' },
    ],
    mustNotInclude: [{ provider: 'p1', region: 'north-america' }],
  };
}
