/** Rejections: why clusters are not chosen. A decision holds them by rule and reason, once for all apps; sentences are made when read. */
import { byCodeUnits } from './canonical';
import type { AppDecision, PlacementDecision, RejectionGroup } from './decision';

/** One cluster that is not chosen. */
export interface Rejection {
  /** The cluster. */
  readonly name: string;
  /** The rule that keeps it out, or objective when another is better. */
  readonly rule: string;
  /** Why it is not chosen, in one sentence. */
  readonly reason: string;
}

/** Up to this number of clusters, a rule's list is written again for each app: it is nearer to the reader. */
const MAX_REPEATED = 12;

/** A rejection whose number is kept apart from its sentence, so that many have one sentence. */
export interface NumberedRejection extends Rejection {
  /** Stands for `{}` of the reason. */
  readonly number?: number | undefined;
}

/** Where the number of a cluster stands in a reason. */
export const NUMBER = '{}';

/** The sentence with its number. */
export function sentenceOf({ reason, number }: Omit<NumberedRejection, 'name'>): string {
  return number === undefined ? reason : reason.replace(NUMBER, String(number));
}

/**
 * Why each cluster is not chosen for the app, in the order of names: a sentence for each, from the groups of the decision. Empty for a
 * decision that keeps no rejections, and for an app that it does not have.
 */
export function rejectionsOf(
  decision: Pick<PlacementDecision, 'apps'>,
  app: string,
): readonly Rejection[] {
  const entry = decision.apps.find((one) => one.app === app);
  if (entry === undefined) return [];
  return rejectionGroupsOf(decision, entry)
    .flatMap((group) => group.clusters.map((_, index) => rejectionAt(group, index)))
    .sort((a, b) => byCodeUnits(a.name, b.name));
}

/** Why one cluster is not chosen for the app; undefined where it is not among the rejected. */
export function rejectionOf(
  decision: Pick<PlacementDecision, 'apps'>,
  app: AppDecision,
  cluster: string,
): Rejection | undefined {
  for (const group of rejectionGroupsOf(decision, app)) {
    const index = group.clusters.indexOf(cluster);
    if (index >= 0) return rejectionAt(group, index);
  }
  return undefined;
}

/** The sentence about one cluster of a group. */
export function rejectionAt(
  { rule, reason, clusters, numbers }: RejectionGroup,
  index: number,
): Rejection {
  const sentence = sentenceOf({ rule, reason, number: numbers?.[index] });
  return { name: clusters[index], rule, reason: sentence };
}

/** The groups of an app with those that it shares with an app above. What refers to nothing is left out; verify says so. */
export function rejectionGroupsOf(
  { apps }: Pick<PlacementDecision, 'apps'>,
  app: AppDecision,
): readonly RejectionGroup[] {
  return app.rejected.flatMap((one) => {
    if (!('sameAs' in one)) return [one];
    const other = apps.find(({ app: name }) => name === one.sameAs);
    return (other?.rejected ?? []).filter(
      (group): group is RejectionGroup => !('sameAs' in group) && group.rule === one.rule,
    );
  });
}

/** How many clusters are not chosen for the app and were not chosen before. */
export function rejectedCount(decision: Pick<PlacementDecision, 'apps'>, app: AppDecision): number {
  return rejectionGroupsOf(decision, app).reduce((sum, { clusters }) => sum + clusters.length, 0);
}

/** Groups of rejections by rule and reason, in the order in which they begin. */
export function groupRejections(
  rejected: Iterable<readonly [name: string, why: Omit<NumberedRejection, 'name'>]>,
): RejectionGroup[] {
  const groups = new Map<string, RejectionGroup>();
  let last: { readonly why: unknown; readonly group: RejectionGroup } | undefined;
  for (const [name, why] of rejected) {
    if (last?.why === why && last.group.numbers === undefined) {
      last.group.clusters.push(name);
      continue;
    }
    const { rule, reason, number } = why;
    const key = `${rule}\n${reason}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { rule, reason, clusters: [], ...(number === undefined ? {} : { numbers: [] }) };
      groups.set(key, group);
    }
    group.clusters.push(name);
    if (number !== undefined) group.numbers?.push(number);
    last = { why, group };
  }
  return [...groups.values()].map(inWords);
}

/** A group of one cluster has its number in the sentence. */
function inWords({ numbers, ...group }: RejectionGroup): RejectionGroup {
  const [number, ...more] = numbers ?? [];
  if (number === undefined || more.length > 0) return numbers ? { ...group, numbers } : group;
  return { ...group, reason: sentenceOf({ ...group, number }) };
}

type Rejected = AppDecision['rejected'];

/** The apps with every long list of a rule written once: later apps refer to the first that has it. Linear in what is listed. */
export function shareRejections(apps: readonly AppDecision[]): AppDecision[] {
  const firstWith = new Map<string, { readonly app: string; readonly groups: Rejected }>();
  return apps.map((one) => {
    const rejected = [...byRule(one.rejected)].flatMap(([rule, groups]): Rejected => {
      const key = listKeyOf(rule, groups);
      const known = key === undefined ? undefined : firstWith.get(key);
      if (known !== undefined && isSame(known.groups, groups)) return [{ rule, sameAs: known.app }];
      if (key !== undefined && known === undefined) firstWith.set(key, { app: one.app, groups });
      return groups;
    });
    return { ...one, rejected };
  });
}

/** Rules in the order in which they occur, each with all of its groups. */
function byRule(rejected: Rejected): ReadonlyMap<string, Rejected> {
  const rules = new Map<string, Rejected>();
  for (const one of rejected) {
    const known = rules.get(one.rule);
    if (known === undefined) rules.set(one.rule, [one]);
    else known.push(one);
  }
  return rules;
}

/** A text that equal lists have in common and others seldom; undefined for a list that is short, or refers to another app already. */
function listKeyOf(rule: string, groups: Rejected): string | undefined {
  let total = 0;
  for (const one of groups) {
    if ('sameAs' in one) return undefined;
    total += one.clusters.length;
  }
  const [first] = groups as RejectionGroup[];
  if (total <= MAX_REPEATED) return undefined;
  const { clusters, numbers = [] } = first;
  return [rule, groups.length, total, clusters[0], clusters.at(-1), numbers[0]].join('\n');
}

function isSame(some: Rejected, others: Rejected): boolean {
  return some.every((one, at) => {
    const other = others[at];
    if (one === other) return true;
    if ('sameAs' in one || 'sameAs' in other || one.reason !== other.reason) return false;
    return isEqual(one.clusters, other.clusters) && isEqual(one.numbers, other.numbers);
  });
}

function isEqual<T>(some: readonly T[] = [], others: readonly T[] = []): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}
