/** Exposure: the names users know an app by, and how their requests come in: gateway, TLS, probe, DNS, protection. */
import { z } from '../../parsing';
import { cidrSchema, hostSchema } from '../addresses';

/** DNS systems that a routing table can be written for. */
export const dnsSystems = [
  'azure',
  'cloudflare-geo',
  'cloudflare-proximity',
  'gdnsd',
  'google',
  'ns1',
  'powerdns-geoip',
  'powerdns-lua',
  'round-robin',
  'route53-cidr',
  'route53-geolocation',
  'route53-geoproximity',
] as const;
/** A DNS system that a routing table can be written for. */
export type DnsSystem = (typeof dnsSystems)[number];

const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, "-" and "."');
const countSchema = z.int().min(1).max(1e9);

const gatewaySchema = z.strictObject({
  kind: z
    .enum(['Gateway', 'Ingress'])
    .default('Gateway')
    .describe('Gateway: a Gateway and an HTTPRoute of the Gateway API. Ingress: an Ingress.'),
  class: objectName.describe('Name of the GatewayClass or IngressClass in every cluster.'),
  controller: z
    .enum(['contour', 'envoy-gateway', 'haproxy', 'ingress-nginx', 'kong', 'traefik'])
    .optional()
    .describe('What runs behind the class; needed where protection is asked for.'),
});

const tlsSchema = z.strictObject({
  issuer: z
    .strictObject({
      name: objectName.describe('Name of the issuer in every cluster.'),
      kind: z
        .enum(['ClusterIssuer', 'Issuer'])
        .default('ClusterIssuer')
        .describe('Kind of the issuer, of cert-manager.io/v1.'),
      challenge: z
        .enum(['dns01', 'http01', 'none'])
        .default('dns01')
        .describe(
          'How the issuer proves that the names are ours. http01 is met only where one cluster answers every user. none: a CA of your own.',
        ),
      authority: z
        .enum(['letsencrypt', 'other'])
        .optional()
        .describe(
          'Whose limits count. Default: letsencrypt with a challenge, which issues 5 certificates for the same names in seven days; other where the challenge is none.',
        ),
      names: z
        .enum(['shared', 'perCluster'])
        .default('shared')
        .describe(
          'Of the certificate. shared: the hosts. perCluster: also CLUSTER.cluster.HOST of the first host, so that no two clusters have the same names; names of clusters then are in public logs of certificates.',
        ),
    })
    .optional()
    .describe('A certificate of cert-manager in each cluster.'),
  caa: hostSchema
    .optional()
    .describe(
      'Domain of the CA in CAA records, such as letsencrypt.org: plan and apply then look whether the records of every host let it issue. Default: they are not looked at.',
    ),
  secret: objectName
    .optional()
    .describe('Instead of issuer: a Secret of type kubernetes.io/tls in the namespace of the app.'),
  from: z
    .strictObject({
      cluster: z.string().min(1).describe('Name of the cluster of the fleet that has it.'),
      namespace: objectName.describe('Namespace there; never that of the app.'),
    })
    .optional()
    .describe(
      'Where the Secret is issued, once for all clusters: plan and apply of the command line read it there and bring it to every chosen cluster, also when it was renewed. Default: others bring it.',
    ),
});

const probeSchema = z.strictObject({
  path: z
    .string()
    .regex(/^\/[\w\-.~!$&()*+,;=:@%/?]*$/, 'a path that starts with "/", other signs as %XX')
    .default('/')
    .describe('Path that is asked for.'),
  statuses: z
    .array(z.int().min(100).max(599))
    .min(1)
    .default([200])
    .describe('Statuses that count as well.'),
  vantagePoints: z
    .array(z.string().min(1))
    .min(1)
    .default(['here'])
    .describe(
      'From where: here is where littoral runs; others are addresses of blackbox exporters of Prometheus, such as https://probe.example:9115/probe?module=http_2xx.',
    ),
  quorum: countSchema
    .optional()
    .describe('So many vantage points must see it well. Default: more than half of them.'),
  intervalSeconds: countSchema
    .default(10)
    .describe('How often health is checked by the DNS system.'),
  timeoutSeconds: countSchema
    .default(2)
    .describe('After this without an answer a check has failed.'),
});

const dnsSchema = z.strictObject({
  system: z.enum(dnsSystems).describe('What answers for the hosts.'),
  zone: hostSchema
    .optional()
    .describe('Zone that the hosts are in. Default: the longest one of the system that fits.'),
  ttlSeconds: z.int().min(1).max(86_400).default(60).describe('How long resolvers keep an answer.'),
  drain: z
    .strictObject({
      floorSeconds: z.int().min(0).max(604_800).default(60).describe('Waited at least.'),
      ceilingSeconds: z
        .int()
        .min(0)
        .max(604_800)
        .default(3600)
        .describe('Waited at most; without query it is not used.'),
      requestsPerSecond: z
        .number()
        .gt(0)
        .max(1e9)
        .optional()
        .describe('With query: below it nobody comes any more.'),
      query: z
        .string()
        .min(1)
        .optional()
        .describe(
          'PromQL that gives the requests/s of one cluster now; $cluster in it stands for its name. No answer is not zero.',
        ),
      prometheus: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Server for query, as in demand.prometheus. Default: the one there.'),
    })
    .prefault({})
    .describe('After the TTL: how long a cluster that left goes on serving those who still come.'),
});

const protectionSchema = z.strictObject({
  rateLimit: z
    .strictObject({
      requestsPerSecond: countSchema.describe('Of one client, at one cluster.'),
      burst: countSchema.optional().describe('So many at once. Default: requestsPerSecond.'),
    })
    .optional()
    .describe('Requests beyond it are refused.'),
  connectionLimit: countSchema.optional().describe('Connections at one time, at one cluster.'),
  allow: z.array(cidrSchema).min(1).optional().describe('Only these blocks may come.'),
  deny: z.array(cidrSchema).min(1).optional().describe('These blocks may not come.'),
  waf: z.boolean().default(false).describe('A web application firewall looks at requests.'),
  trustedProxies: z
    .int()
    .min(0)
    .max(16)
    .optional()
    .describe(
      'Proxies before the gateway whose X-Forwarded-For is believed; needed with rateLimit, allow and deny, which else look at the wrong address.',
    ),
});

/** What an EdgeApp says about its users' way in. */
export const exposureSchema = z.strictObject({
  hosts: z
    .array(hostSchema)
    .min(1)
    .max(16)
    .describe('Names that users ask for: an apex, subdomains, or one label of any name by *.'),
  component: z.string().min(1).optional().describe('Component that serves. Default: the only one.'),
  port: z.int().min(1).max(65_535).optional().describe('Its port. Default: that of the component.'),
  gateway: gatewaySchema.describe('What takes the requests in the cluster.'),
  tls: tlsSchema
    .prefault({})
    .describe('Where the certificate comes from. Empty: none, plain HTTP.'),
  probe: probeSchema.optional().describe('What a cluster must answer before users are sent to it.'),
  dns: dnsSchema.describe('What answers for the hosts, and how long answers live.'),
  protection: protectionSchema.optional().describe('What the gateway keeps away.'),
});

/** What an EdgeApp says about its users' way in, every default filled in. */
export type Exposure = z.output<typeof exposureSchema>;
