/** The bound: hunts again through every set an enumeration claims, or adds up the prices that prove it. */

import type { Answer } from '../input/answer';
import { slack } from '../input/findings';
import { type Asked, isLegalSet, judged } from '../rules/evaluation';
import { totalOf } from '../rules/value';
import { huntSets } from './enumeration';

/** What a look through all sets found. */
export interface Hunted {
  /** The least value found that is not above the bound by more than rounding. */
  readonly best?: readonly Answer[];
  readonly end: 'all' | 'stopped' | 'tired';
}

/** Looks for an answer of one app, alone on the fleet, that costs at most `bound`; the cheapest is returned. */
export function huntAlone(asked: Asked, bound: number): Hunted {
  let best: readonly Answer[] | undefined;
  const end = huntSets({
    facts: asked.facts,
    most: bound + slack(bound),
    visit(chosen) {
      best = cheaper(best, judged([asked], [chosen]), bound);
      return false;
    },
  });
  return { end, ...(best && { best }) };
}

/** Combinations of sets up to which all are looked at. */
const MOST_COMBINATIONS = 2_000_000;

interface Option {
  readonly chosen: readonly number[];
  readonly least: number;
}

/** Looks for answers of all apps together that cost at most `bound` in sum. */
export function huntTogether(asked: readonly Asked[], bound: number): Hunted {
  const options = asked.map(optionsOf);
  if (options.includes(undefined)) return { end: 'tired' };
  const lists = options as readonly (readonly Option[])[];
  const rest = lists.map((_, index) =>
    lists.slice(index + 1).reduce((sum, [first]) => sum + (first?.least ?? 0), 0),
  );
  let best: readonly Answer[] | undefined;
  let left = MOST_COMBINATIONS;
  const picked: (readonly number[])[] = [];
  const descend = (index: number, least: number): void => {
    if (left-- <= 0) return;
    if (index === lists.length) {
      best = cheaper(best, judged(asked, picked), bound);
      return;
    }
    for (const option of lists[index]!) {
      if (least + option.least + rest[index]! > bound + slack(bound)) break;
      picked.push(option.chosen);
      descend(index + 1, least + option.least);
      picked.pop();
    }
  };
  descend(0, 0);
  return { end: left > 0 ? 'all' : 'tired', ...(best && { best }) };
}

/** Every legal set of one app, cheapest first by a simple bound; undefined when there are too many. */
function optionsOf(asked: Asked): readonly Option[] | undefined {
  const options: Option[] = [];
  const end = huntSets({
    facts: asked.facts,
    most: Number.POSITIVE_INFINITY,
    visit(chosen, least) {
      if (isLegalSet(asked, chosen)) options.push({ chosen, least });
      return false;
    },
  });
  return end === 'all' ? options.sort((a, b) => a.least - b.least) : undefined;
}

function cheaper(
  best: readonly Answer[] | undefined,
  found: readonly Answer[] | undefined,
  bound: number,
): readonly Answer[] | undefined {
  if (found === undefined || sumOf(found) > bound + slack(bound)) return best;
  return best === undefined || sumOf(found) < sumOf(best) ? found : best;
}

/** The value of all answers together. */
export function sumOf(answers: readonly Answer[]): number {
  return answers.reduce((sum, { facts, outcome }) => sum + totalOf(facts, outcome), 0);
}
