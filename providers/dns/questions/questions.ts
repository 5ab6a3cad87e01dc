/** Questions: what name servers answer for a host now, asked one by one, and which name servers a zone has. */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { EdgeError } from '../../../constructs/parsing';

/** What a name server answers for a host. */
export interface LiveAnswer {
  /** Addresses; where there are none the names that the host is an alias of, without a final dot. */
  readonly targets: readonly string[];
  /** The longest, in seconds; 0 where nobody says. */
  readonly ttlSeconds: number;
}

const TIMEOUT_MILLISECONDS = 3000;
const TRIES = 2;

/** Asks one name server, `address` or `address:port` (IPv6 in brackets). Throws an EdgeError when it does not answer. */
export async function liveAnswer(host: string, server: string): Promise<LiveAnswer> {
  const resolver = resolverFor([server]);
  const ask = async <T>(work: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await work;
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? '';
      if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
      throw silent(server, host, code, thrown);
    }
  };
  const [ipv4, ipv6] = await Promise.all([
    ask(resolver.resolve4(host, { ttl: true })),
    ask(resolver.resolve6(host, { ttl: true })),
  ]);
  const records = [...ipv4, ...ipv6];
  if (records.length > 0) {
    const targets = records.map(({ address }) => address);
    return { targets, ttlSeconds: Math.max(...records.map(({ ttl }) => ttl)) };
  }
  const names = await ask(resolver.resolveCname(host));
  return { targets: names.map((name) => name.replace(/\.$/, '').toLowerCase()), ttlSeconds: 0 };
}

/** Addresses of the name servers of the zone that a host is in, as the resolver of this machine knows them. Throws an EdgeError. */
export async function nameServersOf(host: string): Promise<readonly string[]> {
  const resolver = resolverFor(undefined);
  const labels = host.replace(/^\*\./, '').split('.');
  for (let from = 0; from < labels.length - 1; from++) {
    const zone = labels.slice(from).join('.');
    const names = await resolver.resolveNs(zone).catch(() => []);
    if (names.length === 0) continue;
    const found = await Promise.all(
      names.map(async (name) => [
        ...(await resolver.resolve4(name).catch(() => [])),
        ...(await resolver.resolve6(name).catch(() => [])),
      ]),
    );
    const [first, ...rest] = [...new Set(found.flat())].sort();
    if (first !== undefined) return [first, ...rest];
  }
  throw new EdgeError({
    code: 'SourceFailed',
    path: 'nameservers',
    summary: `the name servers of ${host} cannot be found from here`,
    remedy: 'Give nameservers: their addresses, such as ["192.0.2.53"].',
  });
}

function resolverFor(servers: readonly string[] | undefined): Resolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MILLISECONDS, tries: TRIES });
  if (servers === undefined) return resolver;
  resolver.setServers(servers.map((one) => (isIP(one) === 6 ? `[${one}]` : one)));
  return resolver;
}

function silent(server: string, host: string, code: string, cause: unknown): EdgeError {
  return new EdgeError({
    code: 'SourceFailed',
    path: 'nameservers',
    summary: `the name server ${server} does not answer for ${host} (${code || 'unknown error'})`,
    remedy: 'Check that it can be asked from here, or name others in nameservers.',
    cause,
  });
}
