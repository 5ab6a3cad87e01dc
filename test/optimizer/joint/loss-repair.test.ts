/** Repairs after losses: lost clusters are left whether or not the fleet names its capacity, and every loss starts anew. */

import { LossRepair } from '../../../constructs/optimizer/joint/loss-repair';
import type { Limits, Problem } from '../../../constructs/optimizer/problem/problem';
import { sizeRange } from '../../../constructs/optimizer/problem/set-rules';
import { limitsOf } from '../../../constructs/placement/compile/compile';
import { fleetOfApps } from '../../bench/fleet-of-apps';
import { seeded } from '../../bench/world';
import { runs } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

const CLUSTERS = 40;

type Resource = keyof Limits['total'];

/** A problem of three apps in which no cluster limits anything but `limited`, and that generously. */
function problemOf(limited: readonly Resource[], seed: number): Problem {
  const room = { kind: 'replicas', apps: 3, clusters: CLUSTERS, origins: 12, room: 1.5 } as const;
  const input = fleetOfApps({ ...room, seed });
  const demands = input.demand as Record<string, NonNullable<typeof input.demand>>;
  const apps = input.apps.map(
    (app) => compiledOf({ ...input, apps: [app], demand: demands[app.name] } as never).problem,
  );
  const limits = limitsOf(input.fleet);
  const total = Object.fromEntries(
    Object.entries(limits.total).map(([resource, values]) => [
      resource,
      values.map(() => (limited.includes(resource as Resource) ? 1e9 : Number.POSITIVE_INFINITY)),
    ]),
  ) as unknown as Limits['total'];
  return { clusters: CLUSTERS, apps, limits: { ...limits, total }, links: [], workUnits: 1e9 };
}

/** Sets of a legal size, drawn. */
function setsOf(problem: Problem, seed: number): number[][] {
  const random = seeded(seed);
  return problem.apps.map((app) =>
    [...Array(CLUSTERS).keys()]
      .map((cluster) => ({ cluster, at: random() }))
      .sort((one, other) => one.at - other.at)
      .slice(0, sizeRange(app).min)
      .map(({ cluster }) => cluster)
      .sort((one, other) => one - other),
  );
}

const limits: readonly (readonly Resource[])[] = [
  [],
  ['requestsPerSecond'],
  ['pods'],
  ['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'],
];

it.each(limits.map((limited) => ({ limited })))(
  'leaves lost clusters where clusters limit $limited',
  ({ limited }) => {
    let repaired = 0;
    for (let seed = 1; seed <= runs(5); seed++) {
      const problem = problemOf(limited, seed);
      const sets = setsOf(problem, seed);
      const repair = new LossRepair(problem, sets, plenty());
      const used = [...new Set(sets.flat())];
      for (const lost of [...used.map((one) => [one]), used.slice(0, 2)]) {
        const found = repair.setsWithout(lost);
        for (const cluster of found?.flat() ?? []) expect(lost).not.toContain(cluster);
        expect(new LossRepair(problem, sets, plenty()).setsWithout(lost)).toEqual(found);
        if (found !== undefined) repaired++;
      }
    }
    // Chains lead to near clusters only, so some losses have none.
    expect(repaired).toBeGreaterThan(0);
  },
);
