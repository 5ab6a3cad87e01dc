/** An answer: which clusters an app has, who serves whom there, and what the other apps leave. */
import { headroomOf, isCounted, type Others, type Outcome } from './app-assignment';
import type { Facts } from './app-facts';
import { sum, usageOf } from './load';

/** An app's facts with its answer. */
export interface Answer {
  readonly facts: Facts;
  /** Ascending. */
  readonly chosen: readonly number[];
  readonly outcome: Outcome;
}

/** What the other apps use of the clusters, as decided. */
export function othersOf(answer: Answer, all: readonly Answer[]): Others {
  const standing = answer.facts.standing.others;
  const others = all.filter(
    (one) => one.facts.app.name !== answer.facts.app.name && isCounted(one.facts.app),
  );
  const at = (cluster: number) => others.filter(({ chosen }) => chosen.includes(cluster));
  return {
    taken: (cluster) =>
      at(cluster).reduce(
        (used, one) => sum(used, usageOf(one.facts.app, one.outcome.load.get(cluster) ?? 0)),
        standing.taken(cluster),
      ),
    headroom: (cluster) =>
      Math.max(standing.headroom(cluster), ...at(cluster).map((one) => headroomOf(one.facts.app))),
  };
}
