/** Asks one DNS server one question, as if from a client network: EDNS client subnet, UDP first, TCP where an answer is cut off. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv4, isIPv6 } from 'node:net';
import {
  type Answer,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  streamEncode,
} from 'dns-packet';

/** Types that are asked for. */
export type QuestionType = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'TXT';

/** Where the client is said to be: RFC 7871 client subnet. */
export interface ClientSubnet {
  /** IPv4 or IPv6 address; bits beyond the prefix are not sent. */
  readonly address: string;
  /** Bits: at most 32 or 128. */
  readonly prefixLength: number;
}

/** One question. */
export interface DnsQuestion {
  /** Without a dot at the end. */
  readonly host: string;
  readonly type: QuestionType;
  readonly subnet?: ClientSubnet;
}

/** An address and a port that answer DNS. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

/** What a server said. */
export interface DnsAnswer {
  /** As IANA names it: NOERROR, NXDOMAIN, SERVFAIL, REFUSED. */
  readonly code: string;
  /** Data of the records of the type asked for, sorted: addresses, names, texts. */
  readonly data: readonly string[];
  /** The least of these records, in seconds; undefined without records. */
  readonly ttlSeconds: number | undefined;
}

/** The server did not answer in time, or not in DNS. */
export class NoAnswer extends Error {}

/** Payload that passes every common path unfragmented (DNS flag day 2020), in bytes. */
const payloadBytes = 1232;
const timeoutMilliseconds = 2000;
const attempts = 3;

/** Asks until there is an answer, at most three times of two seconds. Throws NoAnswer. */
export async function ask(question: DnsQuestion, server: DnsServer): Promise<DnsAnswer> {
  let last: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const packet = packetOf(question);
      const reply = await overUdp(packet, server);
      return answerOf(reply.flag_tc ? await overTcp(packet, server) : reply, question.type);
    } catch (error) {
      last = error;
    }
  }
  const where = `${server.address} port ${server.port}`;
  const why = last instanceof Error ? last.message : String(last);
  throw new NoAnswer(`${where} did not answer for ${question.host}: ${why}`, { cause: last });
}

function packetOf({ host, type, subnet }: DnsQuestion): Packet {
  const option =
    subnet === undefined
      ? []
      : [
          {
            code: 8 as const,
            family: isIPv6(subnet.address) ? 2 : 1,
            sourcePrefixLength: subnet.prefixLength,
            scopePrefixLength: 0,
            ip: subnet.address,
          },
        ];
  return {
    type: 'query',
    id: randomInt(65_536),
    questions: [{ type, name: host }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: payloadBytes,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: option,
      },
    ],
  };
}

/** Answers to something else, late ones or forged ones, are passed over. */
function isReplyTo(packet: Packet, reply: DecodedPacket): boolean {
  const [sent] = packet.questions ?? [];
  const [echoed] = reply.questions ?? [];
  return (
    reply.type === 'response' &&
    reply.id === packet.id &&
    echoed?.type === sent?.type &&
    echoed?.name.toLowerCase() === sent?.name.toLowerCase()
  );
}

function overUdp(packet: Packet, { address, port }: DnsServer): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.close();
      settle();
    };
    const late = () => end(() => reject(new Error('no answer in time')));
    const timer = setTimeout(late, timeoutMilliseconds);
    socket.once('error', (error) => end(() => reject(error)));
    socket.on('message', (message) => {
      const reply = decoded(message);
      if (reply !== undefined && isReplyTo(packet, reply)) end(() => resolve(reply));
    });
    // Connected: what comes from elsewhere never arrives, and a closed port is an error at once.
    socket.connect(port, address, () => socket.send(encode(packet)));
  });
}

function overTcp(packet: Packet, { address, port }: DnsServer): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once('connect', () => socket.write(streamEncode(packet)));
    // A message of TCP has at most 65,535 bytes after its two bytes of length.
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = decoded(received.subarray(2, 2 + received.readUInt16BE(0)));
      if (reply !== undefined && isReplyTo(packet, reply)) resolve(reply);
      socket.destroy();
    });
  });
}

function decoded(message: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(message);
    return (packet.answers ?? []).every(isWhole) ? packet : undefined;
  } catch {
    return undefined;
  }
}

/** False for addresses that are cut off, of which the decoder makes texts such as `192.0.undefined.undefined`. */
function isWhole(record: Answer): boolean {
  if (record.type === 'A') return isIPv4(record.data);
  return record.type !== 'AAAA' || isIPv6(record.data);
}

/** A CAA record as zone files have it; texts of several parts are one. */
function textOf(data: unknown): string {
  if (Array.isArray(data)) return data.map(String).join('');
  if (typeof data !== 'object' || data === null || !('tag' in data)) return String(data);
  const {
    flags = 0,
    tag,
    value,
  } = data as {
    readonly flags?: number;
    readonly tag: unknown;
    readonly value?: unknown;
  };
  return `${flags} ${String(tag)} "${String(value ?? '')}"`;
}

function answerOf(reply: DecodedPacket, type: QuestionType): DnsAnswer {
  const records = (reply.answers ?? []).flatMap((one) => {
    if (one.type !== type || !('data' in one)) return [];
    const { data } = one;
    const text = textOf(data);
    return [{ text, ttl: 'ttl' in one ? (one.ttl ?? 0) : 0 }];
  });
  const code = (reply as { readonly rcode?: string }).rcode ?? 'NOERROR';
  const ttls = records.map(({ ttl }) => ttl);
  return {
    code,
    data: records.map(({ text }) => text).sort(),
    ttlSeconds: ttls.length === 0 ? undefined : Math.min(...ttls),
  };
}
