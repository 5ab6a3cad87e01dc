/** Stability: what keeps an app where it is, and in which order that gives way to a policy that must hold. */
import type { Facts } from '../input/app-facts';

/** Which restrictions of stability are in force. */
export interface Restrictions {
  readonly freeze: boolean;
  readonly held: boolean;
  readonly maxChanges: boolean;
}

/** From all restrictions to none: freeze gives way first, then what is held, then maxChanges. */
export const restrictionLevels: readonly Restrictions[] = [
  { freeze: true, held: true, maxChanges: true },
  { freeze: false, held: true, maxChanges: true },
  { freeze: false, held: false, maxChanges: true },
  { freeze: false, held: false, maxChanges: false },
];

/** The facts under these restrictions: where nothing is held, nothing is excused for being held. */
export function restricted(facts: Facts, restrictions: Restrictions): Facts {
  return restrictions.held ? facts : { ...facts, held: new Set() };
}

/** The restriction that a set breaks, or undefined. */
export function restrictionBroken(
  facts: Facts,
  restrictions: Restrictions,
  now: number,
  chosen: readonly number[],
): string | undefined {
  if (restrictions.freeze && isFrozen(facts, now) && !isPreviousSet(facts, chosen)) return 'freeze';
  if (restrictions.held && [...facts.held].some((one) => !chosen.includes(one))) return 'held';
  const { maxChanges } = facts.app.policy.stability;
  if (!restrictions.maxChanges || maxChanges === undefined || facts.previous === undefined) {
    return undefined;
  }
  return choices(facts, chosen) > maxChanges ? 'maxChanges' : undefined;
}

/** Whether the set is the previous one, with no cluster gone from the fleet. */
export function isPreviousSet(facts: Facts, chosen: readonly number[]): boolean {
  const { before, previous } = facts;
  return (
    previous !== undefined &&
    before.size === previous.clusters.length &&
    chosen.length === before.size &&
    chosen.every((cluster) => before.has(cluster))
  );
}

/** Clusters added, and clusters dropped that could have stayed. */
function choices({ before, eligible }: Facts, chosen: readonly number[]): number {
  const added = chosen.filter((cluster) => !before.has(cluster));
  const dropped = eligible.filter((cluster) => before.has(cluster) && !chosen.includes(cluster));
  return added.length + dropped.length;
}

/** Whether a freeze keeps the previous clusters now. */
export function isFrozen({ app, previous }: Facts, now: number): boolean {
  return (
    previous !== undefined &&
    app.policy.stability.freeze.some(
      ({ from, until }) => Date.parse(from) <= now && now < Date.parse(until),
    )
  );
}
