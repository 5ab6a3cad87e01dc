/**
 * The Lagrangian relaxation of a joint placement: a price per unit of every limit of every cluster lets each app be judged
 * alone, a price per origin lets each of its clusters be judged alone (Fisher, Management Science 27, 1981; for several
 * commodities on shared facilities Klincewicz and Luss, Operations Research 35, 1987).
 *
 *   L = sum over apps of L_a - sum over limits of price x capacity
 *   L_a = constant + sum of origin prices + min over sets S of legal size, held clusters in, of sum over S of worth
 *   worth(f) = max of two: use at the least replicas, openCost + P m + sum over origins of min(0, cost + R w - origin price);
 *              use in proportion to load, openCost + sum over origins of min(0, cost + (P/q + R) w - origin price)
 *
 * with P the price of one replica at f, m the least replicas, q the load a replica carries, R the price of one request/s, w the
 * requests/s of the origin. Replicas are never fewer than either use says. No legal placement of all apps costs less than L.
 */
import type { PairsBelow } from './pairs-below';
import type { AppProblem, Work } from './problem';
import { RESOURCES } from './room';
import { sizeRange } from './rules';

const { POSITIVE_INFINITY } = Number;
const KINDS = RESOURCES.length;

/** Prices by limit, [cluster * KINDS + kind]. */
export type LimitPrices = Float64Array;

/** What a set costs before prices, and what it uses of each of its clusters. */
export interface Offer {
  readonly open: readonly number[];
  readonly value: number;
  /** By position. */
  readonly load: Float64Array;
}

/** One app under prices: where its bound stands and how its origins are priced. */
export class PricedApp {
  /** L_a at the last prices. */
  bound = Number.NEGATIVE_INFINITY;
  readonly prices: Float64Array;
  /** Prices that were judged last. */
  readonly judged: Float64Array;
  /** The relaxed set at the last prices, with the load each of its clusters would take. */
  open: number[] = [];
  readonly load: Float64Array;
  /** By cluster: 1 where use in proportion to load is the stronger of the two. */
  readonly isLoaded: Uint8Array;
  /** By origin: the largest price it may get. Pairs that were left out cost no less. */
  private readonly most: Float64Array;
  private readonly worth: Float64Array;
  private readonly served: Int32Array;
  private readonly direction: Float64Array;
  private readonly range: { readonly min: number; readonly max: number };
  private readonly candidates: readonly number[];
  /** Clusters looked at between full looks: those that were nearest to being chosen. */
  private active: readonly number[];
  private readonly isFlat: boolean;
  /** Sum over the components: replica price per unit of each kind, and per request/s. */
  private readonly least: Float64Array;
  private readonly perLoad: Float64Array;

  constructor(
    readonly app: AppProblem,
    private readonly pairs: PairsBelow,
    start: Float64Array,
    isFlat: boolean,
    private readonly work: Work,
  ) {
    this.isFlat = isFlat;
    this.most = pairs.cap;
    this.prices = start.map((one, u) => Math.min(one, this.most[u]));
    this.judged = this.prices.slice();
    this.load = new Float64Array(app.clusters);
    this.isLoaded = new Uint8Array(app.clusters);
    this.worth = new Float64Array(app.clusters);
    this.served = new Int32Array(app.origins);
    this.direction = new Float64Array(app.origins);
    this.range = sizeRange(app);
    this.candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    this.active = this.candidates;
    ({ least: this.least, perLoad: this.perLoad } = usesOf(app));
  }

  /**
   * Evaluates L_a; false when no set has a legal size. Without `isFull` only the active clusters are looked at: what comes
   * out then is no bound, only a guess of it.
   */
  judge(limits: LimitPrices, isFull: boolean): boolean {
    const { app, prices, pairs, worth, isLoaded } = this;
    const { start, origin, cost } = pairs;
    const weight = app.requestsPerSecond;
    const among = isFull ? this.candidates : this.active;
    for (const cluster of among) {
      const fixed = priceOf(limits, cluster, this.least);
      const rate = this.isFlat ? 0 : priceOf(limits, cluster, this.perLoad);
      const always = app.capacity === 'none' ? 0 : limits[cluster * KINDS + 3];
      const end = start[cluster + 1];
      let flat = app.openCost[cluster] + fixed;
      let steep = app.openCost[cluster];
      if (always === 0 && rate === 0) {
        for (let k = start[cluster]; k < end; k++) {
          const saving = cost[k] - prices[origin[k]];
          if (saving < 0) flat += saving;
        }
        steep = -POSITIVE_INFINITY;
      } else {
        for (let k = start[cluster]; k < end; k++) {
          const u = origin[k];
          const saving = cost[k] + always * weight[u] - prices[u];
          if (saving >= 0) continue;
          flat += saving;
          const loaded = saving + rate * weight[u];
          if (loaded < 0) steep += loaded;
        }
      }
      isLoaded[cluster] = steep > flat ? 1 : 0;
      worth[cluster] = steep > flat ? steep : flat;
      this.work.spent += end - start[cluster];
    }
    if (!this.choose(among)) return false;
    if (isFull) this.activate();
    let bound = app.constantCost;
    for (let u = 0; u < prices.length; u++) bound += prices[u];
    for (const cluster of this.open) bound += worth[cluster];
    this.bound = bound;
    this.count(limits);
    return true;
  }

