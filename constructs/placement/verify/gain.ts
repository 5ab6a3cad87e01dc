/** minGain: the previous clusters stay while moving would gain too little, and only then. */
import { huntAlone } from './bound';
import type { Satisfied } from './certificate';
import { judgedBeside } from './judge';
import { type Notes, slack } from './report';
import { isPreviousSet } from './stability';
import { totalOf } from './value';

/** Compares with the previous clusters, for an app that is alone on the fleet. */
export function checkGain({ part, asked, answer }: Satisfied, notes: Notes): void {
  const { facts } = asked;
  const previous = judgedBeside(
    asked,
    [...facts.before].sort((a, b) => a - b),
    [],
  );
  if (previous === undefined || !isPreviousSet(facts, previous.chosen)) return;
  const before = totalOf(facts, previous.outcome, false);
  const least = facts.app.policy.stability.minGain * Math.abs(before);
  const stayed = isPreviousSet(facts, answer.chosen);
  const best = stayed
    ? huntAlone(asked, part.said.objective.bound).best?.[0]?.outcome
    : answer.outcome;
  if (best === undefined) return;
  const gain = before - totalOf(facts, best, false);
  if (!stayed && gain < least - slack(before)) {
    notes.say(
      `${part.at}.clusters`,
      `got other clusters for a gain of ${gain}, expected the previous ones below ${least}`,
    );
  }
  if (stayed && gain > least + slack(before) && totalOf(facts, best) < part.said.objective.value) {
    notes.say(
      `${part.at}.clusters`,
      `got the previous clusters, though others gain ${gain}, at least ${least}`,
    );
  }
}
