/** Prices of rules: what each rule about the chosen clusters returns for its price, and what it takes from clusters. */
import type { Cluster } from '../../model/fleet';
import { matches } from '../../model/match';
import { headroomOf, isCounted } from '../input/app-assignment';
import type { Facts } from '../input/app-facts';
import { slack } from '../input/findings';
import { largestLoad, roomOf } from '../input/load';
import type { Asked } from '../rules/evaluation';
import { groupOf } from '../rules/legality';
import type { Rows } from './inequalities';
import { mustBeUsed, type Sizes, sizesOf } from './set-sizes';

/** What prices of rules add to the bound, and to what choosing each cluster costs. */
export interface Priced {
  readonly constant: number;
  /** By cluster. */
  readonly extra: readonly number[];
  /** By cluster: what a request/s that is served there pays for its room, which the cluster gets for all of it. */
  readonly rent: readonly number[];
  /** What a request/s beyond the latency limit pays besides. */
  readonly beyond: number;
  /** Prices that belong to no rule of the policy, or are negative. */
  readonly wrong: readonly string[];
}

/** Adds up what the prices say; a set that keeps every rule costs no less for them. */
export function pricedRules(
  asked: Asked,
  prices: Readonly<Record<string, number>>,
  rows: Rows,
  sizes: Sizes,
): Priced {
  const tally = new Tally(asked.facts, prices);
  const { mustInclude, spread } = asked.facts.app.policy.constraints;
  for (const [index, element] of mustInclude.entries()) {
    tally.atLeast(`mustInclude[${index}]`, element.count, (one) => matches(element, one));
  }
  for (const [index, element] of spread.entries()) tally.spread(`spread[${index}]`, element);
  tally.changes(asked);
  tally.rooms();
  tally.subsidies(sizes);
  tally.rows(rows, sizes);
  return tally.result();
}

type Spread = Facts['app']['policy']['constraints']['spread'][number];

class Tally {
  private constant = 0;
  private readonly extra: number[];
  private readonly rent: number[];
  private beyond = 0;
  private readonly known = new Set<string>();

  constructor(
    private readonly facts: Facts,
    private readonly prices: Readonly<Record<string, number>>,
  ) {
    this.extra = facts.clusters.map(() => 0);
    this.rent = facts.clusters.map(() => 0);
  }

  atLeast(name: string, count: number, isMember: (cluster: Cluster) => boolean): void {
    const price = this.priceOf(name);
    this.constant += price * count;
    this.add(-price, isMember);
  }

  atMost(name: string, count: number, isMember: (cluster: Cluster) => boolean): void {
    const price = this.priceOf(name);
    this.constant -= price * count;
    this.add(price, isMember);
  }

  spread(path: string, { by, minGroups = 0, maxPerGroup, maxSkew }: Spread): void {
    const { facts } = this;
    const names = new Set(facts.eligible.map((cluster) => groupOf(facts.clusters[cluster]!, by)));
    const { min, max } = sizesOf(facts);
    const returned: number[] = [];
    for (const name of names) {
      const isMember = (one: Cluster) => groupOf(one, by) === name;
      if (maxPerGroup !== undefined) {
        this.atMost(`${path}.maxPerGroup.${name}`, maxPerGroup, isMember);
      }
      if (maxSkew !== undefined) {
        // Some group has no more than the mean and some no less, and no two differ by more than the skew.
        const most = Math.floor(max / names.size) + maxSkew;
        const least = Math.ceil(min / names.size) - maxSkew;
        this.atMost(`${path}.maxSkew.most.${name}`, most, isMember);
        this.atLeast(`${path}.maxSkew.least.${name}`, Math.max(0, least), isMember);
      }
      const price = this.priceOf(`${path}.minGroups.${name}`);
      returned.push(price);
      this.add(-price, isMember);
    }
    // At least so many groups are used, and each used one returns its price once or more.
    returned.sort((a, b) => a - b);
    for (const price of returned.slice(0, minGroups)) this.constant += price;
  }

  /** Kept less added clusters are at least the clusters that could be dropped less maxChanges. */
  changes({ facts, restrictions }: Asked): void {
    const { maxChanges } = facts.app.policy.stability;
    if (!restrictions.maxChanges || maxChanges === undefined || !facts.previous) return;
    const price = this.priceOf('maxChanges');
    const droppable = facts.eligible.filter((cluster) => facts.before.has(cluster)).length;
    this.constant += price * (droppable - maxChanges);
    for (const cluster of facts.eligible) {
      this.extra[cluster]! += facts.before.has(cluster) ? -price : price;
    }
  }

  /** No cluster serves more than it has room for. */
  rooms(): void {
    const { app, eligible, clusters, standing } = this.facts;
    if (!isCounted(app)) return;
    for (const cluster of eligible) {
      const name = `capacity.${clusters[cluster]!.name}`;
      if (!Object.hasOwn(this.prices, name)) continue;
      const others = standing.others;
      const headroom = Math.max(others.headroom(cluster), headroomOf(app));
      const room = roomOf(clusters[cluster]!, headroom);
      const most = largestLoad(app, room, others.taken(cluster));
      if (most === Number.POSITIVE_INFINITY) continue;
      const price = this.priceOf(name);
      this.rent[cluster]! += price;
      this.extra[cluster]! -= price * Math.max(0, most);
    }
  }

  /** A chosen cluster pays for requests, and serves as many as it must where no rule may keep it thin. */
  subsidies(sizes: Sizes): void {
    const { facts } = this;
    for (const [cluster, { name }] of facts.clusters.entries()) {
      const price = this.priceOf(`minRequestsPerSecond.${name}`);
      if (price === 0 || !mustBeUsed(facts, cluster, sizes)) continue;
      const least = facts.threshold[cluster]!;
      this.extra[cluster]! += price * Math.max(0, least - slack(least));
      this.rent[cluster]! -= price;
    }
  }

  /** What is left of the names: rules that are asked by name. */
  rows(rows: Rows, sizes: Sizes): void {
    for (const name of Object.keys(this.prices)) {
      const row = this.known.has(name) ? undefined : rows.named(name, sizes);
      if (row === undefined) continue;
      const price = this.priceOf(name);
      if (price === 0) continue;
      this.constant += price * row.limit;
      for (const cluster of this.facts.eligible) {
        this.extra[cluster]! -= price * row.cluster(cluster);
        if (row.request !== undefined) this.rent[cluster]! += price * row.request(cluster);
      }
      if (row.isLatency) this.beyond += price;
    }
  }

  result(): Priced {
    const names = Object.keys(this.prices);
    const wrong = names.filter((name) => !this.known.has(name) || !(this.prices[name]! >= 0));
    const { constant, extra, rent, beyond } = this;
    return { constant, extra, rent, beyond, wrong };
  }

  private priceOf(name: string): number {
    this.known.add(name);
    return Object.hasOwn(this.prices, name) ? Math.max(0, this.prices[name]!) : 0;
  }

  private add(price: number, isMember: (cluster: Cluster) => boolean): void {
    if (price === 0) return;
    for (const cluster of this.facts.eligible) {
      if (isMember(this.facts.clusters[cluster]!)) this.extra[cluster]! += price;
    }
  }
}
