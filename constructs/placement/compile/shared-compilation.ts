/** What the apps of one decision have in common is computed once: pairs of equal origins, what these cost, and the eligibility of equal policies. */
import { canonicalJson } from '../../model/canonical';
import type { Demand, Origin } from '../../model/demand';
import type { AppInput } from './app-input';
import { type Eligibility, eligibilityOf } from './eligibility';
import { type Pairs, pairsOf, samePairs } from './latency';
import type { CostBasis, CostRates } from './origin-kinds';
import { legalPairs, pairRulesOf, storedCosts, storesAllPairs } from './pair-costs';

/** What pairs cost at these rates. */
interface KnownCosts {
  readonly legal: Uint8Array;
  readonly origins: readonly Origin[];
  readonly rates: CostRates;
  readonly cost: Float64Array;
}

/** So many different costs are remembered: apps of one objective mostly follow one another or come again soon. */
const MAX_KNOWN_COSTS = 16;

/** Memory of one decision on one fleet at one time. */
export class SharedCompilation {
  private readonly stored: (Pick<AppInput, 'fleet'> & {
    readonly origins: readonly Origin[];
    readonly pairs: Pairs;
  })[] = [];
  private readonly demands = new Map<Demand | undefined, readonly Origin[]>();
  private readonly legals = new Map<readonly Origin[], Map<string, Uint8Array>>();
  private readonly costs: KnownCosts[] = [];
  private readonly eligibilities = new Map<string, Eligibility>();

  /** The origins with demand, in name order. */
  origins({ demand }: AppInput): readonly Origin[] {
    const known =
      this.demands.get(demand) ??
      (demand?.origins ?? []).filter((origin) => origin.requestsPerSecond > 0);
    this.demands.set(demand, known);
    return known;
  }

  /** The pairs that the constraints of the app allow. */
  legal({ app, fleet }: AppInput, origins: readonly Origin[], pairs: Pairs): Uint8Array {
    const known = this.legals.get(origins) ?? new Map<string, Uint8Array>();
    this.legals.set(origins, known);
    const rules = pairRulesOf(app).map(({ key, value }) => [key, value]);
    const key = canonicalJson([pairs.milliseconds.length, rules]);
    const legal = known.get(key) ?? legalPairs(app, fleet, origins, pairs);
    known.set(key, legal);
    return legal;
  }

  /** What the stored pairs cost at these rates. */
  cost(basis: CostBasis, rates: CostRates): Float64Array {
    const { legal, origins } = basis;
    const isKnown = (one: KnownCosts) =>
      one.legal === legal && one.origins === origins && areSame(one.rates, rates);
    const known = this.costs.find(isKnown);
    if (known !== undefined) return known.cost;
    const cost = storedCosts(basis, rates);
    this.costs.unshift({ legal, origins, rates, cost });
    this.costs.splice(MAX_KNOWN_COSTS);
    return cost;
  }

  /** Pairs of the app's origins, those of an earlier app where its origins are at the same places. */
  pairs({ app, fleet, previous }: AppInput, origins: readonly Origin[]): Pairs {
    const isKept = storesAllPairs(app, fleet, origins, previous !== undefined);
    const known = isKept ? samePairs(this.stored, fleet, origins) : undefined;
    const pairs = known ?? pairsOf(fleet, origins, isKept);
    if (known === undefined && isKept) this.stored.push({ fleet, origins, pairs });
    return pairs;
  }

  /** The eligibility of every cluster. An app without a history shares it with apps of the same policy and size. */
  eligibility({ app, fleet, previous, now, lost }: AppInput, tiers: number): Eligibility {
    const compute = () =>
      eligibilityOf(app, fleet, previous ?? new Map(), now, tiers, lost ?? new Set());
    if (previous !== undefined) return compute();
    const { constraints, tiers: ordered, stability } = app.policy;
    const key = canonicalJson([
      constraints,
      ordered,
      stability,
      app.sizing,
      tiers,
      app.team ?? null,
    ]);
    const known = this.eligibilities.get(key) ?? compute();
    this.eligibilities.set(key, known);
    return known;
  }
}

function areSame(some: CostRates, others: CostRates): boolean {
  return (
    some.perMillisecond === others.perMillisecond &&
    some.perKilometer === others.perKilometer &&
    some.flat.every((one, cluster) => one === others.flat[cluster])
  );
}
