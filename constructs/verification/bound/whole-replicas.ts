/**
 * Whole replicas at one cluster: rent is due for replicas, and these change only at certain loads. Whatever load there is, it is
 * no more than the next of them, and up to that no more can be saved than by the origins that save most per request/s.
 */

import { headroomOf, isCounted } from '../input/app-assignment';
import type { Facts } from '../input/app-facts';
import { largestLoad, NOTHING, type Room, roomOf, stepOf, sum, usageOf } from '../input/load';

/** An origin that saves something where it is served. */
export interface Saving {
  /** Negative. */
  readonly saved: number;
  readonly requestsPerSecond: number;
}

/** Loads that are told apart; with more of them replicas are taken for divisible. */
const MOST_STEPS = 256;
/** What fits may be over by a part in 10^9, and so may what a replica carries. */
const OVER = 1 + 1e-8;

/** The least of rent less savings at a cluster; `rentOf` says what a use of it costs. */
export function leastAt(
  facts: Facts,
  cluster: number,
  savings: readonly Saving[],
  rentOf: (use: Room) => number,
): number {
  const all = savings.reduce((total, one) => total + one.requestsPerSecond, 0);
  const everything = savings.reduce((total, one) => total + one.saved, 0);
  if (!isCounted(facts.app)) return everything;
  const { others } = facts.standing;
  const room = roomOf(
    facts.clusters[cluster]!,
    Math.max(others.headroom(cluster), headroomOf(facts.app)),
  );
  const ceiling = OVER * Math.max(0, largestLoad(facts.app, room, others.taken(cluster)));
  const steps = stepsUpTo(facts, Math.min(all, ceiling));
  if (steps === undefined) return everything + rentOf(usageOf(facts.app, 0));
  const sorted = [...savings].sort(
    (a, b) => a.saved / a.requestsPerSecond - b.saved / b.requestsPerSecond,
  );
  let least = Number.POSITIVE_INFINITY;
  for (const { load, use } of steps) {
    least = Math.min(least, rentOf(use) + savedUpTo(sorted, Math.min(load * OVER, ceiling)));
  }
  return least;
}

interface Step {
  /** The most that is served without one replica more. */
  readonly load: number;
  readonly use: Room;
}

/** The steps of replicas, up to the first that carries `most`; undefined when they are too many. */
function stepsUpTo({ app }: Facts, most: number): readonly Step[] | undefined {
  const steps: Step[] = [];
  const replicas = app.sizing.map(({ minReplicas }) => minReplicas);
  while (steps.length < MOST_STEPS) {
    const carried = app.sizing.map((one, index) =>
      stepOf(one) === Number.POSITIVE_INFINITY ? stepOf(one) : replicas[index]! * stepOf(one),
    );
    const load = Math.min(Number.POSITIVE_INFINITY, ...carried);
    steps.push({ load, use: useOf(app.sizing, replicas) });
    if (load >= most) return steps;
    for (const [index, one] of carried.entries()) if (one <= load * OVER) replicas[index]!++;
  }
  return undefined;
}

function useOf(sizing: Facts['app']['sizing'], replicas: readonly number[]): Room {
  return sizing.reduce((use, { resources }, index) => {
    const count = replicas[index]!;
    return sum(use, {
      cpuMillicores: count * resources.cpuMillicores,
      memoryMebibytes: count * resources.memoryMebibytes,
      pods: count,
      requestsPerSecond: 0,
    });
  }, NOTHING);
}

/** What serving this much saves at the most: the last origin in part. */
function savedUpTo(sorted: readonly Saving[], load: number): number {
  let [saved, left] = [0, load];
  for (const one of sorted) {
    if (one.requestsPerSecond > left) return saved + (one.saved * left) / one.requestsPerSecond;
    saved += one.saved;
    left -= one.requestsPerSecond;
  }
  return saved;
}
