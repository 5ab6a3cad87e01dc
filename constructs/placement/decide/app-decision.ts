/** App decision: turns a solution of the optimizer into the part of the PlacementDecision about one app. */
import type { AppDecision, Conflict, PlacementDecision } from '../../model/decision';
import { groupRejections, rejectionGroupsOf } from '../../model/rejections';
import type { Candidate, Work } from '../../optimizer';
import { type Assigned, forEachFlow, loadsAfterLoss, replicasAt } from '../../optimizer';
import type { EdgeApp, PlaceInput } from '../../policy';
import type { CompiledApp } from '../compile/compile';
import type { DemandBasis } from '../compile/demand-selection';
import { clocksOf } from '../compile/remembered-clocks';
import type { Surroundings } from '../explain/not-chosen';
import { reasonsFor } from '../explain/reasons';
import { latencyOf, previousAssignmentOf, termValues, usdPerHour } from '../explain/statistics';
import type { ChosenApp } from './choose';
import type { SpareReplicas } from './replica-deadband';

/** One app of the decision. */
export interface AppDecisionDraft {
  readonly decision: AppDecision;
}

/** What an app is decided beside. */
export interface BesideApp extends Omit<Surroundings, 'standing'> {
  /** Work units for evaluating sets that reasons tell about. They are not counted: nothing is decided by them. */
  readonly reasonWork: number;
}

/** What is said of a placement whatever the app is called. */
interface AppReport
  extends Pick<AppDecision, 'rejected' | 'dropped' | 'assignments' | 'objective'> {
  readonly reasons: readonly string[];
  /** By position in the chosen set; undefined where no loss is to be survived. */
  readonly afterLoss: readonly number[] | undefined;
  readonly latency: AppDecision['latency'];
  readonly cost: AppDecision['cost'];
}

/** Tells what placements amount to; of equal apps, which have one placement, once. */
export class AppReports {
  private readonly report = new Map<
    Candidate,
    { readonly free: unknown; readonly report: AppReport }
  >();

  /** `free` is the choice before minGain applies. */
  of(chosen: ChosenApp, free: ChosenApp, beside: BesideApp): AppReport {
    const best = chosen.answer.best as Candidate;
    const known = this.report.get(best);
    if (known !== undefined && known.free === free.answer.best) return known.report;
    const report = reportOf(chosen, free, beside);
    this.report.set(best, { free: free.answer.best, report });
    return report;
  }
}

function reportOf(
  { compiled, answer }: ChosenApp,
  free: ChosenApp,
  { reasonWork, ...around }: BesideApp,
): AppReport {
  const best = answer.best as Candidate;
  const { assigned } = best.evaluated;
  const terms = termValues(compiled, assigned);
  const value = Object.values(terms).reduce((sum, term) => sum + term, 0);
  const bound = Math.min(value, answer.bound);
  const isProved = value - bound <= 1e-9 * Math.max(1, Math.abs(value));
  const before = previousAssignmentOf(compiled);
  const cost = usdPerHour(compiled, assigned);
  const isFree = free.answer.best?.open.join() === best.open.join();
  const standing = !isFree ? 'kept' : isProved ? 'proved' : 'found';
  const effort: Work = { spent: 0, allowed: reasonWork };
  const reasons = reasonsFor(compiled, best, { ...around, standing }, effort);
  return {
    reasons: reasons.chosen,
    afterLoss:
      compiled.problem.survive === undefined
        ? undefined
        : loadsAfterLoss(compiled.problem, assigned, around.limits()),
    dropped: droppedOf(compiled, best, reasons.dropped),
    rejected: reasons.rejected,
    assignments: assignmentsOf(compiled, assigned),
    objective: {
      value,
      bound: isProved ? value : bound,
      gap: isProved ? 0 : (value - bound) / Math.max(Math.abs(value), 1),
      terms,
    },
    latency: {
      ...latencyOf(compiled, assigned),
      ...(before?.complete === true ? { before: latencyOf(compiled, before.assigned) } : {}),
    },
    cost: {
      usdPerHour: cost,
      delta: cost - (before === undefined ? 0 : usdPerHour(compiled, before.assigned)),
    },
  };
}

/** A satisfied app. */
export function appDecision(
  chosen: ChosenApp,
  { reasons, afterLoss, cost, ...report }: AppReport,
  now: string,
  churnCurve: AppDecision['churnCurve'],
  warnings: readonly string[],
  spares: SpareReplicas,
): AppDecisionDraft {
  const { compiled, answer } = chosen;
  const best = answer.best as Candidate;
  return {
    decision: {
      app: compiled.app.name,
      satisfied: true,
      clusters: clusterDecisions(compiled, best, now, { reasons, afterLoss }, spares),
      ...report,
      cost: { ...cost, usdPerHour: cost.usdPerHour + spareUsdPerHour(compiled, best, spares) },
      churnCurve,
      warnings: [...warnings, ...chosen.warnings, ...warningsOf(compiled)],
    },
  };
}

/** An app without a legal answer. */
export function unsatisfiedDecision(
  chosen: ChosenApp,
  conflict: Conflict,
  warnings: readonly string[],
): AppDecisionDraft {
  const { compiled } = chosen;
  const nothing = { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 };
  return {
    decision: {
      app: compiled.app.name,
      satisfied: false,
      clusters: [],
      dropped: [],
      rejected: refusedOf(compiled),
      assignments: [],
      conflict,
      objective: { value: 0, bound: 0, gap: 0, terms: {} },
      latency: nothing,
      cost: { usdPerHour: 0, delta: 0 },
      churnCurve: [],
      warnings: [...warnings, ...warningsOf(compiled)],
    },
  };
}

