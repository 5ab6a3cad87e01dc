/** Live answers: whether every name server answers the hosts with clusters of the table and with nothing else. */
import { edgeErrorsOf } from '../../../constructs/parsing';
import type { RetirementProps } from './props';
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
export async function waitForAnswers(
  props: RetirementProps,
  world: RetirementWorld,
): Promise<LiveAnswers> {
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

async function liveAnswers(props: RetirementProps, world: RetirementWorld): Promise<LiveAnswers> {
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
  const reasons: string[] = [];
  let ttlSeconds = 0;
  for (const host of table.hosts) {
    // Any name that the wildcard covers will do.
    const name = host.replace('*', 'probe');
    const found = await Promise.all(servers.map((server) => answerOf(name, server, world)));
    found.forEach(({ targets, ttlSeconds: seconds, reason }, index) => {
      const server = servers[index] ?? '';
      ttlSeconds = Math.max(ttlSeconds, seconds);
      const stray = targets.filter((one) => !allowed.has(plainIpv6(one)));
      if (reason !== undefined) reasons.push(reason);
      else if (targets.length === 0) reasons.push(`${server} answers nothing for ${name}`);
      else if (stray.length > 0) {
        const what = stray.join(', ');
        reasons.push(`${server} answers ${name} with ${what}, which is no cluster of the table`);
      }
    });
  }
  return { reasons, ttlSeconds };
}

interface Answered {
  readonly targets: readonly string[];
  readonly ttlSeconds: number;
  readonly reason?: string;
}

async function answerOf(
  host: string,
  server: string,
  { answer }: RetirementWorld,
): Promise<Answered> {
  try {
    return await answer(host, server);
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
