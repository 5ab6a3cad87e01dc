/** Continuous metrics: what a loop tells Prometheus about its steps and about the decision in force. */
import type { PlacementDecision } from '../../../../constructs/model/decision';
import { type Budget, movesLeft } from '../../../continuous/budget';
import type { Metric } from '../../../continuous/metrics';
import { type LoopState, type Result, results, type StepEnd } from './continuous-step';

/** Counts steps; `now` is in milliseconds since 1970. */
export interface LoopMetrics {
  readonly leads: (isLeader: boolean) => void;
  readonly ended: (end: StepEnd, now: number) => void;
  readonly all: (now: number) => readonly Metric[];
  /** False where it leads and no step has ended for three intervals. */
  readonly isHealthy: (now: number) => boolean;
}

/** Nothing has happened yet. */
export function loopMetrics({
  every,
  budget,
}: {
  readonly every: number;
  readonly budget: Budget;
}): LoopMetrics {
  const steps = new Map<Result, number>(results.map((one) => [one, 0]));
  let isLeader = false;
  let since: number | undefined;
  let last: { readonly end: StepEnd; readonly at: number } | undefined;
  let decision: PlacementDecision | undefined;
  const ended: LoopMetrics['ended'] = (end, at) => {
    steps.set(end.result, (steps.get(end.result) ?? 0) + 1);
    last = { end, at };
    since = at;
    decision = end.decision ?? decision;
  };
  return {
    leads: (leads) => {
      isLeader = leads;
      since = undefined;
    },
    ended,
    isHealthy: (now) => {
      since ??= now;
      return !isLeader || now - since <= 3 * every * 1000;
    },
    all: (now) => [
      gauge('littoral_run_leader', 'Whether this one holds the lease.', isLeader ? 1 : 0),
      {
        name: 'littoral_run_steps_total',
        type: 'counter',
        help: 'Steps of this process by how they ended.',
        values: [...steps].map(([result, value]) => ({ labels: { result }, value })),
      },
      ...(last === undefined ? [] : afterStep(last.end, last.at)),
      ...(last === undefined ? [] : left(budget, last.end.state, now)),
      ...(decision === undefined ? [] : inForce(decision)),
    ],
  };
}

function afterStep({ result, state }: StepEnd, at: number): readonly Metric[] {
  return [
    gauge('littoral_run_last_step_timestamp_seconds', 'When the last step ended.', at / 1000),
    gauge('littoral_run_paused', 'Whether a person stopped all moves.', +(result === 'paused')),
    gauge('littoral_run_pending', 'Whether a decision is not carried out yet.', +state.pending),
    gauge('littoral_run_moves_day', 'Moves of the last 24 hours.', state.moves.length),
  ];
}

function left(budget: Budget, { moves }: LoopState, now: number): readonly Metric[] {
  const windows = movesLeft(budget, moves, now);
  if (windows.length === 0) return [];
  const values = windows.map((one) => ({ labels: { window: one.window }, value: one.left }));
  const help = 'Moves that the budget still has.';
  return [{ name: 'littoral_run_moves_left', type: 'gauge', help, values }];
}

function inForce({ apps }: PlacementDecision): readonly Metric[] {
  const byApp = (
    name: string,
    help: string,
    measure: (app: PlacementDecision['apps'][number]) => number,
  ): Metric => ({
    name,
    type: 'gauge',
    help,
    values: apps.map((app) => ({ labels: { app: app.app }, value: measure(app) })),
  });
  return [
    byApp('littoral_app_clusters', 'Clusters of the app.', ({ clusters }) => clusters.length),
    byApp('littoral_app_usd_per_hour', 'Cost of the app.', ({ cost }) => cost.usdPerHour),
    byApp(
      'littoral_app_latency_p95_seconds',
      'The 95th percentile of what users wait by the decision.',
      ({ latency }) => latency.p95 / 1000,
    ),
    {
      name: 'littoral_app_replicas',
      type: 'gauge',
      help: 'Replicas of the app in each cluster.',
      values: apps.flatMap(({ app, clusters }) =>
        clusters.map(({ name, replicas }) => ({ labels: { app, cluster: name }, value: replicas })),
      ),
    },
  ];
}

const gauge = (name: string, help: string, value: number): Metric => ({
  name,
  type: 'gauge',
  help,
  values: [{ value }],
});
