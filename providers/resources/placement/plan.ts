/** Plan: the placement decided anew, what of it differs from the one in force, and whether it may be acted on. */
import { compactDecision } from '../../../constructs/model/compact-decision';
import type { AppDecision, PlacementDecision } from '../../../constructs/model/decision';
import { EdgeError } from '../../../constructs/parsing';
import { place } from '../../../constructs/placement';
import type { EdgeApp, PlaceInput } from '../../../constructs/policy';
import { guardStops } from '../../../constructs/policy';
import { placeDoubts } from './place-doubts';
import { type PlacedApp, placedApp, summaryOf } from './plan-lines';
import { hasOwnDemand, inApps, type PlacementProps } from './props';
import { type Routings, routingsFor, routingsMoved } from './routings';

/** What is kept of a placement between runs. */
export interface PlacementState {
  /** The decision in force, compact: without what grows with demand and fleet. */
  readonly decision: PlacementDecision;
  /** The routing tables in force. Absent in states from before there were any. */
  readonly routings?: Routings;
}

/** What a placement would be. */
export interface PlacementPlan {
  readonly decision: PlacementDecision;
  /** For states and releases: `digest` is that of the whole decision. */
  readonly carried: PlacementDecision;
  /** Routing tables by app, for apps with exposure: what records need. */
  readonly routings: Routings;
  /** False: the same apps run on the same clusters with as many replicas as before, the same clusters are silent, and clusters take requests at the same addresses; then nothing prior need change. */
  readonly moved: boolean;
  /** By name. */
  readonly apps: readonly PlacedApp[];
  /** All apps in one line. */
  readonly summary: string;
  /** Why it may not be acted on: policies that cannot be satisfied, guards. */
  readonly errors: readonly EdgeError[];
  readonly warnings: readonly string[];
}

/** Decides. Pure: the clock is `now`, else that of the newest demand, else the prior one. Throws EdgeErrors when nothing says where requests come from. */
export function planPlacement(
  prior: PlacementState | undefined,
  props: PlacementProps,
): PlacementPlan {
  const input = inputOf(prior, props);
  const { decision, stops } =
    props.lock === undefined ? guarded(input, props.allow) : { decision: props.lock, stops: [] };
  const apps = decision.apps.map((app) => {
    const before = prior?.decision.apps.find((one) => one.app === app.app);
    const placed = placedApp(app, props.fleet.clusters.length);
    // An app that stays as it is has no part in what changes, such as the image of its neighbour.
    return before !== undefined && placesOf(before) === placesOf(app)
      ? { ...placed, changes: [] }
      : placed;
  });
  const { routings, ...routed } = routingsFor(decision, input, prior?.routings);
  const isPlaced = prior === undefined || !samePlaces(prior.decision, decision);
  const unsatisfied = decision.apps.filter(({ satisfied }) => !satisfied);
  const name = (app: string, text: string) => (apps.length > 1 ? `${app}: ${text}` : text);
  return {
    decision,
    carried: compactDecision(decision),
    routings,
    moved: isPlaced || routingsMoved(prior.routings, routings),
    apps,
    summary: summaryOf(decision, apps),
    errors: inApps(
      [
        ...(props.allowUnsatisfied ? [] : unsatisfied.map(unsatisfiedError)),
        ...guardErrors(decision, input, props.allow),
        ...routed.errors,
      ],
      props.apps,
    ),
    warnings: [
      ...stops.map(({ summary, remedy }) => `${summary}; they are kept for now. ${remedy}`),
      ...placeDoubts(input),
      ...apps.flatMap(({ app, warnings }) => warnings.map((text) => name(app, text))),
      ...(props.allowUnsatisfied
        ? unsatisfied.map(({ app, conflict }) =>
            name(app, conflict?.summary ?? 'cannot be satisfied'),
          )
        : []),
      ...routed.warnings,
    ],
  };
}

/**
 * A guard is about moves: it keeps an app where it is, and holds up nothing else, such as a new image. Where the
 * previous clusters cannot be kept, the guard remains an error.
 */
