/** Problems of every kind, the same everywhere: what is decided of them must have the same bytes on every machine. */
import * as fc from 'fast-check';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { fleetOfApps } from '../bench/fleet-of-apps';
import { world } from '../bench/world';
import { app } from '../build';
import { chose } from './placing';
import { problems } from './random';

/** One problem. */
export interface CorpusEntry {
  readonly name: string;
  readonly input: PlaceInput;
}

/** Small ones of all kinds of rules, and larger ones that are searched, bounded, divided, kept and shared. */
export function corpus(): readonly CorpusEntry[] {
  return [
    ...drawn('one app', { apps: 1, clusters: 9, origins: 8 }, 12),
    ...drawn('two apps', { apps: 2, clusters: 6, origins: 5 }, 5),
    ...drawn('three apps', { apps: 3, clusters: 4, origins: 4 }, 3),
    ...searched(),
    ...shared(),
  ];
}

function drawn(name: string, size: Parameters<typeof problems>[0], count: number): CorpusEntry[] {
  const inputs = fc.sample(problems(size), { seed: 20261121, numRuns: count });
  return inputs.map((input, index) => ({ name: `${name} ${index + 1}`, input }));
}

type Policy = NonNullable<Parameters<typeof app>[1]>;

function searched(): CorpusEntry[] {
  const { fleet, demand } = world(90, 60, 11);
  const requests = demand.origins.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  const build = (name: string, policy: Policy, more: Partial<PlaceInput> = {}): CorpusEntry => ({
    name,
    input: {
      fleet: parseFleet(fleet),
      demand: parseDemand(demand),
      apps: [app('shop', policy)],
      ...more,
    },
  });
  const size = { minClusters: 4, maxClusters: 9, minRequestsPerSecond: 0 };
  const rooms = fleet.clusters.map((one) => ({ ...one, requestsPerSecond: requests / 6 }));
  const priced = fleet.clusters.map((one, index) => ({ ...one, usdPerHour: 1 + (index % 7) / 3 }));
  const limited = { fleet: parseFleet({ ...fleet, clusters: rooms }) };
  const spread = [{ by: 'provider' as const, maxPerGroup: 3 }];
  const latency = demand.origins.flatMap(({ name }, o) =>
    fleet.clusters
      .filter((_, c) => (o * 7 + c * 3) % 5 === 0)
      .map((one, c) => [name, one.name, 10 + ((o * 31 + c * 17) % 190)] as const),
  );
  const previous = chose(fleet.clusters.slice(0, 6).map(({ name }) => name));
  return [
    build('exactly six', { constraints: { ...size, minClusters: 6, maxClusters: 6 } }),
    build('by distance', { constraints: size, objective: { distance: 1 } }),
    build('money', { constraints: size, objective: { latency: 1, money: 900 } }, { fleet: parseFleet({ ...fleet, clusters: priced }) }), // biome-ignore format: a row
    build('rules', { constraints: { ...size, spread, apartKilometers: 800, mustInclude: [{ region: 'asia' }] } }), // biome-ignore format: a row
    build('slow', { constraints: { ...size, latency: { milliseconds: 60, share: 0.7 } } }),
    build('divided', { constraints: { ...size, maxClusters: 12 } }, limited),
    build('whole', { constraints: { ...size, maxClusters: 12, capacity: { assignment: 'whole' } } }, limited), // biome-ignore format: a row
    build('measured', { constraints: size }, { fleet: parseFleet({ ...fleet, latency }) }),
    build('kept', { constraints: size, stability: { maxChanges: 4, minGain: 0.01 } }, { previous }),
    build('survives', { constraints: { ...size, survive: 1 } }, limited),
  ];
}

function shared(): CorpusEntry[] {
  const size = { apps: 8, clusters: 40, origins: 40, room: 1.2, seed: 5 };
  return (['slots', 'replicas'] as const).map((kind) => ({
    name: `eight apps, ${kind}`,
    input: fleetOfApps({ ...size, kind }),
  }));
}
