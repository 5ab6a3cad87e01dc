/** Promises held against decisions of random problems: every number is taken again from the documents, and a limit at the number is kept. */
import * as fc from 'fast-check';
import type { AppDecision, PlacementDecision } from '../../constructs/model/decision';
import { eachLoss, place, simulate } from '../../constructs/placement';
import { givenDemand, type PlaceInput } from '../../constructs/policy';
import {
  checkPromises,
  isKept,
  type PromiseResult,
  type PromisesInput,
  parsePromises,
} from '../../constructs/promises';
import { problems } from '../placement/random';
import { slowRuns } from '../placement/runs';

type Entry = PromisesInput['promises'][number];
interface Case {
  readonly input: PlaceInput;
  readonly decision: PlacementDecision;
}

const resultOf = ({ input, decision }: Case, entry: Entry): PromiseResult =>
  checkPromises(parsePromises({ promises: [entry] }), decision, input)[0] as PromiseResult;
const allSatisfied = ({ decision }: Case) => decision.apps.every(({ satisfied }) => satisfied);

/** Holds for cases in which every app has a placement. */
function always(holds: (one: Case) => void, numRuns = slowRuns(60)): void {
  const size = { apps: 2, clusters: 5, origins: 4 };
  fc.assert(
    fc.property(fc.oneof(problems(size), problems({ ...size, apps: 1 })), (input) => {
      const one = { input, decision: place(input) };
      fc.pre(allSatisfied(one));
      holds(one);
    }),
    { numRuns },
  );
}

const largest = (values: readonly number[]) => Math.max(0, ...values);
const clusterOf = ({ input }: Case, name: string) =>
  input.fleet.clusters.find((one) => one.name === name);

/** What all apps use of one limit of a cluster, from the replicas that the decision says. */
function usedOf({ input, decision }: Case, name: string, resource: string): number {
  let used = 0;
  for (const { app, clusters } of decision.apps) {
    const sizing = input.apps.find((one) => one.name === app)?.sizing ?? [];
    for (const chosen of clusters.filter((one) => one.name === name)) {
      if (resource === 'requestsPerSecond') used += chosen.requestsPerSecond;
      if (resource === 'pods') used += chosen.replicas;
      for (const { name: part, resources } of sizing) {
        const replicas = chosen.componentReplicas?.[part] ?? chosen.replicas;
        if (resource === 'cpuMillicores') used += replicas * resources.cpuMillicores;
        if (resource === 'memoryMebibytes') used += replicas * resources.memoryMebibytes;
      }
    }
  }
  return used;
}

describe('the number received', () => {
  it('of utilization is the fullest limit of any chosen cluster', () => {
    always((one) => {
      const { worst } = resultOf(one, { utilization: 0.5 });
      const shares = one.input.fleet.clusters
        .filter(({ name }) =>
          one.decision.apps.some((a) => a.clusters.some((c) => c.name === name)),
        )
        .flatMap(({ name, allocatable, requestsPerSecond }) =>
          Object.entries({ ...allocatable, requestsPerSecond }).flatMap(([resource, limit]) => {
            const used = usedOf(one, name, resource);
            return limit === undefined ? [] : [used === 0 ? 0 : used / limit];
          }),
        );
      expect(worst?.received ?? 0).toBeCloseTo(largest(shares), 9);
    });
  });

  it('of latency, cost, changes and gap is what the decision says', () => {
    always((one) => {
      const { apps, objective } = one.decision;
      const received = (entry: Entry) => resultOf(one, entry).worst?.received ?? 0;
      const milliseconds = 1e-6;
      expect(received({ latency: { milliseconds } })).toBe(
        largest(apps.map(({ latency }) => latency.p95)),
      );
      const each = apps.flatMap(({ assignments }) => assignments.map((a) => a.milliseconds ?? 0));
      expect(received({ latency: { milliseconds, percentile: 'max' } })).toBe(largest(each));
      expect(received({ usdPerHour: 1 })).toBeCloseTo(
        apps.reduce((sum, { cost }) => sum + cost.usdPerHour, 0),
        9,
      );
      const moves = ({ clusters, dropped }: AppDecision) =>
        clusters.filter(({ change }) => change === 'added').length + dropped.length;
      expect(received({ changes: 0 })).toBe(apps.reduce((sum, app) => sum + moves(app), 0));
      expect(received({ gap: 0 })).toBe(objective.gap);
    });
  });

  it('of residency counts origins with a share at a cluster outside', () => {
    always((one) => {
      const region = one.input.fleet.clusters[0]?.region ?? '';
      const entry: Entry = { residency: { origins: {}, clusters: { region } } };
      const outside = one.decision.apps.map(
        ({ assignments }) =>
          new Set(
            assignments
              .filter(({ cluster, share }) => cluster !== null && share > 0)
              .filter(({ cluster }) => clusterOf(one, cluster ?? '')?.region !== region)
              .map(({ origin }) => origin),
          ).size,
      );
      expect(resultOf(one, entry).worst?.received).toBe(largest(outside));
    });
  });

  it('of a share is what the largest group serves', () => {
    always((one) => {
      const shares = one.decision.apps.flatMap(({ clusters }) => {
        const all = clusters.reduce((sum, c) => sum + c.requestsPerSecond, 0);
        const regions = new Set(clusters.map(({ name }) => clusterOf(one, name)?.region));
        return [...regions].map((region) => {
          const there = clusters.filter(({ name }) => clusterOf(one, name)?.region === region);
          return all === 0 ? 0 : there.reduce((sum, c) => sum + c.requestsPerSecond, 0) / all;
        });
      });
      const { worst } = resultOf(one, { share: { by: 'region', atMost: 0.5 } });
      expect(worst?.received).toBeCloseTo(largest(shares), 9);
    });
  });

  it('of clusters in each region is that of the region with the fewest where the app runs or is asked from', () => {
    always((one) => {
      const counts = one.decision.apps.flatMap((app) => {
        const edgeApp = one.input.apps.find(({ name }) => name === app.app);
        const demand = edgeApp === undefined ? undefined : givenDemand(edgeApp, one.input);
        const regions = app.clusters.map(({ name }) => clusterOf(one, name)?.region);
        const origins = demand?.origins ?? [];
        const places = origins.filter((o) => o.requestsPerSecond > 0).map((o) => o.region);
        const all = new Set([...regions, ...places].filter((region) => region !== undefined));
        return [...all].map((region) => regions.filter((other) => other === region).length);
      });
      const { worst } = resultOf(one, { clustersPerRegion: { atLeast: 2 } });
      expect(worst?.received ?? 0).toBe(counts.length === 0 ? 0 : Math.min(...counts));
    });
  });
});

