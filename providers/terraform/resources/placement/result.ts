/** Placement result: what deciding gives, as plain data that may cross to another thread. */

import type { PlacementDecision } from '../../../../constructs/model/decision';
import { type EdgeErrorProps, edgeErrorsOf } from '../../../../constructs/parsing';
import { placement } from '../../../resources/placement';
import type { PlacedApp } from '../../../resources/placement/plan-lines';
import { inApps } from '../../../resources/placement/props';
import type { Routings } from '../../../resources/placement/routings';

/** What a placement is decided from. Long documents are texts: a thread reads them itself. */
export interface PlacementRequest {
  /** EdgeApp documents. */
  readonly apps: readonly object[];
  readonly fleet: string;
  /** Demand by app; null: missing. */
  readonly demands: Readonly<Record<string, string | null>>;
  readonly lock?: string;
  readonly now?: string;
  readonly allowUnsatisfied: boolean;
  readonly allow: readonly string[];
  /** The decision in force. */
  readonly prior?: string;
  /** The routing tables in force, by app; null: the state is from before there were any. */
  readonly priorRoutings?: Readonly<Record<string, string>> | null;
}

/** One app of a result. */
export interface ResultApp {
  readonly name: string;
  readonly clusters: readonly string[];
  readonly replicas: Readonly<Record<string, number>>;
  readonly requestsPerSecond: Readonly<Record<string, number>>;
  readonly satisfied: boolean;
  readonly gap: number;
  readonly summary: string;
  readonly changes: readonly string[];
  /** Who serves whom, as JSON text. */
  readonly origins: string;
  readonly meanLatencyMilliseconds: number;
  readonly usdPerHour: number;
}

/** What was decided, or why nothing was. */
export interface PlacementResult {
  readonly decided?: {
    readonly apps: readonly ResultApp[];
    readonly moved: boolean;
    readonly satisfied: boolean;
    readonly gap: number;
    readonly summary: string;
    readonly warnings: readonly string[];
    /** The compact decision. */
    readonly decision: string;
    readonly digest: string;
    /** Routing tables by app. */
    readonly routings: Readonly<Record<string, string>>;
  };
  readonly errors: readonly EdgeErrorProps[];
}

/** Decides. Never throws for a mistake of the user. */
export function resultOf(request: PlacementRequest): PlacementResult {
  try {
    return decide(request);
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    const apps = request.apps as readonly { readonly name: string }[];
    return { errors: inApps(errors, apps).map(plainError) };
  }
}

function decide(request: PlacementRequest): PlacementResult {
  const { apps, fleet, demands, lock, now, allowUnsatisfied, allow, prior } = request;
  const read = (text: string): object => JSON.parse(text) as object;
  const props = placement.parse({
    apps,
    fleet: read(fleet),
    demands: Object.fromEntries(
      Object.entries(demands).map(([app, text]) => [app, text === null ? null : read(text)]),
    ),
    ...(lock === undefined ? {} : { lock: read(lock) }),
    ...(now === undefined ? {} : { now }),
    allowUnsatisfied,
    allow,
  });
  const before =
    prior === undefined
      ? undefined
      : { decision: read(prior) as PlacementDecision, ...routingsIn(request.priorRoutings) };
  const plan = placement.plan(before, props);
  if (plan === undefined) return { errors: [] };
  const { carried, decision, moved, summary, warnings } = plan;
  return {
    errors: plan.errors.map(plainError),
    decided: {
      apps: resultApps(plan.apps, decision),
      moved,
      satisfied: decision.apps.every((one) => one.satisfied),
      gap: decision.objective.gap,
      summary,
      warnings,
      decision: JSON.stringify(carried),
      digest: carried.digest,
      routings: textsOf(plan.routings),
    },
  };
}

function textsOf(routings: Routings): Readonly<Record<string, string>> {
  const texts = Object.entries(routings).map(([app, table]) => [app, JSON.stringify(table)]);
  return Object.fromEntries(texts);
}

function routingsIn(texts: PlacementRequest['priorRoutings']): { readonly routings?: Routings } {
  if (texts === undefined || texts === null) return {};
  const tables = Object.entries(texts).map(([app, text]) => [app, JSON.parse(text)]);
  return { routings: Object.fromEntries(tables) as Routings };
}

/** The apps of a decision with their numbers. */
export function resultApps(
  placed: readonly PlacedApp[],
  { apps }: PlacementDecision,
): readonly ResultApp[] {
  return placed.flatMap(({ app: name, ...one }) => {
    const app = apps.find((other) => other.app === name);
    if (app === undefined) return [];
    const { clusters, replicas, requestsPerSecond, satisfied, gap, summary } = one;
    const { changes, origins } = one;
    const { latency, cost } = app;
    return {
      name,
      ...{ clusters, replicas, requestsPerSecond, satisfied, gap, summary, changes },
      origins: JSON.stringify(origins),
      meanLatencyMilliseconds: latency.meanMilliseconds,
      usdPerHour: cost.usdPerHour,
    };
  });
}

/** An error as plain data. */
function plainError({ code, path, summary, remedy, file, line }: EdgeErrorProps): EdgeErrorProps {
  return {
    ...{ code, path, summary, remedy },
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}