function refusedOf({ eligibility, fleet }: CompiledApp): AppDecision['rejected'] {
  return groupRejections(
    fleet.clusters.flatMap(({ name }, cluster) => {
      const refusal = eligibility.refusals[cluster];
      return refusal === undefined ? [] : [[name, refusal] as const];
    }),
  );
}

/** An app that keeps its previous decision unchanged. */
export function failStaticDecision(
  app: EdgeApp,
  input: PlaceInput,
  basis: DemandBasis,
  now: string,
): AppDecisionDraft {
  const facts = new Map(input.fleet.clusters.map((one) => [one.name, one]));
  const before = input.previous?.apps.find((one) => one.app === app.name) as AppDecision;
  const warnings = basis.kind === 'stands' ? basis.warnings : [];
  return {
    decision: {
      ...before,
      clusters: before.clusters.map(({ unreachableSince: _, evictedSince: __, ...one }) => ({
        ...one,
        ...clocksOf(app, facts.get(one.name), now),
        change: 'kept' as const,
      })),
      dropped: [],
      rejected: [...rejectionGroupsOf(input.previous as PlacementDecision, before)],
      cost: { usdPerHour: before.cost.usdPerHour, delta: 0 },
      churnCurve: [],
      warnings: [...warnings],
    },
  };
}

function clusterDecisions(
  compiled: CompiledApp,
  best: Candidate,
  now: string,
  { reasons, afterLoss }: Pick<AppReport, 'reasons' | 'afterLoss'>,
  spares: SpareReplicas,
): AppDecision['clusters'] {
  return best.open.map((cluster, position) => {
    const { name } = compiled.fleet.clusters[cluster];
    const since = compiled.previous?.get(name);
    const requestsPerSecond = best.evaluated.assigned.load[position];
    const needed = compiled.problem.components.map((one) => replicasAt(one, requestsPerSecond));
    const replicas = needed.map((count, c) => count + (spares[position]?.[c] ?? 0));
    const spare = sumOf(replicas) - sumOf(needed);
    return {
      name,
      requestsPerSecond,
      replicas: compiled.app.sizing.length === 0 ? 1 : sumOf(replicas),
      ...(spare === 0 ? {} : { spareReplicas: spare }),
      ...byComponent(compiled, replicas),
      ...(afterLoss === undefined ? {} : { afterLoss: carrying(compiled, afterLoss[position]) }),
      since: since ?? now,
      ...(since === undefined ? {} : clocksOf(compiled.app, compiled.fleet.clusters[cluster], now)),
      change: since === undefined ? ('added' as const) : ('kept' as const),
      reason: reasons[position],
    };
  });
}

/** Replicas by component, where there are several. */
function byComponent({ app }: CompiledApp, replicas: readonly number[]) {
  if (replicas.length <= 1) return {};
  return {
    componentReplicas: Object.fromEntries(app.sizing.map((one, i) => [one.name, replicas[i]])),
  };
}

/** The replicas that so many requests/s need. */
function carrying(compiled: CompiledApp, requestsPerSecond: number) {
  const needed = compiled.problem.components.map((one) => replicasAt(one, requestsPerSecond));
  return {
    requestsPerSecond,
    replicas: compiled.app.sizing.length === 0 ? 1 : sumOf(needed),
    ...byComponent(compiled, needed),
  };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0);
}

function spareUsdPerHour(compiled: CompiledApp, best: Candidate, spares: SpareReplicas): number {
  return spares.reduce((usd, counts, position) => {
    const { usdPerReplicaHour } = compiled.fleet.clusters[best.open[position]];
    return usd + usdPerReplicaHour * sumOf(counts);
  }, 0);
}

function droppedOf(
  compiled: CompiledApp,
  best: Candidate,
  reasons: ReadonlyMap<string, string>,
): AppDecision['dropped'] {
  const chosen = new Set(best.open.map((cluster) => compiled.fleet.clusters[cluster].name));
  return [...(compiled.previous?.keys() ?? [])]
    .filter((name) => !chosen.has(name))
    .sort()
    .map((name) => ({ name, reason: reasons.get(name) ?? 'is no longer in the fleet' }));
}

function assignmentsOf(compiled: CompiledApp, assigned: Assigned): AppDecision['assignments'] {
  const { demand, fleet, pairs, problem } = compiled;
  const lines: AppDecision['assignments'][] = compiled.origins.map(() => []);
  forEachFlow(problem.requestsPerSecond, assigned, (origin, position, amount) => {
    const cluster = assigned.open[position];
    lines[origin].push({
      origin: compiled.origins[origin].name,
      cluster: fleet.clusters[cluster].name,
      share: amount / problem.requestsPerSecond[origin],
      milliseconds: pairs.millisecondsAt(cluster, origin),
    });
  });
  let origin = -1;
  return (demand?.origins ?? []).flatMap(({ name, requestsPerSecond }) => {
    if (requestsPerSecond > 0) return lines[++origin];
    return [{ origin: name, cluster: null, share: 0, milliseconds: null }];
  });
}

function warningsOf(compiled: CompiledApp): string[] {
  const warnings = compiled.terms.flatMap((term) => term.warnings ?? []);
  for (const { name, state, since } of compiled.fleet.clusters) {
    if (!compiled.previous?.has(name)) continue;
    if (state === 'unreachable') {
      warnings.push(`${name} is unreachable since ${since}; what runs there stays recorded`);
    } else if (state === 'forbidden' || state === 'misconfigured') {
      const why =
        state === 'forbidden'
          ? 'does not let us look (see the warnings of the fleet)'
          : 'is not reached because of our own settings (see the warnings of the fleet)';
      warnings.push(`${name} ${why}; what runs there stays, and nothing can be changed there`);
    }
  }
  return warnings;
}
