/** Backtests of random pasts against a loop of `place`, written by hand. */
import * as fc from 'fast-check';
import { type Backtest, backtest } from '../../constructs/backtest';
import type { PlacementDecision } from '../../constructs/model/decision';
import type { Demand } from '../../constructs/model/demand';
import { place } from '../../constructs/placement';
import type { PlaceInput } from '../../constructs/policy';
import { checkPromises, parsePromises } from '../../constructs/promises';
import { problems } from '../placement/random';
import { NOW } from '../placement/random-plans';
import { slowRuns } from '../placement/runs';

const promises = parsePromises({
  promises: [{ latency: { milliseconds: 60 } }, { clusters: { atLeast: 2 } }],
});
const hour = (index: number) =>
  new Date(Date.parse(NOW) + index * 3_600_000).toISOString().replace('.000Z', 'Z');

/** The demand of a problem, with each origin another part of it at another hour. */
function pastOf({ demand }: PlaceInput, factors: readonly number[]) {
  const shifted = (one: Demand, index: number): Demand => ({
    ...one,
    observedAt: hour(index),
    origins: one.origins.map((origin, o) => ({
      ...origin,
      requestsPerSecond:
        origin.requestsPerSecond * (factors[(index * 3 + o) % factors.length] ?? 1),
    })),
  });
  return Array.from({ length: 5 }, (_, index) => ({
    at: hour(index),
    demand: Array.isArray((demand as Demand).origins)
      ? shifted(demand as Demand, index)
      : Object.fromEntries(
          Object.entries(demand as Readonly<Record<string, Demand>>).map(
            ([name, one]) => [name, shifted(one, index)] as const,
          ),
        ),
  }));
}

const factors = fc.array(fc.constantFrom(0.1, 0.5, 1, 2, 5), { minLength: 4, maxLength: 9 });
const size = { apps: 2, clusters: 4, origins: 3 };
const worlds = fc.tuple(fc.oneof(problems(size), problems({ ...size, apps: 1 })), factors);

function always(
  holds: (input: PlaceInput, steps: ReturnType<typeof pastOf>, run: Backtest) => void,
) {
  fc.assert(
    fc.property(worlds, ([{ previous: _, now: __, ...input }, parts]) => {
      const steps = pastOf(input, parts);
      const settings = [{ minGain: 0.1, minDwellSeconds: 7200 }];
      holds(input, steps, backtest({ ...input, steps, promises, settings }));
    }),
    { numRuns: slowRuns(20) },
  );
}

const setsOf = ({ apps }: PlacementDecision) =>
  apps.map(({ app, clusters }) => [app, clusters.map(({ name }) => name)]);
const objectiveOf = ({ apps }: PlacementDecision) =>
  apps.some(({ satisfied }) => !satisfied)
    ? null
    : apps.reduce((sum, { objective: o }) => sum + o.value - (o.terms.change ?? 0), 0);

it('decides as place does at every step with the decision of the step before', () => {
  always((input, steps, { policy }) => {
    let previous: PlacementDecision | undefined;
    const objectives: (number | null)[] = [];
    const broken = [0, 0];
    const moved: string[] = [];
    for (const { at, demand } of steps) {
      const one = { ...input, demand, now: at, ...(previous === undefined ? {} : { previous }) };
      const decision = place(one);
      objectives.push(objectiveOf(decision));
      checkPromises(promises, decision, one).forEach(({ holds }, p) => {
        if (!holds) broken[p] = (broken[p] ?? 0) + 1 / steps.length;
      });
      const isMoved =
        JSON.stringify(setsOf(decision)) !== JSON.stringify(previous && setsOf(previous));
      if (previous !== undefined && isMoved) moved.push(at);
      previous = decision;
    }
    expect(policy.objectives).toEqual(objectives);
    expect(policy.moved.map(({ at }) => at)).toEqual(moved);
    expect(policy.moves).toBe(moved.length);
    policy.broken.forEach(({ share }, p) => {
      expect(share).toBeCloseTo(broken[p] ?? 0, 9);
    });
    const known = objectives.filter((value) => value !== null);
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
    expect(policy.meanObjective).toBeCloseTo(mean, 6);
  });
});

it('is, always at the best, what place decides at every step without anything before it', () => {
  always((input, steps, { best }) => {
    const free = input.apps.map((app) => ({
      ...app,
      policy: {
        ...app.policy,
        stability: { minGain: 0, minDwellSeconds: 0, freeze: [] },
      },
    }));
    const decisions = steps.map(({ at, demand }) =>
      place({ ...input, apps: free, demand, now: at }),
    );
    expect(best.objectives).toEqual(decisions.map(objectiveOf));
  });
});

it('never moves from the first decision where that is legal, and counts the steps where it is not', () => {
  always((input, steps, { never, forcedSteps, policy }) => {
    expect(never.objectives[0]).toBe(policy.objectives[0]);
    const [{ at, demand }] = steps as [(typeof steps)[0]];
    const first = place({ ...input, demand, now: at });
    const hold = input.apps.map(({ name }) => name);
    const forced = steps.slice(1).filter((step) => {
      const held = place({ ...input, demand: step.demand, now: step.at, previous: first, hold });
      return JSON.stringify(setsOf(held)) !== JSON.stringify(setsOf(first));
    });
    expect(forcedSteps).toBe(forced.length);
    if (forcedSteps === 0) expect(never.moves).toBe(0);
  });
});

it('replays a setting as the policy with it would have been', () => {
  always((input, steps, { sweep }) => {
    const apps = input.apps.map((app) => ({
      ...app,
      policy: {
        ...app.policy,
        stability: { ...app.policy.stability, minGain: 0.1, minDwellSeconds: 7200 },
      },
    }));
    const { policy } = backtest({ ...input, apps, steps });
    expect(sweep?.rows).toMatchObject([
      { moves: policy.moves, churn: policy.churn, meanObjective: policy.meanObjective },
    ]);
  });
});
