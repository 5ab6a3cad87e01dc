/** Endpoint status: whether every address that users may get serves every host now, and until when its certificate does. */
import { byCodeUnits } from '../../constructs/model/canonical';
import type { RoutingTable } from '../../constructs/routing';
import { eachOf } from '../clusters/parallel';
import { look, type ProbeAnswer, type ProbeQuestion } from '../probe/probe';
import { probeByQuorum, vantageOf } from '../probe/quorum';
import type { Environment } from '../proxy/environment';

/** One address for one host. */
export interface EndpointStatus {
  readonly cluster: string;
  readonly host: string;
  readonly address: string;
  /** Why users are not served there; absent: they are. */
  readonly reason?: string;
  /** What it showed, also where it is not valid; absent without TLS. */
  readonly certificate?: {
    readonly names: readonly string[];
    readonly issuer: string;
    /** ISO 8601. */
    readonly notAfter: string;
    /** Whole days, rounded down; negative once it has expired. */
    readonly daysLeft: number;
  };
}

/** What is asked from outside. */
export interface EndpointWorld {
  readonly environment: Environment;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Certificate authorities (PEM) to trust instead of the usual ones. */
  readonly authorities: string | undefined;
}

/** Addresses that are looked at at the same time. */
const PARALLELISM = 16;
const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** Of all clusters that the table answers with, by cluster, host and address. */
export async function endpointStatus(
  table: RoutingTable,
  world: EndpointWorld,
): Promise<readonly EndpointStatus[]> {
  const { probe, isSecure, hosts, targets, slots } = table;
  const clusters = new Set(
    slots.flatMap(({ answers, failover }) => [...answers.map((one) => one.cluster), ...failover]),
  );
  const places = [...clusters].sort(byCodeUnits).flatMap((cluster) => {
    const { ipv4 = [], ipv6 = [], hostname } = targets[cluster] ?? {};
    const addresses = [...ipv4, ...ipv6];
    if (addresses.length === 0 && hostname !== undefined) addresses.push(hostname);
    return hosts.flatMap((host) => addresses.map((address) => ({ cluster, host, address })));
  });
  return eachOf(places, PARALLELISM, async (one): Promise<EndpointStatus> => {
    const question: ProbeQuestion = {
      address: one.address,
      port: isSecure ? 443 : 80,
      // Any name that the wildcard covers will do.
      host: one.host.replace('*', 'probe'),
      isSecure,
      timeoutMilliseconds: (probe?.timeoutSeconds ?? 5) * 1000,
      ...(probe === undefined ? {} : { path: probe.path, statuses: probe.statuses }),
      ...(world.authorities === undefined ? {} : { authorities: world.authorities }),
    };
    const shown = await look(question);
    const { points, quorum } = vantageOf(probe);
    const isHereAlone = points.length === 1 && points[0] === 'here';
    const reason = isHereAlone
      ? shown.reason
      : await probeByQuorum(question, { points, quorum }, world.environment);
    return { ...one, ...(reason === undefined ? {} : { reason }), ...certified(shown, world) };
  });
}

function certified({ certificate }: ProbeAnswer, { clock }: EndpointWorld) {
  if (certificate === undefined) return {};
  const { names, issuer, notAfter } = certificate;
  const daysLeft = Math.floor((Date.parse(notAfter) - clock()) / DAY_MILLISECONDS);
  return { certificate: { names, issuer, notAfter, daysLeft } };
}