function guarded(input: PlaceInput, allow: readonly string[]) {
  const decision = place(input);
  const stops = guardStops(decision, input).filter(({ guard }) => !allow.includes(guard));
  if (stops.length === 0) return { decision, stops };
  const held = place({ ...input, hold: stops.map(({ app }) => app) });
  const isKept = ({ app }: { readonly app: string }) =>
    held.apps.some((one) => one.app === app && one.satisfied && one.dropped.length === 0);
  return stops.every(isKept) ? { decision: held, stops } : { decision, stops: [] };
}

/** One error for each guard that stops the decision and is not among `allow`. `remedyOf` spells how the wire lifts a guard. */
export function guardErrors(
  decision: PlacementDecision,
  input: PlaceInput,
  allow: readonly string[],
  remedyOf: (guard: string, remedy: string) => string = (_guard, remedy) => remedy,
): readonly EdgeError[] {
  return guardStops(decision, input)
    .filter(({ guard }) => !allow.includes(guard))
    .map(({ app, guard, summary, remedy }) => {
      const path = `${app}: policy.guard.${guard}`;
      return new EdgeError({
        code: 'GuardStopped',
        path,
        summary,
        remedy: remedyOf(guard, remedy),
      });
    });
}

function inputOf(prior: PlacementState | undefined, props: PlacementProps): PlaceInput {
  const { apps, fleet, demands } = props;
  const hasClock =
    Object.keys(demands).length > 0 || fleet.observedAt !== undefined || apps.some(hasOwnDemand);
  const now = props.now ?? (hasClock ? undefined : prior?.decision.now);
  const isCold = !hasClock && now === undefined && props.lock === undefined;
  if (isCold && !apps.every(({ policy }) => policy.static)) throw coldStart(apps);
  return {
    apps,
    fleet,
    ...(Object.keys(demands).length === 0 ? {} : { demand: demands }),
    ...(prior === undefined ? {} : { previous: prior.decision }),
    ...(now === undefined ? {} : { now }),
  };
}

/** Nothing stands yet, and nothing is known: what a first placement meets before its metrics are there. */
function coldStart(apps: readonly EdgeApp[]): EdgeError {
  const names = apps.map(({ name }) => name).join(', ');
  return new EdgeError({
    code: 'NoDemand',
    path: 'demand',
    summary: `got no requests for ${names}, and there is no placement yet that could stand until there are some`,
    remedy:
      'Wait until the query answers (a new series needs some minutes), or write policy.assume: the Demand to place by while there are no metrics.',
  });
}

/** One error, at the first rule of the conflict, with what would do for each. */
function unsatisfiedError({ app, conflict }: AppDecision): EdgeError {
  const [first] = conflict?.rules ?? [];
  const remedies = (conflict?.rules ?? []).map(({ path, relaxation }) => `${path}: ${relaxation}`);
  return new EdgeError({
    code: 'Unsatisfied',
    path: `${app}: ${first?.path ?? 'policy'}`,
    summary: `no placement satisfies the policy of ${app}: ${conflict?.summary ?? 'no legal set of clusters was found'}`,
    remedy:
      remedies.length === 0
        ? 'Relax the policy or enlarge the fleet.'
        : `Any one of these would do: ${remedies.join('; ')}.`,
  });
}

function samePlaces(before: PlacementDecision, after: PlacementDecision): boolean {
  const places = ({ apps }: PlacementDecision) => JSON.stringify(apps.map(placesOf));
  return places(before) === places(after);
}

/** Where an app runs and with how much, as text to compare. */
function placesOf({ app, satisfied, clusters }: AppDecision): string {
  return JSON.stringify([
    app,
    satisfied,
    clusters.map(({ name, replicas, componentReplicas, unreachableSince, evictedSince }) => [
      name,
      replicas,
      Object.entries(componentReplicas ?? {}),
      // What tolerations count from has to be kept, or they never run out.
      unreachableSince ?? null,
      evictedSince ?? null,
    ]),
  ]);
}
