/** Writes a MaxMind DB (format 2.0): networks and what is known of them, for servers that place clients by address. */
import { isIPv6 } from 'node:net';

/** What may be said of a network. */
export type MmdbValue = string | number | { readonly [key: string]: MmdbValue };

/** One network in CIDR notation and its data. */
export interface MmdbNetwork {
  readonly network: string;
  readonly data: { readonly [key: string]: MmdbValue };
}

/** Two children; a number is a place in the list of nodes, undefined is unknown. */
type Node = [Child, Child];
type Child = number | { readonly data: number } | undefined;

/** The bytes of a database. IPv4 networks are at ::/96, as the format has it. */
export function mmdb(networks: readonly MmdbNetwork[], type: string): Buffer {
  const nodes: Node[] = [[undefined, undefined]];
  const parts: Buffer[] = [];
  let size = 0;
  for (const { network, data } of networks) {
    const bytes = valueBytes(data);
    insert(nodes, network, { data: size });
    parts.push(bytes);
    size += bytes.length;
  }
  const tree = Buffer.alloc(nodes.length * 8);
  nodes.forEach((pair, index) => {
    pair.forEach((child, side) => {
      tree.writeUInt32BE(record(child, nodes.length), index * 8 + side * 4);
    });
  });
  const marker = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')]);
  return Buffer.concat([tree, Buffer.alloc(16), ...parts, marker, metadata(nodes.length, type)]);
}

function record(child: Child, count: number): number {
  if (child === undefined) return count;
  return typeof child === 'number' ? child : count + 16 + child.data;
}

function insert(nodes: Node[], network: string, leaf: { readonly data: number }): void {
  const { bits, length } = prefix(network);
  let at = 0;
  for (let depth = 0; depth < length - 1; depth++) {
    const side = bits[depth] ?? 0;
    const node = nodes[at] as Node;
    if (typeof node[side] === 'object') throw new Error(`${network} lies in another network`);
    if (node[side] === undefined) node[side] = nodes.push([undefined, undefined]) - 1;
    at = node[side] as number;
  }
  (nodes[at] as Node)[bits[length - 1] ?? 0] = leaf;
}

function prefix(network: string): { readonly bits: readonly (0 | 1)[]; readonly length: number } {
  const [address = '', length = ''] = network.split('/');
  const bytes = isIPv6(address) ? sixteen(address) : [...Array(12).fill(0), ...four(address)];
  const bits = bytes.flatMap((byte) =>
    [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((byte >> bit) & 1) as 0 | 1),
  );
  return { bits, length: Number(length) + (isIPv6(address) ? 0 : 96) };
}

const four = (address: string): readonly number[] => address.split('.').map(Number);

function sixteen(address: string): readonly number[] {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((one) => parseInt(one, 16));
  const [before, after] = [groups(head), groups(tail)];
  const middle = Array(8 - before.length - after.length).fill(0);
  return [...before, ...middle, ...after].flatMap((group) => [group >> 8, group & 255]);
}

// Types of the format: 2 text, 5 uint16, 6 uint32, 7 map, 9 uint64, 11 array.

function valueBytes(value: MmdbValue): Buffer {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(6, value, 4);
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, one]) => [text(key), valueBytes(one)]),
  ]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([control(2, bytes.length), bytes]);
}

function number(type: number, value: number, width: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return Buffer.concat([control(type, width), bytes.subarray(8 - width)]);
}

/** Sizes below 29 alone: no text or map here is longer. */
function control(type: number, size: number): Buffer {
  if (size > 28) throw new Error(`${size} is too long for this writer`);
  return type > 7 ? Buffer.from([size, type - 7]) : Buffer.from([(type << 5) | size]);
}

function metadata(nodeCount: number, type: string): Buffer {
  const entries: readonly (readonly [string, Buffer])[] = [
    ['binary_format_major_version', number(5, 2, 2)],
    ['binary_format_minor_version', number(5, 0, 2)],
    // libmaxminddb takes 0 for no metadata.
    ['build_epoch', number(9, 1, 8)],
    ['database_type', text(type)],
    ['description', Buffer.concat([control(7, 1), text('en'), text('made for a test')])],
    ['ip_version', number(5, 6, 2)],
    ['languages', Buffer.concat([control(11, 1), text('en')])],
    ['node_count', number(6, nodeCount, 4)],
    ['record_size', number(5, 32, 2)],
  ];
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, bytes]) => [text(key), bytes]),
  ]);
}
