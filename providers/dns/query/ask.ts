/** Asks one DNS server one question, as if from a client network: EDNS client subnet, UDP first, TCP where an answer is cut off. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import {
  type DnsMessage,
  type DnsQuestion,
  type QuestionType,
  questionBytes,
  questionTypes,
  readMessage,
} from './message';

export type { ClientSubnet, DnsQuestion, QuestionType } from './message';

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

const timeoutMilliseconds = 2000;
const attempts = 3;

/** Asks until there is an answer, at most three times of two seconds. Throws NoAnswer. */
export async function ask(question: DnsQuestion, server: DnsServer): Promise<DnsAnswer> {
  let last: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const id = randomInt(65_536);
    const exchange = { bytes: questionBytes(id, question), id, question, server };
    try {
      const reply = await overUdp(exchange);
      return answerOf(reply.isTruncated ? await overTcp(exchange) : reply, question.type);
    } catch (error) {
      last = error;
    }
  }
  const where = `${server.address} port ${server.port}`;
  const why = last instanceof Error ? last.message : String(last);
  throw new NoAnswer(`${where} did not answer for ${question.host}: ${why}`, { cause: last });
}

interface Exchange {
  readonly bytes: Buffer;
  readonly id: number;
  readonly question: DnsQuestion;
  readonly server: DnsServer;
}

/** The answer in these bytes; undefined for what answers something else, late or forged. */
function replyIn(bytes: Buffer, { id, question }: Exchange): DnsMessage | undefined {
  try {
    const reply = readMessage(bytes);
    const isOurs =
      reply.id === id &&
      reply.type === questionTypes[question.type] &&
      reply.host === question.host.toLowerCase();
    return isOurs ? reply : undefined;
  } catch {
    return undefined;
  }
}

function overUdp(exchange: Exchange): Promise<DnsMessage> {
  const { address, port } = exchange.server;
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
      const reply = replyIn(message, exchange);
      if (reply !== undefined) end(() => resolve(reply));
    });
    // Connected: what comes from elsewhere never arrives, and a closed port is an error at once.
    socket.connect(port, address, () => socket.send(exchange.bytes));
  });
}

function overTcp(exchange: Exchange): Promise<DnsMessage> {
  const { address, port } = exchange.server;
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exchange.bytes.length);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once('connect', () => socket.write(Buffer.concat([length, exchange.bytes])));
    // A message of TCP has at most 65,535 bytes after its two bytes of length.
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = replyIn(received.subarray(2, 2 + received.readUInt16BE(0)), exchange);
      if (reply !== undefined) resolve(reply);
      socket.destroy();
    });
  });
}

function answerOf({ code, records }: DnsMessage, type: QuestionType): DnsAnswer {
  const found = records.filter((one) => one.type === questionTypes[type]);
  return {
    code,
    data: found.map(({ data }) => data).sort(),
    ttlSeconds:
      found.length === 0 ? undefined : Math.min(...found.map(({ ttlSeconds }) => ttlSeconds)),
  };
}
