/** Addresses: IPv4, IPv6, blocks of them and names of hosts, as documents write them. */
import { z } from '../parsing';

const ipv4Part = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^(${ipv4Part}\\.){3}${ipv4Part}$`);
const ipv4Cidr = new RegExp(`^(${ipv4Part}\\.){3}${ipv4Part}/(3[0-2]|[12]?\\d)$`);
/** An IPv4 address. */
export const ipv4Schema = z.string().regex(ipv4, 'an IPv4 address such as 192.0.2.1');
/** An IPv6 address. */
export const ipv6Schema = z.ipv6({ error: 'an IPv6 address such as 2001:db8::1' });
/** A block of addresses of either kind. */
export const cidrSchema = z.union([
  z.string().regex(ipv4Cidr, 'a block such as 192.0.2.0/24'),
  z.cidrv6({ error: 'a block such as 2001:db8::/32' }),
]);

const hostname =
  /^(?=.{1,253}$)(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const hostWords =
  'a name in lower case with at least one dot, such as shop.example.com or *.shop.example.com';

/** A name that DNS resolves, with or without a wildcard. */
export const hostSchema = z.string().regex(hostname, hostWords);

/** Whether every address of the block is in the other block, which has more: what API servers ask of `except`. */
export function isInside(block: string, outer: string): boolean {
  const [inner, whole] = [bitsOf(block), bitsOf(outer)];
  const isSameKind = block.includes(':') === outer.includes(':');
  return isSameKind && inner.length > whole.length && inner.startsWith(whole);
}

/** The bits that all addresses of a block begin with. */
function bitsOf(block: string): string {
  const [address = '', size] = block.split('/');
  const bits = address.includes(':')
    ? groupsOf(address).map((one) => one.toString(2).padStart(16, '0'))
    : address.split('.').map((one) => Number(one).toString(2).padStart(8, '0'));
  return bits.join('').slice(0, Number(size));
}

/** The eight groups of an IPv6 address, whose last two may be an IPv4 address (RFC 4291, 2.2). */
function groupsOf(address: string): readonly number[] {
  const [head = [], tail] = address.split('::').map((half) =>
    half.split(':').flatMap((group) => {
      if (group === '') return [];
      if (!group.includes('.')) return Number.parseInt(group, 16);
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
      return [a * 256 + b, c * 256 + d];
    }),
  );
  if (tail === undefined) return head;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
