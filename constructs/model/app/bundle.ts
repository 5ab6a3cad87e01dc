/** Bundle: what to run, synthesized once, before the decision is known; places only a decision can fill are slots. */

import { API_VERSION, z } from '../../parsing';
import { digestOf } from '../canonical';
import { type Manifest, overrideSchema } from './workload';

const replicasFill = z.strictObject({
  value: z.literal('replicas').describe('The replicas of a component on this cluster.'),
  component: z.string().describe('The component whose replicas are meant.'),
  times: z
    .int()
    .min(1)
    .optional()
    .describe(
      'An upper bound: replicas are multiplied by this, and never less than the cluster carries after a loss.',
    ),
  atLeast: z
    .int()
    .min(1)
    .optional()
    .describe('An upper bound: never below this, nor below what the cluster carries after a loss.'),
});
const factFill = z.strictObject({
  value: z
    .enum(['requestsPerSecond', 'cluster', 'region', 'decision'])
    .describe(
      'requestsPerSecond: what the cluster serves. cluster, region: its names. decision: the digest of the decision.',
    ),
});
const roomFill = z.strictObject({
  value: z
    .literal('room')
    .describe('What the pods of components may request at once while all of them are replaced.'),
  of: z.enum(['pods', 'cpuMillicores', 'memoryKibibytes']).describe('What is summed.'),
  parts: z
    .array(
      z.strictObject({
        component: z.string().describe('The component whose pods are meant.'),
        times: z
          .int()
          .min(1)
          .optional()
          .describe(
            'An autoscaler moves it: at most this times the replicas, or what it carries after a loss.',
          ),
        cpuMillicores: z.number().min(0).describe('What one pod requests of CPU.'),
        memoryMebibytes: z.number().min(0).describe('What one pod requests of memory.'),
      }),
    )
    .describe('The components that are summed.'),
  headroomPercent: z.int().min(1).optional().describe('Added to the sum. Default 0.'),
});
const fillSchema = z.discriminatedUnion('value', [replicasFill, factFill, roomFill]);

const pointer = z
  .string()
  .startsWith('/')
  .describe('JSON pointer (RFC 6901) to a place of the manifest that holds null.');
const slotSchema = z.union([
  z.strictObject({ pointer, fill: fillSchema.describe('The value that goes there.') }),
  z.strictObject({
    pointer,
    text: z.array(z.union([z.string(), fillSchema])).describe('Joined to one text.'),
  }),
]);

const manifestSchema = z.looseObject({
  apiVersion: z.string().describe('API group and version, e.g. apps/v1.'),
  kind: z.string().describe('Kind, e.g. Deployment.'),
  metadata: z
    .looseObject({ name: z.string().nullable().describe('null where a slot is.') })
    .describe('Name, namespace, labels and annotations.'),
}) as unknown as z.ZodType<Manifest>;

const objectSchema = z.strictObject({
  manifest: manifestSchema.describe('The Kubernetes object; null where a slot is.'),
  component: z.string().optional().describe('The component it belongs to; overrides go there.'),
  slots: z.array(slotSchema).min(1).optional().describe('Places that a decision fills.'),
});

const index = z.int().min(0);
const variantSchema = z.strictObject({
  objects: z.array(index).describe('Positions in objects, besides the common ones.'),
  overrides: z.array(index).describe('Positions in overrides, applied in this order.'),
  region: z.string().optional().describe('Present when a slot wants the region.'),
});

/** The Bundle document. */
export const bundleSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION).describe('Version of this format.'),
  kind: z.literal('Bundle').describe('What this document is.'),
  app: z.string().describe('Name of the app.'),
  namespace: z.string().describe('Where objects without a namespace of their own go.'),
  objects: z.array(objectSchema).describe('Distinct objects in the order they are applied.'),
  common: z.array(index).describe('Positions of the objects that every cluster gets.'),
  overrides: z.array(overrideSchema).describe('Patches that variants name by their position.'),
  variants: z.array(variantSchema).min(1).describe('Clusters that get the same share one.'),
  clusters: z
    .record(z.string(), index)
    .optional()
    .describe(
      'Variant of each cluster. Absent: synthesized without a fleet, every cluster has the first.',
    ),
  warnings: z.array(z.string()).describe('What a reviewer should know, one sentence each.'),
  digest: z.string().describe('Of everything above, canonical JSON.'),
});

/** What to run on every candidate cluster; equal objects are stored once. */
export type Bundle = z.output<typeof bundleSchema>;
/** One distinct object with its slots. */
export type BundleObject = Bundle['objects'][number];
/** What one group of clusters gets. */
export type Variant = Bundle['variants'][number];
/** A place in an object that only a decision can fill. */
export type Slot = z.output<typeof slotSchema>;
/** What goes there: replicas, requestsPerSecond and room are numbers, the others texts. */
export type Fill = z.output<typeof fillSchema>;

/** The bundle with its digest: `sha256:` of the canonical JSON of everything else. */
export function sealBundle(content: Omit<Bundle, 'digest'>): Bundle {
  return { ...content, digest: digestOf(content) };
}

/** True for anything with apiVersion, kind and metadata; the rest is for the API server to judge. */
export function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  const isObject = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  return typeof apiVersion === 'string' && typeof kind === 'string' && isObject;
}
