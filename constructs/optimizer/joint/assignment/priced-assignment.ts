/**
 * Assigns many apps to given sets at once, with whole replicas. Every origin starts at its cheapest cluster. A cluster beyond its
 * capacity gives up the replicas whose demand is cheapest to serve elsewhere and raises its price to what that costs, so that
 * others come only where it is worth more to them (auction algorithm for the transportation problem, Bertsekas and Castañon,
 * Annals of Operations Research 20, 1989). At last each app moves to whatever is cheaper for it beside the others.
 */

import type { Assigned } from '../../assignment/assignment';
import { PRICED_ASSIGNMENT } from '../../options';
import { Heap } from '../../primitives/heap';
import { largestLoad, stepBelow } from '../../problem/capacity';
import type { AppProblem, Limits, Work } from '../../problem/problem';
import { AppAssignment } from './app-assignment';
import { KINDS, ResidualCapacity, writeUse } from './residual-capacity';
import { moveToCheaper } from './residual-moves';

const { POSITIVE_INFINITY } = Number;

/** By app: its assignment; undefined for apps left out, because they fit nowhere beside the others or the work is spent. */
export function assignByPrices(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  limits: Limits,
  work: Work,
): (Assigned | undefined)[] {
  return new PricedAssignment(apps, sets, limits, work).run();
}

/** An app at a position of its set. */
interface Place {
  readonly a: number;
  readonly position: number;
  /** The key of its valid offer; NaN without one. */
  offered: number;
}

class PricedAssignment {
  private readonly placed: (AppAssignment | undefined)[];
  private readonly residual: ResidualCapacity;
  /** [cluster * KINDS + kind]: price of one unit. */
  private readonly price: Float64Array;
  /** By kind: the least rise of a price. */
  private readonly rise = new Float64Array(KINDS);
  /** By kind: a price above which nobody comes to a cluster. */
  private readonly mostPrice = new Float64Array(KINDS);
  /** By cluster: the places there. */
  private readonly places: readonly Place[][];
  /** By app, then by position: its index among the places of the cluster. */
  private readonly ranks: readonly Int32Array[];
  /** By cluster: its places by what giving up a replica costs per unit of the kind it is for. Keys may be too low. */
  private readonly offers: (Heap | undefined)[];
  private readonly offeredKind: Int8Array;
  private readonly waiting: number[] = [];
  private readonly isWaiting: Uint8Array;
  private readonly moving = new Heap(64);
  private readonly target: Int32Array;
  private readonly penalty: Float64Array;
  private readonly scratch = new Float64Array(KINDS);

  constructor(
    apps: readonly AppProblem[],
    sets: readonly (readonly number[])[],
    limits: Limits,
    private readonly work: Work,
  ) {
    const clusters = limits.headroom.length;
    this.placed = apps.map((app, a) => new AppAssignment(app, sets[a]));
    const headroom = limits.headroom.slice();
    this.places = Array.from({ length: clusters }, () => []);
    this.ranks = sets.map((open) => new Int32Array(open.length));
    apps.forEach((app, a) => {
      work.spent += app.origins * sets[a].length;
      if (app.capacity === 'none') return;
      sets[a].forEach((cluster, position) => {
        headroom[cluster] = Math.max(headroom[cluster], app.headroom);
        this.ranks[a][position] = this.places[cluster].length;
        this.places[cluster].push({ a, position, offered: Number.NaN });
      });
    });
    this.residual = new ResidualCapacity(clusters, { ...limits, headroom }, 0);
    this.price = new Float64Array(clusters * KINDS);
    this.offers = this.places.map(() => undefined);
    this.offeredKind = new Int8Array(clusters);
    this.isWaiting = new Uint8Array(clusters);
    this.target = new Int32Array(Math.max(0, ...apps.map((app) => app.origins)));
    this.penalty = new Float64Array(Math.max(0, ...sets.map((open) => open.length)));
    this.setRises();
  }

  run(): (Assigned | undefined)[] {
    for (const [a, one] of this.placed.entries()) {
      if (one === undefined) continue;
      if (one.unserved > 0) this.placed[a] = undefined;
      else if (one.app.capacity !== 'none') this.count(one, 1);
    }
    for (let cluster = 0; cluster < this.places.length; cluster++) this.await(cluster);
    for (
      let cluster = this.waiting.shift();
      cluster !== undefined;
      cluster = this.waiting.shift()
    ) {
      this.isWaiting[cluster] = 0;
      while (!this.relieve(cluster)) this.leaveOut(cluster);
    }
    this.improve();
    return this.placed.map((one) => one?.assigned());
  }

