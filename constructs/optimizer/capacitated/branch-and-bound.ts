/**
 * Branch and bound over sets where capacity is limited, best bound first. A node raises its bound by subgradient ascent and
 * fixes clusters whose opposite choice exceeds the cutoff. Then it branches on the most fractional cluster. With whole
 * origins and all clusters fixed, it branches on an origin, which one of the clusters serves or not.
 */

import { CAPACITATED_TREE } from '../options';
import type { AppProblem, Point, ProofNode, Work } from '../problem/problem';
import type { DualizedConstraints } from '../uncapacitated/dualized-constraints';
import { FREE, IN, OUT } from '../uncapacitated/relaxation';
import { RestrictedPairs, type Restriction } from './branching-restrictions';
import { type AscentSchedule, CapacitatedAscent } from './capacitated-ascent';
import { OpenNodes } from './open-nodes';
import { CapacitatedRelaxation } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** Inputs of the search, and its callbacks to the solver. */
export interface CapacitatedContext {
  readonly app: AppProblem;
  readonly capacities: Float64Array;
  readonly rules: DualizedConstraints;
  readonly work: Work;
  readonly state: Uint8Array;
  readonly point: Point;
  /** Sets of this value or more are pruned. It may fall; Infinity while no legal set is known. */
  readonly cutoff: () => number;
  /** An estimate of the value, which the first ascent aims at while no legal set is known. */
  readonly guess: () => number;
  /** Called with a relaxation just solved, whose set may lead to a better one. */
  readonly consider: (relaxation: CapacitatedRelaxation, isRoot: boolean) => void;
  /** The multipliers at which the relaxation of exactly this set equals its cost with divisible demand; undefined when demand does not fit. */
  readonly exactMultipliers: (open: readonly number[]) => Float64Array | undefined;
}

/** A proved bound. */
export interface CapacitatedBound {
  /** A lower bound on all legal sets; the cutoff when the tree is complete. */
  readonly value: number;
  readonly proof: ProofNode;
}

/** The proof of a node under construction. Branching adds the split. */
interface ProofBuilder {
  points: readonly Point[];
  split?: { cluster: number; origin?: number; with: ProofBuilder; without: ProofBuilder };
}

interface OpenNode {
  readonly bound: number;
  readonly state: Uint8Array;
  readonly restrictions: Restriction | undefined;
  readonly point: Point;
  readonly proof: ProofBuilder;
}

interface Branching {
  readonly cluster: number;
  readonly origin?: number;
}

/** Branches until all nodes are at or above the cutoff, or the work is spent. */
export class CapacitatedBranchAndBound {
  private readonly relaxation: CapacitatedRelaxation;
  private readonly state: Uint8Array;
  private readonly pairs: RestrictedPairs;
  private readonly openNodes = new OpenNodes<OpenNode>();
  /** The least bound of the nodes on which no branching is possible. */
  private leastUnbranched = POSITIVE_INFINITY;
  private readonly rootProof: ProofBuilder;
  private nodes = 0;
  private nextDive = 0;

  constructor(private readonly context: CapacitatedContext) {
    const { app, capacities, rules, work, state, point } = context;
    this.state = state.slice();
    this.pairs = new RestrictedPairs(app, this.state, work);
    this.relaxation = new CapacitatedRelaxation(
      app,
      capacities,
      rules,
      this.state,
      this.pairs.cost,
      work,
    );
    this.rootProof = { points: [point] };
    this.openNodes.push({
      bound: Number.NEGATIVE_INFINITY,
      state: state.slice(),
      restrictions: undefined,
      point,
      proof: this.rootProof,
    });
  }

  /** Continues until `allowed` work units are spent in all. */
  run(allowed: number): void {
    const { work, cutoff } = this.context;
    while (this.openNodes.size > 0 && this.nodes < CAPACITATED_TREE.maxNodes) {
      if (this.openNodes.least >= cutoff()) return;
      if (work.spent > allowed && this.openNodes.least > Number.NEGATIVE_INFINITY) return;
      let sides = this.expand(this.openNodes.pop());
      // Some nodes start a dive: it expands the more likely child while its bound is below the cutoff, in order to find a better set.
      const isDive = this.nodes >= this.nextDive;
      for (; isDive && sides.length > 0 && work.spent <= allowed; ) {
        const [first, ...others] = sides;
        for (const one of others) this.openNodes.push(one);
        sides = first.bound < cutoff() ? this.expand(first) : [];
      }
      if (isDive) this.nextDive = 2 * this.nodes;
      for (const one of sides) this.openNodes.push(one);
    }
  }

  get proved(): CapacitatedBound {
    const least = Math.min(
      this.leastUnbranched,
      this.openNodes.size > 0 ? this.openNodes.least : POSITIVE_INFINITY,
    );
    return { value: Math.min(least, this.context.cutoff()), proof: proofOf(this.rootProof) };
  }

  /** The two children of a node, the more likely first; none when it is pruned. */
  private expand(leaf: OpenNode): readonly OpenNode[] {
    this.nodes++;
    const { cutoff, app } = this.context;
    const isRoot = leaf.proof === this.rootProof;
    this.state.set(leaf.state);
    this.pairs.restrict(leaf.restrictions);
    const ascent = new CapacitatedAscent(app, this.relaxation, leaf.point, scheduleOf(isRoot));
    const points = this.ascend(ascent, isRoot);
    leaf.proof.points = points;
    const bound = ascent.isPossible ? Math.max(ascent.value, leaf.bound) : POSITIVE_INFINITY;
    const split = bound >= cutoff() ? undefined : this.branchingAt(ascent);
    const state = this.state.slice();
    this.pairs.release(leaf.restrictions);
    if (bound >= cutoff()) return [];
    if (split !== undefined) {
      const [first, second] = this.branch(leaf, { bound, point: ascent.best, state }, split);
      const isLikely = split.origin !== undefined || ascent.share[split.cluster] >= 0.5;
      return isLikely ? [first, second] : [second, first];
    }
    this.leastUnbranched = Math.min(this.leastUnbranched, bound);
    return [];
  }

