/** Endpoints: whether every address of clusters that users are to be sent to serves, waited for until it does or time is up. */
import type { RoutingTable } from '../../../constructs/routing';
import { eachOf } from '../../clusters/parallel';
import { endpointText } from '../../probe/probe';
import { vantageOf } from '../../probe/quorum';
import { readAuthorities } from '../../sources/files/referenced-file';
import type { TrafficWorld } from './world';

/** A cluster that does not serve. */
export interface UnreadyCluster {
  readonly cluster: string;
  /** Of its first address that does not serve. */
  readonly reason: string;
}

/** Addresses asked at the same time. */
const PARALLELISM = 32;
const PAUSE_MILLISECONDS = 1000;

/** What to ask, and for how long. */
export interface Waiting {
  readonly table: RoutingTable;
  readonly clusters: readonly string[];
  readonly readySeconds: number;
  readonly endpointCaFile: string | undefined;
}

/** Clusters that still do not serve when time is up, by name; none as soon as all do. */
export async function waitUntilServing(
  { table, clusters, readySeconds, endpointCaFile }: Waiting,
  world: TrafficWorld,
): Promise<readonly UnreadyCluster[]> {
  const authorities = readAuthorities(endpointCaFile, world.folder, 'endpointCaFile');
  const end = world.clock() + readySeconds * 1000;
  for (;;) {
    // All at once each time: one that served a while ago may have stopped since.
    const unready: UnreadyCluster[] = [];
    await eachOf(clusters, PARALLELISM, async (cluster) => {
      const reason = await reasonAgainst(cluster, table, authorities, world);
      if (reason !== undefined) unready.push({ cluster, reason });
    });
    if (unready.length === 0 || world.clock() >= end) {
      return unready.sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
    }
    await world.sleep(PAUSE_MILLISECONDS);
  }
}

/** Every address may be the one that a user gets, so every one has to serve every host. */
async function reasonAgainst(
  cluster: string,
  { targets, hosts, isSecure, probe }: RoutingTable,
  authorities: string | undefined,
  world: TrafficWorld,
): Promise<string | undefined> {
  const target = targets[cluster];
  const { ipv4 = [], ipv6 = [], hostname } = target ?? {};
  const addresses = [...ipv4, ...ipv6];
  if (addresses.length === 0 && hostname !== undefined) addresses.push(hostname);
  const port = isSecure ? 443 : 80;
  for (const address of addresses) {
    for (const host of hosts) {
      const question = {
        address,
        port,
        // Any name that the wildcard covers will do.
        host: host.replace('*', 'probe'),
        isSecure,
        timeoutMilliseconds: (probe?.timeoutSeconds ?? 5) * 1000,
        ...(probe === undefined ? {} : { path: probe.path, statuses: probe.statuses }),
        ...(authorities === undefined ? {} : { authorities }),
      };
      const reason = await world.probe(question, vantageOf(probe));
      if (reason !== undefined) return `${endpointText(address, port)} for ${host}: ${reason}`;
    }
  }
  return addresses.length === 0 ? 'it has no address' : undefined;
}
