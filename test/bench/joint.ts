/** Bench of joint placement: many apps on a fleet with little more room than they need, against placing one after another. */
import type { Demand } from '../../constructs/model/demand';
import type { Cluster } from '../../constructs/model/fleet';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { fleetOfApps, type Shared } from './fleet-of-apps';
import { type BenchRow, milliseconds } from './row';

const instances: readonly Shared[] = [
  { apps: 50, clusters: 300, origins: 1_000, room: 1.15, kind: 'slots' },
  { apps: 100, clusters: 300, origins: 500, room: 1.02, kind: 'slots' },
  { apps: 100, clusters: 300, origins: 500, room: 1.15, kind: 'replicas' },
  { apps: 100, clusters: 300, origins: 500, room: 2, kind: 'nodes' },
];

/** Time, gap and megabytes of each instance. */
export async function benchJoint(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const shared of instances) {
    const input = fleetOfApps(shared);
    let decision = place(input);
    const samples = await milliseconds(1, () => {
      decision = place(input);
    });
    const { value, bound, gap } = decision.objective;
    const nowhere = decision.apps.filter(({ satisfied }) => !satisfied).length;
    const megabytes = Math.round(process.memoryUsage().rss / 1e6);
    const note = `value ${value.toFixed(0)}, bound ${bound.toFixed(0)}, gap ${(100 * gap).toFixed(2)} %, ${nowhere} apps without a place, ${megabytes} MB`;
    const { apps, clusters, origins, kind, room } = shared;
    const name = `joint ${apps} x ${clusters} x ${origins}, ${kind} x ${room}`;
    const other = kind === 'slots' ? oneAfterAnother(input) : undefined;
    const peer = other && { name: 'one after another', of: 'value', ratio: value / other };
    rows.push({ name, unit: 'ms', samples, note, ...(peer && { peer }) });
  }
  return rows;
}

/** The value when each app takes what is best for it among what those before it left. */
function oneAfterAnother(input: PlaceInput): number {
  const demands = input.demand as Readonly<Record<string, Demand>>;
  const used = new Map<string, number>();
  let value = 0;
  for (const app of input.apps) {
    const left = (cluster: Cluster): Cluster => {
      const { allocatable, name } = cluster;
      if (allocatable?.pods === undefined) return cluster;
      return {
        ...cluster,
        allocatable: { ...allocatable, pods: allocatable.pods - (used.get(name) ?? 0) },
      };
    };
    const fleet = { ...input.fleet, clusters: input.fleet.clusters.map(left) };
    const demand = demands[app.name];
    const decision = place({ apps: [app], fleet, ...(demand && { demand }) });
    value += decision.objective.value;
    for (const { name, replicas } of decision.apps[0]?.clusters ?? []) {
      used.set(name, (used.get(name) ?? 0) + replicas);
    }
  }
  return value;
}