  private branch(
    { proof, restrictions }: OpenNode,
    { bound, point, state }: Pick<OpenNode, 'bound' | 'point' | 'state'>,
    { cluster, origin }: Branching,
  ): readonly [OpenNode, OpenNode] {
    const sides = [true, false].map((isWith): OpenNode => {
      const side = { bound, point, proof: { points: [point] } };
      if (origin !== undefined) {
        return {
          ...side,
          state,
          restrictions: { cluster, origin, isOnly: isWith, outer: restrictions },
        };
      }
      const decided = state.slice();
      decided[cluster] = isWith ? IN : OUT;
      return { ...side, state: decided, restrictions };
    });
    proof.split = {
      cluster,
      ...(origin !== undefined && { origin }),
      with: sides[0].proof,
      without: sides[1].proof,
    };
    return [sides[0], sides[1]];
  }

  /** Raises the bound of a node. Returns the points that fix clusters, and the last point. */
  private ascend(ascent: CapacitatedAscent, isRoot: boolean): Point[] {
    const { cutoff, work, app } = this.context;
    const { phase, considerEvery } = CAPACITATED_TREE;
    const points: Point[] = [];
    const isSettled = !this.state.includes(FREE);
    if (isSettled && app.capacity === 'whole') this.pairs.resetShares();
    let round = 0;
    const visit = () => {
      if (isSettled && app.capacity === 'whole') this.pairs.recordShares(this.relaxation);
      if ((isRoot && ++round % considerEvery === 0) || this.relaxation.isFeasible)
        this.considerAnswer(isRoot);
    };
    const target = () => this.target(ascent.value);
    if (isSettled && this.solveDecided(ascent)) return [ascent.best];
    for (let left = scheduleOf(isRoot).rounds; ; left -= phase) {
      ascent.run(Math.min(left, phase), target, visit);
      const isLast = left <= phase || ascent.isOver || ascent.value >= cutoff();
      if (isLast) ascent.shorten(cutoff());
      if (!ascent.isPossible || !ascent.refresh()) return [...points, ascent.best];
      if (isLast && (isRoot || ascent.value < cutoff())) this.considerAnswer(isRoot);
      const isOver = isLast || work.spent > work.allowed;
      if (ascent.value >= cutoff()) return [...points, ascent.best];
      const decided = this.fixClusters();
      if (decided > 0 || isOver) points.push(ascent.best);
      if (decided > 0 && !this.state.includes(FREE) && this.solveDecided(ascent)) {
        return [...points, ascent.best];
      }
      if (isOver) return points;
    }
  }

  /** Solves a node with all clusters fixed exactly, when demand is divisible. False with whole origins. */
  private solveDecided(ascent: CapacitatedAscent): boolean {
    if (this.context.app.capacity === 'whole') return false;
    const open = [...this.state.keys()].filter((cluster) => this.state[cluster] === IN);
    const prices = this.context.exactMultipliers(open);
    if (!ascent.refresh()) return true;
    if (prices !== undefined)
      ascent.replace({ ...ascent.best, assignmentMultipliers: prices }, ascent.value);
    this.considerAnswer(false);
    return true;
  }

  private considerAnswer(isRoot: boolean): void {
    this.context.consider(this.relaxation, isRoot);
  }

  /** The value that steps aim at: the cutoff, or somewhat above the bound while no legal set is known. */
  private target(value: number): number {
    const cutoff = this.context.cutoff();
    if (cutoff < POSITIVE_INFINITY) return cutoff;
    return value > -POSITIVE_INFINITY
      ? value + Math.abs(value) * CAPACITATED_TREE.aim + 1
      : this.context.guess();
  }

  /** Fixes the free clusters whose opposite choice exceeds the cutoff. Returns their number. */
  private fixClusters(): number {
    const { relaxation, state } = this;
    const cutoff = this.context.cutoff();
    const before = state.slice();
    // All states change together at the end, because the relaxation reads them.
    const after = before.map((_, cluster) => relaxation.decided(cluster, cutoff));
    state.set(after);
    return after.reduce((sum, one, cluster) => sum + (one === before[cluster] ? 0 : 1), 0);
  }

  /** The free cluster whose running average is nearest to one half; without free clusters, a pair with a whole origin. */
  private branchingAt({ share }: CapacitatedAscent): Branching | undefined {
    const { state, relaxation } = this;
    let best = -1;
    let fractionality = -1;
    for (let cluster = 0; cluster < state.length; cluster++) {
      if (state[cluster] !== FREE) continue;
      const here = Math.min(share[cluster], 1 - share[cluster]);
      if (here < fractionality) continue;
      if (here === fractionality && relaxation.reducedCost[cluster] >= relaxation.reducedCost[best])
        continue;
      best = cluster;
      fractionality = here;
    }
    return best >= 0 ? { cluster: best } : this.pairs.mostFractional();
  }
}

function scheduleOf(isRoot: boolean): AscentSchedule {
  return isRoot ? CAPACITATED_TREE.root : CAPACITATED_TREE.node;
}

/** A chain of the points of a node, with the split after the last. */
function proofOf({ points, split }: ProofBuilder): ProofNode {
  const last: ProofNode = {
    point: points[points.length - 1],
    ...(split && {
      split: { ...split, with: proofOf(split.with), without: proofOf(split.without) },
    }),
  };
  return points.slice(0, -1).reduceRight<ProofNode>((next, point) => ({ point, next }), last);
}
