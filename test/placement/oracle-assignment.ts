/** The oracle's assignment: nearest if that fits, else the answer of a general solver for integer programs. */
import { solve } from 'yalps';
import type { Cluster } from '../../constructs/model/fleet';
import type { EdgeApp } from '../../constructs/policy/edge-app';

/** One app on some clusters: cost[o][c] per request/s, Infinity where not legal; columns are all clusters of the fleet. */
export interface Seat {
  readonly app: EdgeApp;
  readonly requestsPerSecond: readonly number[];
  readonly cost: readonly (readonly number[])[];
  readonly chosen: readonly number[];
}

/** What a cluster has left for the apps that are asked. */
export interface Left {
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  readonly pods: number;
  readonly requestsPerSecond: number;
}

/** [origin][cluster]: requests/s. */
export type Amounts = readonly (readonly number[])[];

const kinds = ['cpuMillicores', 'memoryMebibytes', 'pods'] as const;

/** Requests/s by cluster. */
export function loads(amounts: Amounts, clusters: number): readonly number[] {
  return [...Array(clusters).keys()].map((c) =>
    amounts.reduce((sum, row) => sum + (row[c] as number), 0),
  );
}

/** Replicas of every component, by the sentence in the documents. */
export function replicas(app: EdgeApp, load: number): readonly number[] {
  return app.sizing.map((one) => {
    const exact = (load * one.requestsPerRequest) / one.requestsPerSecondPerReplica;
    return Math.max(one.minReplicas, Math.ceil(exact - 1e-9 * exact));
  });
}

/** What an app uses where it serves `load`. */
export function usage(app: EdgeApp, load: number): Left {
  const counts = replicas(app, load);
  const total = (each: (index: number) => number) =>
    counts.reduce((sum, count, index) => sum + count * each(index), 0);
  return {
    cpuMillicores: total((index) => app.sizing[index]?.resources.cpuMillicores as number),
    memoryMebibytes: total((index) => app.sizing[index]?.resources.memoryMebibytes as number),
    pods: total(() => 1),
    requestsPerSecond: load,
  };
}

/** What every cluster leaves when the largest headroom of the apps there stays free, less what is used by `others`. */
export function leftOf(
  clusters: readonly Cluster[],
  seats: readonly Pick<Seat, 'app' | 'chosen'>[],
  others: readonly { readonly app: EdgeApp; readonly loads: ReadonlyMap<number, number> }[] = [],
): readonly Left[] {
  return clusters.map((cluster, c) => {
    const apps = [
      ...seats.filter(({ chosen }) => chosen.includes(c)),
      ...others.filter((other) => other.loads.has(c)),
    ];
    const headrooms = apps.map(({ app }) => app.policy.constraints.capacity);
    const headroom = Math.max(0, ...headrooms.map((one) => (one === false ? 0 : one.headroom)));
    const used = others.flatMap(({ app, loads: by }) => {
      const load = by.get(c);
      const isCounted = app.policy.constraints.capacity !== false;
      return load === undefined || !isCounted ? [] : [usage(app, load)];
    });
    const left = (key: keyof Left, limit: number | undefined) =>
      (limit ?? Number.POSITIVE_INFINITY) * (1 - headroom) -
      used.reduce((sum, one) => sum + one[key], 0);
    return {
      cpuMillicores: left('cpuMillicores', cluster.allocatable?.cpuMillicores),
      memoryMebibytes: left('memoryMebibytes', cluster.allocatable?.memoryMebibytes),
      pods: left('pods', cluster.allocatable?.pods),
      requestsPerSecond: left('requestsPerSecond', cluster.requestsPerSecond),
    };
  });
}

/** The assignment of least total cost of all seats; undefined when there is none. */
export function assignment(
  seats: readonly Seat[],
  left: readonly Left[],
): readonly Amounts[] | undefined {
  const nearest = seats.map(nearestOf);
  if (nearest.includes(undefined)) return undefined;
  const free = nearest as readonly Amounts[];
  return fits(seats, free, left) ? free : program(seats, free, left);
}

/** Cheapest assignments of the same sets that a least preference for one cluster by one app brings up; the one above where there is one only. */
export function tiedAssignments(
  seats: readonly Seat[],
  left: readonly Left[],
): readonly (readonly Amounts[])[] {
  const usual = assignment(seats, left);
  if (usual === undefined) return [];
  const costOf = (all: readonly Amounts[]) =>
    seats.reduce(
      (sum, { cost, chosen }, s) =>
        sum +
        (all[s] as Amounts).reduce(
          (total, row, o) =>
            chosen.reduce(
              (each, c) =>
                each + (row[c] === 0 ? 0 : (row[c] as number) * (cost[o]?.[c] as number)),
              total,
            ),
          0,
        ),
      0,
    );
  const least = costOf(usual);
  const preferring = seats.flatMap((seat, s) =>
    seat.chosen.flatMap((liked) => {
      const cost = seat.cost.map((row) =>
        row.map((each, c) => (c === liked ? each - 1e-5 * Math.max(1, Math.abs(each)) : each)),
      );
      const found = assignment(
        seats.map((each, at) => (at === s ? { ...seat, cost } : each)),
        left,
      );
      return found === undefined ? [] : [found];
    }),
  );
  const slack = 1e-9 * Math.max(1, Math.abs(least));
  return [usual, ...preferring.filter((one) => costOf(one) <= least + slack)];
}

