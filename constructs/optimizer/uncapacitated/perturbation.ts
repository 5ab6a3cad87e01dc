/**
 * Local perturbations: the clusters that serve some origin best are exchanged for others near it, and a descent follows
 * (iterated local search: Lourenço, Martin and Stützle, Handbook of Metaheuristics, 2003).
 * A descent undoes scattered exchanges one by one; exchanges around one origin lead to another local arrangement.
 */

import { RandomSequence } from '../primitives/random-sequence';
import { type AppProblem, costAt } from '../problem/problem';
import { MAX_PERTURBED_CLUSTERS } from '../single-app-options';

/** A deterministic sequence of perturbations for one app. */
export class Perturbation {
  private readonly random: RandomSequence;
  private readonly candidates: readonly number[];

  constructor(private readonly app: AppProblem) {
    this.candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    this.random = RandomSequence.forCandidates(this.candidates.length);
  }

  /** Another set of the same size, ascending; required clusters stay. */
  next(open: readonly number[]): number[] {
    const { app, candidates } = this;
    const origin = this.random.below(app.origins);
    const exchanged = 2 + this.random.below(MAX_PERTURBED_CLUSTERS - 1);
    const isOpen = new Uint8Array(app.clusters);
    for (const cluster of open) isOpen[cluster] = 1;
    const near = this.nearest(
      open.filter((cluster) => app.required[cluster] === 0),
      origin,
    );
    const out = near.slice(0, exchanged);
    for (const cluster of out) isOpen[cluster] = 0;
    // The number of candidates expected in the area of the clusters that leave.
    const around = Math.ceil(((out.length + 1) * candidates.length) / Math.max(1, open.length));
    const others = this.nearest(
      candidates.filter((cluster) => isOpen[cluster] === 0),
      origin,
    ).slice(0, Math.max(around, out.length));
    for (let i = 0; i < out.length; i++) {
      const [into] = others.splice(this.random.below(others.length), 1);
      isOpen[into] = 1;
    }
    return candidates.filter((cluster) => isOpen[cluster] === 1);
  }

  /** By the cost of serving the origin there; ties by index. */
  private nearest(clusters: readonly number[], origin: number): number[] {
    const cost = new Map(clusters.map((cluster) => [cluster, costAt(this.app, cluster, origin)]));
    const at = (cluster: number) => cost.get(cluster) ?? Number.POSITIVE_INFINITY;
    return [...clusters].sort((a, b) => (at(a) === at(b) ? a - b : at(a) - at(b)));
  }
}
