/**
 * Walks through a proof by prices. Whoever pays each origin's price for serving it, and each rule's price for keeping
 * it, no set costs less than all that is paid and the cheapest set at what is then left. Where that is not enough, the
 * clusters of which the other choice would cost too much are settled, and the next steps prove the rest.
 */
import type { Certificate } from '../../model/decision';
import { slack } from '../input/findings';
import { type Asked, leastOf } from '../rules/evaluation';
import { isFrozen } from '../rules/stability-rules';
import { pricedByRoom } from './capacity-multiplier';
import { cheapest, FREE, IN, NOTHING_LEFT, OUT, total } from './cheapest-set';
import { asksWhoServes, isUnused, mostPaid } from './closest-assignment';
import { Rows } from './inequalities';
import { isWholeNumber, type Worth, Worths } from './reduced-costs';
import { pricedRules } from './rule-multipliers';
import { mostUsed, type Sizes, sizesOf } from './set-sizes';

type AppCertificate = NonNullable<Certificate['apps']>[number];
type DualCertificate = Extract<AppCertificate, { kind: 'dual' }>;
type Step = NonNullable<DualCertificate['steps']>[number];

/** What a proof comes to. */
export interface Walked {
  /** The largest number up to `bound` that the proof proves. */
  readonly proved: number;
  /** What in the proof has no meaning. */
  readonly complaints: readonly string[];
  /** Sets of which it would have taken too long to find out what they cost; they are believed. */
  readonly unsettled: number;
}

/** Checks that no legal set of `asked` costs less than the proof's bound. Visits every step once. */
export function walkProof(asked: Asked, proof: DualCertificate): Walked {
  return new Walk(asked, proof).walk();
}

/** Pairs looked at to judge single sets, before the rest is left unsettled. */
const MOST_LOOKED = 500_000_000;

/** The sets that are left at a step, with the prices from above. */
interface Left {
  /** By cluster: FREE, IN or OUT; a step settles more of them. */
  readonly state: number[];
  readonly prices: Float64Array;
  readonly rules: Readonly<Record<string, number>>;
  readonly sizes: Sizes;
  /** [origin * clusters + cluster]: pairs of which the cluster cannot serve the origin. */
  readonly barred: ReadonlySet<number>;
}

interface Side extends Left {
  readonly isEmpty: boolean;
}

class Walk {
  private readonly steps: readonly Step[];
  private readonly complaints: string[] = [];
  private at = 0;
  private readonly worths: Worths;
  private readonly effort = { left: MOST_LOOKED };
  private unsettled = 0;
  private readonly rules: Rows;

  constructor(
    private readonly asked: Asked,
    private readonly proof: DualCertificate,
  ) {
    this.steps = [proof, ...(proof.steps ?? [])];
    this.rules = new Rows(asked.facts, proof.cliques ?? []);
    this.worths = new Worths(asked.facts);
  }

  walk(): Walked {
    const { facts, restrictions, now } = this.asked;
    const { bound } = this.proof;
    // In a freeze there is one set, and its value is the bound.
    if (restrictions.freeze && isFrozen(facts, now))
      return { proved: bound, complaints: [], unsettled: 0 };
    const state = facts.clusters.map(() => OUT);
    for (const cluster of facts.eligible) state[cluster] = facts.held.has(cluster) ? IN : FREE;
    const nothing = new Float64Array(facts.origins.length);
    const sizes = sizesOf(facts);
    const proved = this.step({ state, prices: nothing, rules: {}, sizes, barred: new Set() });
    if (this.at < this.steps.length) this.complaints.push('steps that belong to no other');
    return { proved, complaints: this.complaints, unsettled: this.unsettled };
  }

