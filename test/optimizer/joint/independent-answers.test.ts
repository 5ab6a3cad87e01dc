/** Independent answers fit exactly when all apps can have what each would choose alone. */

import * as fc from 'fast-check';
import type { Demand } from '../../../constructs/model/demand';
import { evaluateJointly, independentAnswersFit, solveAlone } from '../../../constructs/optimizer';
import { compileApp, fullStability, limitsOf } from '../../../constructs/placement/compile/compile';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { plenty } from '../compiled';

it('they fit when the apps hold side by side at the sum of their values, and only then', () => {
  const seen = { fit: 0, unfit: 0 };
  fc.assert(
    fc.property(problems({ apps: 3, clusters: 4, origins: 4 }), (input) => {
      const limits = limitsOf(input.fleet);
      const apps = input.apps.map((app) => {
        const { demand, ...rest } = input;
        const own = Array.isArray((demand as Demand)?.origins)
          ? (demand as Demand)
          : (demand as Readonly<Record<string, Demand>>)?.[app.name];
        const given = {
          ...rest,
          app,
          demand: own,
          previous: undefined,
          now: 0,
          lost: new Set<string>(),
        };
        return compileApp(given, 1, fullStability).problem;
      });
      const alone = apps.map((app) => solveAlone(app, limits, plenty()));
      const problem = {
        clusters: input.fleet.clusters.length,
        apps,
        limits,
        links: [],
        workUnits: 1e9,
      };
      if (alone.some(({ best }) => best === undefined)) return;
      const sets = alone.map(({ best }) => best?.open ?? []);
      const together = evaluateJointly(problem, sets, plenty());
      const sum = (values: readonly (number | undefined)[]) =>
        values.reduce<number>((all, one) => all + (one ?? Number.NaN), 0);
      const separate = sum(alone.map(({ best }) => best?.evaluated.value));
      const isPossible =
        together !== undefined &&
        sum(together.map(({ evaluated }) => evaluated.value)) <=
          separate + 1e-6 * Math.abs(separate);
      const isFit = independentAnswersFit(problem, alone);
      seen[isFit ? 'fit' : 'unfit']++;
      expect(isFit).toBe(isPossible);
    }),
    { seed, numRuns: runs(80) },
  );
  expect(Math.min(seen.fit, seen.unfit)).toBeGreaterThan(2);
});
