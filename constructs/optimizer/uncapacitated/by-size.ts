/** Proofs that tell small sets from larger ones, because only larger ones have to keep every cluster used. */

import type { AppProblem, Work } from '../problem/problem';
import { prove } from './branch-and-bound';
import type { Node, Proved, Quest } from './branch-context';
import { Closest } from './closest-assignment';
import { halvesOf, leastLoads } from './minimum-load';

/** Share of the work that small sets may take. */
const FEW = 3;

/** Like `prove`, once for the sets in which clusters may be thin, and once for the others. */
export function proveBySize(quest: Quest, start: Node): Proved {
  const halves = halvesOf(quest.app);
  if (halves === undefined) return prove(quest, start);
  const { work } = quest;
  const effort: Work = { spent: 0, allowed: (work.allowed - work.spent) / FEW };
  const of = (app: AppProblem, part: Work): Quest => {
    const closest = quest.closest && new Closest(app, leastLoads(app));
    return { ...quest, app, closest, rules: quest.rules.forSizesOf(app), work: part };
  };
  const few = prove(of(halves.few, effort), { ...start, state: start.state.slice() });
  work.spent += effort.spent;
  const many = prove(of(halves.many, work), start);
  const sizes = { most: halves.most, few: few.proof, many: many.proof };
  return { value: Math.min(few.value, many.value), proof: { point: start.point, sizes } };
}