function nearestOf(seat: Seat): Amounts | undefined {
  const rows = seat.requestsPerSecond.map((amount, o) => {
    const row = seat.cost[o] as readonly number[];
    const least = Math.min(...seat.chosen.map((c) => row[c] as number));
    const first = seat.chosen.find((c) => row[c] === least);
    return least === Number.POSITIVE_INFINITY
      ? undefined
      : row.map((_, c) => (c === first ? amount : 0));
  });
  return rows.includes(undefined) ? undefined : (rows as Amounts);
}

function fits(seats: readonly Seat[], all: readonly Amounts[], left: readonly Left[]): boolean {
  return left.every((room, c) => {
    const used = seats.flatMap(({ app, chosen }, index) => {
      if (app.policy.constraints.capacity === false || !chosen.includes(c)) return [];
      return [usage(app, loads(all[index] as Amounts, left.length)[c] as number)];
    });
    if (used.length === 0) return true;
    return ([...kinds, 'requestsPerSecond'] as const).every((key) => {
      const sum = used.reduce((total, one) => total + one[key], 0);
      return sum <= room[key] + 1e-9 * Math.max(1, room[key]);
    });
  });
}

interface Column {
  readonly name: string;
  readonly terms: [string, number][];
}

/** One column per legal pair and per replica beyond the least; one row per origin, replica, and limit. */
function program(
  seats: readonly Seat[],
  nearest: readonly Amounts[],
  left: readonly Left[],
): readonly Amounts[] | undefined {
  const rows = new Map<string, { equal?: number; max?: number }>();
  const columns: Column[] = [];
  const integers: string[] = [];
  const binaries: string[] = [];
  const room = left.map((one) => ({ ...one }));
  for (const [s, seat] of seats.entries()) {
    const { capacity } = seat.app.policy.constraints;
    if (capacity === false) continue;
    for (const [o, amount] of seat.requestsPerSecond.entries()) {
      rows.set(`serve ${s} ${o}`, { equal: 1 });
      for (const c of seat.chosen) {
        const cost = seat.cost[o]?.[c] as number;
        if (cost === Number.POSITIVE_INFINITY) continue;
        const name = `pair ${s} ${o} ${c}`;
        const terms: [string, number][] = [
          ['cost', cost * amount],
          [`serve ${s} ${o}`, 1],
          [`requestsPerSecond ${c}`, amount],
        ];
        for (const [k, one] of seat.app.sizing.entries()) {
          terms.push([
            `replicas ${s} ${c} ${k}`,
            (amount * one.requestsPerRequest) / one.requestsPerSecondPerReplica,
          ]);
        }
        columns.push({ name, terms });
        if (capacity.assignment === 'whole') binaries.push(name);
      }
    }
    for (const c of seat.chosen) {
      const limits = room[c] as { -readonly [Key in keyof Left]: number };
      for (const [k, one] of seat.app.sizing.entries()) {
        rows.set(`replicas ${s} ${c} ${k}`, { max: one.minReplicas });
        const name = `more ${s} ${c} ${k}`;
        const each = { ...one.resources, pods: 1 };
        columns.push({
          name,
          terms: [
            [`replicas ${s} ${c} ${k}`, -1],
            ...kinds.map((key): [string, number] => [`${key} ${c}`, each[key]]),
          ],
        });
        integers.push(name);
        for (const key of kinds) limits[key] -= one.minReplicas * each[key];
      }
      for (const key of [...kinds, 'requestsPerSecond'] as const) {
        if (limits[key] < -1e-9 * Math.max(1, left[c]?.[key] ?? 1)) return undefined;
        if (limits[key] !== Number.POSITIVE_INFINITY)
          rows.set(`${key} ${c}`, { max: Math.max(0, limits[key]) });
      }
    }
  }
  const answer = solve(
    {
      direction: 'minimize',
      objective: 'cost',
      constraints: rows,
      variables: columns.map(
        ({ name, terms }) =>
          [name, terms.filter(([row]) => row === 'cost' || rows.has(row))] as const,
      ),
      integers,
      binaries,
    },
    { precision: 1e-10, maxIterations: 100_000, maxPivots: 100_000 },
  );
  if (answer.status === 'infeasible') return undefined;
  if (answer.status !== 'optimal') throw new Error(`the general solver says ${answer.status}`);
  const found = new Map(answer.variables);
  return seats.map((seat, s) =>
    seat.app.policy.constraints.capacity === false
      ? (nearest[s] as Amounts)
      : seat.requestsPerSecond.map((amount, o) =>
          left.map((_, c) => amount * (found.get(`pair ${s} ${o} ${c}`) ?? 0)),
        ),
  );
}
