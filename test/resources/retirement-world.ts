/** The world of tests of retirements: a release that serves on where it left, name servers, metrics and clusters in memory. */
import { leavingIn, type ReleaseState } from '../../providers/resources/release';
import type { RetirementWorld } from '../../providers/resources/retirement';
import { Clusters } from './cluster-double';
import { apply, namespace, releaseOf, web, worldIn } from './fixtures';
import { moved, type Surroundings, surroundings, table } from './traffic-world';

const objects = [namespace, web('shop:1')];

/** What the tests turn. */
export interface RetirementSurroundings extends RetirementWorld {
  readonly users: Surroundings;
  readonly clusters: Clusters;
  /** Addresses by name server; both answer alike at first. */
  readonly answers: Map<string, readonly string[]>;
  /** Requests/s that a cluster gets, one after another; the last stays. */
  readonly rates: (number | undefined)[];
  readonly said: string[];
  /** In the order in which it happened. */
  readonly log: string[];
  readonly abort: AbortController;
}

/** Where users are after the move: iad and sin; fra is left. */
export const after = { ...moved('fra', 'sin'), targets: targetsWithout('fra') };

function targetsWithout(left: string) {
  const entries = Object.entries(table.targets).filter(([name]) => name !== left);
  return Object.fromEntries(entries);
}

/** A table after the move in which nothing fails over to the cluster that is left. */
export const afterTable = {
  ...after,
  slots: after.slots.map((slot) => ({
    ...slot,
    failover: slot.failover.filter((name) => name !== 'fra'),
  })),
};

const [a, b] = ['192.0.2.2', '192.0.2.3'];

/** The world, before anything is retired. */
export function retirementSurroundings(): RetirementSurroundings {
  const users = surroundings();
  const clusters = new Clusters();
  const abort = new AbortController();
  const rates: (number | undefined)[] = [];
  const answers = new Map<string, readonly string[]>([
    ['ns1', [a, b]],
    ['ns2', [a, b]],
  ]);
  const log: string[] = [];
  const said: string[] = [];
  return {
    ...users,
    users,
    clusters,
    answers,
    rates,
    said,
    log,
    abort,
    signal: abort.signal,
    say: (line) => said.push(line),
    clock: () => users.seconds * 1000,
    sleep: (milliseconds) => users.sleep(milliseconds),
    releases: worldIn(clusters),
    nameServers: async () => ['ns1', 'ns2'],
    networks: (_file, countries) =>
      new Map(countries.map((code) => [code, { address: `${code}`, prefixLength: 24 }])),
    answer: async (_host, server, subnet) => {
      log.push(`asked ${server} at ${users.seconds}`);
      const key = subnet === undefined ? server : `${server} ${subnet.address}`;
      return { targets: answers.get(key) ?? answers.get(server) ?? [], ttlSeconds: 30 };
    },
    rate: async ({ query }) => {
      log.push(`rate of ${query} at ${users.seconds}`);
      return rates.length > 1 ? rates.shift() : rates[0];
    },
  };
}

/** The release, moved from fra and iad to iad and sin with `retire: later`; its clusters are the letters a, b, c. */
export async function movedRelease(clusters: Clusters): Promise<ReleaseState> {
  const { state } = await apply(clusters, releaseOf('ab', objects));
  const later = releaseOf('bc', objects, { retire: 'later' }, 'a');
  const { state: now, problems } = await apply(clusters, later, state);
  if (problems.length > 0 || now === undefined || leavingIn(now).join() !== 'a') {
    throw new Error(`the move fell short: ${JSON.stringify([problems, now && leavingIn(now)])}`);
  }
  return now;
}
