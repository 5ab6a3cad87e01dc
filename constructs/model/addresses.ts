/** Addresses: IPv4, IPv6 and blocks of them, as documents write them. */
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
