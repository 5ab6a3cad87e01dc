/** Stability restrictions: what keeps an app on its previous clusters, and in which order these restrictions are dropped when no set keeps them all. */
import { freezeEnd } from '../../policy';
import type { AppInstance } from '../input/app-instance';

/** The stability restrictions in force. */
export interface Restrictions {
  readonly freeze: boolean;
  readonly held: boolean;
  readonly maxChanges: boolean;
}

/** From all restrictions to none: freeze is dropped first, then held clusters, then maxChanges. */
export const restrictionLevels: readonly Restrictions[] = [
  { freeze: true, held: true, maxChanges: true },
  { freeze: false, held: true, maxChanges: true },
  { freeze: false, held: false, maxChanges: true },
  { freeze: false, held: false, maxChanges: false },
];

/** The instance under these restrictions: without `held`, no cluster is held and none is exempt from the minimum load for that. */
export function underRestrictions(instance: AppInstance, restrictions: Restrictions): AppInstance {
  return restrictions.held ? instance : { ...instance, held: new Set(), exempt: new Set() };
}

/** The first restriction that a set violates, or undefined. */
export function violatedRestriction(
  instance: AppInstance,
  restrictions: Restrictions,
  now: number,
  chosen: readonly number[],
): string | undefined {
  if (restrictions.freeze && isFrozen(instance, now) && !isPreviousSet(instance, chosen))
    return 'freeze';
  if (restrictions.held && [...instance.held].some((one) => !chosen.includes(one))) return 'held';
  const { maxChanges } = instance.app.policy.stability;
  if (!restrictions.maxChanges || maxChanges === undefined || instance.previous === undefined) {
    return undefined;
  }
  return countChanges(instance, chosen) > maxChanges ? 'maxChanges' : undefined;
}

/** Whether the set is the previous one, and every previous cluster is still in the fleet. */
export function isPreviousSet(instance: AppInstance, chosen: readonly number[]): boolean {
  const { before, previous } = instance;
  return (
    previous !== undefined &&
    before.size === previous.clusters.length &&
    chosen.length === before.size &&
    chosen.every((cluster) => before.has(cluster))
  );
}

/** The number of clusters added, and of eligible clusters dropped. */
function countChanges({ before, eligible }: AppInstance, chosen: readonly number[]): number {
  const added = chosen.filter((cluster) => !before.has(cluster));
  const dropped = eligible.filter((cluster) => before.has(cluster) && !chosen.includes(cluster));
  return added.length + dropped.length;
}

/** Whether a freeze of the policy keeps the previous clusters now. */
export function isFrozen({ app, previous }: AppInstance, now: number): boolean {
  return previous !== undefined && freezeEnd(app.policy.stability.freeze, now) !== undefined;
}
