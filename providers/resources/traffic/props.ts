/** Props: which answers to publish, where, and how carefully. */
import { dnsSystems, exposureSchema } from '../../../constructs/model/app/exposure';
import { ingressSchema } from '../../../constructs/model/ingress';
import { EdgeError, parseDocument, z } from '../../../constructs/parsing';
import { checkTable, type RoutingTable } from '../../../constructs/routing';
import { powerDnsSchema } from '../../dns/powerdns/settings';

const share = z.number().min(0).max(1);
const slotSchema = z.looseObject({
  key: z.string().min(1),
  kind: z.enum(['default', 'continent', 'country', 'subdivision', 'region', 'prefix', 'point']),
  code: z.string(),
  answers: z.array(z.looseObject({ cluster: z.string().min(1), share })),
  failover: z.array(z.string()),
  requestsPerSecond: z.number().min(0),
});
const host = exposureSchema.shape.hosts.element;
const tableSchema = z.looseObject({
  app: z.string().min(1),
  system: z.enum(dnsSystems),
  hosts: z.array(host),
  zone: host.optional(),
  ttlSeconds: z.int().min(1).max(86_400),
  drain: exposureSchema.shape.dns.shape.drain,
  probe: exposureSchema.shape.probe,
  isSecure: z.boolean(),
  decision: z.string().min(1),
  now: z.iso.datetime({ offset: true }),
  slots: z.array(slotSchema),
  requestsByCountry: z.record(z.string(), z.number().min(0)),
  targets: z.record(z.string(), ingressSchema),
});

/** A routing table, or its JSON text. */
export const tableInput = z.union([z.string(), z.record(z.string(), z.unknown())]);

/** Schema of the resource, for every wire. */
export const trafficSchema = z.strictObject({
  table: tableInput.describe(
    'The answers to publish: the routing table that a placement gives for an app.',
  ),
  powerdns: powerDnsSchema
    .optional()
    .describe(
      'PowerDNS to write to. Default: nothing is written, and the records are data for others.',
    ),
  owner: z
    .string()
    .min(1)
    .max(200)
    .default('littoral')
    .describe(
      'Who keeps the records, written beside them: records of another owner are left alone.',
    ),
  maxMovedShare: share
    .default(0.5)
    .describe(
      'A change that gives more than this share of the requests another cluster is refused.',
    ),
  allowOlder: z
    .boolean()
    .default(false)
    .describe('Lets an older decision replace a newer one, to go back on purpose.'),
  takeOver: z
    .boolean()
    .default(false)
    .describe('Replaces records that another owner keeps, or that littoral did not write.'),
  readySeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(120)
    .describe('How long clusters that are newly answered may take until they serve.'),
  prefixes: z
    .record(z.string(), z.array(z.string().min(1)))
    .default({})
    .describe(
      'With route53-cidr: blocks of addresses by country, such as the networks of an office.',
    ),
  endpointCaFile: z
    .string()
    .min(1)
    .optional()
    .describe('Certificate authorities (PEM) to trust at clusters instead of the usual ones.'),
});

/** Props as they are given. */
export type TrafficInput = z.input<typeof trafficSchema>;
/** Parsed props. */
export type TrafficProps = Omit<z.output<typeof trafficSchema>, 'table'> & {
  readonly table: RoutingTable;
};

/** Props without their table, for what needs none. Throws EdgeErrors with every mistake. */
export function parseTrafficSettings(source: object): Omit<TrafficProps, 'table'> {
  const { table: _, ...rest } = parseDocument(
    { schema: trafficSchema, build: (value) => value },
    { ...source, table: '' },
  );
  return rest;
}

/** Throws EdgeErrors with every mistake. */
export function parseTraffic(source: object): TrafficProps {
  const { table, ...rest } = parseDocument(
    { schema: trafficSchema, build: (value) => value },
    source,
  );
  return { ...rest, table: parseTable(table) };
}

/** A routing table that may be followed. Throws EdgeErrors with every mistake. */
export function parseTable(table: z.output<typeof tableInput>): RoutingTable {
  const parsed = parseDocument({ schema: tableSchema, build: (value) => value }, documentOf(table));
  const whole = parsed as unknown as RoutingTable;
  checkTable(whole);
  if (whole.hosts.length > 0) return whole;
  throw new EdgeError({
    code: 'GuardStopped',
    path: 'table.hosts',
    summary: 'got a table without hosts, so everything published would be withdrawn',
    remedy: 'Give the exposure its hosts; to withdraw records on purpose, destroy the resource.',
  });
}

function documentOf(table: string | Readonly<Record<string, unknown>>): object {
  if (typeof table !== 'string') return table;
  try {
    const document: unknown = JSON.parse(table);
    if (typeof document === 'object' && document !== null) return document;
  } catch {
    // Said below.
  }
  throw new EdgeError({
    code: 'InvalidDocument',
    path: 'table',
    summary: 'got a text that is no routing table',
    remedy: 'Pass the routing of a placement, by the name of the app.',
  });
}