  /** The least rise of prices: a share of what a unit costs on average where it is cheapest. */
  private setRises(): void {
    const { placed, rise } = this;
    let [cost, dearest] = [0, 0];
    const used = new Float64Array(KINDS);
    const least = new Float64Array(KINDS).fill(POSITIVE_INFINITY);
    for (const one of placed) {
      if (one === undefined || one.app.capacity === 'none') continue;
      for (let at = 0; at < one.amounts.length; at++) {
        if (one.amounts[at] > 0) cost += Math.abs(one.amounts[at] * one.unit[at]);
      }
      for (let at = 0; at < one.use.length; at++) used[at % KINDS] += one.use[at];
      for (const unit of one.unit)
        if (unit < POSITIVE_INFINITY) dearest = Math.max(dearest, Math.abs(unit));
      for (let kind = 0; kind < KINDS; kind++)
        if (one.perRequest[kind] > 0) least[kind] = Math.min(least[kind], one.perRequest[kind]);
    }
    for (let kind = 0; kind < KINDS; kind++) {
      rise[kind] = (PRICED_ASSIGNMENT.rise * cost) / Math.max(used[kind], Number.MIN_VALUE);
      this.mostPrice[kind] = (PRICED_ASSIGNMENT.mostPrice * dearest) / least[kind] + rise[kind];
    }
  }

  private count({ open, use }: AppAssignment, sign: 1 | -1): void {
    open.forEach((cluster, p) => {
      this.residual.add(cluster, use, p * KINDS, sign);
    });
  }

  private await(cluster: number): void {
    if (this.isWaiting[cluster] === 1 || this.overloadedKind(cluster) < 0) return;
    this.isWaiting[cluster] = 1;
    this.waiting.push(cluster);
  }

  /** The kind of which the largest share is used beyond the limit; -1 without one. */
  private overloadedKind(cluster: number): number {
    const { used, limit, limitedKinds } = this.residual;
    let worst = -1;
    let most = 0;
    for (const kind of limitedKinds) {
      const at = cluster * KINDS + kind;
      const over = (used[at] - limit[at]) / Math.max(1, limit[at]);
      if (used[at] <= limit[at] || (worst >= 0 && over <= most)) continue;
      most = over;
      worst = kind;
    }
    return worst;
  }

  /** Takes replicas from a cluster until it is within its capacity; false when none can leave, or the work is spent. */
  private relieve(cluster: number): boolean {
    for (;;) {
      const kind = this.overloadedKind(cluster);
      if (kind < 0) return true;
      if (this.work.spent > this.work.allowed) return false;
      const offers = this.offersOf(cluster, kind);
      const index = offers.pop();
      if (index < 0) {
        this.offers[cluster] = undefined;
        return false;
      }
      const place = this.places[cluster][index];
      if (offers.key !== place.offered || this.placed[place.a] === undefined) continue;
      place.offered = Number.NaN;
      const bid = this.stepOf(place, kind, false);
      const next = offers.first() < 0 ? POSITIVE_INFINITY : offers.key;
      if (bid > next + this.rise[kind]) {
        this.offer(offers, place, index, bid);
        continue;
      }
      if (bid > this.mostPrice[kind]) continue;
      this.stepOf(place, kind, true);
      const at = cluster * KINDS + kind;
      this.price[at] = Math.max(this.price[at], bid) + this.rise[kind];
      this.offer(offers, place, index, this.stepOf(place, kind, false));
    }
  }

  private offersOf(cluster: number, kind: number): Heap {
    const known = this.offers[cluster];
    if (known !== undefined && this.offeredKind[cluster] === kind) return known;
    const offers = new Heap(this.places[cluster].length);
    this.places[cluster].forEach((place, index) => {
      place.offered = Number.NaN;
      if (this.placed[place.a] !== undefined)
        this.offer(offers, place, index, this.stepOf(place, kind, false));
    });
    this.offers[cluster] = offers;
    this.offeredKind[cluster] = kind;
    return offers;
  }

  private offer(offers: Heap, place: Place, index: number, bid: number): void {
    if (bid === POSITIVE_INFINITY) return;
    place.offered = bid;
    offers.push(index, bid);
  }

  /**
   * What it costs, per unit of the kind, when the app gives up so much demand at a position that it needs a replica less; Infinity
   * when it cannot. With `isDone` it does.
   */
  private stepOf({ a, position }: Place, kind: number, isDone: boolean): number {
    const one = this.placed[a] as AppAssignment;
    const { amount, freed } = this.excessStep(one, position, kind);
    if (freed <= 0) return POSITIVE_INFINITY;
    const { moving, target } = this;
    const { amounts, width, app } = one;
    this.gatherMoves(one, position, amount);
    const touched = new Set<number>([position]);
    let [left, cost] = [amount, 0];
    while (left > 0) {
      const u = moving.pop();
      if (u < 0) {
        if (isDone) this.settle(a, touched, position);
        return POSITIVE_INFINITY;
      }
      const there = amounts[u * width + position];
      const moved = app.capacity === 'whole' ? there : Math.min(there, left);
      cost += moved * moving.key;
      left -= moved;
      // What is left by rounding is no demand.
      if (left <= 1e-12 * amount) left = 0;
      if (!isDone) continue;
      touched.add(target[u]);
      one.move(u, position, target[u], moved);
    }
    if (isDone) this.settle(a, touched, position);
    return Math.max(0, cost) / freed;
  }

