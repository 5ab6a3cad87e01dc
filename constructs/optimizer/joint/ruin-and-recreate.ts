/**
 * Ruin and recreate (Schrimpf et al., Journal of Computational Physics 159, 2000): a few apps that compete for clusters are
 * removed and placed again one by one. Each pays for scarce capacity, so that the first ones leave capacity to the others.
 * Every app gets its real assignment, which a joint state only estimates.
 */

import { evaluateAssigned } from '../assignment/evaluation';
import type { Candidate } from '../enumeration/enumeration';
import { RUIN_AND_RECREATE } from '../options';
import { RandomSequence } from '../primitives/random-sequence';
import { type AppProblem, clearlyLess, type Problem, type Work } from '../problem/problem';
import { KINDS } from './assignment/residual-capacity';
import { type CapacityMultipliers, fractionalUse, multiplierCost } from './capacity-multipliers';
import { Placing } from './placing';
import { bestResponse, type StandaloneAnswer } from './sequential';

type Sets = (Candidate | undefined)[];

/**
 * Better sets; undefined without any. No fewer apps are placed than before. It stops after many rounds without improvement or when the
 * work is spent. A round places a few apps twice.
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
  /** By cluster: apps that use it in their best set alone. */
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
    const pairs = this.problem.apps.reduce((sum, app) => sum + app.origins * app.clusters, 0);
    const isSmall = pairs <= RUIN_AND_RECREATE.smallPairs;
    const patience =
      movable.length * (isSmall ? RUIN_AND_RECREATE.smallPatience : RUIN_AND_RECREATE.patience);
    for (let vain = 0; vain < patience && this.work.spent < this.work.allowed; vain++) {
      const first = movable[this.draws.below(movable.length)];
      const removed = this.shuffled([first, ...this.rivalsOf(first)]);
      const found = this.recreated(removed);
      if (found === undefined) continue;
      this.placed = found;
      isBetter = true;
      vain = -1;
    }
    return isBetter ? this.placed : undefined;
  }

  /** A few random apps that use a cluster of this app's set or preferred set, or that are not placed. */
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

  /** All sets after these apps are placed again in this order; undefined unless they are better. */
  private recreated(removed: readonly number[]): Sets | undefined {
    const { problem, placed, work } = this;
    const placing = new Placing(
      problem,
      placed.map((one, a) => (removed.includes(a) ? undefined : one)),
    );
    const found = placing.placed;
    const share = RUIN_AND_RECREATE.maxMultiplierShare * this.draws.next();
    for (const a of removed) {
      const withCapacityCosts = problem.apps.map((app, b) =>
        b === a ? this.paying(b, share) : app,
      );
      const own = placed[a] ?? this.alone[a].best;
      const one = bestResponse({ ...problem, apps: withCapacityCosts }, placing, a, own, work);
      placing.set(a, one && this.withRealCosts(placing, a, one));
    }
    for (const a of removed)
      placing.set(a, bestResponse(problem, placing, a, found[a], work) ?? found[a]);
    const placedCount = (sets: Sets) => removed.filter((a) => sets[a] !== undefined).length;
    const value = (sets: Sets) =>
      removed.reduce((sum, a) => sum + (sets[a]?.evaluated.value ?? 0), 0);
    if (placedCount(found) !== placedCount(placed))
      return placedCount(found) > placedCount(placed) ? found : undefined;
    return clearlyLess(value(found), value(placed)) ? found : undefined;
  }

  /** The same set and assignment, evaluated without capacity costs. */
  private withRealCosts(placing: Placing, a: number, { open, evaluated }: Candidate): Candidate {
    const { problem, work } = this;
    const limits = placing.limitsFor(a);
    const judged = evaluateAssigned(problem.apps[a], evaluated.assigned, 0, limits, work);
    return { open, evaluated: { ...evaluated, ...judged } };
  }

  /** The app with a share of the capacity multipliers in its costs: per request where that exceeds the minimum replicas, else per cluster. */
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
