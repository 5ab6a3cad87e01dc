/** Determinism on a fleet that is searched, not enumerated: equal documents give equal bytes in any order. */
import { canonicalJson } from '../../constructs/model/canonical';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { seeded, world } from '../bench/world';
import { app } from '../build';

const { fleet, demand } = world(60, 40, 7);
const { region = '' } = fleet.clusters[0] ?? {};

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  return list
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

function inputOf(seed: number): PlaceInput {
  const apps = ['cart', 'shop'].map((name) =>
    app(name, {
      constraints: {
        minClusters: 4,
        maxClusters: 8,
        minRequestsPerSecond: 2,
        mustInclude: [{ region }],
        spread: [{ by: 'provider', maxPerGroup: 3 }],
      },
      objective: { latency: 1, distance: 0.01 },
    }),
  );
  return {
    fleet: parseFleet({ ...fleet, clusters: shuffled(fleet.clusters, seed) }),
    demand: parseDemand({ ...demand, origins: shuffled(demand.origins, seed + 1) }),
    apps: shuffled(apps, seed),
  };
}

it('the order of clusters, origins and apps changes no byte of a decision about 60 clusters', () => {
  const decision = place(inputOf(1));
  expect(decision.certificate.apps?.map(({ kind }) => kind)).toEqual(['dual', 'dual']);
  expect(decision.apps.map(({ satisfied }) => satisfied)).toEqual([true, true]);
  const bytes = canonicalJson(decision);
  for (const seed of [2, 3]) expect(canonicalJson(place(inputOf(seed)))).toBe(bytes);
});