  /** The clusters nearest to being chosen: four times as many as are, and at least 24. */
  private activate(): void {
    const { worth } = this;
    const most = Math.max(24, 4 * this.open.length);
    const sorted = [...this.candidates].sort((a, b) => worth[a] - worth[b] || a - b);
    const active = new Set([...this.open, ...sorted.slice(0, most)]);
    this.active = [...active].sort((a, b) => a - b);
  }

  private choose(among: readonly number[]): boolean {
    const { app, worth, range } = this;
    const open = this.candidates.filter((cluster) => app.held[cluster] === 1);
    const free = among.filter((cluster) => app.held[cluster] === 0);
    if (open.length > range.max || this.candidates.length < range.min) return false;
    free.sort((a, b) => worth[a] - worth[b] || a - b);
    for (const cluster of free) {
      if (open.length >= range.max || (open.length >= range.min && worth[cluster] >= 0)) break;
      open.push(cluster);
    }
    this.open = open.sort((a, b) => a - b);
    return true;
  }

  private count(limits: LimitPrices): void {
    const { app, prices, pairs, served, load } = this;
    const { start, origin, cost } = pairs;
    const weight = app.requestsPerSecond;
    served.fill(0);
    for (const cluster of this.open) {
      const always = app.capacity === 'none' ? 0 : limits[cluster * KINDS + 3];
      const rate = this.isLoaded[cluster] === 1 ? priceOf(limits, cluster, this.perLoad) : 0;
      let taken = 0;
      for (let k = start[cluster]; k < start[cluster + 1]; k++) {
        const u = origin[k];
        if (cost[k] + (always + rate) * weight[u] >= prices[u]) continue;
        served[u]++;
        taken += weight[u];
      }
      load[cluster] = taken;
    }
  }

  /** Moves the prices of origins towards serving each exactly once; `distance` is how far L_a may be from its best. */
  advance(distance: number): void {
    const { app, served, direction, prices } = this;
    const weight = app.requestsPerSecond;
    let norm = 0;
    for (let u = 0; u < direction.length; u++) {
      direction[u] = 1 - served[u] + DEFLECTION * direction[u];
      norm += direction[u] * direction[u] * weight[u];
    }
    if (norm === 0) return;
    const stride = distance / norm;
    const { most } = this;
    for (let u = 0; u < direction.length; u++) {
      const price = prices[u] + stride * direction[u] * weight[u];
      prices[u] = price < most[u] ? price : most[u];
    }
  }

  /** Pairs looked at in a full round. */
  get size(): number {
    return this.pairs.origin.length;
  }

  /** Keeps the prices that were judged last, before they move on. */
  remember(): void {
    this.judged.set(this.prices);
  }

  /** Goes on from these prices, without the direction of before. */
  restart(prices: Float64Array): void {
    this.prices.set(prices);
    this.direction.fill(0);
  }

  /** The sum of the sizes of all that L_a adds up, within a factor of three. */
  magnitude(prices: Float64Array): number {
    let sum = Math.abs(this.app.constantCost);
    for (const price of prices) sum += 3 * Math.abs(price);
    for (const cluster of this.open) sum += Math.abs(this.app.openCost[cluster]);
    return sum;
  }

  /** Adds what the relaxed set uses, [cluster * KINDS + kind]. */
  addUse(use: Float64Array): void {
    const { app } = this;
    if (app.capacity === 'none') return;
    for (const cluster of this.open) {
      const at = cluster * KINDS;
      for (let kind = 0; kind < 3; kind++) {
        use[at + kind] +=
          this.isLoaded[cluster] === 1 ? this.perLoad[kind] * this.load[cluster] : this.least[kind];
      }
      use[at + 3] += this.load[cluster];
    }
  }

  /** The price of an offer: no less than what the bound compares it with. */
  priced(offer: Offer, limits: LimitPrices): number {
    let value = offer.value;
    if (this.app.capacity === 'none') return value;
    offer.open.forEach((cluster, position) => {
      const fixed = priceOf(limits, cluster, this.least);
      const rate = priceOf(limits, cluster, this.perLoad) * offer.load[position];
      value += Math.max(fixed, rate) + limits[cluster * KINDS + 3] * offer.load[position];
    });
    return value;
  }
}

const DEFLECTION = 0.3;

function usesOf(app: AppProblem): { readonly least: Float64Array; readonly perLoad: Float64Array } {
  const least = new Float64Array(KINDS);
  const perLoad = new Float64Array(KINDS);
  if (app.capacity === 'none') return { least, perLoad };
  for (const one of app.components) {
    [one.cpuMillicores, one.memoryMebibytes, 1].forEach((size, kind) => {
      least[kind] += one.minReplicas * size;
      perLoad[kind] += size / one.requestsPerSecondPerReplica;
    });
  }
  return { least, perLoad };
}

function priceOf(limits: LimitPrices, cluster: number, use: Float64Array): number {
  const at = cluster * KINDS;
  return limits[at] * use[0] + limits[at + 1] * use[1] + limits[at + 2] * use[2];
}
