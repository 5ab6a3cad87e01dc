/**
 * The joint bound by columns: branch and bound over one column of every app. No placement costs less than the cheapest combination
 * that fits, which is looked for again here.
 */
import type { WorkBudget } from '../assignment/cheapest-assignment';
import { headroomOf, isCapacitated } from '../input/assignment-problem';
import { type Resources, usableCapacity } from '../input/load';
import type { RestrictedApp } from '../rules/evaluation';
import { type Column, columnsOf } from './columns';

/** What is limited and not divided between the apps as requests/s are. */
const kinds = ['cpuMillicores', 'memoryMebibytes', 'pods'] as const;

/** The cost of one unit by cluster and resource; any costs are valid, good ones save work. */
type Multipliers = readonly Readonly<Record<(typeof kinds)[number], number>>[];

/** Looks at columns and states, of all apps together: some seconds. */
const MAX_WORK = 1_000_000_000;
/** States remembered for each collection of apps to come. */
const MAX_STATES = 500;

/**
 * The cost of a combination of columns that fits and costs less than `below`; Infinity when there is none, undefined when this is too
 * much to look through.
 */
export function cheaperCombination(
  apps: readonly RestrictedApp[],
  multipliers: Multipliers,
  below: number,
): number | undefined {
  const workBudget: WorkBudget = { left: MAX_WORK };
  const lists: Priced[][] = [];
  for (const one of apps) {
    const columns = columnsOf(one, workBudget);
    if (columns === undefined) return undefined;
    lists.push(
      columns.map((column) => priced(column, multipliers)).sort((a, b) => a.reduced - b.reduced),
    );
  }
  const room = roomFor(apps);
  let paid = 0;
  for (const [at, left] of room.entries()) {
    const price = multipliers[Math.floor(at / kinds.length)]![kinds[at % kinds.length]!];
    if (price > 0) paid += price * left;
  }
  const search = new CombinationSearch(room, below, workBudget);
  const found = search.descend(
    lists.map((fitting, app) => ({ app, fitting })),
    0,
    -paid,
  );
  return search.isExhausted ? undefined : found;
}

/** A column with its reduced cost. */
interface Priced {
  readonly column: Column;
  readonly reduced: number;
}

function priced(column: Column, multipliers: Multipliers): Priced {
  let reduced = column.cost;
  for (const [position, cluster] of column.chosen.entries()) {
    for (const kind of kinds) {
      const price = multipliers[cluster]![kind];
      if (price > 0) reduced += price * column.use[position]![kind];
    }
  }
  return { column, reduced };
}

/** [cluster * kinds + kind]: the room for all apps, with the least headroom of them and the tolerance of fitting. */
function roomFor(apps: readonly RestrictedApp[]): Float64Array {
  const instances = apps.map(({ instance }) => instance);
  const [first] = instances;
  const counted = instances.filter(({ app }) => isCapacitated(app));
  const share = Math.min(1, ...counted.map(({ app }) => headroomOf(app)));
  const { others } = first!.fixedApps;
  return Float64Array.from(
    first!.clusters.flatMap((cluster, c) => {
      const capacity: Resources = usableCapacity(cluster, Math.max(share, others.headroom(c)));
      const used = others.used(c);
      return kinds.map((kind) => Math.max(0, capacity[kind] - used[kind]) * (1 + 1e-9));
    }),
  );
}

/** An app that has no column yet, with those that fit, the least reduced cost first. */
interface Waiting {
  readonly app: number;
  readonly fitting: readonly Priced[];
}

class CombinationSearch {
  isExhausted = false;
  /** By the apps to come: room and cost of states without a cheaper combination. */
  private readonly known = new Map<string, { room: Float64Array; cost: number }[]>();

  constructor(
    private readonly room: Float64Array,
    private readonly below: number,
    private readonly workBudget: WorkBudget,
  ) {}

  /** The cost of a combination below the limit; Infinity without one. `bound`: reduced costs of the columns taken, less what all room costs. */
  descend(waiting: readonly Waiting[], cost: number, bound: number): number {
    if (waiting.length === 0) return cost < this.below ? cost : Number.POSITIVE_INFINITY;
    const left = this.fitting(waiting, bound);
    if (left === undefined) return Number.POSITIVE_INFINITY;
    const key = left.map(({ app }) => app).join();
    if (this.isKnown(key, cost)) return Number.POSITIVE_INFINITY;
    const next = left.reduce((least, one) =>
      one.fitting.length < least.fitting.length ? one : least,
    );
    const others = left.filter((one) => one !== next);
    const rest = others.reduce((sum, { fitting }) => sum + fitting[0]!.reduced, 0);
    for (const { column, reduced } of next.fitting) {
      if (bound + reduced + rest >= this.below) break;
      this.take(column, 1);
      const found = this.descend(others, cost + column.cost, bound + reduced);
      this.take(column, -1);
      if (found < Number.POSITIVE_INFINITY || this.isExhausted) return found;
    }
    this.remember(key, cost);
    return Number.POSITIVE_INFINITY;
  }

  /** The apps with the columns that fit what is left; undefined when some has none, or all together cost the limit or more. */
  private fitting(waiting: readonly Waiting[], bound: number): Waiting[] | undefined {
    const left: Waiting[] = [];
    let least = bound;
    for (const { app, fitting } of waiting) {
      this.workBudget.left -= fitting.length;
      const fits = fitting.filter(({ column }) => this.fits(column));
      if (fits.length === 0) return undefined;
      least += fits[0]!.reduced;
      left.push({ app, fitting: fits });
    }
    if (this.workBudget.left < 0) this.isExhausted = true;
    return least >= this.below || this.isExhausted ? undefined : left;
  }

  private fits({ chosen, use }: Column): boolean {
    return chosen.every((cluster, position) =>
      kinds.every((kind, k) => use[position]![kind] <= this.room[cluster * kinds.length + k]!),
    );
  }

  private take({ chosen, use }: Column, sign: 1 | -1): void {
    for (const [position, cluster] of chosen.entries()) {
      for (const [k, kind] of kinds.entries())
        this.room[cluster * kinds.length + k]! -= sign * use[position]![kind];
    }
  }

  /** Whether a state with at least this room and at most this cost led to nothing. */
  private isKnown(key: string, cost: number): boolean {
    const states = this.known.get(key) ?? [];
    this.workBudget.left -= states.length;
    return states.some(
      (one) => one.cost <= cost && one.room.every((most, at) => most >= this.room[at]!),
    );
  }

  private remember(key: string, cost: number): void {
    const states = this.known.get(key) ?? [];
    if (states.length >= MAX_STATES) states.shift();
    states.push({ room: this.room.slice(), cost });
    this.known.set(key, states);
  }
}
