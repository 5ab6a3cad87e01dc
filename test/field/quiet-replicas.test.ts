/** Quiet replicas: noise of the demand changes no replica count; load is always served; spare replicas are accounted for. */
import fc from 'fast-check';
import type { PlacementDecision } from '../../constructs/model/decision';
import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import { verify } from '../../constructs/verification';
import { placement } from '../../providers/resources/placement';
import { planPlacement } from '../../providers/resources/placement/plan';
import { type ClusterBuilder, cluster, demand, fleet, origin } from '../build';

const sized = (more: object = {}, policy: object = {}) =>
  parseEdgeApp({
    name: 'shop',
    workload: {
      image: 'shop:1',
      port: 80,
      resources: { cpuMillicores: 100, memoryMebibytes: 64 },
      requestsPerSecondPerReplica: 40,
      ...more,
    },
    policy: {
      constraints: { minClusters: 1, maxClusters: 3, minRequestsPerSecond: 0 },
      ...policy,
    },
  });
const shop = sized();
const three = [cluster('fra'), cluster('iad').at(39, -77), cluster('sin').at(1.3, 103.8)];
const [de, us, sg] = [
  (load: number) => origin('de', load),
  (load: number) => origin('us', load).at(39, -77),
  (load: number) => origin('sg', load).at(1.3, 103.8),
];
const here = (load: number) => demand(de(load));

function decideAlong(
  loads: readonly number[],
  app = shop,
  clusters: readonly ClusterBuilder[] = [cluster('fra')],
): readonly PlacementDecision[] {
  const all: PlacementDecision[] = [];
  for (const load of loads) {
    const previous = all.at(-1);
    const input = { apps: [app], fleet: fleet(...clusters), demand: here(load) };
    const given = previous === undefined ? input : { ...input, previous };
    const decision = place(given);
    expect(verify(decision, given).findings).toEqual([]);
    all.push(decision);
  }
  return all;
}
const replicas = (all: readonly PlacementDecision[]) =>
  all.map(({ apps }) => apps[0]?.clusters[0]?.replicas);

