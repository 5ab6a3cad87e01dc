/**
 * Raises the joint bound: prices of limits and of origins climb together, those of origins with a step for each app of its own,
 * aimed at the cheapest set known for that app at the present prices (Polyak's step; Held, Wolfe and Crowder, Mathematical
 * Programming 6, 1974). Most rounds look only at clusters that are near to being chosen; only full rounds count as bounds.
 */
import { replicasAt } from './capacity';
import { pairsBelow } from './pairs-below';
import type { AppProblem, Work } from './problem';
import { RESOURCES, Room } from './room';
import { type LimitPrices, type Offer, PricedApp } from './slot-prices';
import type { Table } from './table';

const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
const KINDS = RESOURCES.length;

/** What the prices prove. */
export interface JointBound {
  /** [cluster * KINDS + kind] */
  readonly limits: LimitPrices;
  /** By app: prices of origins, and L_a; undefined for an app that does not sit at the table. */
  readonly apps: readonly ({ readonly prices: Float64Array; readonly value: number } | undefined)[];
  /** What the prices pay for all capacity. */
  readonly paid: number;
}

/** Rounds in which all prices move: as many as look at this many pairs, within limits. */
const PAIRS = 4e8;
const LEAST_ROUNDS = 100;
const MOST_ROUNDS = 800;
/** Rounds after them in which only prices of origins do, as a share. */
const LAST = 0.4;
/** Every so many rounds all clusters are looked at. */
const FULL = 5;
const PATIENCE = 2;
const DEFLECTION = 0.3;
/** Share of the distance to the value that limit prices aim at when the offers alone would explain it. */
const LEAST_AIM = 0.5;
/** Sets remembered for each app. */
const MOST_OFFERS = 16;

/** What prices of limits and origins prove for the apps at the table; `target` is what they are placed for. */
export function boundTogether(
  table: Table,
  alone: readonly (readonly number[] | undefined)[],
  target: number,
  work: Work,
): JointBound {
  return new Climb(table, alone, target, work).run();
}

class Climb {
  private readonly seated: readonly number[];
  private readonly apps: readonly PricedApp[];
  private readonly offers: readonly Offer[][];
  private readonly rounds: number;
  private readonly capacity: Float64Array;
  private readonly scale: Float64Array;
  private readonly limits: LimitPrices;
  private readonly direction: Float64Array;
  private best = {
    value: NEGATIVE_INFINITY,
    limits: new Float64Array(0),
    prices: [] as Float64Array[],
  };

  constructor(
    private readonly table: Table,
    alone: readonly (readonly number[] | undefined)[],
    private readonly target: number,
    private readonly work: Work,
  ) {
    const all = table.seats.map((_, a) => a);
    this.seated = all.filter((a) => table.isSeated[a] === 1);
    this.apps = this.seated.map((a) => {
      const seat = table.seats[a];
      const { start, most } = seat.originPrices();
      const { app } = seat;
      return new PricedApp(app, pairsBelow(app, most), start, table.room.isFlat(app), work);
    });
    this.offers = this.seated.map((a, i) => {
      const { open, value, load } = table.seats[a];
      const own = alone[a];
      return [
        { open, value, load },
        ...(own === undefined ? [] : [this.offerOf(this.apps[i].app, own)]),
      ];
    });
    const pairs = this.apps.reduce((sum, one) => sum + one.size, 1);
    this.rounds = Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, Math.floor(PAIRS / pairs)));
    this.capacity = capacityOf(table);
    this.scale = scaleOf(this.capacity);
    this.limits = new Float64Array(this.capacity.length);
    this.direction = new Float64Array(this.capacity.length);
  }

  run(): JointBound {
    let step = 1;
    for (let round = 0, idle = 0; round < this.rounds; round++) {
      const isFull = round % FULL === 0;
      const { bound, priced } = this.round(isFull, step);
      if (isFull) {
        const gained = bound - this.best.value;
        if (gained > 0) this.remember(bound);
        idle = gained > 1e-3 * step * Math.abs(this.target) ? 0 : idle + 1;
        if (idle >= PATIENCE) {
          step /= 2;
          idle = 0;
        }
      }
      if (round + 1 < this.rounds) this.reprice(step, bound, priced);
    }
    return this.polished(step);
  }

  /** One step of every app at the present prices; what they prove, and what the cheapest offers cost. */
  private round(isFull: boolean, step: number): { bound: number; priced: number } {
    const { limits, apps } = this;
    let bound = -this.paid(limits);
    let priced = bound;
    apps.forEach((one, i) => {
      one.judge(limits, isFull);
      bound += one.bound;
      if (isFull) this.offer(i, one);
      const cheapest = this.cheapest(i, limits);
      priced += cheapest;
      one.remember();
      one.advance(step * aim(cheapest, one.bound));
    });
    return { bound, priced };
  }

  private remember(value: number): void {
    this.best = {
      value,
      limits: this.limits.slice(),
      prices: this.apps.map((one) => one.judged.slice()),
    };
  }

  private reprice(step: number, bound: number, priced: number): void {
    const { limits, direction, capacity, scale } = this;
    const use = new Float64Array(limits.length);
    for (const one of this.apps) one.addUse(use);
    let norm = 0;
    for (let at = 0; at < limits.length; at++) {
      if (capacity[at] === POSITIVE_INFINITY) continue;
      let slope = (use[at] - capacity[at]) / scale[at % KINDS];
      if (limits[at] === 0 && slope < 0) slope = 0;
      direction[at] = slope + DEFLECTION * direction[at];
      norm += direction[at] * direction[at];
    }
    if (norm === 0) return;
    const aimed = Math.max(this.target - priced, LEAST_AIM * (this.target - bound), 0);
    const stride = (step * aimed) / norm;
    for (let at = 0; at < limits.length; at++) {
      if (direction[at] === 0) continue;
      limits[at] = Math.max(0, limits[at] + (stride * direction[at]) / scale[at % KINDS]);
    }
  }

  /** With the limit prices that proved most, the prices of each app's origins climb on alone. */
  private polished(step: number): JointBound {
    const { limits, prices } = this.best;
    const apps: JointBound['apps'][number][] = this.table.seats.map(() => undefined);
    this.apps.forEach((one, i) => {
      const climbed = climb(
        one,
        limits,
        prices[i],
        this.cheapest(i, limits),
        step,
        LAST * this.rounds,
      );
      apps[this.seated[i]] = climbed;
    });
    return { limits, apps, paid: this.paid(limits) };
  }

  private paid(limits: LimitPrices): number {
    let paid = 0;
    for (let at = 0; at < limits.length; at++) {
      if (limits[at] > 0) paid += limits[at] * this.capacity[at];
    }
    return paid;
  }

  private cheapest(i: number, limits: LimitPrices): number {
    let least = POSITIVE_INFINITY;
    for (const offer of this.offers[i]) least = Math.min(least, this.apps[i].priced(offer, limits));
    return least;
  }

  /** Keeps the set that the relaxation would choose; the oldest such set makes way. */
  private offer(i: number, { app, open }: PricedApp): void {
    const offers = this.offers[i];
    if (offers.some((one) => isSame(one.open, open))) return;
    offers.push(this.offerOf(app, open));
    if (offers.length > MOST_OFFERS) offers.splice(2, 1);
  }

  private offerOf(app: AppProblem, open: readonly number[]): Offer {
    const load = new Float64Array(open.length);
    let value = app.constantCost;
    for (const cluster of open) value += app.openCost[cluster];
    for (let u = 0; u < app.origins; u++) {
      let best = 0;
      let least = POSITIVE_INFINITY;
      for (let position = 0; position < open.length; position++) {
        const here = app.cost[open[position] * app.origins + u];
        if (here >= least) continue;
        least = here;
        best = position;
      }
      value += least;
      load[best] += app.requestsPerSecond[u];
    }
    this.work.spent += app.origins * open.length;
    return { open, value, load };
  }
}