  /** What the next step and all of its own prove of the sets that are left. */
  private step(above: Left): number {
    const step = this.steps[this.at++];
    if (step === undefined) {
      this.complaints.push('fewer steps than it speaks of');
      return Number.NEGATIVE_INFINITY;
    }
    const { state, sizes, barred } = above;
    const left: Left = {
      state,
      sizes,
      barred,
      prices: this.pricesOf(step, above.prices),
      rules: { ...above.rules, ...step.rulePrices },
    };
    const isLast = !step.goesOn && step.splitAt === undefined && step.splitSize === undefined;
    const value = this.settle(left, isLast);
    if (step.goesOn) return Math.max(value, this.step(left));
    const sides = this.sidesOf(step, left);
    if (sides === undefined) return value;
    // What is empty already leaves nothing to prove, but its steps are there.
    const [first, second] = sides.map((side) => {
      const found = this.step(side);
      return side.isEmpty ? Number.POSITIVE_INFINITY : found;
    }) as [number, number];
    return Math.max(value, Math.min(first, second, this.proof.bound));
  }

  /** The two parts of what is left that a step speaks of; every set is in one of them. */
  private sidesOf(step: Step, left: Left): readonly Side[] | undefined {
    const { state, sizes } = left;
    if (step.splitSize !== undefined) {
      const most = Math.min(sizes.max, step.splitSize);
      const least = Math.max(sizes.min, step.splitSize + 1);
      const few = { min: sizes.min, max: most };
      const many = { min: least, max: Math.min(sizes.max, mostUsed(this.asked.facts, least)) };
      return [few, many].map((side) => ({
        ...left,
        state: [...state],
        sizes: side,
        isEmpty: side.min > side.max,
      }));
    }
    if (step.splitAt === undefined) return undefined;
    const { clusters } = this.asked.facts;
    const cluster = clusters.findIndex(({ name }) => name === step.splitAt);
    if (cluster < 0) this.complaints.push(`a split at ${step.splitAt}, which is no cluster`);
    if (step.splitOrigin !== undefined) return this.pairSides(step.splitOrigin, cluster, left);
    return [IN, OUT].map((choice) => {
      const decided = [...state];
      if (cluster >= 0) decided[cluster] = choice;
      const isEmpty = state[cluster] !== FREE && state[cluster] !== choice;
      return { ...left, state: decided, isEmpty };
    });
  }

  /** An origin that is not divided is at the cluster, and at no other, or it is not there. */
  private pairSides(name: string, at: number, left: Left): readonly Side[] | undefined {
    const { origins, clusters, app } = this.asked.facts;
    const origin = origins.findIndex((one) => one.name === name);
    const { capacity } = app.policy.constraints;
    const isWhole = capacity !== false && capacity.assignment === 'whole';
    if (origin < 0 || !isWhole) {
      this.complaints.push(`a split at ${name}, which is no origin that is served as a whole`);
    }
    return [true, false].map((isThere) => {
      const barred = new Set(left.barred);
      for (let cluster = 0; origin >= 0 && at >= 0 && cluster < clusters.length; cluster++) {
        if ((cluster === at) !== isThere) barred.add(origin * clusters.length + cluster);
      }
      return { ...left, state: [...left.state], barred, isEmpty: false };
    });
  }

  private pricesOf({ originPrices }: Step, above: Float64Array): Float64Array {
    const prices = above.slice();
    const { origins } = this.asked.facts;
    for (const [index, { name }] of origins.entries()) {
      if (Object.hasOwn(originPrices, name)) prices[index] = originPrices[name]!;
    }
    return prices;
  }

