/** Drain: how long clusters that users leave are kept: until resolvers have forgotten the old answers, and then until nobody comes. */
import { edgeErrorsOf } from '../../../constructs/parsing';
import type { RoutingTable } from '../../../constructs/routing';

/** What waiting needs from outside. */
export interface DrainWorld {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Requests/s by a query; undefined where the metrics say nothing. */
  readonly rate: (question: {
    readonly server: Readonly<Record<string, unknown>>;
    readonly query: string;
  }) => Promise<number | undefined>;
  /** One line for whoever waits. */
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Whom to wait for. */
export interface Draining {
  readonly drain: RoutingTable['drain'];
  /** The longest time that resolvers may keep an old answer. */
  readonly ttlSeconds: number;
  readonly leaving: readonly string[];
}

const STEP_MILLISECONDS = 1000;
const METRICS_MILLISECONDS = 5000;

/**
 * Waits for the TTL and the floor after it; where a query tells the requests/s of a cluster, on until they are below the
 * threshold everywhere, at most until the ceiling. Metrics that say nothing are no sign that nobody comes. Gives why it
 * was not waited to the end, or undefined.
 */
export async function waitUntilGone(
  { drain, ttlSeconds, leaving }: Draining,
  world: DrainWorld,
): Promise<string | undefined> {
  const { floorSeconds, ceilingSeconds } = drain;
  const start = world.clock();
  const least = ttlSeconds + floorSeconds;
  const most = ttlSeconds + Math.max(floorSeconds, ceilingSeconds);
  world.say?.(`waiting ${least} s until users have left ${leaving.join(', ')}`);
  if (!(await passed(start + least * 1000, STEP_MILLISECONDS, world))) return stopped;
  if (drain.query === undefined) return undefined;
  for (;;) {
    const busy = await stillComing({ drain, ttlSeconds, leaving }, world);
    if (busy.length === 0) return undefined;
    if (world.clock() >= start + most * 1000) {
      world.say?.(`${busy.join(', ')}; ${most} s have passed, so it is not waited any longer`);
      return undefined;
    }
    world.say?.(`waiting at most ${most} s: ${busy.join(', ')}`);
    const next = Math.min(world.clock() + METRICS_MILLISECONDS, start + most * 1000);
    if (!(await passed(next, STEP_MILLISECONDS, world))) return stopped;
  }
}

const stopped = 'stopped while users were leaving; an apply goes on';

async function passed(
  until: number,
  step: number,
  { clock, sleep, signal }: DrainWorld,
): Promise<boolean> {
  for (let now = clock(); now < until; now = clock()) {
    if (signal?.aborted === true) return false;
    await sleep(Math.min(step, until - now));
  }
  return signal?.aborted !== true;
}

/** Clusters that still get more than the threshold, or of which nobody knows. */
async function stillComing(
  { drain, leaving }: Draining,
  { rate }: DrainWorld,
): Promise<readonly string[]> {
  const { query = '', prometheus: server = {}, requestsPerSecond: below = 0 } = drain;
  const sentences = await Promise.all(
    leaving.map(async (cluster) => {
      const question = { server, query: query.replaceAll('$cluster', cluster) };
      const got = await rate(question).catch((thrown: unknown) => {
        if (edgeErrorsOf(thrown) === undefined) throw thrown;
        return undefined;
      });
      if (got === undefined) return `nothing says how many requests ${cluster} gets`;
      return got < below ? '' : `${cluster} gets ${Number(got.toFixed(2))} requests/s`;
    }),
  );
  return sentences.filter((text) => text !== '');
}