describe('replicas', () => {
  it('stay while the load wavers around a whole replica, and go when it has fallen', () => {
    expect(replicas(decideAlong([400.1, 399.9, 400.1, 365, 355]))).toEqual([11, 11, 11, 11, 9]);
  });

  it('come at once when the load needs them', () => {
    expect(replicas(decideAlong([400, 401, 441]))).toEqual([10, 11, 12]);
  });

  it.each([80, 120, 7, 5_700])('are not moved by dust around %d requests/s', (load) => {
    const dust = [1, 1 + 1e-12, 1 - 1e-12, 1 + 1e-10, 1].map((factor) => load * factor);
    expect(new Set(replicas(decideAlong(dust))).size).toBe(1);
  });

  it('rest once the worst of a noise of 5 % was seen, at any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 200_000 }),
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 8 }),
        (load, noise) => {
          const loads = [50, ...noise].map((permille) => load * (1 + permille / 1000));
          const counts = replicas(decideAlong(loads));
          expect(new Set(counts).size).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('serve every load, and are never more than the load would need a tenth higher', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 2, maxLength: 6 }),
        (loads) => {
          replicas(decideAlong(loads)).forEach((count, i) => {
            const load = loads[i] ?? 0;
            expect(count).toBeGreaterThanOrEqual(Math.ceil(load / 40));
            expect(count).toBeLessThanOrEqual(Math.ceil(load / 0.9 / 40));
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('follow the load closely where the policy says so', () => {
    const closely = sized({}, { stability: { replicaDeadband: 0 } });
    expect(replicas(decideAlong([401, 399, 401], closely))).toEqual([11, 10, 11]);
    const sticky = sized({}, { stability: { replicaDeadband: 0.5 } });
    expect(replicas(decideAlong([400, 210, 170], sticky))).toEqual([10, 10, 5]);
  });

  it('of each component have a deadband of their own', () => {
    const component = (name: string, perReplica: number) => ({
      name,
      image: 'x:1',
      resources: { cpuMillicores: 100, memoryMebibytes: 64 },
      requestsPerSecondPerReplica: perReplica,
    });
    const app = parseEdgeApp({
      name: 'shop',
      workload: { components: [component('web', 40), component('api', 100)] },
      policy: { constraints: { minClusters: 1, maxClusters: 1, minRequestsPerSecond: 0 } },
    });
    const all = decideAlong([401, 395, 350], app);
    expect(all.map(({ apps }) => apps[0]?.clusters[0]?.componentReplicas)).toEqual([
      { web: 11, api: 5 },
      { web: 11, api: 5 },
      { web: 9, api: 4 },
    ]);
  });
});

describe('spare replicas', () => {
  it('cost what they cost, and are told apart', () => {
    const priced = [cluster('fra').with({ usdPerReplicaHour: 2 })];
    const [, kept] = decideAlong([401, 399], shop, priced);
    expect(kept?.apps[0]?.clusters[0]).toMatchObject({ replicas: 11, spareReplicas: 1 });
    expect(kept?.apps[0]?.cost).toEqual({ usdPerHour: 22, delta: 0 });
  });

  it('go where a budget has nothing left for them', () => {
    const priced = [cluster('fra').with({ usdPerReplicaHour: 2 })];
    const withBudget = (usdPerHour: number) =>
      sized(
        {},
        { constraints: { minClusters: 1, minRequestsPerSecond: 0, budget: { usdPerHour } } },
      );
    const previous = decideAlong([401], shop, priced)[0];
    const tight = place({
      apps: [withBudget(21)],
      fleet: fleet(...priced),
      demand: here(399),
      ...(previous === undefined ? {} : { previous }),
    });
    expect(replicas([tight])).toEqual([10]);
  });

  it('make room for an app that needs it', () => {
    const narrow = fleet(cluster('fra').with({ allocatable: { cpuMillicores: 1500 } }));
    const other = { ...shop, name: 'news' };
    const at = (a: number, b: number, previous?: PlacementDecision) => {
      const input = {
        apps: [shop, other],
        fleet: narrow,
        demand: { shop: here(a), news: here(b) },
        ...(previous === undefined ? {} : { previous }),
      };
      const decision = place(input);
      expect(verify(decision, input).findings).toEqual([]);
      return decision;
    };
    const before = at(401, 100);
    const counts = ({ apps }: PlacementDecision) => apps.map((one) => one.clusters[0]?.replicas);
    expect(counts(before)).toEqual([3, 11]);
    expect(counts(at(399, 100, before))).toEqual([3, 11]);
    expect(counts(at(399, 199, before))).toEqual([5, 10]);
  });

  it('are accepted by no checker beyond the deadband, the capacity or what stood', () => {
    const input = { apps: [shop], fleet: fleet(cluster('fra')), demand: here(399) };
    const [previous] = decideAlong([401]);
    if (previous === undefined) throw new Error('nothing was decided');
    const decision = place({ ...input, previous });
    const forged = (replicas: number, spareReplicas: number): PlacementDecision => {
      const [app] = decision.apps;
      const [line] = app?.clusters ?? [];
      if (app === undefined || line === undefined) throw new Error('nothing was decided');
      return {
        ...decision,
        apps: [{ ...app, clusters: [{ ...line, replicas, spareReplicas }] }],
      };
    };
    const found = (one: PlacementDecision) =>
      verify(one, { ...input, previous })
        .findings.map(({ path }) => path)
        .filter((path) => path !== 'digest');
    expect(found(decision)).toEqual([]);
    expect(found(forged(12, 2))).toContain('apps[0].clusters[0].replicas');
    expect(found(forged(11, 2))).toContain('apps[0].clusters[0].spareReplicas');
  });
});

describe('a plan', () => {
  it('is empty for noise of 5 % at thousands of requests/s on three clusters', () => {
    const at = (factors: readonly [number, number, number]) =>
      placement.parse({
        apps: [{ ...shopDocument }],
        fleet: { clusters: three.map(({ written }) => written) },
        demands: {
          shop: {
            observedAt: '2026-11-21T05:30:00Z',
            origins: [de(1680 * factors[0]), us(1840 * factors[1]), sg(1040 * factors[2])].map(
              ({ written }) => written,
            ),
          },
        },
      });
    let prior = planPlacement(undefined, at([1.05, 1.05, 1.05])).carried;
    fc.assert(
      fc.property(
        fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0.95, max: 1.05, noNaN: true }))),
        (factors) => {
          const plan = planPlacement({ decision: prior }, at(factors as [number, number, number]));
          expect(plan.moved).toBe(false);
          prior = plan.carried;
        },
      ),
      { numRuns: 40 },
    );
  });
});

const shopDocument = {
  name: 'shop',
  workload: {
    image: 'shop:1',
    port: 80,
    resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    requestsPerSecondPerReplica: 40,
  },
  policy: { constraints: { minClusters: 1, maxClusters: 3, minRequestsPerSecond: 0 } },
};
