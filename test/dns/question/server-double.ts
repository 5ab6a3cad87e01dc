/** A DNS server on loopback that answers what a test says, over UDP and TCP, and keeps what it was asked. */
import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer } from 'node:net';
import { type Answer, type DecodedPacket, decode, encode, type Packet } from 'dns-packet';
import type { DnsServer } from '../../../providers/dns/question/ask';

/** A question as it came in. */
export interface Received {
  readonly name: string;
  readonly type: string;
  readonly overTcp: boolean;
  /** ADDRESS/BITS of the client subnet. */
  readonly subnet: string | undefined;
}

/** What to answer; undefined is silence. */
export type Reply = (question: Received) =>
  | {
      readonly answers?: readonly Answer[];
      readonly rcode?: number;
      readonly truncated?: boolean;
      /** Answers to another question first. */
      readonly forged?: boolean;
      /** Answers with an address of two bytes first. */
      readonly cutOff?: boolean;
    }
  | undefined;

export interface DnsDouble extends DnsServer {
  readonly received: Received[];
  readonly stop: () => Promise<void>;
}

export async function dnsDouble(reply: Reply): Promise<DnsDouble> {
  const received: Received[] = [];
  const packets = (query: DecodedPacket, overTcp: boolean): readonly Buffer[] => {
    const [question] = query.questions ?? [];
    const opt = (query.additionals ?? []).find(({ type }) => type === 'OPT') as
      | { readonly options?: readonly { ip?: string; sourcePrefixLength?: number }[] }
      | undefined;
    const [ecs] = opt?.options ?? [];
    const subnet = ecs === undefined ? undefined : `${ecs.ip}/${ecs.sourcePrefixLength}`;
    const one = { name: question?.name ?? '', type: question?.type ?? '', overTcp, subnet };
    received.push(one);
    const wanted = reply(one);
    if (wanted === undefined) return [];
    const { answers = [], rcode = 0, truncated = false, forged = false, cutOff = false } = wanted;
    const packet: Packet = {
      type: 'response',
      id: query.id ?? 0,
      flags: rcode | (truncated && !overTcp ? 0x200 : 0),
      questions: query.questions ?? [],
      answers: truncated && !overTcp ? [] : [...answers],
    };
    const wrong = { ...packet, id: ((query.id ?? 0) + 1) % 65_536, answers: [] };
    // The encoder knows no addresses of two bytes, but records of types that it does not know, such as that of A.
    const short = { type: 'UNKNOWN_1', name: one.name, ttl: 1, data: Buffer.of(192, 0) };
    const cut = { ...packet, answers: [short as unknown as Answer] };
    return [...(forged ? [encode(wrong)] : []), ...(cutOff ? [encode(cut)] : []), encode(packet)];
  };
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      for (const packet of packets(decode(data.subarray(2)), true)) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(packet.length);
        // In two parts, as a network may deliver it.
        socket.write(Buffer.concat([length, packet.subarray(0, 5)]));
        setTimeout(() => socket.end(packet.subarray(5)), 5);
      }
    });
  });
  await new Promise<void>((next) => tcp.listen(0, '127.0.0.1', next));
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.on('message', (message, from) => {
    for (const packet of packets(decode(message), false)) udp.send(packet, from.port, from.address);
  });
  await new Promise<void>((next) => udp.bind(port, '127.0.0.1', next));
  return {
    address: '127.0.0.1',
    port,
    received,
    stop: async () => {
      await Promise.all([
        new Promise<void>((next) => udp.close(() => next())),
        new Promise<void>((next) => tcp.close(() => next())),
      ]);
    },
  };
}
