/** Which tiers and stability restrictions a chosen set was found under, and whether stricter ones could have been met. */
import type { EdgeApp } from '../../policy';
import type { Answer } from '../input/answer';
import { factsOf } from '../input/app-facts';
import type { Circumstances } from '../input/inputs';
import { type Asked, isLegalSet, judgedBeside } from '../rules/evaluation';
import { restricted, restrictionLevels } from '../rules/stability-rules';
import { huntSets } from './enumeration';

/** The conditions an answer was found under. */
export interface Settled {
  readonly asked: Asked;
  /** Why stricter conditions should have been used, in words. */
  readonly complaint?: string;
  /** True when it was too much to find out whether stricter conditions could have been met. */
  readonly isDoubtful?: boolean;
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
  let isDoubtful = false;
  for (let open = 1; open <= tiers; open++) {
    const facts = factsOf(given, app, open);
    for (const restrictions of restrictionLevels) {
      const asked: Asked = { facts: restricted(facts, restrictions), restrictions, now: given.now };
      if (isLegalSet(asked, chosen)) return { asked, isDoubtful };
      const better = isAlone ? anyLegal(asked) : 'none';
      isDoubtful ||= better === 'unknown';
      if (typeof better === 'string') continue;
      const names = better.map((cluster) => facts.clusters[cluster]!.name).join(', ');
      return { asked, complaint: `got a set that is not legal, though ${names} would be` };
    }
  }
  const [restrictions] = restrictionLevels.slice(-1);
  return {
    isDoubtful,
    asked: {
      facts: restricted(factsOf(given, app, tiers), restrictions!),
      restrictions: restrictions!,
      now: given.now,
    },
  };
}

/** Every rule of every app looks at whom it serves. */
const LOOKS_OF_A_VISIT = 20;
/** Pairs looked at before it is said that nobody knows. */
const MOST_LOOKED = 100_000_000;

/** Some set for which every rule holds beside the given answers, that there is none, or that it is too much to tell. */
export function anyLegal(
  asked: Asked,
  beside: readonly Answer[] = [],
): readonly number[] | 'none' | 'unknown' {
  let found: readonly number[] | undefined;
  const effort = { left: MOST_LOOKED };
  const pairs = beside.reduce((sum, one) => sum + one.outcome.flows.length, 0);
  const eachVisit = LOOKS_OF_A_VISIT * (50 + asked.facts.origins.length + pairs);
  const end = huntSets({
    facts: asked.facts,
    most: Number.POSITIVE_INFINITY,
    effort,
    visit(chosen) {
      effort.left -= eachVisit;
      if (judgedBeside(asked, chosen, beside, effort) === undefined) return false;
      found = chosen;
      return true;
    },
  });
  return found ?? (end === 'tired' || effort.left < 0 ? 'unknown' : 'none');
}
