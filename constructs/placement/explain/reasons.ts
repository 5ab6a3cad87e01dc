/** Reasons: for every cluster one sentence why it was chosen, dropped or not chosen. */
import type { RejectionGroup } from '../../model/decision';
import { describeMatch, matches } from '../../model/match';
import { groupRejections, sentenceOf } from '../../model/rejections';
import type { Candidate, Work } from '../../optimizer';
import { costAt } from '../../optimizer';
import type { CompiledApp } from '../compile/compile';
import { analyzeChosenSet, type ChosenSetAnalysis, type ServedOrigin } from './chosen-set';
import { NotChosen, type Surroundings, type WhyNot } from './not-chosen';
import { previousAssignmentOf } from './statistics';

/** Reasons for the whole fleet. */
interface Reasons {
  /** Why each chosen cluster was chosen, in the order of `best.open`. */
  readonly chosen: readonly string[];
  /** Why clusters are not chosen that were not chosen before either. */
  readonly rejected: RejectionGroup[];
  /** By name: why clusters that were chosen before are not. */
  readonly dropped: ReadonlyMap<string, string>;
}

/** The reasons for every cluster. `work` bounds how many sets are evaluated to find them. */
export function reasonsFor(
  compiled: CompiledApp,
  best: Candidate,
  around: Surroundings,
  work: Work,
): Reasons {
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
    ...notChosen(compiled, best, new NotChosen(compiled, best, analysis, around, work)),
  };
}

function notChosen(
  { fleet, previous, eligibility }: CompiledApp,
  best: Candidate,
  reasons: NotChosen,
): Pick<Reasons, 'rejected' | 'dropped'> {
  const open = new Set(best.open);
  const rejected: [string, WhyNot][] = [];
  const dropped = new Map<string, string>();
  for (const [cluster, { name }] of fleet.clusters.entries()) {
    if (open.has(cluster)) continue;
    const why = eligibility.refusals[cluster] ?? reasons.because(cluster);
    if (previous?.has(name)) dropped.set(name, sentenceOf(why));
    else rejected.push([name, why]);
  }
  return { rejected: groupRejections(rejected), dropped };
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
  const { mustInclude, mustIncludeEvery = [], minClusters } = compiled.app.policy.constraints;
  for (const element of mustInclude) {
    const matching = open.filter((c) => matches(element, compiled.fleet.clusters[c])).length;
    if (matching === element.count && matches(element, cluster)) {
      needs.push(`mustInclude ${describeMatch(element)} needs it`);
    }
  }
  for (const element of mustIncludeEvery) {
    if (matches(element, cluster)) needs.push(`mustIncludeEvery ${describeMatch(element)}`);
  }
  const threshold = compiled.problem.threshold[open[position]];
  const load = assigned.load[position];
  if (load < threshold * (1 - 1e-9) && open.length === minClusters) {
    needs.push(`under ${threshold} requests/s, but minClusters ${minClusters} keeps it`);
  }
  if (soleServer[position] > 0)
    needs.push(`the only chosen cluster that may serve ${soleServer[position]} of them`);
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

/** Milliseconds for people. */
function whole(milliseconds: number): string {
  return String(Math.round(milliseconds));
}