  /** Requests/s that must leave a position for it to use less of the kind, and how much less. */
  private excessStep(
    { app, load, use, open }: AppAssignment,
    position: number,
    kind: number,
  ): { readonly amount: number; readonly freed: number } {
    const here = load[position];
    if (kind === 3) {
      const at = open[position] * KINDS + 3;
      const over = Math.min(here, this.residual.used[at] - this.residual.capacity[at]);
      return { amount: over, freed: over };
    }
    const { scratch } = this;
    for (let below = here; below > 0; ) {
      below = stepBelow(app, below);
      writeUse(app, below, scratch, 0);
      const freed = use[position * KINDS + kind] - scratch[kind];
      if (freed > 0) return { amount: here - below, freed };
    }
    return { amount: 0, freed: 0 };
  }

  /** Origins at a position by what one request/s costs more at the best other position, prices included. */
  private gatherMoves(one: AppAssignment, position: number, amount: number): void {
    const { moving, target, penalty } = this;
    const { amounts, unit, width, app } = one;
    for (let p = 0; p < width; p++)
      penalty[p] = one.idleAt(p) >= amount ? this.loadPrice(one, p) : this.fullPrice(one, p);
    moving.clear();
    for (let u = 0; u < app.origins; u++) {
      const at = u * width;
      if (amounts[at + position] <= 0) continue;
      let best = -1;
      let least = POSITIVE_INFINITY;
      for (let p = 0; p < width; p++) {
        const cost = unit[at + p] + penalty[p];
        if (p === position || cost >= least) continue;
        least = cost;
        best = p;
      }
      if (best < 0) continue;
      target[u] = best;
      moving.push(u, least - unit[at + position]);
    }
    this.work.spent += (app.origins * width) / 4;
  }

  /** Price of one request/s at a position that needs more replicas for it. */
  private fullPrice({ open, perRequest }: AppAssignment, position: number): number {
    const at = open[position] * KINDS;
    let price = 0;
    for (let kind = 0; kind < KINDS; kind++) price += this.price[at + kind] * perRequest[kind];
    return price;
  }

  /** Price of one request/s that present replicas serve. */
  private loadPrice({ open }: AppAssignment, position: number): number {
    return this.price[open[position] * KINDS + 3];
  }

  /** Counts the new use of these positions, and clusters that are beyond their capacity now. */
  private settle(a: number, positions: ReadonlySet<number>, from: number): void {
    const one = this.placed[a] as AppAssignment;
    for (const p of positions) {
      const cluster = one.open[p];
      this.residual.add(cluster, one.use, p * KINDS, -1);
      one.updateUse(p);
      this.residual.add(cluster, one.use, p * KINDS, 1);
      const offers = this.offers[cluster];
      // What it offered there may be too much by now. An offer of nothing is computed before it counts.
      if (offers !== undefined && p !== from) {
        const index = this.ranks[a][p];
        this.offer(offers, this.places[cluster][index], index, 0);
      }
      if (p !== from) this.await(cluster);
    }
  }

  /** Leaves out the app that uses most of what a cluster lacks, on all clusters together. */
  private leaveOut(cluster: number): void {
    const kind = this.overloadedKind(cluster);
    let largest = -1;
    let most = -1;
    for (const { a } of this.places[cluster]) {
      const one = this.placed[a];
      if (one === undefined) continue;
      let used = 0;
      for (let p = 0; p < one.width; p++) used += one.use[p * KINDS + kind];
      if (used < most) continue;
      most = used;
      largest = a;
    }
    const one = this.placed[largest];
    if (one === undefined) return;
    this.count(one, -1);
    this.placed[largest] = undefined;
  }

  /** Each app in turn moves to what is cheaper beside the others, until none does. */
  private improve(): void {
    for (let round = 0; round < PRICED_ASSIGNMENT.rounds; round++) {
      let isChanged = false;
      for (const one of this.placed) {
        if (one === undefined || one.app.capacity === 'none') continue;
        if (moveToCheaper(one, this.ceilingsOf(one))) {
          isChanged = true;
          this.count(one, -1);
          for (let p = 0; p < one.width; p++) one.updateUse(p);
          this.count(one, 1);
        }
        this.work.spent += one.app.origins * one.width;
      }
      if (!isChanged) return;
    }
  }

  /** By position: the largest load of the app beside the others. */
  private ceilingsOf(one: AppAssignment): Float64Array {
    const { used, capacity } = this.residual;
    return Float64Array.from(one.open, (cluster, p) => {
      const at = cluster * KINDS;
      const free = (kind: number) =>
        capacity[at + kind] - used[at + kind] + one.use[p * KINDS + kind];
      return largestLoad(one.app, {
        cpuMillicores: free(0),
        memoryMebibytes: free(1),
        pods: free(2),
        requestsPerSecond: free(3),
      });
    });
  }
}
