/** Guards: changes that are legal and yet need a person to say yes by name. */
import type { AppDecision, PlacementDecision } from '../model/decision';
import { rowsOf } from './constraints/constraints';
import type { EdgeApp } from './edge-app';
import type { Guard } from './guard-names';
import { givenDemand, type PlaceInput } from './place-input';

/** One guard that stops one app. */
export interface GuardStop {
  /** Name of the app. */
  readonly app: string;
  /** The guard that stops the decision. */
  readonly guard: Guard;
  /** Why the decision is stopped, in one sentence. */
  readonly summary: string;
  /** How to lift the guard, in one sentence. */
  readonly remedy: string;
}

/** The guards of each app's policy that this decision trips; those in `guard.allow` do not. */
export function guardStops(decision: PlacementDecision, input: PlaceInput): readonly GuardStop[] {
  return decision.apps.flatMap((one) => {
    const app = input.apps.find(({ name }) => name === one.app);
    const before = input.previous?.apps.find((other) => other.app === one.app)?.clusters.length;
    if (app === undefined || before === undefined || before === 0) return [];
    const { allow } = app.policy.guard;
    return [droppedTooMuch(one, app, before), droppedOnPartialDemand(one, app, decision, input)]
      .flatMap((stop) => stop ?? [])
      .filter(({ guard }) => !allow.includes(guard));
  });
}

function droppedTooMuch(one: AppDecision, app: EdgeApp, before: number): GuardStop | undefined {
  const { maxDroppedShare } = app.policy.guard;
  // Leaving the only cluster is no evacuation: it is the only move there is.
  const isOnly = before === 1 && maxDroppedShare > 0;
  if (isOnly || one.dropped.length / before <= maxDroppedShare) return undefined;
  return {
    app: one.app,
    guard: 'maxDroppedShare',
    summary: `${one.app} would leave ${one.dropped.length} of its ${before} clusters (${one.dropped.map(({ name }) => name).join(', ')}); maxDroppedShare is ${maxDroppedShare}`,
    remedy: `Look at why; if it is right, add maxDroppedShare to guard.allow of ${one.app}.`,
  };
}

/** What the source itself says is incomplete shows requests that are there, and never that there are none. */
function droppedOnPartialDemand(
  one: AppDecision,
  app: EdgeApp,
  decision: PlacementDecision,
  input: PlaceInput,
): GuardStop | undefined {
  const partial = givenDemand(app, input)?.partial;
  if (partial === undefined || app.policy.static) return undefined;
  const names = one.dropped
    .map(({ name }) => name)
    .filter((name) => mayStay(name, app, decision, input));
  if (names.length === 0) return undefined;
  return {
    app: one.app,
    guard: 'partialDemand',
    summary: `${one.app} would leave ${names.join(', ')} on a demand that its source calls incomplete (${partial})`,
    remedy: `Wait until all of the metrics answer; if what is there is enough, add partialDemand to guard.allow of ${one.app}.`,
  };
}

/** False where the cluster is left whatever the demand: it is gone, silent for too long, or a rule about it alone excludes it. */
function mayStay(
  name: string,
  { policy, sizing }: EdgeApp,
  { now }: PlacementDecision,
  { fleet, lost }: PlaceInput,
): boolean {
  const cluster = fleet.clusters.find((one) => one.name === name);
  if (cluster === undefined || cluster.state === 'unreachable' || lost?.includes(name)) {
    return false;
  }
  const context = { now: Date.parse(now), isPrevious: () => true, sizing };
  return ![...rowsOf(policy.constraints)].some(
    ({ row, value }) => row.cluster?.(value, cluster, context) !== undefined,
  );
}
