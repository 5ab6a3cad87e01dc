/** Rejected clusters of a decision: lists by rule and reason, which later apps may share with earlier ones. */
import { byCodeUnits } from '../../model/canonical';
import type { PlacementDecision, RejectionGroup } from '../../model/decision';
import type { FindingLog } from './findings';
import { checkOrder } from './order';

/** The clusters that one rule keeps out for one reason. */
export interface RejectedList extends RejectionGroup {
  /** Where the list, or what refers to it, stands: e.g. `apps[0].rejected[1]`. */
  readonly path: string;
}

/** By app of the decision: its lists. An app may refer to one before it that has lists of the rule; everything else is a finding. */
export function rejectedLists(
  { apps }: PlacementDecision,
  log: FindingLog,
): readonly (readonly RejectedList[])[] {
  const known = new Map<string, Map<string, RejectedList[]>>();
  return apps.map(({ app, rejected }, index) => {
    const own = new Map<string, RejectedList[]>();
    const lists = rejected.flatMap((one, at) => {
      const path = `apps[${index}].rejected[${at}]`;
      if (!('sameAs' in one)) {
        const list = { ...one, path };
        checkList(list, own.get(one.rule) ?? [], log);
        own.set(one.rule, [...(own.get(one.rule) ?? []), list]);
        return [list];
      }
      const shared = known.get(one.sameAs)?.get(one.rule);
      if (shared === undefined) {
        const expected = `expected an app before it that lists clusters for ${one.rule}`;
        log.add(`${path}.sameAs`, `got ${one.sameAs}, ${expected}`);
      }
      return (shared ?? []).map((list) => ({ ...list, path }));
    });
    if (!known.has(app)) known.set(app, own);
    return lists;
  });
}

function checkList(
  { clusters, numbers, reason, path }: RejectedList,
  others: readonly RejectedList[],
  log: FindingLog,
): void {
  checkOrder(clusters, `${path}.clusters`, log);
  if (clusters.length === 0) log.add(`${path}.clusters`, 'got no cluster, expected some');
  if (others.some((other) => other.reason === reason))
    log.add(`${path}.reason`, 'got it a second time for the rule, expected one list for a reason');
  if (numbers === undefined) return;
  if (numbers.length !== clusters.length)
    log.add(`${path}.numbers`, `got ${numbers.length}, expected ${clusters.length}`);
  if (!reason.includes('{}'))
    log.add(`${path}.numbers`, 'got numbers, but reason has no {} for them');
}

/** Checks that the lists together have exactly the expected names, each once. */
export function checkRejected(
  lists: readonly RejectedList[],
  expected: readonly string[],
  path: string,
  log: FindingLog,
): void {
  const [wanted, left] = [new Set(expected), new Set(expected)];
  for (const list of lists) {
    for (const name of list.clusters) {
      if (left.delete(name)) continue;
      const why = wanted.has(name) ? 'is listed twice' : 'does not belong here';
      log.add(`${list.path}.clusters`, `got ${name}, which ${why}`);
    }
  }
  const missing = [...left].sort(byCodeUnits);
  if (missing.length > 0) log.add(path, `got no entry for ${missing.join(', ')}`);
}
