/** Apps placed together against the same apps placed one after another by the engine for one app. */

import { remainingLimits } from '../../../constructs/optimizer/assignment/evaluation';
import type { Candidate } from '../../../constructs/optimizer/enumeration/enumeration';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { solveAlone } from '../../../constructs/optimizer/solve';
import { compileApp, fullStability, limitsOf } from '../../../constructs/placement/compile/compile';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { runs, TIMEOUT } from '../../placement/runs';
import { type Crowded, crowdedFleet } from './crowded-fleet';

/** What it comes to when each app, in name order, takes what is best for it of what those before it left. */
function oneAfterAnother({ apps, fleet, demand }: PlaceInput) {
  const demands = demand as Readonly<Record<string, Parameters<typeof compileApp>[0]['demand']>>;
  const used: {
    readonly app: AppProblem;
    readonly assigned: Candidate['evaluated']['assigned'];
  }[] = [];
  let [value, missed] = [0, 0];
  for (const app of apps) {
    const input = { app, fleet, demand: demands[app.name], previous: undefined, now: 0 };
    const { problem } = compileApp(input, 1, fullStability);
    const limits = remainingLimits(limitsOf(fleet), used);
    const { best } = solveAlone(problem, limits, { spent: 0, allowed: 1e7 });
    if (best === undefined) missed++;
    else {
      value += best.evaluated.value;
      used.push({ app: problem, assigned: best.evaluated.assigned });
    }
  }
  return { value, missed };
}

const families: readonly Omit<Crowded, 'seed'>[] = [
  { kind: 'slots', apps: 8, clusters: 10, origins: 15, room: 1.1, hasRules: true },
  { kind: 'replicas', apps: 6, clusters: 8, origins: 8, room: 1.4 },
  { kind: 'replicas', apps: 20, clusters: 12, origins: 10, room: 1.4 },
  { kind: 'requests', apps: 20, clusters: 12, origins: 10, room: 1.2, hasRules: true },
];

describe('apps placed together', () => {
  it.each(families)(
    'are never worse off than one after another: $apps apps on $clusters clusters, $kind',
    (family) => {
      for (let seed = 1; seed <= runs(1); seed++) {
        const input = crowdedFleet({ ...family, seed });
        const { value, missed } = oneAfterAnother(input);
        const decision = place(input);
        const nowhere = decision.apps.filter(({ satisfied }) => !satisfied).length;
        expect([seed, nowhere]).toEqual([seed, Math.min(nowhere, missed)]);
        if (nowhere === missed)
          expect(decision.objective.value).toBeLessThanOrEqual(value * (1 + 1e-9));
      }
    },
    TIMEOUT,
  );
});
