/** Bench of place(): ten clusters of a seeded world, and what the usual rule of thumb would have chosen. */

import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { kilometersBetween } from '../../constructs/model/geography';
import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import { type BenchRow, milliseconds } from './row';
import { type World, world } from './world';

const p = 10;
const sizes = [
  { m: 100, n: 1_000, runs: 5 },
  { m: 1_000, n: 10_000, runs: 3 },
];

/** Choosing the ten clusters with the least requests/s x km, without other rules. */
export async function benchPlace(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { m, n, runs } of sizes) {
    const seen = world(m, n);
    const input = {
      apps: [parseEdgeApp(app)],
      fleet: parseFleet(seen.fleet),
      demand: parseDemand(seen.demand),
    };
    let objective = { value: Number.NaN, gap: Number.NaN };
    const samples = await milliseconds(runs, () => {
      objective = place(input).objective;
    });
    const { gap, value } = objective;
    const name = `place ${m.toLocaleString('en')} x ${n.toLocaleString('en')}, p = ${p}`;
    const ratio = value / topScorers(seen);
    rows.push({
      name,
      unit: 'ms',
      samples,
      note: gap === 0 ? 'proved optimal' : `gap ${(100 * gap).toFixed(3)} %`,
      peer: { name: 'score and take the top 10', of: 'value', ratio },
    });
  }
  return rows;
}

const app = {
  name: 'bench',
  workload: {
    image: 'registry.example/bench:1',
    resources: { cpuMillicores: 100, memoryMebibytes: 100 },
    requestsPerSecondPerReplica: 50,
  },
  policy: {
    constraints: { minClusters: p, maxClusters: p, minRequestsPerSecond: 0, capacity: false },
    objective: { distance: 1 },
  },
} as const;

/** The value of the rule of thumb: score each cluster by the requests nearest to it, take the best ten. */
function topScorers({ fleet, demand }: World): number {
  const { clusters } = fleet;
  const scores = new Map(clusters.map(({ name }) => [name, 0]));
  const nearestOf = (origin: World['demand']['origins'][number], among: typeof clusters) => {
    let best = { name: '', kilometers: Number.POSITIVE_INFINITY };
    for (const cluster of among) {
      const kilometers = kilometersBetween(origin, cluster);
      if (kilometers < best.kilometers) best = { name: cluster.name, kilometers };
    }
    return best;
  };
  for (const origin of demand.origins) {
    const { name } = nearestOf(origin, clusters);
    scores.set(name, (scores.get(name) ?? 0) + origin.requestsPerSecond);
  }
  const ranked = [...clusters].sort(
    (a, b) => (scores.get(b.name) ?? 0) - (scores.get(a.name) ?? 0),
  );
  const chosen = ranked.slice(0, p);
  return demand.origins.reduce(
    (sum, origin) => sum + origin.requestsPerSecond * nearestOf(origin, chosen).kilometers,
    0,
  );
}
