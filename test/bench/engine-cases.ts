/** What the engine is measured on: public instances, and rules on top of them. */

import { parseFleet } from '../../constructs/model/fleet-document';
import { parseEdgeApp } from '../../constructs/placement/app-document';
import type { PlaceInput } from '../../constructs/placement/input';
import {
  type InstanceDocuments,
  libraryInstances,
  world,
  worldInstances,
} from '../placement/public-data';

/** One problem with the best value that is known of it. */
export interface EngineCase {
  readonly name: string;
  /** Undefined where nothing was published. */
  readonly best?: number;
  readonly build: () => InstanceDocuments;
  /** Whether it is small enough for a general solver. */
  readonly isSmall: boolean;
}

/** Every case, by the goal it belongs to. */
export function engineCases(): readonly EngineCase[] {
  const library = libraryInstances().map(
    (one): EngineCase => ({
      name: one.name,
      best: one.optimum,
      build: one.build,
      isSmall: one.pairs <= 1250 && one.name.includes('UFLP'),
    }),
  );
  const published = new Map(worldInstances().map((one) => [one.name, one.optimum]));
  const sizes = [
    ...[[100, 1000, 10] as const, [500, 5000, 25] as const],
    ...[5, 10, 20, 50, 100].map((p) => [1000, 10000, p] as const),
    ...[500, 1000].map((p) => [10000, 100000, p] as const),
  ];
  const places = sizes.map(([m, n, p]): EngineCase => {
    const name = `world ${m} x ${n}, p = ${p}`;
    const best = published.get(name);
    return { name, ...(best && { best }), build: () => world(m, n, p), isSmall: false };
  });
  const ruled = [10, 20, 50].map(
    (p): EngineCase => ({
      name: `world 1000 x 10000, p = ${p}, rules`,
      build: () => world(1000, 10000, p, rules(p)),
      isSmall: false,
    }),
  );
  return [...library, ...places, ...ruled];
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

/** The documents, parsed. */
export function inputOf({ fleet, app, latency }: InstanceDocuments): PlaceInput {
  const { latency: _, ...rest } = fleet as { latency?: unknown };
  const measured = latency
    ?.trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [origin = '', cluster = '', milliseconds = ''] = line.split(',');
      return [origin, cluster, Number(milliseconds)] as const;
    });
  return {
    fleet: parseFleet({ ...rest, ...(measured && { latency: measured }) }),
    apps: [parseEdgeApp(app)],
  } as PlaceInput;
}
