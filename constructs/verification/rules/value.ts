/** What an answer is worth: the weighted terms, the money, and the latency people see. */
import { replicasFor } from '../../model/workload';
import type { Outcome } from '../input/app-assignment';
import { type Facts, preferenceFor } from '../input/app-facts';
import { slack, TOLERANCE } from '../input/findings';

/** Every term whose weight is configured, already weighted. */
export function termsOf(facts: Facts, outcome: Outcome): ReadonlyMap<string, number> {
  const { objective } = facts.app.policy;
  const { pairs, rates } = facts;
  const terms = new Map<string, number>();
  const served = (per: (origin: number, cluster: number) => number) =>
    outcome.flows.reduce((sum, flow) => sum + flow.amount * per(flow.origin, flow.cluster), 0);
  if (objective.latency !== 0) {
    terms.set('latency', objective.latency * served(pairs.milliseconds));
  }
  if (objective.distance !== 0) {
    terms.set('distance', objective.distance * served(pairs.kilometers));
  }
  if (objective.money !== 0) terms.set('money', objective.money * usdPerHour(facts, outcome));
  if (objective.change !== 0) terms.set('change', changeTerm(facts, outcome));
  if (objective.preferred.length > 0) terms.set('preferred', preferredTerm(facts, outcome));
  for (const [name, weighted] of rates.signals) {
    if (objective.signals[name] === 0) continue;
    terms.set(
      `signals.${name}`,
      served((_, cluster) => weighted[cluster]!),
    );
  }
  return terms;
}

/** The sum of all terms; `withChange` false leaves the price of moving out. */
export function totalOf(facts: Facts, outcome: Outcome, withChange = true): number {
  let value = 0;
  for (const [name, term] of termsOf(facts, outcome)) {
    if (withChange || name !== 'change') value += term;
  }
  return value;
}

/** Open clusters, replicas and egress. */
export function usdPerHour(facts: Facts, outcome: Outcome): number {
  let usd = 0;
  for (const [cluster, load] of outcome.load) {
    const { usdPerHour: open, usdPerReplicaHour } = facts.clusters[cluster]!;
    const replicas = replicasOf(facts, load);
    usd += open + usdPerReplicaHour * replicas + facts.rates.egressUsd[cluster]! * load;
  }
  return usd;
}

/** Replicas of all components that serve `load`. */
export function replicasOf(facts: Facts, load: number): number {
  return facts.app.sizing.reduce((sum, component) => sum + replicasFor(component, load), 0);
}

/** Clusters added to and dropped from the previous set; previous clusters gone from the fleet are dropped. */
export function changesOf(facts: Facts, chosen: Iterable<number>): number {
  const before = facts.previous?.clusters.length ?? 0;
  let [kept, added] = [0, 0];
  for (const cluster of chosen) {
    if (facts.before.has(cluster)) kept++;
    else added++;
  }
  return added + before - kept;
}

function changeTerm(facts: Facts, outcome: Outcome): number {
  if (facts.previous === undefined) return 0;
  return facts.app.policy.objective.change * changesOf(facts, outcome.load.keys());
}

function preferredTerm(facts: Facts, outcome: Outcome): number {
  let term = 0;
  for (const cluster of outcome.load.keys()) {
    term -= preferenceFor(facts.app, facts.clusters[cluster]!);
  }
  return term;
}

/** The latency of requests as a distribution. */
export interface Spectrum {
  readonly meanMilliseconds: number;
  /** Whether `milliseconds` is the smallest latency within which `share` of the requests is served, up to rounding. */
  isPercentile(share: number, milliseconds: number): boolean;
  percentile(share: number): number;
}

/** The latency of all requests of an outcome; zeros when there are none. */
export function spectrumOf(facts: Facts, outcome: Outcome): Spectrum {
  const parts = outcome.flows.map(({ origin, cluster, amount }) => ({
    milliseconds: facts.pairs.milliseconds(origin, cluster),
    amount,
  }));
  parts.sort((a, b) => a.milliseconds - b.milliseconds);
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  const weighted = parts.reduce((sum, part) => sum + part.amount * part.milliseconds, 0);
  const percentile = (share: number) => {
    let within = 0;
    for (const { milliseconds, amount } of parts) {
      within += amount;
      if (within >= (share - TOLERANCE) * total) return milliseconds;
    }
    return 0;
  };
  return {
    meanMilliseconds: total === 0 ? 0 : weighted / total,
    percentile,
    isPercentile(share, milliseconds) {
      if (total === 0) return milliseconds === 0;
      const near = slack(milliseconds);
      const amountUpTo = (limit: number) =>
        parts.reduce((sum, part) => (part.milliseconds <= limit ? sum + part.amount : sum), 0);
      const exists = parts.some((part) => Math.abs(part.milliseconds - milliseconds) <= near);
      const enough = amountUpTo(milliseconds + near) >= (share - TOLERANCE) * total;
      const notBefore = amountUpTo(milliseconds - near) < (share + TOLERANCE) * total;
      return exists && enough && notBefore;
    },
  };
}
