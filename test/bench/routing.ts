/** Bench of routing: 250 countries, 10,000 origins, 1,000 clusters of a fleet of which some or all are chosen. */

import { dnsSystems } from '../../constructs/model/app/exposure';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { Sphere } from '../../constructs/model/sphere';
import { parseEdgeApp } from '../../constructs/policy';
import { routingOf } from '../../constructs/routing';
import { countryCentres } from '../../constructs/routing/country-centres';
import type { BenchRow } from './row';
import { seeded } from './world';

const clusters = 1_000;
const origins = 10_000;
const runs = 5;
/** Every system, with a few, some and all clusters chosen; Route 53 has 30 points at most. */
const cases = dnsSystems.flatMap((system) =>
  (system === 'route53-geoproximity' ? [20, 25] : [20, 100, 1_000]).map((chosen) => ({
    chosen,
    system,
  })),
);

/** Processor milliseconds of the table of a decision that gives every origin its nearest chosen cluster. */
export async function benchRouting(): Promise<readonly BenchRow[]> {
  const input = inputs();
  return cases.map(({ chosen, system }) => {
    const decision = nearest(input, chosen);
    let note = '';
    const samples = [...Array(runs + 1).keys()].map(() => {
      const start = process.cpuUsage();
      const { slots, fit } = routingOf({ ...input, decision, system });
      const { user, system: kernel } = process.cpuUsage(start);
      note = `${slots.length} slots, ${(100 * fit.matchedShare).toFixed(1)} % as assigned`;
      return (user + kernel) / 1000;
    });
    const name = `${system}, ${chosen.toLocaleString('en')} of ${clusters.toLocaleString('en')} clusters`;
    return { name, unit: 'cpu ms', samples: samples.slice(1), note };
  });
}

type Inputs = ReturnType<typeof inputs>;

function inputs() {
  const random = seeded(1);
  const countries = [...countryCentres];
  const near = (middle: number, spread: number, limit: number) =>
    Math.max(-limit, Math.min(limit, middle + spread * (random() + random() - 1)));
  const somewhere = (index: number) => {
    const [country, { latitude, longitude }] = countries[index % countries.length]!;
    return { country, latitude: near(latitude, 4, 89), longitude: near(longitude, 6, 179) };
  };
  const fleet = parseFleet({
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'Fleet',
    clusters: [...Array(clusters).keys()].map((index) => ({
      name: `c${String(index).padStart(4, '0')}`,
      region: 'earth',
      ...somewhere(index * 7),
    })),
  });
  const demand = parseDemand({
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'Demand',
    observedAt: '2026-11-21T05:30:00Z',
    origins: [...Array(origins).keys()].map((index) => ({
      name: `o${String(index).padStart(5, '0')}`,
      requestsPerSecond: (1 - random()) ** (-1 / 1.2),
      ...somewhere(index),
    })),
  });
  const app = parseEdgeApp({
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'EdgeApp',
    name: 'shop',
    workload: {
      image: 'shop:1',
      port: 80,
      resources: { cpuMillicores: 1, memoryMebibytes: 1 },
      requestsPerSecondPerReplica: 1,
    },
    exposure: {
      hosts: ['shop.example.com'],
      gateway: { class: 'edge' },
      dns: { system: 'powerdns-lua' },
    },
  });
  return { fleet, demand, app };
}

/** What routing reads of a decision. */
function nearest({ fleet, demand }: Inputs, chosen: number): PlacementDecision {
  const some = fleet.clusters.filter((_, index) => index % (clusters / chosen) === 0);
  const sphere = new Sphere(some, demand.origins);
  const assignments = demand.origins.map(({ name }, o) => {
    let best = 0;
    for (let c = 1; c < some.length; c++) {
      if (sphere.squaredChord(c, o) < sphere.squaredChord(best, o)) best = c;
    }
    return { origin: name, cluster: some[best]!.name, share: 1, milliseconds: null };
  });
  const placed = some.map(({ name }) => ({ name, requestsPerSecond: 1, replicas: 1 }));
  const app = { app: 'shop', clusters: placed, assignments };
  return { digest: '', now: '', apps: [app] } as unknown as PlacementDecision;
}
