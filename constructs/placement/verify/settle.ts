/** Which tiers and stability restrictions a chosen set was found under, and whether stricter ones could have been met. */
import type { EdgeApp } from '../app';
import type { Circumstances } from './circumstances';
import { factsOf } from './facts';
import { huntSets } from './hunt';
import { type Asked, isLegalSet, judgedBeside } from './judge';
import type { Answer } from './legality';
import { restricted, restrictionLevels } from './stability';

/** The conditions an answer was found under. */
export interface Settled {
  readonly asked: Asked;
  /** Why stricter conditions should have been used, in words. */
  readonly complaint?: string;
}

/**
 * The strictest conditions that the chosen set meets. With `isAlone` every stricter condition is hunted for a
 * set that meets it; beside other apps that proves nothing, because they might have left more room.
 */
export function settle(
  given: Circumstances,
  app: EdgeApp,
  chosen: readonly number[],
  isAlone: boolean,
): Settled {
  const tiers = Math.max(1, app.policy.tiers.length);
  for (let open = 1; open <= tiers; open++) {
    const facts = factsOf(given, app, open);
    for (const restrictions of restrictionLevels) {
      const asked: Asked = { facts: restricted(facts, restrictions), restrictions, now: given.now };
      if (isLegalSet(asked, chosen)) return { asked };
      const better = isAlone ? anyLegal(asked) : undefined;
      if (better === undefined) continue;
      const names = better.map((cluster) => facts.clusters[cluster]!.name).join(', ');
      return { asked, complaint: `got a set that is not legal, though ${names} would be` };
    }
  }
  const [restrictions] = restrictionLevels.slice(-1);
  return {
    asked: {
      facts: restricted(factsOf(given, app, tiers), restrictions!),
      restrictions: restrictions!,
      now: given.now,
    },
  };
}

/** Some set for which every rule holds beside the given answers; undefined when there is none or too many to look at. */
export function anyLegal(
  asked: Asked,
  beside: readonly Answer[] = [],
): readonly number[] | undefined {
  let found: readonly number[] | undefined;
  huntSets({
    facts: asked.facts,
    most: Number.POSITIVE_INFINITY,
    visit(chosen) {
      if (judgedBeside(asked, chosen, beside) === undefined) return false;
      found = chosen;
      return true;
    },
  });
  return found;
}
