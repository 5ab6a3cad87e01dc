/** Violation of the rules about the set of chosen clusters, and the sizes they allow. */
import type { AppProblem, SetRule } from './problem';

/** 0 when all set rules, required clusters and the change limit hold; else the number of clusters in excess, missing or in conflict. */
export function setViolation(app: AppProblem, open: readonly number[]): number {
  let violation = requiredMissing(app, open) + Math.max(0, changesOf(app, open) - app.maxChanges);
  for (const rule of app.rules) violation += ruleViolation(rule, open, app.clusters);
  return violation;
}

/** Number of clusters added to and dropped from the previous set. Previous clusters that may not be chosen do not count. */
export function changesOf(app: AppProblem, open: readonly number[]): number {
  let kept = 0;
  for (const cluster of open) kept += app.previous[cluster];
  let droppable = 0;
  for (let cluster = 0; cluster < app.clusters; cluster++) {
    droppable += app.previous[cluster] & app.allowed[cluster];
  }
  return open.length - kept + droppable - kept;
}

/** Violation of one rule, in clusters; 0 when it holds. */
function ruleViolation(rule: SetRule, open: readonly number[], clusters: number): number {
  switch (rule.kind) {
    case 'count': {
      const count = countMembers(rule.members, open);
      return Math.max(0, rule.min - count) + Math.max(0, count - rule.max);
    }
    case 'groups':
      return groupsViolation(rule, open);
    case 'exclusion': {
      let pairs = 0;
      for (let i = 0; i < open.length; i++) {
        for (let j = 0; j < i; j++) pairs += rule.near[open[i] * clusters + open[j]];
      }
      return pairs;
    }
  }
}

/** True when the cluster may stay below its minimum load: a rule with `keepsThin` would break without it. */
export function isKeptThin(app: AppProblem, open: readonly number[], cluster: number): boolean {
  return app.rules.some(
    (rule) =>
      rule.kind === 'count' &&
      rule.keepsThin &&
      rule.members[cluster] === 1 &&
      countMembers(rule.members, open) - 1 < rule.min,
  );
}

/** Bounds on the number of chosen clusters that follow from the rules. Not every size between them need be legal. */
export function sizeRange(app: AppProblem): { readonly min: number; readonly max: number } {
  let candidates = 0;
  for (let cluster = 0; cluster < app.clusters; cluster++) candidates += app.allowed[cluster];
  let min = 0;
  let max = candidates;
  for (const rule of app.rules) {
    if (rule.kind !== 'count') continue;
    min = Math.max(min, rule.min);
    if (coversAll(rule.members, app.allowed)) max = Math.min(max, rule.max);
  }
  return { min, max };
}

function countMembers(members: Uint8Array, open: readonly number[]): number {
  let count = 0;
  for (const cluster of open) count += members[cluster];
  return count;
}

function groupsViolation(
  rule: Extract<SetRule, { kind: 'groups' }>,
  open: readonly number[],
): number {
  const counts = new Int32Array(rule.groups);
  for (const cluster of open) if (rule.group[cluster] >= 0) counts[rule.group[cluster]]++;
  let used = 0;
  let most = 0;
  let least = Number.POSITIVE_INFINITY;
  let violation = 0;
  for (const count of counts) {
    if (count > 0) used++;
    most = Math.max(most, count);
    least = Math.min(least, count);
    violation += Math.max(0, count - rule.maxPerGroup);
  }
  violation += Math.max(0, rule.minGroups - used) + Math.max(0, used - rule.maxGroups);
  if (rule.groups > 0) violation += Math.max(0, most - least - rule.maxSkew);
  return violation;
}

function requiredMissing(app: AppProblem, open: readonly number[]): number {
  let held = 0;
  for (let cluster = 0; cluster < app.clusters; cluster++) held += app.required[cluster];
  return held - countMembers(app.required, open);
}

function coversAll(members: Uint8Array, allowed: Uint8Array): boolean {
  return members.every((member, cluster) => member === 1 || allowed[cluster] === 0);
}
