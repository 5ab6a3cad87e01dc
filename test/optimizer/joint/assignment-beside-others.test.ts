/** Many apps on full clusters, where the search for the cheapest assignment of all at once ends early. */

import { evaluate } from '../../../constructs/optimizer/assignment/evaluation';
import { limitsBesideEach } from '../../../constructs/optimizer/assignment/limits-beside';
import { assignOneByOne } from '../../../constructs/optimizer/joint/sequential';
import type { Problem, Work } from '../../../constructs/optimizer/problem/problem';
import { solveAlone } from '../../../constructs/optimizer/solve';
import { compileApp, fullStability, limitsOf } from '../../../constructs/placement/compile/compile';
import { crowdedFleet } from './crowded-fleet';

it('no app could move demand to a cheaper cluster of its set beside the others', () => {
  const { apps, fleet, demand } = crowdedFleet({
    kind: 'replicas',
    apps: 4,
    clusters: 6,
    origins: 8,
    room: 3,
    seed: 2,
  });
  const demands = demand as Readonly<Record<string, Parameters<typeof compileApp>[0]['demand']>>;
  const limits = limitsOf(fleet);
  const work: Work = { spent: 0, allowed: 1e9 };
  const problems = apps.map((app) => {
    const input = { app, fleet, demand: demands[app.name], previous: undefined, now: 0 };
    return compileApp(input, 1, fullStability).problem;
  });
  const problem: Problem = {
    clusters: fleet.clusters.length,
    apps: problems,
    limits,
    links: [],
    workUnits: 1e9,
  };
  // Assigned where only a part of the room is left, as in a branch of a search.
  const tight = fleet.clusters.map((one) => ({
    ...one,
    allocatable: {
      cpuMillicores: Math.floor((one.allocatable?.cpuMillicores ?? 0) / 3),
      memoryMebibytes: Math.floor((one.allocatable?.memoryMebibytes ?? 0) / 3),
    },
  }));
  const placed = problems.map((app) => {
    const alone = solveAlone(app, limits, work).best;
    const evaluated =
      alone && evaluate(app, alone.open, limitsOf({ ...fleet, clusters: tight }), work);
    return alone && evaluated?.violation === 0 ? { open: alone.open, evaluated } : undefined;
  });
  const assigned = assignOneByOne(problem, placed, work);
  const value = (all: typeof placed) =>
    all.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
  expect(value(assigned)).toBeLessThan(value(placed));
  const beside = limitsBesideEach(
    limits,
    problems.map((app, a) => assigned[a] && { app, assigned: assigned[a].evaluated.assigned }),
  );
  assigned.forEach((one, a) => {
    if (one === undefined) return;
    const again = evaluate(problems[a]!, one.open, beside(a), work);
    expect(again.value).toBeGreaterThanOrEqual(one.evaluated.value * (1 - 1e-9));
  });
});
