/** What the apps of one decision have in common is computed once: pairs of equal origins, and the eligibility of equal policies. */
import { canonicalJson } from '../../model/canonical';
import type { Origin } from '../../model/demand';
import type { AppInput } from './app-input';
import { type Eligibility, eligibilityOf } from './eligibility';
import { type Pairs, pairsOf, samePairs } from './latency';
import { storesAllPairs } from './pair-costs';

/** Memory of one decision on one fleet at one time. */
export class SharedCompilation {
  private readonly stored: (Pick<AppInput, 'fleet'> & {
    readonly origins: readonly Origin[];
    readonly pairs: Pairs;
  })[] = [];
  private readonly eligibilities = new Map<string, Eligibility>();

  /** Pairs of the app's origins, those of an earlier app where its origins are at the same places. */
  pairs({ app, fleet, previous }: AppInput, origins: readonly Origin[]): Pairs {
    const isKept = storesAllPairs(app, fleet, origins, previous !== undefined);
    const known = isKept ? samePairs(this.stored, fleet, origins) : undefined;
    const pairs = known ?? pairsOf(fleet, origins, isKept);
    if (known === undefined && pairs.milliseconds.length > 0)
      this.stored.push({ fleet, origins, pairs });
    return pairs;
  }

  /** The eligibility of every cluster. An app without a history shares it with apps of the same policy and size. */
  eligibility({ app, fleet, previous, now, lost }: AppInput, tiers: number): Eligibility {
    const compute = () =>
      eligibilityOf(app, fleet.clusters, previous ?? new Map(), now, tiers, lost ?? new Set());
    if (previous !== undefined) return compute();
    const { constraints, tiers: ordered, stability } = app.policy;
    const key = canonicalJson([constraints, ordered, stability, app.sizing, tiers]);
    const known = this.eligibilities.get(key) ?? compute();
    this.eligibilities.set(key, known);
    return known;
  }
}
