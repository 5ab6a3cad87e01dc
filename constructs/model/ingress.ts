/** Ingress: the addresses at which a cluster takes requests from users. */
import { z } from '../parsing';
import { hostSchema, ipv4Schema, ipv6Schema } from './addresses';

/** Where a cluster takes requests from users: given by hand, or read from the status of its Gateway, Ingress or Service. */
export const ingressSchema = z.strictObject({
  ipv4: z
    .array(ipv4Schema)
    .default([])
    .describe('IPv4 addresses. Several clusters may have the same one: anycast.'),
  ipv6: z.array(ipv6Schema).default([]).describe('IPv6 addresses, as for ipv4.'),
  hostname: hostSchema
    .optional()
    .describe(
      'Instead of addresses: the name of a load balancer, which answers become an alias of.',
    ),
});

/** Addresses where a cluster takes requests from users. */
export type Ingress = z.output<typeof ingressSchema>;
