/** Backtest: replays policies over past demand, beside never moving and always moving to the best. */
import type { PlacementDecision } from '../model/decision';
import { place } from '../placement';
import type { EdgeApp, PlaceInput } from '../policy';
import type { Promises } from '../promises';
import { type Setting, type SweepRow, sweepOf, withSetting } from './sweep';
import { followed, type TimedStep, type Track } from './track';

/** One moment of the past. */
export interface BacktestStep {
  /** When it was decided, ISO 8601 with a zone. */
  readonly at: string;
  /** The demand then: one for all apps, or one by app name. */
  readonly demand: NonNullable<PlaceInput['demand']>;
}

/** What a backtest is made from. */
export interface BacktestInput {
  /** All apps that share the fleet, with the policies to replay. */
  readonly apps: readonly EdgeApp[];
  /** The clusters to choose from, the same at all times. */
  readonly fleet: PlaceInput['fleet'];
  /** In order of time; at least one. */
  readonly steps: readonly BacktestStep[];
  /** The decision in force before the first step. Default: none, and the first step is no move. */
  readonly previous?: PlacementDecision;
  /** What is to be kept all the time. Default: nothing but the policy. */
  readonly promises?: Promises;
  /** Stability settings to replay as well. Default: none. */
  readonly settings?: readonly Setting[];
  /** Called after each decision, for progress. */
  readonly onStep?: () => void;
}

/** What a past would have come to. */
export interface Backtest {
  readonly from: string;
  readonly until: string;
  readonly steps: number;
  /** By step. */
  readonly instants: readonly string[];
  /** As the policies say: equal to `place` at every step with the decision of the step before. */
  readonly policy: Track;
  /** The first decision stands at every step, unless it is not legal there. */
  readonly never: Track;
  /** The best at every step, whatever it moves: no stability. Its objective is a lower limit for the others where each step is proved. */
  readonly best: Track;
  /** Steps at which the first decision could not stand. */
  readonly forcedSteps: number;
  /** The settings, and which of them is recommended; missing where none were to be replayed. */
  readonly sweep?: { readonly rows: readonly SweepRow[]; readonly recommended?: Setting };
}

/** Replays. Pure: equal inputs give equal results. Throws EdgeErrors as `place` does. */
export function backtest(input: BacktestInput): Backtest {
  const { apps, promises, settings, onStep = () => undefined } = input;
  const steps = timed(input);
  const run = (decide: Parameters<typeof followed>[1]) => followed(steps, decide, promises, onStep);
  const asWritten = (one: PlaceInput, previous: PlacementDecision | undefined) =>
    place(withPrevious(one, previous));
  const policy = run(asWritten);
  let first = input.previous;
  let forcedSteps = 0;
  const hold = apps.map(({ name }) => name);
  const never = run((one) => {
    if (first === undefined) {
      first = place(one);
      return first;
    }
    const held = place({ ...withPrevious(one, first), hold });
    if (!hasSameClusters(first, held)) forcedSteps++;
    return held;
  });
  const free = { minGain: 0, minDwellSeconds: 0 };
  const best = run((one) => place({ ...one, apps: apps.map((app) => unhindered(app, free)) }));
  const instants = steps.map(({ input: one }) => one.now ?? '');
  return {
    from: instants[0] ?? '',
    until: instants.at(-1) ?? '',
    steps: steps.length,
    instants,
    policy,
    never,
    best,
    forcedSteps,
    ...(settings === undefined
      ? {}
      : {
          sweep: sweepOf(settings, (setting) =>
            run((one, previous) =>
              place(
                withPrevious(
                  { ...one, apps: apps.map((app) => withSetting(app, setting)) },
                  previous,
                ),
              ),
            ),
          ),
        }),
  };
}

/** Without anything that holds an app where it is: no previous decision is given either. */
function unhindered(app: EdgeApp, setting: Setting): EdgeApp {
  const { maxChanges: _, ...stability } = withSetting(app, setting).policy.stability;
  return { ...app, policy: { ...app.policy, stability: { ...stability, freeze: [] } } };
}

function withPrevious(input: PlaceInput, previous: PlacementDecision | undefined): PlaceInput {
  const { previous: _, ...rest } = input;
  return previous === undefined ? rest : { ...rest, previous };
}

/** A step lasts until the next one; the last as long as the one before it. */
function timed({ apps, fleet, steps, previous }: BacktestInput): readonly TimedStep[] {
  const times = steps.map(({ at }) => Date.parse(at) / 1000);
  return steps.map(({ at, demand }, index) => {
    const start = times[index] ?? 0;
    const next = times[index + 1];
    const span = next === undefined ? start - (times[index - 1] ?? start - 1) : next - start;
    const before = previous === undefined || index > 0 ? {} : { previous };
    return { input: { apps, fleet, demand, now: at, ...before }, seconds: span };
  });
}

function hasSameClusters(a: PlacementDecision, b: PlacementDecision): boolean {
  const names = ({ apps }: PlacementDecision) =>
    JSON.stringify(apps.map(({ clusters }) => clusters.map(({ name }) => name)));
  return names(a) === names(b);
}
