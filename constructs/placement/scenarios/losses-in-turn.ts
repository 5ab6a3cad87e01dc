/**
 * Losses in turn: all apps make room for the loss that harms most, and each app then repairs what the other losses take. One loss
 * that harms a whole fleet is part of as many pairs as there are clusters, and its joint repair serves them all.
 */

import { clearlyLess } from '../../optimizer';
import type { Outcome } from './outcome';

/** Losses that are repaired jointly for the sake of others; each costs up to a second. */
const MAX_FIRST_LOSSES = 10;

/** What is asked of the evaluator of scenarios. */
interface Evaluator {
  readonly base: readonly Outcome[];
  readonly repairedWithout: (lost: readonly number[]) => readonly Outcome[];
  readonly repairedJointly: (
    lost: readonly number[],
    outcomes: readonly Outcome[],
  ) => readonly Outcome[];
}

/** The apps of one evaluator, for any clusters lost. */
export class LossesInTurn {
  /** By cluster: the evaluator that starts from the sets after its loss; undefined where moving other apps gains nothing. */
  private readonly after = new Map<number, Evaluator | undefined>();

  constructor(
    private readonly evaluator: Evaluator,
    private readonly startingFrom: (sets: readonly (readonly number[])[]) => Evaluator,
  ) {}

  /** `outcomes`, or the result of the losses in turn where that costs less. */
  cheaperOf(lost: readonly number[], outcomes: readonly Outcome[]): readonly Outcome[] {
    const { base } = this.evaluator;
    const used = lost.filter((cluster) => base.some(({ open }) => open.includes(cluster)));
    if (used.length === 0 || !isSatisfied(outcomes)) return outcomes;
    const evaluator = this.evaluatorAfter(this.worstOf(used));
    if (evaluator === undefined) return outcomes;
    const found = evaluator.repairedWithout(lost);
    return isSatisfied(found) && clearlyLess(total(found), total(outcomes)) ? found : outcomes;
  }

  /** The cluster whose loss alone costs most. */
  private worstOf(clusters: readonly number[]): number {
    let worst = clusters[0];
    let most = Number.NEGATIVE_INFINITY;
    for (const cluster of clusters) {
      const value = total(this.evaluator.repairedWithout([cluster]));
      if (value <= most) continue;
      most = value;
      worst = cluster;
    }
    return worst;
  }

  private evaluatorAfter(cluster: number): Evaluator | undefined {
    if (this.after.has(cluster)) return this.after.get(cluster);
    if (this.after.size >= MAX_FIRST_LOSSES) return undefined;
    const before = this.evaluator.repairedWithout([cluster]);
    const joint = this.evaluator.repairedJointly([cluster], before);
    const isCheaper = isSatisfied(joint) && clearlyLess(total(joint), total(before));
    const found = isCheaper ? this.startingFrom(joint.map(({ open }) => open)) : undefined;
    this.after.set(cluster, found);
    return found;
  }
}

function isSatisfied(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ app }) => app.satisfied);
}

function total(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { app }) => sum + app.value, 0);
}
