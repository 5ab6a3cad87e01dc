/** Simulate: what-ifs are placed like everything else, with the clusters they lose gone. */
import { parseDemand } from '../../../constructs/model/demand-document';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { eachLoss, eachSurge, simulate } from '../../../constructs/placement';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { fleetOfApps } from '../../bench/fleet-of-apps';
import { world } from '../../bench/world';
import { app, cluster, demand, fleet, origin } from '../../build';

const regions = ['europe', 'asia', 'africa'] as const;
/** A fleet of `size` clusters, in turn in each region, along the equator. */
const wide = (size: number) =>
  fleet(
    ...Array.from({ length: size }, (_, i) =>
      cluster(`c${String(i).padStart(2, '0')}`)
        .in('DE', regions[i % regions.length])
        .at(0, i * 3 - 20),
    ),
  );
const everywhere = demand(
  ...Array.from({ length: 8 }, (_, i) => origin(`o${i}`, 30 + i).at(1, i * 15)),
);

describe('simulate', () => {
  it.each([6, 60])('never chooses a lost cluster, on a fleet of %i', (size) => {
    const input = {
      fleet: wide(size),
      demand: everywhere,
      apps: [app('shop', { constraints: { maxClusters: 6, minClusters: 1 } })],
    };
    const results = simulate(input, eachLoss(input, 'region'));
    expect(results).toHaveLength(3);
    for (const { apps, lost } of results) {
      const chosen = apps[0]?.clusters ?? [];
      expect(chosen.length).toBeGreaterThan(0);
      expect(chosen.filter((name) => lost.includes(name))).toEqual([]);
    }
  });

  it('puts what cannot be satisfied first', () => {
    const input = {
      fleet: wide(6),
      demand: everywhere,
      apps: [app('shop', { constraints: { mustInclude: [{ region: 'asia' }] } })],
    };
    const results = simulate(input, eachLoss(input, 'region'));
    expect(results.map(({ satisfied }) => satisfied)).toEqual([false, true, true]);
    expect(results[0]?.name).toBe('lose region asia');
  });

  it('scales the demand of the origins that match, and nothing else', () => {
    const input = {
      fleet: wide(6),
      demand: demand(origin('o0', 30).in('DE', 'europe'), origin('o1', 40).in('CN', 'asia')),
      apps: [app('shop', { constraints: { minClusters: 1 } })],
    };
    const [doubled] = simulate(input, [{ scale: [{ origins: { region: 'asia' }, factor: 2 }] }]);
    const served = doubled
      ?.decide()
      .apps[0]?.clusters.reduce((sum, one) => sum + one.requestsPerSecond, 0);
    expect(served).toBeCloseTo(110, 9);
  });

  it('asks twice and five times the demand, of all and of each region', () => {
    const input = {
      fleet: wide(6),
      demand: demand(origin('o0', 30).in('DE', 'europe'), origin('o1', 40).in('CN', 'asia')),
      apps: [app('shop', { constraints: { minClusters: 1 } })],
    };
    expect(eachSurge(input).map(({ name }) => name)).toEqual([
      'demand x 2',
      'demand of region asia x 2',
      'demand of region europe x 2',
      'demand x 5',
      'demand of region asia x 5',
      'demand of region europe x 5',
    ]);
    const value = new Map(simulate(input, eachSurge(input)).map((one) => [one.name, one.delta]));
    const base = place(input).objective.value;
    expect(value.get('demand x 5')).toBeCloseTo(4 * base, 6);
    expect(value.get('demand x 2')).toBeCloseTo(base, 6);
    expect(simulate(input, eachSurge(input, [5]).slice(0, 1))[0]?.harm).toBe(0);
  });

  it('counts a group that is lost whole though unused, where groups must not differ by much', () => {
    const there = (name: string, region: string, longitude: number) =>
      cluster(name).in('DE', region).at(0, longitude);
    const busy = [0, 20, 40, 60].map((at, i) => origin(`o${i}`, 100).at(0, at));
    const constraints = {
      minClusters: 4,
      maxClusters: 4,
      minRequestsPerSecond: 0,
      spread: [{ by: 'region' as const, maxSkew: 2 }],
    };
    const input = {
      fleet: fleet(
        ...[0, 20, 40].map((at, i) => there(`a${i}`, 'asia', at)),
        ...[60, 70].map((at, i) => there(`e${i}`, 'europe', at)),
        ...[170, 175].map((at, i) => there(`f${i}`, 'africa', at)),
      ),
      demand: demand(...busy),
      apps: [app('shop', { constraints })],
    };
    const base = place(input);
    expect(base.apps[0]?.clusters.map(({ name }) => name[0])).toEqual(['a', 'a', 'e', 'e']);
    const [africa] = simulate(input, [{ lose: [{ region: 'africa' }] }], base);
    // Without Africa three to one is a difference of two; beside an empty Africa it was one of three.
    expect(africa?.apps[0]?.clusters).toEqual(['a0', 'a1', 'a2', 'e0']);
    expect(africa?.harm).toBeLessThan(0);
  });

  it('finds sets within a thousandth of the best on a fleet that is searched', () => {
    const seen = world(60, 150, 3);
    const input = {
      fleet: parseFleet(seen.fleet),
      demand: parseDemand(seen.demand),
      apps: [app('shop', { constraints: { minClusters: 6, maxClusters: 6 } })],
    };
    const base = place(input);
    const used = base.apps[0]?.clusters.map(({ name }) => name) ?? [];
    const pairs = eachLoss(input, 'pair').filter((_, index) => index % 7 === 0);
    const scenarios = [...eachLoss(input, 'region'), ...eachLoss(input, 'cluster'), ...pairs];
    const results = simulate(input, scenarios, base);
    for (const { lost, apps, changes } of results) {
      expect(apps[0]?.clusters.filter((name) => lost.includes(name))).toEqual([]);
      if (!lost.some((name) => used.includes(name))) expect(changes).toBe(0);
    }
    const moved = results.filter((one) => one.changes > 0);
    const lossy = moved.filter((_, index) => moved.length < 40 || index % 4 === 0);
    expect(lossy.length).toBeGreaterThanOrEqual(6);
    for (const { apps, decide } of lossy) {
      const best = decide().objective;
      expect(best.gap).toBe(0);
      expect(apps[0]?.value).toBeGreaterThanOrEqual(best.value * (1 - 1e-9));
      expect(apps[0]?.value).toBeLessThanOrEqual(best.value * 1.001);
    }
  });

  it('moves apps that share a fleet only where there is room for all of them', () => {
    const input = fleetOfApps({ apps: 5, clusters: 30, origins: 60, room: 1.6, kind: 'slots' });
    const base = place(input);
    const room = new Map(input.fleet.clusters.map((one) => [one.name, one.allocatable?.pods ?? 0]));
    const results = simulate(input, eachLoss(input, 'cluster'), base);
    expect(results.filter(({ changes }) => changes > 0).length).toBeGreaterThan(10);
    for (const { lost, apps, satisfied } of results) {
      expect(satisfied).toBe(true);
      const names = apps.flatMap(({ clusters }) => clusters);
      expect(names.filter((name) => lost.includes(name))).toEqual([]);
      for (const name of new Set(names)) {
        const there = names.filter((one) => one === name).length;
        expect(there).toBeLessThanOrEqual(room.get(name) ?? 0);
      }
    }
  });

  it('lets an app that lost nothing make room where the other has no place beside it', () => {
    const small = cluster('a')
      .at(0, 0)
      .with({ allocatable: { pods: 3 } });
    const input = {
      fleet: fleet(small, cluster('b').at(0, 30), cluster('c').at(0, 31)),
      demand: { wide: demand(origin('o', 90).at(0, 30)), near: demand(origin('o', 150).at(0, 0)) },
      apps: [
        app('near', { constraints: { minClusters: 1, maxClusters: 1, minRequestsPerSecond: 0 } }),
        app('wide', { constraints: { minClusters: 2, maxClusters: 2, minRequestsPerSecond: 0 } }),
      ],
    };
    const before = place(input);
    expect(before.apps[0]?.clusters.map(({ name }) => name)).toEqual(['a']);
    expect(before.apps[1]?.clusters.map(({ name }) => name)).toEqual(['b', 'c']);
    for (const { satisfied, apps, lost } of simulate(input, eachLoss(input, 'cluster'), before)) {
      expect([lost, satisfied]).toEqual([lost, true]);
      expect(apps.flatMap(({ clusters }) => clusters)).not.toContain(lost[0]);
    }
  });

  it('lets apps that lost nothing make room where that is worth most: the worst losses are within a hundredth of placing', () => {
    for (const seed of [1, 2]) {
      const shared = {
        apps: 6,
        clusters: 24,
        origins: 50,
        room: 1.3,
        kind: 'slots',
        seed,
      } as const;
      const input = fleetOfApps(shared);
      const results = simulate(input, eachLoss(input, 'cluster'));
      const worst = results.filter((one) => one.satisfied && one.changes > 0).slice(0, 5);
      expect(worst.length).toBe(5);
      for (const { apps, decide } of worst) {
        const value = apps.reduce((sum, one) => sum + one.value, 0);
        expect(value).toBeLessThanOrEqual(decide().objective.value * 1.01);
      }
    }
  });

  it('keeps links between apps in every scenario, without placing each', () => {
    const drawn = fleetOfApps({ apps: 6, clusters: 24, origins: 50, room: 2, kind: 'slots' });
    const linked = (index: number, links: object, size: number) => {
      const one = drawn.apps[index] as PlaceInput['apps'][number];
      const constraints = {
        ...one.policy.constraints,
        ...links,
        minClusters: size,
        maxClusters: size,
      };
      return { ...one, policy: { ...one.policy, constraints } };
    };
    const apps = [
      linked(0, {}, 5),
      linked(1, { together: ['app-000'] }, 3),
      linked(2, { apart: ['app-000'] }, 4),
      linked(3, { apart: ['app-002'] }, 4),
    ];
    const input = { ...drawn, apps };
    const base = place(input);
    const results = simulate(input, eachLoss(input, 'pair'), base);
    expect(results.filter(({ changes }) => changes > 0).length).toBeGreaterThan(50);
    for (const { lost, apps: told, satisfied } of results) {
      expect(satisfied).toBe(true);
      const [leader = [], follower = [], stranger = [], other = []] = told.map(
        (one) => one.clusters,
      );
      expect(
        told.flatMap(({ clusters }) => clusters).filter((name) => lost.includes(name)),
      ).toEqual([]);
      expect(follower.filter((name) => !leader.includes(name))).toEqual([]);
      expect(stranger.filter((name) => leader.includes(name) || other.includes(name))).toEqual([]);
    }
  });
});
