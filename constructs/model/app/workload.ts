/** Workload: what runs on every chosen cluster, and how it grows with the requests it serves. */
import { z } from '../../parsing';
import { amountSchema } from '../fleet';
import { matchSchema } from '../match';
import { writablePathSchema } from './security';

const envSchema = z.record(z.string(), z.string());
const dnsLabel = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and "-" (RFC 1123 label)');

const probeSchema = z.strictObject({
  path: z.string().startsWith('/').describe('HTTP path that answers 2xx or 3xx.'),
  port: z.int().min(1).max(65535).optional().describe('Default: the port of the component.'),
  periodSeconds: z.int().min(1).default(10).describe('Between two probes.'),
  initialDelaySeconds: z.int().min(0).default(0).describe('Before the first probe.'),
  timeoutSeconds: z.int().min(1).default(1).describe('For one probe.'),
  failureThreshold: z.int().min(1).default(3).describe('So many failed probes are a failure.'),
});

/** How replicas follow requests; everything capacity and price need to know. */
const sizingShape = {
  resources: z
    .strictObject({
      cpuMillicores: amountSchema.describe('Requested CPU of one replica.'),
      memoryMebibytes: amountSchema.describe('Requested memory of one replica.'),
    })
    .describe('What one replica requests.'),
  requestsPerSecondPerReplica: amountSchema
    .gt(0)
    .describe('One replica serves this many requests/s.'),
  minReplicas: z
    .int()
    .min(1)
    .max(100000)
    .default(1)
    .describe('Never fewer replicas on a chosen cluster.'),
  kibibytesPerResponse: amountSchema.default(0).describe('Egress of one response.'),
  requestsPerRequest: amountSchema
    .default(1)
    .describe('Requests this component gets for each request the app serves.'),
};

const containerShape = {
  image: z.string().min(1).max(1024).describe('Container image.'),
  port: z.int().min(1).max(65535).optional().describe('Port the container listens on.'),
  env: envSchema.default({}).describe('Environment variables.'),
  user: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe(
      'Numeric user and group that the container runs as. Default: 10001; with another security profile than restricted the user of the image.',
    ),
  writablePaths: z
    .array(writablePathSchema)
    .max(32)
    .optional()
    .describe(
      'Paths the container may write to, such as /tmp: the rest of its file system is read-only. Lost when the pod ends.',
    ),
  probes: z
    .strictObject({
      readiness: probeSchema.optional().describe('Whether it may get requests.'),
      liveness: probeSchema.optional().describe('Whether it must be restarted.'),
    })
    .default({})
    .describe('How Kubernetes asks whether it is ready and alive.'),
};

const componentSchema = z.strictObject({
  name: dnsLabel.describe('Lower-case letters, digits and `-`.'),
  ...containerShape,
  ...sizingShape,
});
const { requestsPerRequest: _, ...singleSizing } = sizingShape;
const singleSchema = z.strictObject({ ...containerShape, ...singleSizing });
const compositeSchema = z.strictObject({
  components: z.array(componentSchema).min(1).describe('Several components instead of one.'),
});

/** One component, or `components`, as written. */
export const workloadSchema = z.union([singleSchema, compositeSchema]);
const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'lower-case letters, digits, "-" and "." (RFC 1123 subdomain)',
  );
const scaledSchema = z.strictObject({
  component: objectName.describe('Name of the Deployment or StatefulSet that takes the replicas.'),
  ...sizingShape,
});
/** For existing manifests: which objects take the replicas, and how each is sized. */
export const scalingSchema = z.union([scaledSchema, z.array(scaledSchema).min(1)]);
/** A difference on the clusters that match: typed for components, a patch for any object. */
export const overrideSchema = z.strictObject({
  match: matchSchema,
  component: objectName.optional().describe('Only this component. Default: all.'),
  target: z
    .strictObject({
      kind: z.string().min(1).describe('Kind of the object, e.g. ConfigMap.'),
      name: z.string().min(1).describe('Its metadata.name.'),
      namespace: z.string().min(1).optional().describe('Its namespace. Default: any.'),
    })
    .optional()
    .describe('One object, of any kind, instead of the components.'),
  patch: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'With target, instead of set: merged into the object. null removes a key; lists whose elements have names are merged by name, others are replaced.',
    ),
  set: z
    .strictObject({
      image: z.string().min(1).max(1024).optional().describe('Container image.'),
      env: envSchema.optional().describe('Merged over the workload env.'),
      resources: z
        .strictObject({
          cpuMillicores: amountSchema.optional().describe('CPU.'),
          memoryMebibytes: amountSchema.optional().describe('Memory.'),
        })
        .optional()
        .describe('What one replica requests.'),
      minReplicas: z
        .int()
        .min(1)
        .max(100000)
        .optional()
        .describe('Never fewer replicas on a chosen cluster.'),
      labels: z.record(z.string(), z.string()).optional().describe('Labels added there.'),
      annotations: z.record(z.string(), z.string()).optional().describe('Annotations added there.'),
    })
    .optional()
    .describe('What is different there.'),
});

/** One container with its port, resources, probes and sizing. */
export type Component = z.output<typeof componentSchema>;
/** How replicas follow requests. */
export type Sizing = Pick<
  Component,
  | 'name'
  | 'resources'
  | 'requestsPerSecondPerReplica'
  | 'minReplicas'
  | 'kibibytesPerResponse'
  | 'requestsPerRequest'
>;
/** A difference on the clusters that match: typed for components, a patch for any object. */
export type Override = z.output<typeof overrideSchema>;
/** How the objects of `scaling` follow requests, in the order written. */
export function sizingsOf(scaling: z.output<typeof scalingSchema>): readonly Sizing[] {
  const list = Array.isArray(scaling) ? scaling : [scaling];
  return list.map(({ component, ...sizing }) => ({ name: component, ...sizing }));
}

/** What runs: components in the order written. A single component takes the app's name. */
export interface Workload {
  /** In the order written. */
  readonly components: readonly Component[];
}
/** A Kubernetes object as JSON. */
export interface Manifest {
  /** API group and version, e.g. apps/v1. */
  readonly apiVersion: string;
  /** Kind, e.g. Deployment. */
  readonly kind: string;
  /** Name, namespace, labels and annotations. */
  readonly metadata: { readonly name: string; readonly namespace?: string } & Readonly<
    Record<string, unknown>
  >;
  /** Whatever else the kind has. */
  readonly [key: string]: unknown;
}

/** Replicas of one component that serve `requestsPerSecond` of the app: max(minReplicas, ceil(served x requestsPerRequest / requestsPerSecondPerReplica)). */
export function replicasFor(sizing: Sizing, requestsPerSecond: number): number {
  const served = requestsPerSecond * sizing.requestsPerRequest;
  // A sum of shares may exceed a whole replica by rounding alone: one part in 10^9 is not a replica.
  const needed = Math.ceil((served / sizing.requestsPerSecondPerReplica) * (1 - 1e-9));
  return Math.max(sizing.minReplicas, needed);
}
