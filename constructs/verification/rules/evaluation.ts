/** Judgement of sets: the answer that follows from them, and whether every rule holds. */

import { type Effort, serve } from '../assignment/serve';
import { type Answer, othersOf } from '../input/answer';
import { outcomeOf } from '../input/app-assignment';
import type { Facts } from '../input/app-facts';
import { loadBreaches, setBreaches } from './legality';
import { type Restrictions, restrictionBroken } from './stability-rules';
import { totalOf } from './value';

/** One app in a joint question: its facts, and the stability restrictions that are in force. */
export interface Asked {
  readonly facts: Facts;
  readonly restrictions: Restrictions;
  readonly now: number;
}

/** Whether the rules about the set alone hold. */
export function isLegalSet(
  { facts, restrictions, now }: Asked,
  chosen: readonly number[],
): boolean {
  return (
    restrictionBroken(facts, restrictions, now, chosen) === undefined &&
    setBreaches(facts, chosen).next().done === true
  );
}

/** The answers that follow from a set for each app; undefined when some rule of some app does not hold. */
export function judged(
  asked: readonly Asked[],
  sets: readonly (readonly number[])[],
): readonly Answer[] | undefined {
  if (!asked.every((one, index) => isLegalSet(one, sets[index]!))) return undefined;
  const answers = answersOf(
    asked.map(({ facts }) => facts),
    sets,
  );
  if (answers === undefined) return undefined;
  const holds = answers.every((answer) => loadBreaches(answer, answers).next().done === true);
  return holds ? answers : undefined;
}

/**
 * What an app costs at least with this set: exactly, where that is less than `enough`; Infinity when a rule does not hold; undefined
 * when the effort is spent before it is known.
 */
export function leastOf(
  asked: Asked,
  chosen: readonly number[],
  enough: number,
  effort: Effort,
): number | undefined {
  if (!isLegalSet(asked, chosen)) return Number.POSITIVE_INFINITY;
  const { facts } = asked;
  // Whole replicas only add to what the fractions in the costs of pairs come to.
  const opened = chosen.reduce(
    (sum, cluster) => sum + facts.openCost[cluster]!,
    facts.constantCost,
  );
  const search: Effort = { left: effort.left };
  const party = { ...facts, chosen, ...facts.pairs };
  const serving = serve([party], facts.standing.others, search, enough - opened);
  effort.left = search.left;
  if (search.isCut) return undefined;
  if (serving === undefined) return Number.POSITIVE_INFINITY;
  const answer: Answer = { facts, chosen, outcome: serving.outcomes[0]! };
  const holds = loadBreaches(answer, [answer]).next().done === true;
  return holds ? totalOf(facts, answer.outcome) : Number.POSITIVE_INFINITY;
}

/** The assignment of least cost for these sets, with the rules not yet asked; undefined when there is none. */
export function answersOf(
  apps: readonly Facts[],
  sets: readonly (readonly number[])[],
): readonly Answer[] | undefined {
  const parties = apps.map((facts, index) => ({
    ...facts,
    chosen: sets[index]!,
    ...facts.pairs,
  }));
  const serving = serve(parties, apps[0]?.standing.others);
  return serving?.outcomes.map((outcome, index) => ({
    facts: apps[index]!,
    chosen: sets[index]!,
    outcome,
  }));
}

/** The answer that follows from a set beside what other apps decided; undefined when some rule of some app does not hold. */
export function judgedBeside(
  asked: Asked,
  chosen: readonly number[],
  beside: readonly Answer[],
  effort?: Effort,
): Answer | undefined {
  if (!isLegalSet(asked, chosen)) return undefined;
  const { facts } = asked;
  const alone: Answer = { facts, chosen, outcome: outcomeOf(chosen, []) };
  const party = { ...facts, chosen, ...facts.pairs };
  const outcome = serve([party], othersOf(alone, beside), effort)?.outcomes[0];
  if (outcome === undefined) return undefined;
  const answer: Answer = { ...alone, outcome };
  const all = [...beside, answer];
  const holds = all.every((one) => loadBreaches(one, all).next().done === true);
  return holds ? answer : undefined;
}
