/** Bench of simulate(): every loss of one or two clusters, of a provider or a region, and surges of demand, worst first. */
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import {
  eachLoss,
  eachSurge,
  type Scenario,
  type ScenarioResult,
  simulate,
} from '../../constructs/placement';
import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { fleetOfApps } from './fleet-of-apps';
import type { BenchRow } from './row';
import { seeded, world } from './world';

const [clusters, origins, locations] = [300, 2_000, 10];
/** Scenarios that are placed in full, to compare with; each takes about a second. */
const SAMPLE = 12;

/** Everything that is asked of a fleet: some 45,000 scenarios for 300 clusters. */
export function everyScenario(input: PlaceInput): readonly Scenario[] {
  const losses = (['cluster', 'pair', 'provider', 'region'] as const).flatMap((by) =>
    eachLoss(input, by),
  );
  return [...losses, ...eachSurge(input)];
}

/** Apps without limits of capacity on one fleet, each with a demand of its own. */
export function freeApps(count: number): PlaceInput {
  const seen = world(clusters, origins);
  const random = seeded(count);
  const apps = Array.from({ length: count }, (_, index) =>
    parseEdgeApp({
      name: `app-${String(index).padStart(2, '0')}`,
      workload: {
        image: 'registry.example/bench:1',
        resources: { cpuMillicores: 100, memoryMebibytes: 100 },
        requestsPerSecondPerReplica: 50,
      },
      policy: {
        constraints: { minClusters: locations, maxClusters: locations, capacity: false },
      },
    }),
  );
  const demandOf = () => ({
    ...seen.demand,
    origins: seen.demand.origins.map((origin) => ({
      ...origin,
      requestsPerSecond: origin.requestsPerSecond * (0.2 + 5 * random()),
    })),
  });
  const demand = Object.fromEntries(apps.map(({ name }) => [name, parseDemand(demandOf())]));
  return { apps, fleet: parseFleet(seen.fleet), demand };
}

const cases: readonly { readonly name: string; readonly build: () => PlaceInput }[] = [
  { name: '1 app', build: () => freeApps(1) },
  { name: '20 apps', build: () => freeApps(20) },
  {
    name: '20 apps that share slots',
    build: () => fleetOfApps({ apps: 20, clusters, origins, room: 1.5, kind: 'slots' }),
  },
];

/** Seconds of the processor for all scenarios, beside placing each by `place`, as far as a sample of them tells. */
export async function benchSimulate(): Promise<readonly BenchRow[]> {
  return cases.map(({ name, build }) => {
    const input = build();
    const base = place(input);
    const scenarios = everyScenario(input);
    const all = seconds(() => simulate(input, scenarios, base));
    const satisfied = all.result.filter((one) => one.satisfied);
    const moved = satisfied.filter(({ changes }) => changes > 0);
    const sample = Array.from(
      { length: Math.min(SAMPLE, moved.length) },
      (_, i) => moved[Math.floor(((i + 0.5) * moved.length) / SAMPLE)] as ScenarioResult,
    );
    const naive = seconds(() => sample.map((one) => excessOf(one)));
    const each = naive.result.map((one) => 100 * one);
    const mean = each.reduce((sum, one) => sum + one, 0) / Math.max(1, each.length);
    const count = scenarios.length.toLocaleString('en');
    const note = [
      `${count} scenarios, ${satisfied.length.toLocaleString('en')} survived, ${moved.length.toLocaleString('en')} move something`,
      `over place(): mean ${mean.toFixed(3)} %, worst ${Math.max(...each).toFixed(3)} %`,
    ].join('; ');
    const perScenario = naive.seconds / Math.max(1, sample.length);
    const ratio = all.seconds / (perScenario * scenarios.length);
    const peer = { name: 'place() for each', of: 'time', ratio };
    return {
      name: `simulate ${clusters} clusters, ${name}`,
      unit: 's',
      samples: [all.seconds],
      note,
      peer,
    };
  });
}

/** By how much the set of a scenario costs more than the one that is placed; negative when it costs less. */
function excessOf({ apps, decide }: ScenarioResult): number {
  const value = apps.reduce((sum, one) => sum + one.value, 0);
  return value / decide().objective.value - 1;
}

function seconds<T>(work: () => T): { readonly result: T; readonly seconds: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}
