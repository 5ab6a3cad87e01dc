/**
 * Repacking: a few apps that are in each other's way stand up, and sit down again one by one, each at the best that is left when it
 * pays for what it uses of what is short (ruin and recreate, Schrimpf et al., Journal of Computational Physics 159, 2000; with
 * prices, so that who sits down first thinks of the others). Every app is assigned for real, which a table only guesses.
 */

import { evaluateAssigned } from '../assignment/evaluation';
import type { Candidate } from '../enumeration/enumeration';
import { RUIN_AND_RECREATE } from '../options';
import { RandomSequence } from '../primitives/random-sequence';
import { type AppProblem, clearlyLess, type Problem, type Work } from '../problem/problem';
import { type CapacityMultipliers, fractionalUse, multiplierCost } from './capacity-multipliers';
import { KINDS } from './residual-capacity';
import { bestResponse, limitsLeftBy, type StandaloneAnswer } from './sequential';

type Sets = (Candidate | undefined)[];

/**
 * Better sets, sought until none was met for long or the work is spent; as many apps have one as before, or more. Undefined without
 * any. `prices`: of limits. A round costs what placing a few apps costs, twice.
 */
export function ruinAndRecreate(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  placed: readonly (Candidate | undefined)[],
  multipliers: CapacityMultipliers,
  work: Work,
): Sets | undefined {
  return new RuinAndRecreate(problem, alone, [...placed], multipliers, work).run();
}

class RuinAndRecreate {
  private readonly draws = new RandomSequence(1);
  /** By cluster: apps that would be there alone. */
  private readonly appsPreferring: readonly (readonly number[])[];

  constructor(
    private readonly problem: Problem,
    private readonly alone: readonly StandaloneAnswer[],
    private placed: Sets,
    private readonly multipliers: CapacityMultipliers,
    private readonly work: Work,
  ) {
    this.appsPreferring = Array.from({ length: problem.clusters }, (_, cluster) =>
      [...alone.keys()].filter((a) => alone[a].best?.open.includes(cluster)),
    );
  }

  run(): Sets | undefined {
    let isBetter = false;
    const movable = [...this.alone.keys()].filter((a) => this.alone[a].best !== undefined);
    const patience = RUIN_AND_RECREATE.patience * movable.length;
    for (let vain = 0; vain < patience && this.work.spent < this.work.allowed; vain++) {
      const first = movable[this.draws.below(movable.length)];
      const standing = this.shuffled([first, ...this.rivalsOf(first)]);
      const found = this.recreated(standing);
      if (found === undefined) continue;
      this.placed = found;
      isBetter = true;
      vain = -1;
    }
    return isBetter ? this.placed : undefined;
  }

  /** Some of those who are where the app is or would be, and one without a place. */
  private rivalsOf(first: number): number[] {
    const { placed, alone, appsPreferring } = this;
    const rivals = new Set<number>();
    const mine = [...(placed[first]?.open ?? []), ...(alone[first].best?.open ?? [])];
    for (const cluster of mine) {
      for (const b of appsPreferring[cluster]) rivals.add(b);
      placed.forEach((one, b) => {
        if (one?.open.includes(cluster)) rivals.add(b);
      });
    }
    for (const b of placed.keys()) {
      if (placed[b] === undefined && alone[b].best !== undefined) rivals.add(b);
    }
    rivals.delete(first);
    const count = 1 + this.draws.below(RUIN_AND_RECREATE.maxRemoved - 1);
    return this.shuffled([...rivals].sort((a, b) => a - b)).slice(0, count);
  }

  /** All sets, these apps seated anew in this order; undefined when that is no better. */
  private recreated(standing: readonly number[]): Sets | undefined {
    const { problem, placed, work } = this;
    const found = placed.map((one, a) => (standing.includes(a) ? undefined : one));
    const share = RUIN_AND_RECREATE.maxMultiplierShare * this.draws.next();
    for (const a of standing) {
      const withCapacityCosts = problem.apps.map((app, b) =>
        b === a ? this.paying(b, share) : app,
      );
      const own = placed[a] ?? this.alone[a].best;
      const one = bestResponse({ ...problem, apps: withCapacityCosts }, found, a, own, work);
      found[a] = one && this.withRealCosts(found, a, one);
    }
    for (const a of standing)
      found[a] = bestResponse(problem, found, a, found[a], work) ?? found[a];
    const seats = (sets: Sets) => standing.filter((a) => sets[a] !== undefined).length;
    const value = (sets: Sets) =>
      standing.reduce((sum, a) => sum + (sets[a]?.evaluated.value ?? 0), 0);
    if (seats(found) !== seats(placed)) return seats(found) > seats(placed) ? found : undefined;
    return clearlyLess(value(found), value(placed)) ? found : undefined;
  }

  /** The same set and assignment, without the prices. */
  private withRealCosts(found: Sets, a: number, { open, evaluated }: Candidate): Candidate {
    const { problem, work } = this;
    const limits = limitsLeftBy(problem, found, a);
    const judged = evaluateAssigned(problem.apps[a], evaluated.assigned, 0, limits, work);
    return { open, evaluated: { ...evaluated, ...judged } };
  }

  /** The app when it pays a share of the prices: by the request where that is dearer than the least replicas, else by the cluster. */
  private paying(a: number, share: number): AppProblem {
    const app = this.problem.apps[a];
    if (app.capacity === 'none' || app.implicitCosts !== undefined) return app;
    const { multipliers } = this;
    const { least, perLoad } = fractionalUse(app);
    const all = app.requestsPerSecond.reduce((sum, one) => sum + one, 0);
    const usual = all / Math.max(1, this.alone[a].best?.open.length ?? 1);
    const openCost = app.openCost.slice();
    const cost = app.cost.slice();
    for (let cluster = 0; cluster < app.clusters; cluster++) {
      const fixed = multiplierCost(multipliers, cluster, least);
      const rate = multiplierCost(multipliers, cluster, perLoad);
      const isLoaded = rate * usual > fixed;
      const each = (isLoaded ? rate : 0) + multipliers[cluster * KINDS + 3];
      openCost[cluster] += share * (isLoaded ? 0 : fixed);
      if (each === 0) continue;
      const row = cluster * app.origins;
      for (let u = 0; u < app.origins; u++)
        cost[row + u] += share * each * app.requestsPerSecond[u];
    }
    return { ...app, openCost, cost };
  }

  private shuffled(items: number[]): number[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.draws.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}
