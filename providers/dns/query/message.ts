/** DNS messages (RFC 1035, 6891, 7871): a question with an EDNS client subnet as bytes, and the records of an answer. */
import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** Types that are asked for, by their numbers. */
export const questionTypes = { A: 1, CNAME: 5, TXT: 16, AAAA: 28 } as const;
/** A type that is asked for. */
export type QuestionType = keyof typeof questionTypes;

/** Where the client is said to be. */
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

/** A record of an answer. */
export interface DnsRecord {
  readonly type: number;
  readonly ttlSeconds: number;
  /** An address, a name, or the text of a TXT; hexadecimal for other types. */
  readonly data: string;
}

/** An answer as it came. */
export interface DnsMessage {
  readonly id: number;
  readonly isTruncated: boolean;
  /** As IANA names it: NOERROR, NXDOMAIN, SERVFAIL, REFUSED; else its number. */
  readonly code: string;
  /** The question it answers, in lower case. */
  readonly host: string;
  readonly type: number;
  readonly records: readonly DnsRecord[];
}

/** Payload that passes every common path unfragmented (DNS flag day 2020), in bytes. */
const PAYLOAD_BYTES = 1232;
const CLIENT_SUBNET = 8;
const OPT = 41;
const codes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** The bytes of a question, recursion desired. Throws RangeError for a name that DNS cannot hold. */
export function questionBytes(id: number, { host, type, subnet }: DnsQuestion): Buffer {
  const header = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  const option = subnet === undefined ? Buffer.alloc(0) : subnetOption(subnet);
  const opt = Buffer.alloc(11);
  opt.writeUInt16BE(OPT, 1);
  opt.writeUInt16BE(PAYLOAD_BYTES, 3);
  opt.writeUInt16BE(option.length, 9);
  const kind = Buffer.from([0, questionTypes[type], 0, 1]);
  return Buffer.concat([header, nameBytes(host), kind, opt, option]);
}

function nameBytes(host: string): Buffer {
  const labels = (/^[!-~]+$/.test(host) ? host : domainToASCII(host)).split('.');
  const isGood = labels.every((label) => label.length > 0 && label.length < 64);
  if (!isGood || labels.join('.').length > 253) throw new RangeError(`no DNS name: ${host}`);
  const parts = labels.map((one) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one)]));
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function subnetOption({ address, prefixLength }: ClientSubnet): Buffer {
  const size = Math.ceil(prefixLength / 8);
  const bytes = addressBytes(address).subarray(0, size);
  if (prefixLength % 8 !== 0) bytes[size - 1] &= 0xff << (8 - (prefixLength % 8));
  const family = isIPv6(address) ? 2 : 1;
  const head = [0, CLIENT_SUBNET, 0, 4 + size, 0, family, prefixLength, 0];
  return Buffer.concat([Buffer.from(head), bytes]);
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((one) => Number.parseInt(one, 16));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((one) => [one >> 8, one & 255]));
}

/** Reads an answer. Throws RangeError for bytes that are none. */
export function readMessage(bytes: Buffer): DnsMessage {
  const [id, flags, questions, answers] = [0, 2, 4, 6].map((at) => bytes.readUInt16BE(at));
  if ((flags & 0x8000) === 0 || questions !== 1) throw new RangeError('this is no answer');
  const question = readName(bytes, 12);
  const type = bytes.readUInt16BE(question.end);
  const records: DnsRecord[] = [];
  let at = question.end + 4;
  const isTruncated = (flags & 0x0200) !== 0;
  for (let index = 0; index < answers && !isTruncated; index++) {
    const { end } = readName(bytes, at);
    const size = bytes.readUInt16BE(end + 8);
    const kind = bytes.readUInt16BE(end);
    const start = end + 10;
    if (start + size > bytes.length) throw new RangeError('a record is cut off');
    records.push({
      type: kind,
      ttlSeconds: bytes.readUInt32BE(end + 4),
      data: dataText(bytes, kind, start, size),
    });
    at = start + size;
  }
  const code = codes[flags & 15] ?? String(flags & 15);
  return { id, isTruncated, code, host: question.name.toLowerCase(), type, records };
}

function dataText(bytes: Buffer, type: number, start: number, size: number): string {
  const data = bytes.subarray(start, start + size);
  if (type === questionTypes.A && size === 4) return data.join('.');
  if (type === questionTypes.AAAA && size === 16) return ipv6Text(data);
  if (type === questionTypes.CNAME) return readName(bytes, start).name;
  if (type === questionTypes.TXT) return txtText(data);
  return data.toString('hex');
}

/** As RFC 5952 writes it; the URL parser does. */
function ipv6Text(data: Buffer): string {
  const groups = (data.toString('hex').match(/.{4}/g) ?? []).join(':');
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}

function txtText(data: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < data.length; at += 1 + (data[at] ?? 0)) {
    parts.push(data.toString('utf8', at + 1, at + 1 + (data[at] ?? 0)));
  }
  return parts.join('');
}

/** A name may point back to an earlier one; each pointer leads further back, so that none goes in circles. */
function readName(bytes: Buffer, from: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = from;
  let end = -1;
  for (;;) {
    const length = bytes.readUInt8(at);
    if (length >= 0xc0) {
      if (end < 0) end = at + 2;
      const target = bytes.readUInt16BE(at) & 0x3fff;
      if (target >= at) throw new RangeError('a name points forward');
      at = target;
    } else if (length === 0) {
      return { name: labels.join('.'), end: end < 0 ? at + 1 : end };
    } else {
      labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    if (labels.length > 128) throw new RangeError('a name is too long');
  }
}
