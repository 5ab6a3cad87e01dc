/** Prices: what one more unit of a limit that binds would save, against placing with that unit. */

import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { fleetOfApps } from '../../bench/fleet-of-apps';
import { app, type ClusterBuilder, demand, fleet } from '../../build';
import { at, type Constraints, free, from } from '../placing';
import { TIMEOUT } from '../runs';

/** 200 requests/s beside `near`, 22.2 ms farther from `far`; what finds no room in `near` goes there. */
const far = at('far', 10);
const world = (near: ClusterBuilder, constraints: Constraints = {}): PlaceInput => ({
  fleet: fleet(near, far),
  demand: demand(from('o', 0, 200)),
  apps: [app('shop', { constraints: { ...free, minClusters: 2, ...constraints } })],
});
const pricesOf = (near: ClusterBuilder, constraints?: Constraints) =>
  place(world(near, constraints)).prices;
const placedAt = (near: ClusterBuilder) => place(world(near)).objective.value;
const near = at('near', 0);

describe('a price', () => {
  it('is what one more request/s of room would save', () => {
    const roomy = (requestsPerSecond: number) => near.with({ requestsPerSecond });
    const [price, ...others] = pricesOf(roomy(120));
    expect(others).toEqual([]);
    expect(price).toMatchObject({ cluster: 'near', resource: 'requestsPerSecond' });
    expect(price?.saves).toBeCloseTo(placedAt(roomy(120)) - placedAt(roomy(121)), 6);
    expect(price?.saves).toBeCloseTo(22.239, 3);
  });

  it('of what replicas need is per unit of it, by the replicas it would carry', () => {
    const roomy = (allocatable: object) => near.with({ allocatable });
    // One replica: 50 requests/s for 100 millicores, 128 MiB and a pod.
    const perReplica = placedAt(roomy({ pods: 2 })) - placedAt(roomy({ pods: 3 }));
    expect(perReplica).toBeCloseTo(50 * 22.239, 1);
    for (const [resource, limit, units] of [
      ['pods', 2, 1],
      ['cpuMillicores', 200, 100],
      ['memoryMebibytes', 256, 128],
    ] as const) {
      const prices = pricesOf(roomy({ [resource]: limit }));
      expect(prices).toEqual([
        { cluster: 'near', resource, saves: expect.closeTo(perReplica / units, 6) },
      ]);
    }
  });

  it('is given for each limit that binds', () => {
    const prices = pricesOf(near.with({ allocatable: { cpuMillicores: 200, pods: 2 } }));
    expect(prices.map(({ resource }) => resource)).toEqual(['cpuMillicores', 'pods']);
  });

  it('is nothing where there is room, and where origins stay whole', () => {
    expect(pricesOf(near.with({ requestsPerSecond: 200 }))).toEqual([]);
    expect(pricesOf(near)).toEqual([]);
    const whole = { capacity: { assignment: 'whole' as const } };
    expect(pricesOf(near.with({ requestsPerSecond: 120 }), whole)).toEqual([]);
    expect(pricesOf(near.with({ requestsPerSecond: 120 }), { capacity: false })).toEqual([]);
  });
});

it('a chain of clusters is priced by the whole chain: room here makes room there', () => {
  // oa belongs to a, ob to b; a is full, so part of oa goes to b and pushes on to c.
  const chain = (rooms: readonly [number, number]): PlaceInput => ({
    fleet: fleet(
      at('a', 0).with({ requestsPerSecond: rooms[0] }),
      at('b', 10).with({ requestsPerSecond: rooms[1] }),
      at('c', 25),
    ),
    demand: demand(from('oa', 0, 100), from('ob', 12, 100)),
    apps: [app('shop', { constraints: { ...free, minClusters: 3 } })],
  });
  const { prices, objective } = place(chain([80, 90]));
  const saved = (rooms: readonly [number, number]) =>
    objective.value - place(chain(rooms)).objective.value;
  expect(prices).toEqual([
    { cluster: 'a', resource: 'requestsPerSecond', saves: expect.closeTo(saved([81, 90]), 6) },
    { cluster: 'b', resource: 'requestsPerSecond', saves: expect.closeTo(saved([80, 91]), 6) },
  ]);
});

it(
  'of a joint decision is about what one more slot saves, which but for the gap is no more',
  () => {
    let [said, saved] = [0, 0];
    for (const seed of [1, 2, 3]) {
      const shared = {
        apps: 6,
        clusters: 30,
        origins: 30,
        room: 1.2,
        kind: 'slots',
        seed,
      } as const;
      const input = fleetOfApps(shared);
      const { objective, prices, certificate } = place(input);
      expect(certificate.limitPrices?.length).toBeGreaterThan(2);
      const first = [...prices].sort((a, b) => b.saves - a.saves).slice(0, 3);
      for (const { cluster, resource, saves } of first) {
        expect(resource).toBe('pods');
        const clusters = input.fleet.clusters.map((one) =>
          one.name === cluster
            ? {
                ...one,
                allocatable: { ...one.allocatable, pods: (one.allocatable?.pods ?? 0) + 1 },
              }
            : one,
        );
        const more = place({ ...input, fleet: { ...input.fleet, clusters } });
        const saving = objective.value - more.objective.value;
        expect(saving).toBeLessThanOrEqual(saves + (objective.value - objective.bound) + 1e-6);
        said += saves;
        saved += saving;
      }
    }
    expect(saved).toBeGreaterThan(said / 2);
  },
  TIMEOUT,
);