/** How far a bound may still rise, never quite nothing. */
function aim(cheapest: number, bound: number): number {
  return Math.max(cheapest - bound, 1e-4 * Math.abs(cheapest));
}

/** Climbs from `prices`; every full look may be the best. */
function climb(
  one: PricedApp,
  limits: LimitPrices,
  prices: Float64Array,
  target: number,
  firstStep: number,
  rounds: number,
): { readonly prices: Float64Array; readonly value: number } {
  let best = { prices, value: NEGATIVE_INFINITY };
  let step = firstStep;
  one.restart(prices);
  for (let round = 0; round <= rounds; round++) {
    const isFull = round % FULL === 0;
    one.judge(limits, isFull);
    if (isFull) {
      if (one.bound > best.value) best = { prices: one.prices.slice(), value: one.bound };
      else {
        step /= 2;
        one.restart(best.prices);
        one.judge(limits, true);
      }
      if (target - best.value <= 1e-9 * Math.abs(target)) break;
    }
    one.advance(step * Math.max(0, target - one.bound));
  }
  return { prices: best.prices, value: best.value - ROUNDING * one.magnitude(best.prices) };
}

/** Share of all that is added up by which a sum may be wrong. */
const ROUNDING = 1e-13;

/** What apps may use at the most, by limit: the least headroom any of them keeps, and the rounding that fitting allows. */
function capacityOf({ problem }: Table): Float64Array {
  const counted = problem.apps.filter((app) => app.capacity !== 'none');
  const share = counted.reduce((least, app) => Math.min(least, app.headroom), 1);
  const { capacity } = new Room(problem.clusters, problem.limits, share);
  return capacity.map((one) => Math.max(0, one) * (1 + 1e-9));
}

/** By kind: the mean capacity, which makes millicores and pods comparable. */
function scaleOf(capacity: Float64Array): Float64Array {
  const scale = new Float64Array(KINDS).fill(1);
  for (let kind = 0; kind < KINDS; kind++) {
    const limited = capacity.filter((one, at) => at % KINDS === kind && one < POSITIVE_INFINITY);
    const all = limited.reduce((sum, one) => sum + one, 0);
    if (all > 0) scale[kind] = all / limited.length;
  }
  return scale;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

/** What an app uses of its clusters at these prices. */
export function rentOf(
  app: AppProblem,
  open: readonly number[],
  load: Float64Array,
  limits: LimitPrices,
): number {
  if (app.capacity === 'none') return 0;
  let rent = 0;
  open.forEach((cluster, position) => {
    const at = cluster * KINDS;
    for (const one of app.components) {
      const replicas = replicasAt(one, load[position]);
      rent +=
        replicas *
        (one.cpuMillicores * limits[at] + one.memoryMebibytes * limits[at + 1] + limits[at + 2]);
    }
    rent += load[position] * limits[at + 3];
  });
  return rent;
}
