/** Judgement of sets: the answer that follows from them, and whether every rule holds. */
import type { Facts } from './facts';
import { type Answer, loadBreaches, othersOf, setBreaches } from './legality';
import { outcomeOf } from './party';
import { type Effort, serve } from './serve';
import { type Restrictions, restrictionBroken } from './stability';

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
