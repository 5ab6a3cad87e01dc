/** Live answers: what a DNS server answers users of a place now, held against what the routing table gives them. */
import { byCodeUnits } from '../../constructs/model/canonical';
import {
  type AnswersBySlot,
  answersFor,
  type RoutingTable,
  type Slot,
} from '../../constructs/routing';
import type { ClientSubnet, DnsAnswer, DnsQuestion } from '../dns/question/ask';

/** Users of a place, and the network that they are said to be in. */
export interface Users {
  /** Country, `subdivision-US-CA`, or `default` for users of no known country. */
  readonly place: string;
  readonly subnet: ClientSubnet;
}

/** `secondChoice`: only clusters that may stand in; `elsewhere`: at least one other; `silent`: the server gave no answer. */
export type Verdict = 'assigned' | 'secondChoice' | 'elsewhere' | 'nothing' | 'silent';

/** What the table gives users of a place. */
export interface TableAnswer {
  readonly place: string;
  /** Key of the slot that catches them. */
  readonly slot: string;
  /** Clusters with their shares, largest first. */
  readonly assigned: readonly { readonly cluster: string; readonly share: number }[];
  /** Clusters that stand in for them, best first. */
  readonly failover: readonly string[];
}

/** What a server answers them. */
export interface LiveAnswer extends TableAnswer {
  readonly host: string;
  /** Addresses, or the name of a load balancer, sorted. */
  readonly addresses: readonly string[];
  /** Clusters that have them; an address that no cluster has stands for itself. */
  readonly clusters: readonly string[];
  /** Least TTL of the records, in seconds; absent without records. */
  readonly ttlSeconds?: number;
  readonly verdict: Verdict;
  /** Why it is not as assigned, where there is more to say. */
  readonly reason?: string;
}

/** Asks the server of the hosts. */
export type Asking = (question: DnsQuestion) => Promise<DnsAnswer>;

/** Kinds of slots that are found by the country of a user. */
const byPlace: readonly Slot['kind'][] = ['default', 'continent', 'country', 'subdivision'];

/** Undefined where users are told apart by something else than places, such as distance. */
export function tableAnswer({ slots }: RoutingTable, place: string): TableAnswer | undefined {
  if (!slots.every(({ kind }) => byPlace.includes(kind))) return undefined;
  const keys: AnswersBySlot = Object.fromEntries(
    slots.map(({ key }) => [key, [{ target: key, share: 1 }]]),
  );
  const [caught] = answersFor(keys, place);
  const slot = slots.find(({ key }) => key === (caught?.target ?? 'default'));
  if (slot === undefined) return undefined;
  return { place, slot: slot.key, assigned: slot.answers, failover: slot.failover };
}

/** Asks for addresses of both kinds, and for the name that stands for them where a cluster has one. */
export async function liveAnswer(
  table: RoutingTable,
  host: string,
  given: TableAnswer,
  subnet: ClientSubnet,
  asking: Asking,
): Promise<LiveAnswer> {
  const name = host.replace('*', 'probe');
  const assigned = given.assigned.map(({ cluster }) => table.targets[cluster]);
  const hasName = assigned.some((target) => target?.hostname !== undefined);
  const types = hasName ? (['A', 'AAAA', 'CNAME'] as const) : (['A', 'AAAA'] as const);
  const base = { ...given, host };
  const none = { addresses: [], clusters: [] };
  try {
    const replies = await Promise.all(types.map((type) => asking({ host: name, type, subnet })));
    const refusal = replies.find(({ code }) => code !== 'NOERROR' && code !== 'NXDOMAIN');
    if (refusal !== undefined) {
      return { ...base, ...none, verdict: 'silent', reason: `the server answers ${refusal.code}` };
    }
    const addresses = [...new Set(replies.flatMap(({ data }) => data))].sort(byCodeUnits);
    const ttls = replies.flatMap(({ ttlSeconds }) => ttlSeconds ?? []);
    const found = {
      addresses,
      clusters: clustersOf(table, addresses),
      ...(ttls.length === 0 ? {} : { ttlSeconds: Math.min(...ttls) }),
    };
    return { ...base, ...found, ...verdictOf(table, given, addresses) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...base, ...none, verdict: 'silent', reason };
  }
}

function placesOf({ targets }: RoutingTable, cluster: string): readonly string[] {
  const { ipv4 = [], ipv6 = [], hostname } = targets[cluster] ?? {};
  return [...ipv4, ...ipv6.map(canonical), ...(hostname === undefined ? [] : [hostname])];
}

/** One spelling for every IPv6 address. */
const canonical = (address: string) =>
  address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

function clustersOf(table: RoutingTable, addresses: readonly string[]): readonly string[] {
  const names = Object.keys(table.targets).sort(byCodeUnits);
  const owners = addresses.map((address) => {
    const all = names.filter((name) => placesOf(table, name).includes(canonical(address)));
    return all.length === 0 ? address : all.join(' or ');
  });
  return [...new Set(owners)];
}

function verdictOf(
  table: RoutingTable,
  { assigned, failover }: TableAnswer,
  addresses: readonly string[],
): Pick<LiveAnswer, 'verdict' | 'reason'> {
  if (addresses.length === 0) return { verdict: 'nothing' };
  const first = new Set(assigned.flatMap(({ cluster }) => placesOf(table, cluster)));
  const second = new Set(failover.flatMap((cluster) => placesOf(table, cluster)));
  const given = addresses.map(canonical);
  const isSixMissing =
    [...first].some((one) => one.includes(':')) && !given.some((one) => one.includes(':'));
  const isFourMissing = [...first].some((one) => isIPv4(one)) && !given.some((one) => isIPv4(one));
  if (!given.every((one) => first.has(one) || second.has(one))) return { verdict: 'elsewhere' };
  if (!given.every((one) => first.has(one))) return { verdict: 'secondChoice' };
  if (isSixMissing) return { verdict: 'nothing', reason: 'no AAAA record is answered' };
  if (isFourMissing) return { verdict: 'nothing', reason: 'no A record is answered' };
  return { verdict: 'assigned' };
}

const isIPv4 = (text: string) => /^[\d.]+$/.test(text);
