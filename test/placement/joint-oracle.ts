/** The oracle of several apps in limited room: every set, every number of whole replicas, every combination of both. */
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { MEMORY_UNIT, UNIT } from './joint-problems';
import { caseOf } from './oracle-case';

/** One app on a set with so many replicas at each cluster of it. */
interface Option {
  /** By cluster: units of CPU in use; then by cluster: units of memory. */
  readonly units: readonly number[];
  readonly cost: number;
}

/** As many apps as can have a place at the same time. */
export interface Together {
  readonly placed: number;
  /** The least value of so many. */
  readonly cost: number;
}

interface State extends Together {
  /** As `units`: what is left. */
  readonly left: readonly number[];
}

/** As many apps as possible at the least value: for every app every option, or no place, in every state that those before it may leave. */
export function mostTogether(input: PlaceInput): Together {
  const { clusters } = input.fleet;
  const room = [
    ...clusters.map(({ allocatable }) => (allocatable?.cpuMillicores ?? 0) / UNIT),
    ...clusters.map(({ allocatable }) => (allocatable?.memoryMebibytes ?? 0) / MEMORY_UNIT),
  ];
  let states = new Map<string, State>([['', { left: room, placed: 0, cost: 0 }]]);
  for (const app of input.apps) {
    const next = new Map<string, State>();
    const keep = (one: State) => {
      const key = one.left.join();
      const known = next.get(key);
      if (known === undefined || isBetter(one, known)) next.set(key, one);
    };
    for (const state of states.values()) keep(state);
    for (const option of optionsOf(input, app)) {
      for (const { left, placed, cost } of states.values()) {
        const after = left.map((one, c) => one - (option.units[c] as number));
        if (after.some((one) => one < 0)) continue;
        keep({ left: after, placed: placed + 1, cost: cost + option.cost });
      }
    }
    states = next;
  }
  return [...states.values()].reduce((best, one) => (isBetter(one, best) ? one : best));
}

/** More apps, or as many at a lower value. */
function isBetter(one: Together, other: Together): boolean {
  return one.placed === other.placed ? one.cost < other.cost : one.placed > other.placed;
}

function optionsOf(input: PlaceInput, app: PlaceInput['apps'][number]): readonly Option[] {
  const { cost, origins, eligible } = caseOf(input, app, 1);
  const demand = origins.map((one) => one.requestsPerSecond);
  const [{ requestsPerSecondPerReplica: carried, resources }] = app.sizing as [
    PlaceInput['apps'][number]['sizing'][number],
  ];
  const most = Math.ceil(demand.reduce((sum, one) => sum + one, 0) / carried);
  const { minClusters, maxClusters } = app.policy.constraints;
  const found = new Map<string, Option>();
  for (let bits = 1; bits < 2 ** eligible.length; bits++) {
    const chosen = eligible.flatMap((_, c) => ((bits >> c) % 2 === 1 ? [c] : []));
    if (chosen.length < minClusters || chosen.length > maxClusters) continue;
    if (chosen.some((c) => !eligible[c])) continue;
    for (const replicas of counts(chosen.length, Math.max(1, most))) {
      const ceilings = replicas.map((one) => one * carried);
      const count = eligible.map((_, c) => replicas[chosen.indexOf(c)] ?? 0);
      const units = [
        ...count.map((one) => (one * resources.cpuMillicores) / UNIT),
        ...count.map((one) => (one * resources.memoryMebibytes) / MEMORY_UNIT),
      ];
      const value = leastTransport(
        cost.map((row) => chosen.map((c) => row[c] as number)),
        demand,
        ceilings,
      );
      const known = found.get(units.join());
      if (value === undefined || (known !== undefined && known.cost <= value)) continue;
      found.set(units.join(), { units, cost: value });
    }
  }
  return [...found.values()];
}

/** All lists of so many numbers from 1 to `most`. */
function counts(length: number, most: number): readonly (readonly number[])[] {
  if (length === 0) return [[]];
  const rest = counts(length - 1, most);
  return [...Array(most).keys()].flatMap((one) => rest.map((more) => [one + 1, ...more]));
}

/** The least cost of all demand within the ceilings; undefined when they are too low. Every path through all columns is tried in each step. */
function leastTransport(
  cost: readonly (readonly number[])[],
  demand: readonly number[],
  ceilings: readonly number[],
): number | undefined {
  const width = ceilings.length;
  const amounts = demand.map(() => ceilings.map(() => 0));
  const left = [...ceilings];
  let total = 0;
  for (const [u, wanted] of demand.entries()) {
    for (let open = wanted; open > 1e-9; ) {
      const reached = (cost[u] as readonly number[]).slice();
      const via: ([number, number] | undefined)[] = ceilings.map(() => undefined);
      for (let round = 0; round < width; round++) {
        for (const [o, row] of amounts.entries()) {
          for (const [from, here] of row.entries()) {
            if (here <= 1e-9) continue;
            for (let to = 0; to < width; to++) {
              const there =
                (reached[from] as number) + (cost[o]?.[to] as number) - (cost[o]?.[from] as number);
              if (there >= (reached[to] as number) - 1e-12) continue;
              reached[to] = there;
              via[to] = [o, from];
            }
          }
        }
      }
      let end = -1;
      for (const [p, room] of left.entries()) {
        if (room > 1e-9 && (end < 0 || (reached[p] as number) < (reached[end] as number))) end = p;
      }
      if (end < 0 || reached[end] === Number.POSITIVE_INFINITY) return undefined;
      const path: [number, number, number][] = [];
      let first = end;
      for (let step = via[end]; step !== undefined && path.length <= width; step = via[first]) {
        path.push([step[0], step[1], first]);
        first = step[1];
      }
      let moved = Math.min(open, left[end] as number);
      for (const [o, from] of path) moved = Math.min(moved, amounts[o]?.[from] as number);
      for (const [o, from, to] of path) {
        (amounts[o] as number[])[from] = (amounts[o]?.[from] as number) - moved;
        (amounts[o] as number[])[to] = (amounts[o]?.[to] as number) + moved;
      }
      (amounts[u] as number[])[first] = (amounts[u]?.[first] as number) + moved;
      left[end] = (left[end] as number) - moved;
      total += moved * (reached[end] as number);
      open -= moved;
    }
  }
  return total;
}

/** What is wrong with the decision about this problem; undefined when nothing is. */
export function wrongAbout(input: PlaceInput): string | undefined {
  const { placed: most, cost: least } = mostTogether(input);
  const decision = place(input);
  const { value, bound } = decision.objective;
  const placed = decision.apps.filter(({ satisfied }) => satisfied).length;
  if (placed !== most) return `${placed} apps have a place, though ${most} is the most`;
  if (most < input.apps.length) return undefined;
  const slack = 1e-7 * Math.max(1, Math.abs(least));
  if (value < least - slack) return `the value ${value} is below the least one ${least}`;
  if (bound > least + slack) return `the bound ${bound} is above the least value ${least}`;
  return undefined;
}
