/** What a decision says where the engine came to its limit of work units before it had proved the best clusters. */
import type { AppDecision } from '../../model/decision';
import type { Work } from '../../optimizer';

/** Says that the search and the proof of an app ended at the limit, and what that leaves open; nothing where its clusters are proved the best. */
export function workLimitWarning(
  { satisfied, objective }: Pick<AppDecision, 'satisfied' | 'objective'>,
  { spent, allowed }: Work,
): readonly string[] {
  if (spent < allowed || (satisfied && objective.gap === 0)) return [];
  const limit = `the engine came to its limit of ${Math.round(allowed / 1e6)} million work units`;
  if (!satisfied) return [`${limit}: clusters that satisfy this app may exist and were not found`];
  const gap = `${Number((100 * objective.gap).toPrecision(2))} %`;
  return [`${limit}: clusters up to ${gap} better may exist, the rest of the search was left out`];
}
