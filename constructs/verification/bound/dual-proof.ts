/**
 * Checks a dual proof. With a multiplier for each origin and each rule, no legal set costs less than the sum of the multipliers plus
 * the cheapest set at the reduced costs (a Lagrangian bound). Where that is below the bound of the certificate, clusters are fixed by
 * their reduced costs, and the next steps of the proof, which form a branch and bound tree, prove the rest.
 */
import type { Certificate } from '../../model/decision';
import type { WorkBudget } from '../assignment/cheapest-assignment';
import { slack } from '../input/findings';
import { minimumCost, type RestrictedApp } from '../rules/evaluation';
import { isFrozen } from '../rules/stability-rules';
import {
  type CheapestSet,
  cheapestSet,
  dualizeTotalCapacity,
  FREE,
  IN,
  NO_SET,
  OUT,
} from './cheapest-set';
import { compensatedSum } from './compensated-sum';
import { Inequalities } from './inequalities';
import {
  cannotReachMinimum,
  closestCosts,
  dependsOnAssignment,
  maximumClusters,
  type Sizes,
  sizesOf,
} from './minimum-load';
import { isWholeNumber, type ReducedCostBounds, ReducedCosts } from './reduced-costs';
import { type DualizedRules, dualizeRules } from './rule-multipliers';

type AppCertificate = NonNullable<Certificate['apps']>[number];
type DualCertificate = Extract<AppCertificate, { kind: 'dual' }>;
type Step = NonNullable<DualCertificate['steps']>[number];

/** What a proof proves. */
interface DualProofResult {
  /** The largest lower bound, up to `bound` of the certificate, that the proof proves. */
  readonly proved: number;
  /** What in the proof is malformed. */
  readonly objections: readonly string[];
  /** The number of sets that were too expensive to evaluate; their cost is taken as proved. */
  readonly unchecked: number;
}

/** Checks that no legal set of the app costs less than the bound of the proof. Visits every step once. */
export function checkDualProof(
  restrictedApp: RestrictedApp,
  proof: DualCertificate,
): DualProofResult {
  return new DualProofCheck(restrictedApp, proof).check();
}

/** The work budget for evaluating single sets, in pairs of an origin and a cluster. */
const MAX_PAIRS = 500_000_000;

/** The sets that remain at a step, with the multipliers inherited from the steps above. */
interface ProofNode {
  /** By cluster: FREE, IN or OUT; a step fixes more of them. */
  readonly state: number[];
  /** By origin: the multiplier for all its requests. */
  readonly originMultipliers: Float64Array;
  /** By name of the rule. */
  readonly ruleMultipliers: Readonly<Record<string, number>>;
  readonly sizes: Sizes;
  /** [origin * clusters + cluster]: pairs in which the cluster must not serve the origin. */
  readonly barred: ReadonlySet<number>;
}

interface Branch extends ProofNode {
  readonly isEmpty: boolean;
}

class DualProofCheck {
  private readonly steps: readonly Step[];
  private readonly objections: string[] = [];
  /** The position of the next step. */
  private position = 0;
  private readonly reducedCosts: ReducedCosts;
  private readonly workBudget: WorkBudget = { left: MAX_PAIRS };
  private unchecked = 0;
  private readonly inequalities: Inequalities;

  constructor(
    private readonly restrictedApp: RestrictedApp,
    private readonly proof: DualCertificate,
  ) {
    this.steps = [proof, ...(proof.steps ?? [])];
    this.inequalities = new Inequalities(restrictedApp.instance, proof.cliques ?? []);
    this.reducedCosts = new ReducedCosts(restrictedApp.instance);
  }

  check(): DualProofResult {
    const { instance, restrictions, now } = this.restrictedApp;
    const { bound } = this.proof;
    // During a freeze the previous set is the only one, and its value is the bound.
    if (restrictions.freeze && isFrozen(instance, now))
      return { proved: bound, objections: [], unchecked: 0 };
    const state = instance.clusters.map(() => OUT);
    for (const cluster of instance.eligible)
      state[cluster] = instance.held.has(cluster) ? IN : FREE;
    const proved = this.checkStep({
      state,
      originMultipliers: new Float64Array(instance.origins.length),
      ruleMultipliers: {},
      sizes: sizesOf(instance),
      barred: new Set(),
    });
    if (this.position < this.steps.length) this.objections.push('steps that belong to no other');
    return { proved, objections: this.objections, unchecked: this.unchecked };
  }

  /** The lower bound that the next step and the steps below it prove for the remaining sets. */
  private checkStep(above: ProofNode): number {
    const step = this.steps[this.position++];
    if (step === undefined) {
      this.objections.push('fewer steps than it speaks of');
      return Number.NEGATIVE_INFINITY;
    }
    const node: ProofNode = {
      ...above,
      originMultipliers: this.originMultipliersOf(step, above.originMultipliers),
      ruleMultipliers: { ...above.ruleMultipliers, ...step.rulePrices },
    };
    const isLast = !step.goesOn && step.splitAt === undefined && step.splitSize === undefined;
    const value = this.fixByReducedCosts(node, isLast);
    if (step.goesOn) return Math.max(value, this.checkStep(node));
    const branches = this.branchesOf(step, node);
    if (branches === undefined) return value;
    // An empty branch needs no proof, but its steps are in the certificate and must be visited.
    const [first, second] = branches.map((branch) => {
      const proved = this.checkStep(branch);
      return branch.isEmpty ? Number.POSITIVE_INFINITY : proved;
    }) as [number, number];
    return Math.max(value, Math.min(first, second, this.proof.bound));
  }

