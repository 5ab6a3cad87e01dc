/**
 * Iterated local search over sets: from greedy and given starts, then from perturbations of the best set
 * (Lourenço, Martin and Stützle, Handbook of Metaheuristics, 2003). Where pair costs and rules about sets determine the value,
 * descents run on candidate lists; elsewhere every set is evaluated by assigning origins.
 */

import { evaluate } from '../assignment/evaluation';
import { type Candidate, candidatesOf, isBetter } from '../enumeration/enumeration';
import { cheapestLists } from '../primitives/candidate-lists';
import { RandomSequence } from '../primitives/random-sequence';
import { needsAssignment } from '../problem/features';
import type { AppProblem, Limits, Work } from '../problem/problem';
import { setViolation } from '../problem/set-rules';
import { ITERATED_LOCAL_SEARCH } from '../single-app-options';
import { EvaluatedDescent } from './evaluated-descent';
import { ListDescent } from './list-descent';

/** The best set found from the given starts; undefined when no legal set was met. Bounded by `work`; ends early when one is `enough`. */
export function search(
  app: AppProblem,
  limits: Limits,
  starts: readonly (readonly number[])[],
  work: Work,
  isEnough: (best: Candidate) => boolean = () => false,
): Candidate | undefined {
  const descent =
    needsAssignment(app, limits) && app.implicitCosts === undefined
      ? new EvaluatedDescent(app, limits, work)
      : new ListSearch(app, limits, work);
  let best: Candidate | undefined;
  const consider = (open: readonly number[]): void => {
    const found = descent.descend(open);
    if (found.evaluated.violation > 0 || setViolation(app, found.open) > 0) return;
    if (isBetter(app, found, best)) best = found;
  };
  const first = descent.greedy();
  consider(first);
  // Rules about load that many clusters violate, minimum loads above all, may hold for fewer clusters.
  for (let size = first.length >> 1; best === undefined && size > 0; size >>= 1) {
    consider(descent.greedy(size));
  }
  const isDone = () => work.spent >= work.allowed || (best !== undefined && isEnough(best));
  for (const start of starts) {
    if (isDone()) break;
    consider(start.filter((cluster) => app.allowed[cluster] === 1));
  }
  const random = RandomSequence.forCandidates(candidatesOf(app).length);
  for (let idle = 0; idle < ITERATED_LOCAL_SEARCH.patience && !isDone(); idle++) {
    const before = best;
    consider(perturbed(app, best?.open ?? descent.greedy(), random));
    if (best !== before) idle = -1;
  }
  return best;
}

/** A set with some clusters exchanged for random candidates. */
function perturbed(app: AppProblem, open: readonly number[], random: RandomSequence): number[] {
  const candidates = candidatesOf(app);
  const next = [...open];
  const exchanges =
    1 +
    random.below(
      Math.max(
        1,
        Math.min(
          ITERATED_LOCAL_SEARCH.maxExchanges,
          open.length / ITERATED_LOCAL_SEARCH.clustersPerExchange,
        ),
      ),
    );
  for (let i = 0; i < exchanges && next.length > 0; i++) {
    const out = next[random.below(next.length)];
    if (app.required[out] === 1) continue;
    const into = candidates[random.below(candidates.length)];
    if (!next.includes(into)) next.splice(next.indexOf(out), 1, into);
  }
  return next.sort((a, b) => a - b);
}

/** Descents on candidate lists, where pair costs and rules about sets determine the value. */
class ListSearch {
  private readonly descent: ListDescent;

  constructor(
    private readonly app: AppProblem,
    private readonly limits: Limits,
    private readonly work: Work,
  ) {
    const lists = app.implicitCosts?.lists() ?? cheapestLists(app, app.clusters);
    this.descent = new ListDescent(app, lists, work);
  }

  greedy(most?: number): number[] {
    return this.descent.greedy(most);
  }

  descend(start: readonly number[]): Candidate {
    const open = this.descent.improve(start);
    return { open, evaluated: evaluate(this.app, open, this.limits, this.work) };
  }
}
