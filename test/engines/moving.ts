/** Three clusters with gateways, a real PowerDNS, and users who keep asking: what tests of moves see from outside. */
import { ask } from '../../providers/dns/question/ask';
import { type Backend, startBackend, statusOf, whyNoBackends } from '../testbed/backend';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { countryNetworks } from '../testbed/country-networks';
import { type PowerDns, startPowerDns, whyNoPowerDns, zone } from '../testbed/powerdns';

const noPort = whyNoBackends();
const missing = whyNoClusters() ?? whyNoPowerDns() ?? noPort;
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`);
// What can be installed has to be there where it counts; a port that is taken is nobody's fault.
const mayRun = missing === undefined || (process.env.CI && noPort === undefined);
const whenPossible = mayRun ? describe : describe.skip;

const names = ['fra', 'iad', 'sin'];
const apiVersion = 'littoral.dev/v1alpha1';
const users = {
  DE: { latitude: 52.5, longitude: 13.4 },
  SG: { latitude: 1.3, longitude: 103.9 },
  US: { latitude: 40.7, longitude: -74 },
};
/** Users who ask at the same time. */
const SAMPLERS = 20;

/** Where users go. */
export const host = `shop.${zone}`;

const app = {
  apiVersion,
  kind: 'EdgeApp',
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    requestsPerSecondPerReplica: 100,
  },
  policy: {
    constraints: { minClusters: 2, maxClusters: 2, minRequestsPerSecond: 0 },
    guard: { maxDroppedShare: 1 },
  },
  exposure: {
    hosts: [host],
    gateway: { kind: 'Ingress', class: 'edge' },
    probe: { path: '/healthz', timeoutSeconds: 1 },
    dns: { system: 'powerdns-lua', zone, ttlSeconds: 1, drain: { floorSeconds: 1 } },
  },
};

/** Requests of users by country, one each where nothing is said. */
export function demandOf(requests: Readonly<Record<string, number>>, hour: number): string {
  return JSON.stringify({
    apiVersion,
    kind: 'Demand',
    observedAt: `2026-11-21T${String(hour).padStart(2, '0')}:00:00Z`,
    origins: Object.entries(users).map(([country, at]) => ({
      name: country.toLowerCase(),
      country,
      ...at,
      requestsPerSecond: requests[country] ?? 1,
    })),
  });
}

/** How often users were sent where. */
export interface Counts {
  /** Times that DNS was asked. */
  answers: number;
  /** Answers that lead to a cluster which does not serve. */
  unready: number;
  /** Requests that were not answered with 200. */
  failed: number;
  /** Answers without an address. */
  empty: number;
}

/** What the tests work with. */
export interface MoveSite {
  readonly dns: () => PowerDns;
  readonly testbed: () => Testbed;
  /** The gateway of a cluster: it serves while its cluster has the app ready, and a while after that came. */
  readonly gateway: (name: string) => Backend;
  /** Keeps a gateway from serving until the function that it gives is called. */
  readonly hold: (name: string) => () => void;
  /** What DNS answers users in a country. */
  readonly addressesFor: (country: string) => Promise<readonly string[]>;
  /** Users of all countries who keep asking DNS and then the endpoint; end them for their counts. */
  readonly sampling: () => () => Promise<Counts>;
  /** What is seen from outside, each state once: which clusters serve, and which DNS answers with. */
  readonly watching: () => () => Promise<readonly string[]>;
  /** App, fleet and demand as files. */
  readonly documents: (system: string, demand: string) => Readonly<Record<string, string>>;
}

/** Describes tests of moves between fra, iad and sin; skipped, with the reason, where they cannot run. */
export function onMovingUsers(title: string, tests: (site: MoveSite) => void): void {
  whenPossible(`${title}${missing === undefined ? '' : `: ${missing}`}`, () => {
    let testbed: Testbed;
    let dns: PowerDns;
    let gateways: ReadonlyMap<string, Backend> = new Map();
    const held = new Set<string>();
    let isOver = false;
    let following: Promise<unknown>;
    beforeAll(async () => {
      [testbed, dns] = await Promise.all([startClusters(names), startPowerDns()]);
      const started = names.map(async (name, index) => {
        return [name, await startBackend(`127.32.0.${index + 1}`, false)] as const;
      });
      gateways = new Map(await Promise.all(started));
      following = Promise.all(names.map(follow));
    });
    afterAll(async () => {
      isOver = true;
      await following;
      await Promise.all([...gateways.values()].map((one) => one.stop()));
      await Promise.all([testbed?.stop(), dns?.stop()]);
    });

    async function follow(name: string): Promise<void> {
      const path = '/apis/apps/v1/namespaces/shop/deployments/shop';
      while (!isOver) {
        const { status, body } = await testbed.cluster(name).ask('GET', path);
        const seen = body as { readonly status?: { readonly readyReplicas?: number } } | undefined;
        const isReady = status === 200 && (seen?.status?.readyReplicas ?? 0) > 0;
        gateway(name).isReady = isReady && !held.has(name);
        await pause(100);
      }
    }

    const gateway = (name: string): Backend => {
      const found = gateways.get(name);
      if (found === undefined) throw new Error(`no gateway ${name}`);
      return found;
    };
    const hold = (name: string) => {
      held.add(name);
      return () => {
        held.delete(name);
      };
    };
    const addressesFor = async (country: string) => {
      const network = countryNetworks.find((one) => one.country === country);
      const subnet = { address: network?.ipv4 ?? '', prefixLength: 24 };
      return (await ask({ host, type: 'A', subnet }, dns.server)).data;
    };
    const namesOf = (found: (gateway: Backend) => boolean) =>
      [...gateways].flatMap(([name, one]) => (found(one) ? [name] : [])).join('+');

    const sampling = () => {
      const counts: Counts = { answers: 0, unready: 0, failed: 0, empty: 0 };
      return repeating(SAMPLERS, 60, counts, async (turn) => {
        const countries = Object.keys(users);
        const addresses = await addressesFor(countries[turn % countries.length] ?? '');
        counts.answers += 1;
        if (addresses.length === 0) counts.empty += 1;
        for (const address of addresses) {
          const found = [...gateways.values()].find((one) => one.address === address);
          if (found?.serves() !== true) counts.unready += 1;
          if ((await statusOf(address, host)) !== 200) counts.failed += 1;
        }
      });
    };
    const watching = () => {
      const seen: string[] = [];
      return repeating(1, 50, seen, async () => {
        const { data } = await ask({ host, type: 'A' }, dns.server);
        const serving = namesOf((one) => one.isReady);
        const state = `${serving} serve, ${namesOf((one) => data.includes(one.address))} answered`;
        if (state !== seen.at(-1)) seen.push(state);
      });
    };
    const documents = (system: string, demand: string) => {
      const fleet = testbed.fleetDocument() as { readonly clusters: readonly { name: string }[] };
      const clusters = fleet.clusters.map((one) => ({
        ...one,
        ingress: { ipv4: [gateway(one.name).address] },
      }));
      const exposure = { ...app.exposure, dns: { ...app.exposure.dns, system } };
      return {
        'app.yaml': JSON.stringify({ ...app, exposure }),
        'fleet.yaml': JSON.stringify({ ...fleet, clusters }),
        'demand.json': demand,
      };
    };
    tests({
      dns: () => dns,
      testbed: () => testbed,
      ...{ gateway, hold, addressesFor, sampling, watching, documents },
    });
  });
}

const pause = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));

/** Does something again and again, several at a time, until the function that it gives is called, which gives what came of it. */
function repeating<T>(
  many: number,
  milliseconds: number,
  outcome: T,
  act: (turn: number) => Promise<void>,
): () => Promise<T> {
  let isEnough = false;
  const one = async (first: number) => {
    for (let turn = first; !isEnough; turn++) {
      await act(turn);
      await pause(milliseconds);
    }
  };
  const all = Promise.all(Array.from({ length: many }, (_, index) => one(index)));
  return async () => {
    isEnough = true;
    await all;
    return outcome;
  };
}