it('keeps a promise whose limit is the number received, and breaks one that is a little stricter', () => {
  always((one) => {
    const kinds: readonly ((limit: number) => Entry)[] = [
      (limit) => ({ latency: { milliseconds: limit } }),
      (limit) => ({ usdPerHour: limit }),
      (limit) => ({ utilization: limit }),
      (limit) => ({ share: { by: 'cluster', atMost: limit } }),
    ];
    for (const of of kinds) {
      const { worst } = resultOf(one, of(0.5));
      const received = worst?.received ?? 0;
      if (received <= 1e-3 || (of(0).utilization !== undefined && received > 1)) continue;
      expect(resultOf(one, of(received)).holds).toBe(true);
      const stricter = resultOf(one, of(received * 0.999));
      expect([stricter.holds, stricter.broken.length > 0]).toEqual([false, true]);
    }
  });
});

describe('surviving', () => {
  it('any one cluster holds exactly where place finds a placement without each of them', () => {
    always((one) => {
      const { input, decision } = one;
      const { holds, broken } = resultOf(one, { survives: { each: 'cluster' } });
      const used = new Set(decision.apps.flatMap(({ clusters }) => clusters.map((c) => c.name)));
      const losses = eachLoss(input, 'cluster');
      const fatal = simulate(input, losses, decision)
        .filter((result) => result.lost.some((name) => used.has(name)))
        .filter((result) => !result.decide().apps.every(({ satisfied }) => satisfied))
        .map(({ name }) => name);
      expect([holds, broken.map(({ where }) => where).sort()]).toEqual([
        fatal.length === 0,
        fatal.sort(),
      ]);
    }, slowRuns(60));
  });

  it('without moving holds exactly where place finds a placement on what is left of the chosen clusters', () => {
    always((one) => {
      const { input, decision } = one;
      fc.pre(decision.apps.length === 1);
      const [app] = decision.apps as [AppDecision];
      const chosen = app.clusters.map(({ name }) => name);
      const others = input.fleet.clusters.map(({ name }) => name);
      const outside = others.filter((name) => !chosen.includes(name));
      const { broken } = resultOf(one, { survives: { each: 'cluster', withoutMoving: true } });
      const losses = chosen.map((name) => ({ name, lose: [{ name: [name, ...outside] }] }));
      const fatal = simulate(input, losses, decision)
        .filter((result) => !result.decide().apps.every(({ satisfied }) => satisfied))
        .map(({ name }) => `lose cluster ${name}`);
      expect(broken.map(({ where }) => where).sort()).toEqual(fatal.sort());
    }, slowRuns(60));
  });
});

it('lets no app without a placement keep any promise about it', () => {
  const size = { apps: 1, clusters: 3, origins: 3 };
  fc.assert(
    fc.property(problems(size), (input) => {
      const decision = place(input);
      fc.pre(decision.apps.some(({ satisfied }) => !satisfied));
      const entries: readonly Entry[] = [
        { latency: { milliseconds: 1e9 } },
        { usdPerHour: 1e9 },
        { utilization: 1 },
        { clusters: { atMost: 1e6 } },
        { clustersPerRegion: { atLeast: 1 } },
        { residency: { origins: {}, clusters: {} } },
        { share: { by: 'cluster', atMost: 1 } },
        { survives: { scale: 1 } },
      ];
      for (const entry of entries) {
        expect([entry, resultOf({ input, decision }, entry).holds]).toEqual([entry, false]);
      }
    }),
    { numRuns: slowRuns(50) },
  );
});

it('counts equal by rounding as equal, and a missing number as broken unless it is about nothing', () => {
  const one = { where: '', limit: 0.8, relation: 'atMost', unit: 'share' } as const;
  expect(isKept({ ...one, received: 0.1 + 0.7 + 1e-12 })).toBe(true);
  expect(isKept({ ...one, received: 0.8001 })).toBe(false);
  expect(isKept({ ...one, received: null })).toBe(false);
  expect(isKept({ ...one, received: null, holdsWithout: true })).toBe(true);
});
