/** minGain: the previous clusters stay while moving would gain too little, and only then. */
import { huntAlone } from '../bound/bound';
import type { Satisfied } from '../bound/certificate';
import { type Notes, slack } from '../input/findings';
import type { Circumstances } from '../input/inputs';
import { judgedBeside } from '../rules/evaluation';
import { isPreviousSet } from '../rules/stability-rules';
import { totalOf } from '../rules/value';
import { askedToStand } from './leave-margin';

/** Compares with the previous clusters, for an app that is alone on the fleet. */
export function checkGain(
  { part, asked, answer }: Satisfied,
  given: Circumstances,
  notes: Notes,
): void {
  const { facts } = asked;
  const before = [...facts.before].sort((a, b) => a - b);
  const standing = askedToStand(given, given.apps[0]!, facts.openTiers);
  const previous =
    judgedBeside(asked, before, []) ?? (standing && judgedBeside(standing, before, []));
  if (previous === undefined || !isPreviousSet(facts, previous.chosen)) return;
  const value = totalOf(facts, previous.outcome, false);
  const least = facts.app.policy.stability.minGain * Math.abs(value);
  const stayed = isPreviousSet(facts, answer.chosen);
  const best = stayed
    ? huntAlone(asked, part.said.objective.bound).best?.[0]?.outcome
    : answer.outcome;
  if (best === undefined) return;
  const gain = value - totalOf(facts, best, false);
  if (!stayed && gain < least - slack(value)) {
    notes.say(
      `${part.at}.clusters`,
      `got other clusters for a gain of ${gain}, expected the previous ones below ${least}`,
    );
  }
  if (stayed && gain > least + slack(value) && totalOf(facts, best) < part.said.objective.value) {
    notes.say(
      `${part.at}.clusters`,
      `got the previous clusters, though others gain ${gain}, at least ${least}`,
    );
  }
}