  /** The two branches that a step names; every remaining set is in one of them. */
  private branchesOf(step: Step, node: ProofNode): readonly Branch[] | undefined {
    const { state, sizes } = node;
    if (step.splitSize !== undefined) return this.sizeBranches(step.splitSize, node);
    if (step.splitAt === undefined) return undefined;
    const { clusters } = this.restrictedApp.instance;
    const cluster = clusters.findIndex(({ name }) => name === step.splitAt);
    if (cluster < 0) this.objections.push(`a split at ${step.splitAt}, which is no cluster`);
    if (step.splitOrigin !== undefined) return this.pairBranches(step.splitOrigin, cluster, node);
    return [IN, OUT].map((choice) => {
      const decided = [...state];
      if (cluster >= 0) decided[cluster] = choice;
      const isEmpty = state[cluster] !== FREE && state[cluster] !== choice;
      return { ...node, sizes, state: decided, isEmpty };
    });
  }

  /** Sets of at most `size` clusters, and larger ones. */
  private sizeBranches(size: number, node: ProofNode): readonly Branch[] {
    const { state, sizes } = node;
    const most = Math.min(sizes.max, size);
    const least = Math.max(sizes.min, size + 1);
    const few = { min: sizes.min, max: most };
    const limit = maximumClusters(this.restrictedApp.instance, least);
    const many = { min: least, max: Math.min(sizes.max, limit) };
    return [few, many].map((range) => ({
      ...node,
      state: [...state],
      sizes: range,
      isEmpty: range.min > range.max,
    }));
  }

  /** An origin that is served as a whole is either served by the cluster and no other, or not by it. */
  private pairBranches(name: string, at: number, node: ProofNode): readonly Branch[] {
    const { origins, clusters, app } = this.restrictedApp.instance;
    const origin = origins.findIndex((one) => one.name === name);
    const { capacity } = app.policy.constraints;
    const isWhole = capacity !== false && capacity.assignment === 'whole';
    if (origin < 0 || !isWhole) {
      this.objections.push(`a split at ${name}, which is no origin that is served as a whole`);
    }
    return [true, false].map((isServedThere) => {
      const barred = new Set(node.barred);
      for (let cluster = 0; origin >= 0 && at >= 0 && cluster < clusters.length; cluster++) {
        if ((cluster === at) !== isServedThere) barred.add(origin * clusters.length + cluster);
      }
      return { ...node, state: [...node.state], barred, isEmpty: false };
    });
  }

  private originMultipliersOf({ originPrices }: Step, above: Float64Array): Float64Array {
    const multipliers = above.slice();
    const { origins } = this.restrictedApp.instance;
    for (const [index, { name }] of origins.entries()) {
      if (Object.hasOwn(originPrices, name)) multipliers[index] = originPrices[name]!;
    }
    return multipliers;
  }

  /** Fixes clusters in `node.state` by their reduced costs; returns the bound of the remaining sets, at most that of the proof. */
  private fixByReducedCosts(node: ProofNode, isLast: boolean): number {
    const { state, sizes } = node;
    const rules = dualizeRules(this.restrictedApp, node.ruleMultipliers, this.inequalities, sizes);
    for (const name of rules.wrong) this.objections.push(`a price of ${name}, which is no rule`);
    const costLimits = this.closestCosts(state);
    if (costLimits !== undefined && this.isEmptyByMinimumLoad(node, costLimits))
      return this.proof.bound;
    const { reducedCosts, constant, refine } = this.dualize(node, rules, costLimits);
    for (;;) {
      const cheapest = this.cheapestSet(state, reducedCosts, sizes, constant);
      if (cheapest.value >= this.cutoff) return this.proof.bound;
      if (refine(cheapest.taken)) continue;
      if (!state.includes(FREE)) {
        return isLast ? Math.max(cheapest.value, this.evaluatedCost(state)) : cheapest.value;
      }
      for (const cluster of cheapest.out) state[cluster] = OUT;
      for (const cluster of cheapest.in) state[cluster] = IN;
      if (cheapest.out.length + cheapest.in.length > 0) continue;
      // Exact reduced costs may fix clusters that are still free, and the steps below rely on that.
      if (!refine([...state.keys()].filter((c) => state[c] === FREE))) return cheapest.value;
    }
  }

