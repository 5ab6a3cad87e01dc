/** Many apps placed again: noise moves nobody, and nobody is worse off than one after another. */
import type { Demand } from '../../../constructs/model/demand';
import type { Cluster } from '../../../constructs/model/fleet';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { fleetOfApps, type Shared } from '../../bench/fleet-of-apps';
import { seeded } from '../../bench/world';
import { runs, TIMEOUT } from '../../placement/runs';

const sizes: readonly Shared[] = [
  { apps: 5, clusters: 24, origins: 30, room: 1.3, kind: 'slots' },
  { apps: 8, clusters: 40, origins: 40, room: 1.1, kind: 'slots' },
];
/** Apps whose replicas follow their load, so that a crowd cannot see what sharing costs without assigning. */
const loaded: readonly Shared[] = [
  { apps: 8, clusters: 40, origins: 100, room: 1.5, kind: 'replicas' },
  { apps: 8, clusters: 40, origins: 100, room: 2, kind: 'nodes' },
];
const later = '2026-11-21T07:00:00Z';

const each = (visit: (input: PlaceInput, seed: number) => void, kinds = sizes) => {
  for (const size of kinds) {
    for (let seed = 1; seed <= runs(1); seed++) visit(fleetOfApps({ ...size, seed }), seed);
  }
};

/** Every origin of every app with this much more or less. */
function scaled(input: PlaceInput, by: () => number): PlaceInput {
  const demands = input.demand as Readonly<Record<string, Demand>>;
  const demand = Object.fromEntries(
    Object.entries(demands).map(([name, one]) => {
      const origins = one.origins.map((origin) => ({
        ...origin,
        requestsPerSecond: origin.requestsPerSecond * by(),
      }));
      return [name, { ...one, observedAt: later, origins }];
    }),
  );
  return { ...input, demand, now: later };
}

/** The value of the satisfied apps when each takes what is best for it among what those before it left; undefined when one finds nothing. */
function oneAfterAnother(input: PlaceInput): number | undefined {
  const demands = input.demand as Readonly<Record<string, Demand>>;
  const used = new Map<string, { cpu: number; memory: number; pods: number }>();
  const left = (cluster: Cluster): Cluster => {
    const taken = used.get(cluster.name) ?? { cpu: 0, memory: 0, pods: 0 };
    const { cpuMillicores = 0, memoryMebibytes = 0, pods = 0 } = cluster.allocatable ?? {};
    const allocatable = {
      cpuMillicores: cpuMillicores - taken.cpu,
      memoryMebibytes: memoryMebibytes - taken.memory,
      pods: pods - taken.pods,
    };
    return { ...cluster, allocatable };
  };
  let value = 0;
  for (const app of input.apps) {
    const fleet = { ...input.fleet, clusters: input.fleet.clusters.map(left) };
    const demand = demands[app.name];
    const [one] = place({ apps: [app], fleet, ...(demand && { demand }) }).apps;
    if (one === undefined || !one.satisfied) return undefined;
    value += one.objective.value;
    const [{ resources } = { resources: { cpuMillicores: 0, memoryMebibytes: 0 } }] = app.sizing;
    for (const { name, replicas } of one.clusters) {
      const before = used.get(name) ?? { cpu: 0, memory: 0, pods: 0 };
      used.set(name, {
        cpu: before.cpu + replicas * resources.cpuMillicores,
        memory: before.memory + replicas * resources.memoryMebibytes,
        pods: before.pods + replicas,
      });
    }
  }
  return value;
}

it(
  'several apps are never placed worse than one after another by name, and whoever has a place then has one together',
  () => {
    let compared = 0;
    each(
      (input) => {
        const alone = oneAfterAnother(input);
        if (alone === undefined) return;
        const { objective, apps } = place(input);
        compared++;
        expect(apps.filter(({ satisfied }) => !satisfied)).toEqual([]);
        expect(objective.value).toBeLessThanOrEqual(alone * (1 + 1e-9));
      },
      [...sizes, ...loaded],
    );
    expect(compared).toBe(4 * runs(1));
  },
  TIMEOUT,
);

it(
  'five per cent of noise on every origin moves nobody',
  () => {
    each((input, seed) => {
      const previous = place(input);
      const random = seeded(seed);
      const again = place({ ...scaled(input, () => 0.95 + 0.1 * random()), previous });
      expect(again.apps.filter(({ satisfied }) => !satisfied)).toEqual([]);
      expect(again.apps.flatMap(({ dropped }) => dropped)).toEqual([]);
    });
  },
  TIMEOUT,
);

it(
  'the same demand an hour later moves nobody',
  () => {
    each((input) => {
      const previous = place(input);
      const again = place({ ...scaled(input, () => 1), previous });
      expect(again.apps.flatMap(({ dropped }) => dropped)).toEqual([]);
      expect(again.objective.value).toBeCloseTo(previous.objective.value, 3);
    });
  },
  TIMEOUT,
);
