/** The Lagrangian bound of the verification: no legal set costs less, whatever remains to be decided, and sets without capacity have no bound. */
import * as fc from 'fast-check';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { lagrangianBound } from '../../../constructs/verification/bound/lagrangian-bound';
import { appInstance } from '../../../constructs/verification/input/app-instance';
import { contextOf } from '../../../constructs/verification/input/context';
import { slack } from '../../../constructs/verification/input/findings';
import { evaluate, type RestrictedApp } from '../../../constructs/verification/rules/evaluation';
import { objectiveValue } from '../../../constructs/verification/rules/objective';
import { problems } from '../../placement/random';
import { runs, seed, TIMEOUT } from '../../placement/runs';

const restrictions = { freeze: false, held: true, maxChanges: false };

/** All legal subsets with their costs. */
function legalSets(
  restrictedApp: RestrictedApp,
): readonly (readonly [readonly number[], number])[] {
  const { instance } = restrictedApp;
  const { eligible } = instance;
  return [...Array(2 ** eligible.length).keys()].flatMap((bits) => {
    const chosen = eligible.filter((_, i) => (bits & (2 ** i)) !== 0);
    const [solution] = (chosen.length > 0 && evaluate([restrictedApp], [chosen])) || [];
    return solution === undefined
      ? []
      : [[chosen, objectiveValue(instance, solution.assignment)] as const];
  });
}

it(
  'the Lagrangian bound is at most the cost of any legal set, at every step on the way to it',
  () => {
    let [all, close] = [0, 0];
    const property = fc.property(problems({ apps: 1, clusters: 6, origins: 6 }), (input) => {
      const context = contextOf(input);
      const [app] = context.apps;
      if (app === undefined || context.bases.get(app.name)?.kind !== 'placed') return;
      const instance = appInstance(context, app, 1);
      const restrictedApp: RestrictedApp = { instance, restrictions, now: context.now };
      const { held, eligible } = instance;
      const sets = legalSets(restrictedApp);
      const most = Math.min(...sets.map(([, value]) => value));
      if (sets.length === 0) return;
      const free = eligible.filter((cluster) => !held.has(cluster));
      const { order, lowerBound } = lagrangianBound(instance, free, most);
      for (const [chosen, value] of sets) {
        for (let at = 0; at <= order.length; at++) {
          const taken = order.slice(0, at).filter((cluster) => chosen.includes(cluster));
          const bound = lowerBound([...held, ...taken], at);
          expect(bound).toBeLessThanOrEqual(value + slack(value));
          all++;
          if (bound >= most - 0.05 * Math.abs(most)) close++;
        }
      }
    });
    fc.assert(property, { seed, numRuns: runs(150) });
    // Weaker bounds would leave out next to nothing.
    expect(close / all).toBeGreaterThan(0.3);
  },
  TIMEOUT,
);

it('the Lagrangian bound is infinite for sets without capacity for all demand', () => {
  const property = fc.property(problems({ apps: 1, clusters: 5, origins: 5 }), (input) => {
    const clusters = input.fleet.clusters.map((one) => ({ ...one, requestsPerSecond: 1e-6 }));
    const context = contextOf({ ...input, fleet: parseFleet({ clusters }) });
    const [app] = context.apps;
    if (app === undefined || app.policy.constraints.capacity === false) return;
    const instance = appInstance(context, app, 1);
    if (instance.total <= 1) return;
    const { lowerBound } = lagrangianBound(instance, instance.eligible, Number.POSITIVE_INFINITY);
    expect(lowerBound([], 0)).toBe(Number.POSITIVE_INFINITY);
  });
  fc.assert(property, { seed, numRuns: runs(100) });
});