  /** Excludes free clusters that cannot reach their minimum load; true when a cluster that is IN cannot reach it. */
  private isEmptyByMinimumLoad({ state, sizes }: ProofNode, costLimits: Float64Array): boolean {
    const { instance } = this.restrictedApp;
    for (const [cluster, choice] of state.entries()) {
      if (choice === OUT || !cannotReachMinimum(instance, cluster, sizes, costLimits)) continue;
      if (choice === IN) return true;
      state[cluster] = OUT;
    }
    return false;
  }

  /** The Lagrangian subproblem of a node: reduced costs by cluster and the constant part of the bound. */
  private dualize(
    { state, originMultipliers, barred }: ProofNode,
    rules: DualizedRules,
    costLimits: Float64Array | undefined,
  ) {
    const { instance } = this.restrictedApp;
    const { loadMultipliers, latencyMultiplier } = rules;
    const { loadCapacities } = this.inequalities;
    const isBarred = (cluster: number, origin: number) =>
      barred.has(origin * instance.clusters.length + cluster);
    const bounds = this.reducedCosts.at((cluster) => state[cluster] !== OUT, {
      originMultipliers,
      loadMultipliers,
      latencyMultiplier,
      costLimits,
      loadCapacities,
      ...(barred.size > 0 && { isBarred }),
    });
    const reducedCosts = bounds.lowerBounds.map((one, cluster) =>
      state[cluster] === OUT ? 0 : one + rules.perCluster[cluster]!,
    );
    const constant = compensatedSum([instance.constantCost, rules.constant, ...originMultipliers]);
    return { reducedCosts, constant, refine: refiner(bounds, reducedCosts, rules.perCluster) };
  }

  /** The cheapest set by cardinality and, where clusters are limited, also by total capacity; the better bound counts. */
  private cheapestSet(
    state: readonly number[],
    reducedCosts: readonly number[],
    sizes: Sizes,
    constant: number,
  ): CheapestSet {
    const { instance } = this.restrictedApp;
    const { isUncapacitated, loadCapacities } = this.inequalities;
    const bySize = cheapestSet(state, reducedCosts, sizes, constant, this.cutoff);
    if (isUncapacitated) return bySize;
    const dualized = dualizeTotalCapacity(reducedCosts, loadCapacities, instance.total, state);
    if (dualized === undefined) return NO_SET;
    const range = { ...sizes, min: Math.max(sizes.min, dualized.fewestClusters) };
    const byCapacity = cheapestSet(
      state,
      dualized.reducedCosts,
      range,
      constant + dualized.constant,
      this.cutoff,
    );
    return {
      value: Math.max(bySize.value, byCapacity.value),
      taken: [...bySize.taken, ...byCapacity.taken],
      in: [...bySize.in, ...byCapacity.in],
      out: [...bySize.out, ...byCapacity.out],
    };
  }

  /**
   * The cost from which on a set no longer matters: the bound, up to rounding. Where all costs are whole numbers, every cost above
   * the bound less 1 is at least the bound.
   */
  private get cutoff(): number {
    const { bound } = this.proof;
    const isWhole = this.hasWholeCosts && isWholeNumber(bound);
    return isWhole ? bound - 1 + slack(bound) : bound - slack(bound) / 10;
  }

  /** Whether every cost is a sum of whole numbers: costs of whole origins are, and no origin is divided. */
  private get hasWholeCosts(): boolean {
    const { capacity } = this.restrictedApp.instance.app.policy.constraints;
    const isWhole = capacity !== false && capacity.assignment === 'whole';
    return (this.inequalities.isUncapacitated || isWhole) && this.reducedCosts.isWhole;
  }

  /** The cost of the only remaining set, at most the bound of the proof. */
  private evaluatedCost(state: readonly number[]): number {
    const chosen = [...state.keys()].filter((cluster) => state[cluster] === IN);
    const least = minimumCost(this.restrictedApp, chosen, this.cutoff, this.workBudget);
    if (least !== undefined) return Math.min(this.proof.bound, least);
    this.unchecked++;
    return this.proof.bound;
  }

  /** By origin: the cost at the cheapest cluster that is IN, which no assignment exceeds; undefined where it does not apply. */
  private closestCosts(state: readonly number[]): Float64Array | undefined {
    const { instance } = this.restrictedApp;
    if (!this.inequalities.isUncapacitated || !dependsOnAssignment(instance)) return undefined;
    return closestCosts(
      instance,
      [...state.keys()].filter((cluster) => state[cluster] === IN),
    );
  }
}

/** Replaces lower bounds of reduced costs by exact values, once for each cluster; the result says whether there were any left. */
function refiner(
  { exact }: ReducedCostBounds,
  reducedCosts: number[],
  perCluster: readonly number[],
) {
  const isExact = new Set<number>();
  return (clusters: readonly number[]): boolean => {
    const inexact = clusters.filter((cluster) => !isExact.has(cluster));
    if (exact === undefined || inexact.length === 0) return false;
    for (const [i, one] of exact(inexact).entries()) {
      isExact.add(inexact[i]!);
      reducedCosts[inexact[i]!] = one + perCluster[inexact[i]!]!;
    }
    return true;
  };
}
