/** Whether the assignments are the cheapest there are for the chosen clusters. */

import { type Answer, othersOf } from '../input/answer';
import { cheapest, crowded, isCounted, type Outcome, type Party } from '../input/app-assignment';
import { type Notes, slack, TOLERANCE } from '../input/findings';
import { residualOf } from './residual-graph';
import { serve } from './serve';

/** Up to this many origins times chosen clusters, an assignment that cannot be priced is searched for again. */
const MOST_SEARCHED = 400;

/** Notes where an assignment could be cheaper; `at[i]` is where the answer `answers[i]` is told. */
export function checkAssignments(
  answers: readonly Answer[],
  at: readonly string[],
  notes: Notes,
): void {
  const parties = answers.map(({ facts, chosen }): Party => ({ ...facts, chosen, ...facts.pairs }));
  if (parties.length === 0) return;
  const standing = answers[0]!.facts.standing.others;
  const nearest = parties.map(cheapest);
  const incomplete = nearest.indexOf(undefined);
  if (incomplete >= 0) {
    notes.say(
      `${at[incomplete]}.assignments`,
      'got chosen clusters of which none may serve some origin',
    );
    return;
  }
  const free = nearest as readonly Outcome[];
  const isBinding = crowded(parties, free, standing).length > 0;
  for (const [index, answer] of answers.entries()) {
    if (!isBinding || !isCounted(answer.facts.app)) {
      checkNearest(answer, free[index]!, at[index]!, notes);
    } else if (isDivisible(answer)) {
      const { waste } = residualOf(answer, othersOf(answer, answers));
      if (waste > 0)
        notes.say(
          `${at[index]}.assignments`,
          `got an assignment that moving demand would make cheaper by ${waste} per request/s`,
        );
    }
  }
  if (isBinding && (!answers.every(isDivisible) || answers.length > 1))
    searchAgain(answers, parties, at, notes);
}

function isDivisible({ facts }: Answer): boolean {
  const { capacity } = facts.app.policy.constraints;
  return capacity !== false && capacity.assignment === 'split';
}

/** Without a limit that binds, every origin is at its cheapest cluster, ties by name. */
function checkNearest({ facts, outcome }: Answer, free: Outcome, at: string, notes: Notes): void {
  const expected = new Map(free.flows.map(({ origin, cluster }) => [origin, cluster]));
  for (const { origin, cluster } of outcome.flows) {
    const best = expected.get(origin)!;
    if (cluster === best) continue;
    const [got, least] = [facts.pairs.cost(origin, cluster), facts.pairs.cost(origin, best)];
    // Equal up to rounding but not equal: whoever computed it in another order may differ.
    if (got !== least && Math.abs(got - least) <= TOLERANCE * Math.abs(least)) continue;
    const { name } = facts.origins[origin]!;
    const [here, there] = [facts.clusters[cluster]!.name, facts.clusters[best]!.name];
    notes.say(
      `${at}.assignments`,
      `got ${name} at ${here} for ${got} per request/s, expected ${there} for ${least}`,
    );
  }
}

/** Undivided origins and replicas shared by several apps have no prices: small ones are solved again. */
function searchAgain(
  answers: readonly Answer[],
  parties: readonly Party[],
  at: readonly string[],
  notes: Notes,
): void {
  const size = parties.reduce((sum, one) => sum + one.origins.length * one.chosen.length, 0);
  if (size > MOST_SEARCHED) return;
  const again = serve(parties, answers[0]!.facts.standing.others);
  if (again === undefined) return;
  const [got, least] = [
    costOf(
      parties,
      answers.map(({ outcome }) => outcome),
    ),
    costOf(parties, again.outcomes),
  ];
  if (got <= least + slack(least)) return;
  const worst = answers.findIndex((_, index) => {
    const party = [parties[index]!];
    return costOf(party, [answers[index]!.outcome]) > costOf(party, [again.outcomes[index]!]);
  });
  notes.say(
    `${at[Math.max(0, worst)]}.assignments`,
    `got assignments that cost ${got}, expected ${least}`,
  );
}

function costOf(parties: readonly Party[], outcomes: readonly Outcome[]): number {
  let cost = 0;
  for (const [index, { flows }] of outcomes.entries()) {
    for (const { origin, cluster, amount } of flows)
      cost += amount * parties[index]!.cost(origin, cluster);
  }
  return cost;
}
