/** Who is placed where while apps are placed one by one. The limits that the others leave are kept up to date. */

import { type Placed, SharedLimits } from '../assignment/limits-beside';
import type { Candidate } from '../enumeration/enumeration';
import { clearlyLess, type Limits, type Problem } from '../problem/problem';

/** The sets of all apps, some of which are not placed. */
export class Placing {
  readonly placed: (Candidate | undefined)[];
  private readonly shared: SharedLimits;

  constructor(
    private readonly problem: Problem,
    placed: readonly (Candidate | undefined)[] = problem.apps.map(() => undefined),
  ) {
    this.placed = [...placed];
    this.shared = new SharedLimits(
      problem.limits,
      placed.map((one, a) => this.useOf(a, one)),
    );
  }

  /** Places an app, or takes it away. */
  set(a: number, one: Candidate | undefined): void {
    if (one === this.placed[a]) return;
    this.placed[a] = one;
    this.shared.set(a, this.useOf(a, one));
  }

  /** The limits that the placed apps other than `a` leave. */
  limitsFor(a: number): Limits {
    return this.shared.beside(a);
  }

  private useOf(a: number, one: Candidate | undefined): Placed {
    return one && { app: this.problem.apps[a], assigned: one.evaluated.assigned };
  }
}

/** By app: its set; undefined when it is not placed. */
export type Placements = readonly (Candidate | undefined)[];

/** True when more apps are placed, or as many at a lower value. */
export function isBetterPlacement(found: Placements, best: Placements): boolean {
  const placed = (sets: Placements) => sets.filter(Boolean).length;
  if (placed(found) !== placed(best)) return placed(found) > placed(best);
  return clearlyLess(totalValue(found), totalValue(best));
}

/** The sum of the values of the placed apps. */
export function totalValue(sets: Placements): number {
  return sets.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
}
