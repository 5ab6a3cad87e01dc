/** Live answers: whether every name server answers the hosts with clusters of the table and with nothing else. */
import { edgeErrorsOf } from '../../../constructs/parsing';
import type { ClientSubnet } from '../../dns/question/ask';
import type { Asking } from './props';
import type { RetirementWorld } from './world';

const PAUSE_MILLISECONDS = 1000;

/** What name servers answer. */
export interface LiveAnswers {
  /** Why they do not answer as the table says; empty when they all do. */
  readonly reasons: readonly string[];
  /** The longest TTL that they give. */
  readonly ttlSeconds: number;
}

/** Asks until all agree with the table, at most `answerSeconds`. */
export async function waitForAnswers(props: Asking, world: RetirementWorld): Promise<LiveAnswers> {
  const end = world.clock() + props.answerSeconds * 1000;
  for (;;) {
    const now = await liveAnswers(props, world);
    if (now.reasons.length === 0 || world.clock() >= end || world.signal?.aborted === true) {
      return now;
    }
    world.say?.(`waiting for DNS: ${now.reasons[0] ?? ''}`);
    await world.sleep(PAUSE_MILLISECONDS);
  }
}

async function liveAnswers(props: Asking, world: RetirementWorld): Promise<LiveAnswers> {
  const { table, nameservers } = props;
  const allowed = new Set(
    Object.values(table.targets).flatMap(({ ipv4, ipv6, hostname }) => [
      ...ipv4,
      ...ipv6.map(plainIpv6),
      ...(hostname === undefined ? [] : [hostname]),
    ]),
  );
  const [first = ''] = table.hosts;
  const servers = nameservers.length > 0 ? nameservers : await world.nameServers(first);
  const places = placesOf(props, world);
  const reasons = new Set<string>();
  let ttlSeconds = 0;
  // Bounded: 16 hosts, a few servers, the countries of the demand; one host and place at a time.
  for (const host of table.hosts) {
    // Any name that the wildcard covers will do.
    const name = host.replace('*', 'probe');
    for (const { place, subnet } of places) {
      const asking = servers.map(async (server) => ({
        server,
        ...(await answerOf({ host: name, server, subnet }, world)),
      }));
      for (const { server, targets, ttlSeconds: seconds, reason } of await Promise.all(asking)) {
        ttlSeconds = Math.max(ttlSeconds, seconds);
        const stray = targets.filter((one) => !allowed.has(plainIpv6(one)));
        if (reason !== undefined) reasons.add(reason);
        else if (targets.length === 0) reasons.add(`${server} answers nothing for ${name}${place}`);
        else if (stray.length > 0) {
          reasons.add(
            `${server} answers ${name}${place} with ${stray.join(', ')}, which is no cluster of the table`,
          );
        }
      }
    }
  }
  return { reasons: [...reasons], ttlSeconds };
}

interface Place {
  /** In words, with a blank before it. */
  readonly place: string;
  readonly subnet?: ClientSubnet;
}

/** From here, and from every country of the demand that the database has a network of. */
function placesOf({ geoip, table }: Asking, { networks }: RetirementWorld): readonly Place[] {
  const here = { place: '' };
  if (geoip === undefined) return [here];
  const countries = Object.keys(table.requestsByCountry).filter((code) => code !== '');
  const found = [...networks(geoip, countries)];
  return [here, ...found.map(([code, subnet]) => ({ place: ` from ${code}`, subnet }))];
}

interface Answered {
  readonly targets: readonly string[];
  readonly ttlSeconds: number;
  readonly reason?: string;
}

async function answerOf(
  { host, server, subnet }: { host: string; server: string; subnet: ClientSubnet | undefined },
  { answer }: RetirementWorld,
): Promise<Answered> {
  try {
    return await answer(host, server, subnet);
  } catch (thrown) {
    const [error] = edgeErrorsOf(thrown) ?? [];
    if (error === undefined) throw thrown;
    return { targets: [], ttlSeconds: 0, reason: error.summary };
  }
}

/** One way to write an address: `2001:DB8:0::1` is `2001:db8::1`. */
function plainIpv6(address: string): string {
  if (!address.includes(':')) return address;
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
