/** What holds of every routing table, for every DNS system and any world. */
import * as fc from 'fast-check';
import { EdgeError, kilometersBetween } from '../../constructs';
import { dnsSystems } from '../../constructs/model/app/exposure';
import { continentOf, type RoutingTable, routingOf, vocabularies } from '../../constructs/routing';
import { slowRuns } from '../placement/runs';
import { worlds } from './random';
import { type World, type WorldOptions, world } from './world';

function tables(one: World): readonly RoutingTable[] {
  return dnsSystems.flatMap((system) => {
    try {
      return [routingOf({ ...one, system })];
    } catch (error) {
      if (error instanceof EdgeError && error.code === 'Unsatisfied') return [];
      throw error;
    }
  });
}

/** The slot that catches an origin, found in the words of the DNS system alone. */
function slotFor({ slots, system }: RoutingTable, origin: World['demand']['origins'][number]) {
  const { keys } = vocabularies[system];
  const find = (key: string) => slots.find((slot) => slot.key === key);
  if (keys.by === 'places' || keys.by === 'nothing') {
    const { country } = origin;
    const own = country && find(`country-${country}`);
    return own || (country && find(`continent-${continentOf(country)}`)) || find('default');
  }
  if (keys.by !== 'points') return undefined;
  const reach = ({ point }: RoutingTable['slots'][number]) =>
    point === undefined
      ? Number.POSITIVE_INFINITY
      : kilometersBetween(origin, point) * (1 - point.bias / 100);
  return [...slots].sort((a, b) => reach(a) - reach(b))[0];
}

const check = (property: (one: World, table: RoutingTable, options: WorldOptions) => void) =>
  fc.assert(
    fc.property(worlds, (options) => {
      const one = world(options);
      for (const table of tables(one)) property(one, table, options);
    }),
    { numRuns: slowRuns(30) },
  );

it('answers nobody with a cluster that residency forbids, neither first nor on failure', () => {
  check((one, table) => {
    const rules = one.app.policy.constraints.residency;
    const regions = new Map(one.fleet.clusters.map(({ name, region }) => [name, region]));
    if (rules.length === 0) return;
    for (const origin of one.demand.origins.filter(({ region }) => region === 'europe')) {
      const slot = slotFor(table, origin);
      if (slot === undefined) continue;
      const clusters = [...slot.answers.map(({ cluster }) => cluster), ...slot.failover];
      expect(clusters.map((name) => regions.get(name))).toEqual(clusters.map(() => 'europe'));
    }
  });
});

it('reports the share of matches and the loads that the answers give', () => {
  check((one, table) => {
    const assigned = one.decision.apps[0]?.assignments ?? [];
    let matched = 0;
    let total = 0;
    const loads = new Map<string, number>();
    for (const origin of one.demand.origins) {
      const slot = slotFor(table, origin);
      if (slot === undefined) return;
      total += origin.requestsPerSecond;
      for (const { cluster, share } of slot.answers) {
        const load = origin.requestsPerSecond * share;
        loads.set(cluster, (loads.get(cluster) ?? 0) + load);
        for (const its of assigned) {
          if (its.origin === origin.name && its.cluster === cluster) matched += load * its.share;
        }
      }
    }
    expect(table.fit.matchedShare).toBeCloseTo(matched / total, 9);
    for (const { cluster, routedRequestsPerSecond } of table.fit.clusters) {
      expect(routedRequestsPerSecond).toBeCloseTo(loads.get(cluster) ?? 0, 6);
    }
  });
});

it('has a slot for everybody, no slot without an answer, shares that add up, and each key once', () => {
  check((_, table) => {
    const { keys, maxSlots } = vocabularies[table.system];
    expect(table.slots.length).toBeLessThanOrEqual(maxSlots);
    expect(new Set(table.slots.map(({ key }) => key)).size).toBe(table.slots.length);
    const hasDefault = keys.by === 'places' || keys.by === 'nothing';
    expect(table.slots.some(({ key }) => key === 'default')).toBe(hasDefault);
    for (const { answers, failover } of table.slots) {
      expect(answers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      const names = [...answers.map(({ cluster }) => cluster), ...failover];
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

it('sends no cluster more than it can take where weights can prevent it', () => {
  check((one, table) => {
    if (!vocabularies[table.system].isWeighted) return;
    if (one.app.policy.constraints.residency.length > 0) return;
    for (const { routedRequestsPerSecond, capacityRequestsPerSecond } of table.fit.clusters) {
      if (capacityRequestsPerSecond === null) continue;
      expect(routedRequestsPerSecond).toBeLessThanOrEqual(capacityRequestsPerSecond * 1.00001);
    }
  });
});

it('is the same whatever the order of clusters and origins', () => {
  fc.assert(
    fc.property(worlds, ({ sites = [], users = [], ...rest }) => {
      // Addresses go by position, so they are given by hand.
      const given = sites.map((site, index) => ({
        ...site,
        ingress: { ipv4: [`192.0.2.${index + 1}`] },
      }));
      const other = { sites: given.slice().reverse(), users: users.slice().reverse() };
      const tablesOf = (options: WorldOptions) => tables(world({ ...options, ...rest }));
      expect(tablesOf(other)).toEqual(tablesOf({ sites: given, users }));
    }),
    { numRuns: slowRuns(15) },
  );
});