  /** Settles in `state` what the prices settle; the least cost of the sets that are left, at most the bound. */
  private settle({ state, prices, rules, sizes, barred }: Left, isLast: boolean): number {
    const { facts } = this.asked;
    const priced = pricedRules(this.asked, rules, this.rules, sizes);
    for (const name of priced.wrong) this.complaints.push(`a price of ${name}, which is no rule`);
    const most = this.mostPaid(state);
    if (most !== undefined) {
      for (const [cluster, choice] of state.entries()) {
        if (choice === OUT || !isUnused(facts, cluster, sizes, most)) continue;
        if (choice === IN) return this.proof.bound;
        state[cluster] = OUT;
      }
    }
    const { rent, beyond } = priced;
    const { rooms } = this.rules;
    const isBarred = (cluster: number, origin: number) =>
      barred.has(origin * facts.clusters.length + cluster);
    const paying = { prices, rent, beyond, most, rooms, ...(barred.size > 0 && { isBarred }) };
    const told = this.worths.of((cluster) => state[cluster] !== OUT, paying);
    const worth = told.atLeast.map((one, cluster) =>
      state[cluster] === OUT ? 0 : one + priced.extra[cluster]!,
    );
    const sharpen = sharpener(told, worth, priced.extra);
    const paid = total([facts.constantCost, priced.constant, ...prices]);
    for (;;) {
      const reached = this.reached(state, worth, sizes, paid);
      if (reached.value >= this.enough) return this.proof.bound;
      if (sharpen(reached.taken)) continue;
      if (!state.includes(FREE)) {
        return isLast ? Math.max(reached.value, this.judgedValue(state)) : reached.value;
      }
      for (const cluster of reached.out) state[cluster] = OUT;
      for (const cluster of reached.in) state[cluster] = IN;
      if (reached.out.length + reached.in.length > 0) continue;
      // Whoever is still free may not be, seen more closely; the steps below count on that.
      if (!sharpen([...state.keys()].filter((c) => state[c] === FREE))) return reached.value;
    }
  }

  /** The cheapest set, as its sizes and, where it is limited, as its room ask for. */
  private reached(state: readonly number[], worth: readonly number[], sizes: Sizes, paid: number) {
    const { facts } = this.asked;
    const plain = cheapest(state, worth, sizes, paid, this.enough);
    if (this.rules.isClosest) return plain;
    const priced = pricedByRoom(worth, this.rules.rooms, facts.total, {
      isIn: (cluster) => state[cluster] === IN,
      isLeft: (cluster) => state[cluster] !== OUT,
    });
    if (priced === undefined) return NOTHING_LEFT;
    const range = { ...sizes, min: Math.max(sizes.min, priced.fewest) };
    const housed = cheapest(state, priced.worth, range, paid + priced.paid, this.enough);
    return {
      value: Math.max(plain.value, housed.value),
      taken: [...plain.taken, ...housed.taken],
      in: [...plain.in, ...housed.in],
      out: [...plain.out, ...housed.out],
    };
  }

  /** What a set must cost at least for the bound to hold: where all costs are whole, anything above the next lower value. */
  private get enough(): number {
    const { bound } = this.proof;
    const isWhole = this.isWholeValued && this.worths.isWhole && isWholeNumber(bound);
    return isWhole ? bound - 1 + slack(bound) : bound - slack(bound) / 10;
  }

  /** Whether a value is a sum of costs of whole origins: nobody is divided. */
  private get isWholeValued(): boolean {
    const { capacity } = this.asked.facts.app.policy.constraints;
    return this.rules.isClosest || (capacity !== false && capacity.assignment === 'whole');
  }

  /** One set is left: what it really costs, as far as that matters. */
  private judgedValue(state: readonly number[]): number {
    const chosen = [...state.keys()].filter((cluster) => state[cluster] === IN);
    const least = leastOf(this.asked, chosen, this.enough, this.effort);
    if (least !== undefined) return Math.min(this.proof.bound, least);
    this.unsettled++;
    return this.proof.bound;
  }

  /** By origin: what nobody pays more than; undefined where that does not matter or is not so. */
  private mostPaid(state: readonly number[]): Float64Array | undefined {
    const { facts } = this.asked;
    if (!this.rules.isClosest || !asksWhoServes(facts)) return undefined;
    return mostPaid(
      facts,
      [...state.keys()].filter((cluster) => state[cluster] === IN),
    );
  }
}

/** Puts what clusters are worth in the place of what they are at least, once each; whether there was anything to put. */
function sharpener({ exactly }: Worth, worth: number[], extra: readonly number[]) {
  const isSharp = new Set<number>();
  return (clusters: readonly number[]): boolean => {
    const dull = clusters.filter((cluster) => !isSharp.has(cluster));
    if (exactly === undefined || dull.length === 0) return false;
    for (const [i, one] of exactly(dull).entries()) {
      isSharp.add(dull[i]!);
      worth[dull[i]!] = one + extra[dull[i]!]!;
    }
    return true;
  };
}
