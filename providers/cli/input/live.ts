/** Live: which DNS server to ask, from which networks, and as whom. */
import { isIP } from 'node:net';
import type { EdgeError } from '../../../constructs/parsing';
import type { RoutingTable } from '../../../constructs/routing';
import { ask, type ClientSubnet } from '../../dns/question/ask';
import { type ClientNetworks, clientNetworks } from '../../dns/question/client-networks';
import { authoritativeServer, namedServer } from '../../dns/question/servers';
import type { Asking } from '../../endpoints/live-answers';
import type { Session } from '../output/terminal';
import { type Flags, usageError, type Values } from './flags';

/** Flags about asking for real. */
export const liveFlags = {
  dns: {
    value: 'ADDRESS[:PORT]',
    doc: 'Server to ask. Default: one that the zone of the host names.',
  },
  geoip: {
    value: 'FILE.mmdb',
    doc: 'The GeoIP database that this server has, such as GeoLite2-Country.mmdb: from which networks users of a country ask.',
  },
} as const satisfies Flags;
type LiveValues = Values<typeof liveFlags>;

/** The database of --geoip; undefined without it. Throws EdgeErrors. */
export function networksOf({ geoip }: LiveValues, { cwd }: Session): ClientNetworks | undefined {
  return geoip === undefined ? undefined : clientNetworks(geoip, cwd);
}

/** Asks the server that answers for the host. Throws EdgeErrors. */
export async function askingFor({ dns }: LiveValues, host: string): Promise<Asking> {
  const server = dns === undefined ? await authoritativeServer(host) : namedServer(dns);
  return (question) => ask(question, server);
}

/** A network in CIDR notation, or an address, of which no more than a resolver would tell is told. Undefined for other texts. */
export function subnetIn(text: string): ClientSubnet | undefined {
  const [, address = '', bits] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const prefixLength = bits === undefined ? (version === 4 ? 24 : 56) : Number(bits);
  return prefixLength > most ? undefined : { address, prefixLength };
}

/** Where users are told apart by distance or by regions of a provider, no country says what they get. */
export function notByPlace(name: string, { system }: RoutingTable): EdgeError {
  return usageError(
    name,
    '--from',
    `${system} does not tell users apart by country, so the table does not say what they are answered`,
    'Ask the server itself with dig and +subnet.',
  );
}
