/** Reasons: for every cluster one sentence why it was chosen, dropped or not chosen. */
import type { Rejection } from '../model/decision';
import { describeMatch, matches } from '../model/match';
import type { CompiledApp } from './compile';
import { rowsOf } from './constraints/table';
import type { Candidate } from './solver/exact';
import { beforeOf } from './statistics';

/** Why each chosen cluster was chosen, in the order of `best.open`. */
export function chosenReasons(compiled: CompiledApp, best: Candidate): string[] {
  const before = beforeOf(compiled);
  return best.open.map((_, position) =>
    [
      servesWhom(compiled, best, position),
      ...neededFor(compiled, best, position),
      ...gainFor(
        compiled,
        best,
        position,
        before?.complete === true ? before.assigned.open : undefined,
      ),
    ].join('; '),
  );
}

/** Why each cluster that is not chosen is not, in fleet order. */
export function rejections(compiled: CompiledApp, best: Candidate): Rejection[] {
  const refused = new Map(compiled.fit.rejections.map((one) => [one.name, one]));
  const chosen = new Set(best.open);
  const nearest = nearestCosts(compiled, best);
  return compiled.fleet.clusters.flatMap(({ name }, cluster) => {
    if (chosen.has(cluster)) return [];
    return [refused.get(name) ?? { name, ...notChosen(compiled, best, cluster, nearest) }];
  });
}

function servesWhom(compiled: CompiledApp, best: Candidate, position: number): string {
  const { amounts, open } = best.evaluated.assigned;
  const served = compiled.origins
    .map((origin, o) => ({ ...origin, amount: amounts[o * open.length + position] }))
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => b.amount - a.amount);
  if (served.length === 0) return 'serves no origin now';
  if (served.length === 1) return `serves 1 origin, ${served[0].name}`;
  return `serves ${served.length} origins, ${foremost(served)} first`;
}

/** Many origins are told by the countries that ask most, when all say theirs; few by the first name. */
function foremost(
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

function neededFor(compiled: CompiledApp, best: Candidate, position: number): string[] {
  const { open, assigned } = { open: best.open, assigned: best.evaluated.assigned };
  const cluster = compiled.fleet.clusters[open[position]];
  const needs: string[] = [];
  const hold = compiled.problem.held[open[position]] === 1 && compiled.fit.holds.get(cluster.name);
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
  const bound = onlyHere(compiled, best, position);
  if (bound > 0) needs.push(`the only legal cluster for ${bound} of them`);
  return needs;
}

/** Origins that no other chosen cluster may serve. */
function onlyHere({ problem }: CompiledApp, best: Candidate, position: number): number {
  if (best.open.length < 2) return 0;
  let only = 0;
  for (let origin = 0; origin < problem.origins; origin++) {
    const legal = best.open.filter(
      (cluster) => problem.cost[cluster * problem.origins + origin] < Number.POSITIVE_INFINITY,
    );
    if (legal.length === 1 && legal[0] === best.open[position]) only++;
  }
  return only;
}

/** For an added cluster: the mean latency of its origins before and now. */
function gainFor(
  compiled: CompiledApp,
  best: Candidate,
  position: number,
  previous: readonly number[] | undefined,
): string[] {
  const cluster = best.open[position];
  if (previous === undefined || compiled.fit.previous[cluster] === 1) return [];
  const { problem, pairs } = compiled;
  const { amounts, open } = best.evaluated.assigned;
  let [total, before, now] = [0, 0, 0];
  for (let origin = 0; origin < problem.origins; origin++) {
    const amount = amounts[origin * open.length + position];
    if (amount <= 0) continue;
    const at = (c: number) => c * problem.origins + origin;
    const used = previous.reduce((a, b) => (problem.cost[at(b)] < problem.cost[at(a)] ? b : a));
    total += amount;
    before += amount * pairs.milliseconds[at(used)];
    now += amount * pairs.milliseconds[at(cluster)];
  }
  if (total === 0) return [];
  return [`mean latency of its origins ${whole(before / total)} -> ${whole(now / total)} ms`];
}

/** Cost of serving each origin as chosen, had capacity no say. */
function nearestCosts({ problem }: CompiledApp, best: Candidate): Float64Array {
  const nearest = new Float64Array(problem.origins).fill(Number.POSITIVE_INFINITY);
  for (let origin = 0; origin < problem.origins; origin++) {
    for (const cluster of best.open) {
      nearest[origin] = Math.min(nearest[origin], problem.cost[cluster * problem.origins + origin]);
    }
  }
  return nearest;
}

function notChosen(
  compiled: CompiledApp,
  best: Candidate,
  cluster: number,
  nearest: Float64Array,
): { readonly rule: string; readonly reason: string } {
  const { problem, fleet, app } = compiled;
  const chosen = best.open.map((c) => fleet.clusters[c]);
  let full: { rule: string; reason: string } | undefined;
  for (const { key, row, value } of rowsOf(app.policy.constraints)) {
    const reason = row.crowded?.(value, fleet.clusters[cluster], chosen);
    if (reason === undefined) continue;
    if (key !== 'maxClusters') return { rule: key, reason };
    full = { rule: key, reason: `${reason}, and no exchange for it costs less` };
  }
  let load = 0;
  let gain = problem.openCost[cluster];
  for (let origin = 0; origin < problem.origins; origin++) {
    const better = problem.cost[cluster * problem.origins + origin] - nearest[origin];
    if (better >= 0) continue;
    load += problem.requestsPerSecond[origin];
    gain += better;
  }
  const threshold = problem.threshold[cluster];
  if (load < threshold) {
    return {
      rule: 'minRequestsPerSecond',
      reason: `would serve ${short(load)} requests/s, policy asks for ${short(threshold)}`,
    };
  }
  if (full !== undefined) return full;
  return {
    rule: 'objective',
    reason:
      gain >= 0
        ? `the objective would be ${short(gain)} higher with it`
        : 'with it some chosen cluster would break another rule, or the objective would be higher',
  };
}

/** Milliseconds for people. */
function whole(milliseconds: number): string {
  return String(Math.round(milliseconds));
}

/** Three significant digits, never in exponents. */
function short(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
