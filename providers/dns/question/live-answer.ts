/** Live answer: where a name server leads users of a host now, by addresses or by the name of an alias. */
import { EdgeError } from '../../../constructs/parsing';
import { ask, type ClientSubnet, NoAnswer } from './ask';
import { namedServer } from './servers';

/** What a name server answers for a host. */
export interface LiveAnswer {
  /** Addresses; where there are none the name that the host is an alias of, without a final dot. */
  readonly targets: readonly string[];
  /** Seconds; 0 without an answer. */
  readonly ttlSeconds: number;
}

/** Asks one name server, `192.0.2.53` or `[2001:db8::53]:5353`, as if from a network. Throws an EdgeError when it does not answer. */
export async function liveAnswer(
  host: string,
  server: string,
  subnet?: ClientSubnet,
): Promise<LiveAnswer> {
  const from = subnet === undefined ? {} : { subnet };
  const at = namedServer(server);
  const questions = (['A', 'AAAA', 'CNAME'] as const).map((type) => ({ host, type, ...from }));
  try {
    const [ipv4, ipv6, alias] = await Promise.all(questions.map((one) => ask(one, at)));
    const addresses = [...(ipv4?.data ?? []), ...(ipv6?.data ?? [])];
    const names = (alias?.data ?? []).map((name) => name.replace(/\.$/, '').toLowerCase());
    const ttls = [ipv4, ipv6, alias].map((one) => one?.ttlSeconds ?? 0);
    return { targets: addresses.length > 0 ? addresses : names, ttlSeconds: Math.max(...ttls) };
  } catch (thrown) {
    if (!(thrown instanceof NoAnswer)) throw thrown;
    throw new EdgeError({
      code: 'SourceFailed',
      path: 'nameservers',
      summary: `the name server ${server} does not answer for ${host}`,
      remedy: 'Check that it can be asked from here, or name others in nameservers.',
      cause: thrown,
    });
  }
}
