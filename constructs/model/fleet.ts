/** Fleet: the clusters we may use, and how far they are from the origins. */
import { API_VERSION, isContent, z } from '../parsing';
import { digestOf } from './canonical';
import { type Grant, grantSchema } from './grants';
import { ingressSchema } from './ingress';

/** A name fit for a Kubernetes label: at most 63 characters. */
export const nameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    'letters, digits, ".", "_" and "-", starting and ending with a letter or digit',
  );
export const latitudeSchema = z.number().min(-90).max(90).describe('Degrees north, -90 to 90.');
export const longitudeSchema = z.number().min(-180).max(180).describe('Degrees east, -180 to 180.');
export const countrySchema = z
  .string()
  .regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1 alpha-2)')
  .describe('ISO 3166-1 alpha-2 code, e.g. DE.');
export const instantSchema = z.iso
  .datetime({ offset: true })
  .describe('Instant in ISO 8601 with a zone, e.g. 2026-11-21T05:30:00Z.');
/** Non-negative and small enough that sums of 100,000 of them stay exact to a part in 10^6. */
export const amountSchema = z.number().min(0).max(1e15);

export const taintSchema = z.strictObject({
  key: z.string().min(1).describe('What tolerations name.'),
  value: z.string().default('').describe('Compared by tolerations with operator Equal.'),
  effect: z
    .enum(['NoPlace', 'PreferNoPlace', 'Evict'])
    .describe(
      'NoPlace: no new placement. PreferNoPlace: only breaks ties. Evict: NoPlace, and what is there leaves after tolerationSeconds.',
    ),
});

export const signalSchema = z.strictObject({
  value: z
    .number()
    .min(-1e15)
    .max(1e15)
    .describe('The number; its unit is in the name of the signal.'),
  observedAt: instantSchema.describe('When it was measured, ISO 8601 with a zone.'),
  validForSeconds: amountSchema.describe('After this the signal is missing, never zero.'),
});

export const allocatableSchema = z.strictObject({
  cpuMillicores: amountSchema.optional().describe('Thousandths of a CPU.'),
  memoryMebibytes: amountSchema.optional().describe('Memory in MiB.'),
  pods: amountSchema.optional().describe('Number of pods.'),
});

const clusterSchema = z.strictObject({
  name: nameSchema.describe('Unique in the fleet; fit for a Kubernetes label.'),
  uid: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe(
      'Which cluster this is, whatever it is called: the UID of its namespace kube-system. Unique in the fleet.',
    ),
  latitude: latitudeSchema,
  longitude: longitudeSchema,
  region: z.string().min(1).describe('Region, e.g. europe.'),
  country: countrySchema,
  city: z.string().min(1).optional().describe('City, e.g. Frankfurt.'),
  provider: z.string().min(1).optional().describe('Who runs it, e.g. hetzner.'),
  labels: z.record(z.string(), z.string()).default({}).describe('Anything else to select by.'),
  taints: z.array(taintSchema).default([]).describe('Marks that keep apps away.'),
  allocatable: allocatableSchema
    .optional()
    .describe('What pods may use. A member left out has no limit.'),
  requestsPerSecond: amountSchema.optional().describe('Ceiling of requests/s. Left out: no limit.'),
  usdPerHour: amountSchema.default(0).describe('Having one app there at all.'),
  usdPerReplicaHour: amountSchema.default(0).describe('One replica for one hour.'),
  usdPerGibibyteEgress: amountSchema.default(0).describe('One GiB sent to users.'),
  signals: z
    .record(z.string(), signalSchema)
    .default({})
    .describe('Named numbers that may expire; the unit ends the name.'),
  state: z
    .enum(['ready', 'cordoned', 'forbidden', 'misconfigured', 'unreachable'])
    .default('ready')
    .describe(
      'cordoned: nothing new, what is there stays. forbidden: its API server does not let us look; misconfigured: our way to it is wrong; both as cordoned. unreachable: the API server is silent; what is there leaves when its toleration ends.',
    ),
  since: instantSchema.optional().describe('When the state began; required for unreachable.'),
  ingress: ingressSchema
    .optional()
    .describe(
      'Where requests of users come in. Left out: read from its Gateway, Ingress or Service.',
    ),
  access: z
    .strictObject({
      kubeconfig: z
        .string()
        .min(1)
        .refine((path) => !isContent(path), 'the path of a kubeconfig, not its content')
        .optional()
        .describe('Path of a kubeconfig, or several as in KUBECONFIG.'),
      context: z
        .string()
        .min(1)
        .optional()
        .describe('Context in that file: of the cluster, or of the hub that has the secret.'),
      secret: z
        .string()
        .regex(/^[^/\s]+\/[^/\s]+$/, 'namespace/name')
        .optional()
        .describe(
          'Secret of the hub that the context leads to, namespace/name, which says how to reach the cluster: a kubeconfig, a cluster Secret of Argo CD, or a token.',
        ),
      server: z
        .string()
        .min(1)
        .optional()
        .describe('Address of the API server, for a secret that holds a token and no address.'),
    })
    .optional()
    .describe('How to reach the API server: a reference, never a secret.'),
});

