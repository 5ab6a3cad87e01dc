/** Fit: how well the answers of DNS express the assignment, computed exactly from the demand. */
import type { AppDecision, PlacementDecision } from '../model/decision';
import type { EdgeApp } from '../policy';
import type { AssignedDemand } from './assigned-demand';
import type { ClusterFit, Fit } from './routing-table';
import { routedLoads, type SlotDraft } from './slots';

/** Which share of an origin's requests is answered with which cluster. */
export type Answered = readonly (readonly [cluster: number, share: number])[];

/** The answers that every origin gets. */
export function answersByOrigin(
  drafts: readonly Pick<SlotDraft, 'origins' | 'answers'>[],
  origins: number,
): readonly Answered[] {
  const answered: Answered[] = new Array(origins).fill([]);
  for (const { origins: caught, answers } of drafts) for (const o of caught) answered[o] = answers;
  return answered;
}

/** Share of the requests answered as assigned. 1 without any requests. */
export function matchedShare(demand: AssignedDemand, answered: readonly Answered[]): number {
  const { origins, sharesFrom, shareCluster, share, total } = demand;
  if (total === 0) return 1;
  let matched = 0;
  origins.forEach(({ requestsPerSecond }, o) => {
    for (const [c, routed] of answered[o]) {
      for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
        if (shareCluster[s] === c) matched += requestsPerSecond * routed * share[s];
      }
    }
  });
  return Math.min(1, matched / total);
}

/** Mean, and what 95 of 100 requests stay within, in milliseconds. */
interface Latency {
  readonly mean: number;
  readonly p95: number;
}

/** Latency of weighted requests; zeros without any. */
function latencyOf(milliseconds: readonly number[], weights: readonly number[]): Latency {
  const total = weights.reduce((sum, one) => sum + one, 0);
  if (total === 0) return { mean: 0, p95: 0 };
  let mean = 0;
  milliseconds.forEach((one, index) => {
    mean += (one * weights[index]) / total;
  });
  const order = Uint32Array.from(milliseconds.keys()).sort(
    (a, b) => milliseconds[a] - milliseconds[b] || a - b,
  );
  let sum = 0;
  // The sum of all may end a rounding error short of the whole.
  const wanted = 0.95 * total * (1 - 1e-12);
  const p95 = order.find((index) => {
    sum += weights[index];
    return sum >= wanted;
  });
  return { mean, p95: milliseconds[p95 ?? order[order.length - 1]] };
}

function assignedLatency({
  origins,
  pairs,
  sharesFrom,
  shareCluster,
  share,
}: AssignedDemand): Latency {
  const milliseconds: number[] = [];
  const weights: number[] = [];
  origins.forEach(({ requestsPerSecond }, o) => {
    for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
      milliseconds.push(pairs.millisecondsAt(shareCluster[s], o));
      weights.push(requestsPerSecond * share[s]);
    }
  });
  return latencyOf(milliseconds, weights);
}

function routedLatency({ origins, pairs }: AssignedDemand, answered: readonly Answered[]): Latency {
  const milliseconds: number[] = [];
  const weights: number[] = [];
  origins.forEach(({ requestsPerSecond }, o) => {
    for (const [c, share] of answered[o]) {
      milliseconds.push(pairs.millisecondsAt(c, o));
      weights.push(requestsPerSecond * share);
    }
  });
  return latencyOf(milliseconds, weights);
}

/** What fit is computed from, besides the demand. */
export interface FitInput {
  readonly drafts: readonly SlotDraft[];
  readonly capacities: Float64Array;
  readonly decided: AppDecision;
  readonly app: EdgeApp;
  readonly blindRequestsPerSecond: number;
  readonly isApproximate: boolean;
}

/** All numbers of the fit. */
export function fitOf(demand: AssignedDemand, input: FitInput): Fit {
  const answered = answersByOrigin(input.drafts, demand.origins.length);
  const [before, after] = [assignedLatency(demand), routedLatency(demand, answered)];
  return {
    matchedShare: matchedShare(demand, answered),
    addedMeanMilliseconds: after.mean - before.mean,
    addedP95Milliseconds: after.p95 - before.p95,
    clusters: clusterFits(demand, input),
    blindRequestsPerSecond: input.blindRequestsPerSecond,
    isApproximate: input.isApproximate,
  };
}

function clusterFits(demand: AssignedDemand, input: FitInput): readonly ClusterFit[] {
  const { drafts, capacities, decided, app } = input;
  const loads = routedLoads(drafts, demand.clusters.length);
  const decisions = new Map(decided.clusters.map((one) => [one.name, one]));
  return demand.clusters.map(({ name }, c) => {
    const placed = decisions.get(name);
    return {
      cluster: name,
      assignedRequestsPerSecond: placed?.requestsPerSecond ?? 0,
      routedRequestsPerSecond: loads[c],
      replicaRequestsPerSecond: replicaCapacity(placed, app),
      capacityRequestsPerSecond: Number.isFinite(capacities[c]) ? capacities[c] : null,
    };
  });
}

/** Requests per second of the app that the replicas serve: that of the component which is first full. */
function replicaCapacity(
  placed: AppDecision['clusters'][number] | undefined,
  { sizing }: EdgeApp,
): number | null {
  const capacities = sizing.flatMap((one) => {
    const { requestsPerSecondPerReplica, requestsPerRequest } = one;
    if (requestsPerSecondPerReplica === undefined || requestsPerRequest === 0) return [];
    const replicas = placed?.componentReplicas?.[one.name] ?? placed?.replicas ?? 0;
    return (replicas * requestsPerSecondPerReplica) / requestsPerRequest;
  });
  return capacities.length === 0 ? null : Math.min(...capacities);
}

/** Ceiling of every chosen cluster, less what the other apps of the decision have there; infinite without one. */
export function capacitiesOf(
  { clusters }: AssignedDemand,
  decision: PlacementDecision,
  app: EdgeApp,
): Float64Array {
  const { capacity } = app.policy.constraints;
  const others = new Map<string, number>();
  for (const one of decision.apps) {
    if (one.app === app.name) continue;
    for (const { name, requestsPerSecond } of one.clusters) {
      others.set(name, (others.get(name) ?? 0) + requestsPerSecond);
    }
  }
  return Float64Array.from(clusters, ({ name, requestsPerSecond }) =>
    requestsPerSecond === undefined || capacity === false
      ? Number.POSITIVE_INFINITY
      : Math.max(0, requestsPerSecond * (1 - capacity.headroom) - (others.get(name) ?? 0)),
  );
}
