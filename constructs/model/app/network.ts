/** Network: who may ask the pods of an app, and whom they may ask; everything else is refused by NetworkPolicies. */
import { z } from '../../parsing';
import { cidrSchema, ipv4Schema, ipv6Schema } from '../addresses';

const dnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and "-" (RFC 1123 label)');
const addressSchema = z.union([ipv4Schema, ipv6Schema]);
const labelsSchema = z.record(z.string().min(1).max(317), z.string().max(63));
const portSchema = z.int().min(1).max(65_535);
const hostSchema = z
  .string()
  .regex(
    /^(?=.{1,253}$)(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'a name in lower case with at least one dot, such as api.example.com',
  );

const peerShape = {
  app: dnsLabel
    .optional()
    .describe('Pods of this app: those that bear app.kubernetes.io/name. In `namespace`.'),
  namespace: dnsLabel
    .optional()
    .describe('Pods of this namespace. Default with app: the namespace of the name of that app.'),
  labels: labelsSchema.optional().describe('Only pods that bear these labels.'),
  cidr: cidrSchema.optional().describe('Addresses that are no pods: a block.'),
  except: z.array(cidrSchema).min(1).optional().describe('Blocks in cidr that are left out.'),
  ports: z
    .array(portSchema)
    .min(1)
    .optional()
    .describe(
      'Ports of the pods that are asked, not of their Services. Default: of the component that is asked its own, of a host 443, else all.',
    ),
  protocol: z
    .enum(['TCP', 'UDP'])
    .optional()
    .describe(
      'Of the ports; without ports, this protocol alone. Default: TCP for ports, else every protocol.',
    ),
  component: z.string().min(1).optional().describe('Only this component of the app. Default: all.'),
};

const ingressRuleSchema = z.strictObject(peerShape);
const egressRuleSchema = z.strictObject({
  ...peerShape,
  host: hostSchema
    .optional()
    .describe(
      'A name outside of the cluster. NetworkPolicies know no names: without addresses its ports are open on every public address.',
    ),
  addresses: z
    .array(cidrSchema)
    .min(1)
    .optional()
    .describe('With host: the blocks that the name leads to.'),
});

/** What an EdgeApp says about the traffic of its pods; `false`: nothing is refused. */
export const networkSchema = z.union([
  z.literal(false),
  z.strictObject({
    gateway: z
      .strictObject({
        namespace: dnsLabel.optional().describe('Namespace of the pods of the gateway.'),
        labels: labelsSchema.optional().describe('Labels of the pods of the gateway.'),
        cidrs: z
          .array(cidrSchema)
          .min(1)
          .optional()
          .describe('Addresses of a gateway that is no pod, or in the network of its node.'),
      })
      .optional()
      .describe('With exposure: where requests of users come from. Left out: from anywhere.'),
    ingress: z.array(ingressRuleSchema).optional().describe('Who else may ask the app.'),
    egress: z.array(egressRuleSchema).optional().describe('Whom the app may ask.'),
    metrics: z
      .strictObject({
        namespace: dnsLabel.describe('Namespace of the pods that scrape.'),
        labels: labelsSchema.optional().describe('Labels of the pods that scrape.'),
        port: portSchema.describe('Port of the pods that is scraped.'),
      })
      .optional()
      .describe('Who may scrape every component.'),
    dns: z
      .strictObject({
        addresses: z
          .array(addressSchema)
          .min(1)
          .describe(
            'Further addresses of name servers: with NodeLocal DNSCache that of the Service kube-dns.',
          ),
      })
      .optional()
      .describe('Besides kube-dns, that of OpenShift and NodeLocal DNSCache, which are allowed.'),
  }),
]);

/** What an EdgeApp says about the traffic of its pods. */
export type NetworkInput = z.output<typeof networkSchema>;
/** The same where it says something. */
export type Network = Exclude<NetworkInput, false>;
/** Who may ask. */
export type IngressRule = NonNullable<Network['ingress']>[number];
/** Who may be asked. */
export type EgressRule = NonNullable<Network['egress']>[number];
