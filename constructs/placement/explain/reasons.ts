/** Reasons: for every cluster one sentence why it was chosen, dropped or not chosen. */
import type { Rejection } from '../../model/decision';
import type { Cluster } from '../../model/fleet';
import { describeMatch, matches } from '../../model/match';
import type { Candidate } from '../../optimizer';
import { costAt } from '../../optimizer';
import { rowsOf } from '../../policy';
import type { CompiledApp } from '../compile/compile';
import { analyzeChosenSet, type ChosenSetAnalysis, type ServedOrigin } from './chosen-set';
import { previousAssignmentOf } from './statistics';

/** Reasons for the whole fleet. */
interface Reasons {
  /** Why each chosen cluster was chosen, in the order of `best.open`. */
  readonly chosen: readonly string[];
  /** Why each cluster that is not chosen is not, in fleet order. */
  readonly rejections: readonly Rejection[];
}

/** The reasons for every cluster. */
export function reasonsFor(compiled: CompiledApp, best: Candidate): Reasons {
  const analysis = analyzeChosenSet(compiled, best);
  const before = previousAssignmentOf(compiled);
  const previous = before?.complete === true ? before.assigned.open : undefined;
  return {
    chosen: best.open.map((_, position) =>
      [
        servedOrigins(compiled, analysis.served[position]),
        ...reasonsToStay(compiled, best, position, analysis),
        ...latencyGain(compiled, best.open[position], analysis.served[position], previous),
      ].join('; '),
    ),
    rejections: rejections(compiled, best, analysis),
  };
}

function rejections(
  compiled: CompiledApp,
  best: Candidate,
  analysis: ChosenSetAnalysis,
): Rejection[] {
  const refused = new Map(compiled.eligibility.rejections.map((one) => [one.name, one]));
  const open = new Set(best.open);
  const chosenClusters = compiled.fleet.clusters.filter((_, cluster) => open.has(cluster));
  return compiled.fleet.clusters.flatMap(({ name }, cluster) => {
    if (open.has(cluster)) return [];
    return [
      refused.get(name) ?? { name, ...whyNotChosen(compiled, chosenClusters, cluster, analysis) },
    ];
  });
}

function servedOrigins({ origins }: CompiledApp, there: readonly ServedOrigin[]): string {
  const served = there
    .map(({ origin, amount }) => ({ ...origins[origin], amount }))
    .sort((a, b) => b.amount - a.amount);
  if (served.length === 0) return 'serves no origin now';
  if (served.length === 1) return `serves 1 origin, ${served[0].name}`;
  return `serves ${served.length} origins, ${largestSenders(served)} first`;
}

/** Many origins are named by the countries with most requests, when every origin has a country; few by the first name. */
function largestSenders(
  served: readonly { readonly name: string; readonly country?: string; readonly amount: number }[],
): string {
  if (served.length < 4 || served.some(({ country }) => country === undefined))
    return served[0].name;
  const countries = new Map<string, number>();
  for (const { country = '', amount } of served) {
    countries.set(country, (countries.get(country) ?? 0) + amount);
  }
  return [...countries]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, 2)
    .map(([country]) => country)
    .join(' and ');
}

function reasonsToStay(
  compiled: CompiledApp,
  best: Candidate,
  position: number,
  { soleServer }: ChosenSetAnalysis,
): string[] {
  const { open, assigned } = { open: best.open, assigned: best.evaluated.assigned };
  const cluster = compiled.fleet.clusters[open[position]];
  const needs: string[] = [];
  const hold =
    compiled.problem.required[open[position]] === 1 && compiled.eligibility.holds.get(cluster.name);
  if (hold) needs.push(hold);
  const { mustInclude, minClusters } = compiled.app.policy.constraints;
  for (const element of mustInclude) {
    const matching = open.filter((c) => matches(element, compiled.fleet.clusters[c])).length;
    if (matching === element.count && matches(element, cluster)) {
      needs.push(`mustInclude ${describeMatch(element)} needs it`);
    }
  }
  const threshold = compiled.problem.threshold[open[position]];
  const load = assigned.load[position];
  if (load < threshold * (1 - 1e-9) && open.length === minClusters) {
    needs.push(`under ${threshold} requests/s, but minClusters ${minClusters} keeps it`);
  }
  if (soleServer[position] > 0)
    needs.push(`the only legal cluster for ${soleServer[position]} of them`);
  return needs;
}

/** For an added cluster: the mean latency of its origins before and now. */
function latencyGain(
  { problem, pairs, eligibility }: CompiledApp,
  cluster: number,
  served: readonly ServedOrigin[],
  previous: readonly number[] | undefined,
): string[] {
  if (previous === undefined || eligibility.previous[cluster] === 1) return [];
  let [total, before, now] = [0, 0, 0];
  for (const { origin, amount } of served) {
    const used = previous.reduce((a, b) =>
      costAt(problem, b, origin) < costAt(problem, a, origin) ? b : a,
    );
    total += amount;
    before += amount * pairs.millisecondsAt(used, origin);
    now += amount * pairs.millisecondsAt(cluster, origin);
  }
  if (total === 0) return [];
  return [`mean latency of its origins ${whole(before / total)} -> ${whole(now / total)} ms`];
}

function whyNotChosen(
  { problem, fleet, app, eligibility }: CompiledApp,
  chosen: readonly Cluster[],
  cluster: number,
  analysis: ChosenSetAnalysis,
): { readonly rule: string; readonly reason: string } {
  let full: { rule: string; reason: string } | undefined;
  for (const { key, row, value } of rowsOf(app.policy.constraints)) {
    const reason = row.violatedBy?.(value, fleet.clusters[cluster], chosen);
    if (reason === undefined) continue;
    if (!row.allowsExchange) return { rule: key, reason };
    full = { rule: key, reason: `${reason}, and no exchange for it costs less` };
  }
  const [load, gain] = [analysis.loadIfOpened[cluster], analysis.changeIfOpened[cluster]];
  const threshold = problem.threshold[cluster];
  if (load < threshold) {
    return {
      rule: 'minRequestsPerSecond',
      reason: `would serve ${short(load)} requests/s, ${minimumText(app, eligibility.previous[cluster] === 1, short(threshold))}`,
    };
  }
  if (full !== undefined) return full;
  return {
    rule: 'objective',
    reason:
      gain >= 0
        ? costOfOpening(gain)
        : 'with it some chosen cluster would break another rule, or the objective would be higher',
  };
}

/** Milliseconds for people. */
function whole(milliseconds: number): string {
  return String(Math.round(milliseconds));
}

/** Three significant digits, never in exponents. */
/** What opening a cluster costs; less than a billionth is rounding, and says that nothing would change. */
function costOfOpening(gain: number): string {
  return gain < 1e-9
    ? 'it would change nothing: the objective is the same without it, on fewer clusters'
    : `the objective would be ${short(gain)} higher with it`;
}

function short(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** What the policy asks of a cluster: one that stands is left only under its exit threshold, which is named as nobody wrote it. */
function minimumText({ policy }: CompiledApp['app'], stands: boolean, threshold: string): string {
  if (!stands) return `policy asks for ${threshold}`;
  const why =
    policy.stability.exitRequestsPerSecond === undefined
      ? `0.8 x minRequestsPerSecond ${policy.constraints.minRequestsPerSecond}`
      : 'exitRequestsPerSecond';
  return `a cluster that stands is left under ${threshold} (${why})`;
}