/** [origin, cluster, milliseconds] */
const latencyPairSchema = z.tuple([z.string(), z.string(), amountSchema]);

/** The Fleet document, with `latency` already read from its CSV. */
export const fleetSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION).describe('Version of this format.'),
  kind: z.literal('Fleet').describe('What this document is.'),
  latency: z
    .union([z.string().min(1), z.array(latencyPairSchema)])
    .optional()
    .describe('Measured pairs: a CSV path (origin,cluster,milliseconds) or a list of triples.'),
  latencyModel: z
    .strictObject({
      baseMilliseconds: amountSchema.default(5).describe('Latency at no distance.'),
      per1000KilometersMilliseconds: amountSchema
        .default(20)
        .describe('What every 1,000 km on a great circle add.'),
    })
    .default({ baseMilliseconds: 5, per1000KilometersMilliseconds: 20 })
    .describe('For pairs without a measurement: base + per1000Kilometers x km / 1000.'),
  observedAt: instantSchema
    .optional()
    .describe('When the clusters were asked. Left out: written by a person, true at any time.'),
  clusters: z.array(clusterSchema).min(1).describe('At least one.'),
  grants: z
    .array(grantSchema)
    .optional()
    .describe(
      'Which teams may use which clusters. Left out: every app may use every cluster; with it, an app names its team and is placed on what that team was granted.',
    ),
});

/** One Kubernetes cluster with a place, a capacity, a price and named signals. */
export type Cluster = z.output<typeof clusterSchema>;
/** A named number on a cluster that may expire. */
export type Signal = z.output<typeof signalSchema>;
/** A mark on a cluster that keeps apps away unless they tolerate it. */
export type Taint = z.output<typeof taintSchema>;
/** Milliseconds = base + per1000Kilometers x km / 1000, for pairs without a measurement. */
export type LatencyModel = z.output<typeof fleetSchema>['latencyModel'];
/** [origin, cluster, milliseconds], measured. */
export type LatencyPair = readonly [origin: string, cluster: string, milliseconds: number];
/** The clusters we may use, sorted by name. */
export interface Fleet {
  /** At least one, sorted by name. */
  readonly clusters: readonly Cluster[];
  /** Measured pairs, sorted by origin and cluster. */
  readonly latency: readonly LatencyPair[];
  /** For pairs without a measurement. */
  readonly latencyModel: LatencyModel;
  /** When the clusters were asked, ISO 8601 with a zone; missing where a person wrote the fleet. */
  readonly observedAt?: string;
  /** Which teams may use which clusters; missing: every app may use every cluster. */
  readonly grants?: readonly Grant[];
}

/** Digest of what a fleet says, whenever it was asked: two readings that saw the same have one digest. */
export function fleetDigest({ observedAt: _, ...fleet }: Fleet): string {
  return digestOf(fleet);
}
