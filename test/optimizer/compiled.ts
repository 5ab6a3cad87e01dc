/** From documents to the solver's numbers: problems of the solver's tests are written as everybody writes them. */

import type { Demand } from '../../constructs/model/demand';
import type { AppProblem, Limits, Work } from '../../constructs/optimizer/problem/problem';
import {
  type CompiledApp,
  compileApp,
  fullStability,
  limitsOf,
} from '../../constructs/placement/compile/compile';
import type { PlaceInput } from '../../constructs/policy/place-input';

/** The problem of the only app, with the limits of its fleet. */
export function compiledOf(input: PlaceInput): {
  readonly compiled: CompiledApp;
  readonly problem: AppProblem;
  readonly limits: Limits;
} {
  const [app] = input.apps;
  if (app === undefined) throw new Error('a problem has an app');
  const before = input.previous?.apps.find((one) => one.app === app.name);
  const demand = input.demand as Demand;
  const compiled = compileApp(
    {
      app,
      fleet: input.fleet,
      demand: app.policy.static ? undefined : demand,
      previous: before && new Map(before.clusters.map(({ name, since }) => [name, since])),
      now: Date.parse(input.now ?? demand.observedAt),
    },
    1,
    fullStability,
  );
  return { compiled, problem: compiled.problem, limits: limitsOf(input.fleet) };
}

/** More work than any test asks for. */
export const plenty = (): Work => ({ spent: 0, allowed: 1e9 });
