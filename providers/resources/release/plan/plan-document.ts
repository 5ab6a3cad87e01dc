/** ReleasePlan documents: a plan as a file, with the decision it carries out and a digest over everything. */

import { deliverySchema } from '../../../../constructs/delivery';
import { digestOf } from '../../../../constructs/model/canonical';
import { decisionSchema } from '../../../../constructs/model/decision';
import {
  API_VERSION,
  type DocumentOptions,
  type DocumentSource,
  parseDocument,
  z,
} from '../../../../constructs/parsing';
import { rolloutSchema } from '../state/props';
import type { ReleasePlan } from './plan';
import { type SecretsDigest, secretsDigestSchema } from './secrets-digest';

const refSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
});
const objectSchema = z.strictObject({
  ref: refSchema,
  change: z.enum([
    'created',
    'changed',
    'replaced',
    'adopted',
    'unchanged',
    'deleted',
    'kept',
    'refused',
  ]),
  fields: z.array(
    z.strictObject({
      path: z.string(),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
    }),
  ),
  reason: z.string().optional(),
  conflicts: z.array(z.strictObject({ manager: z.string(), field: z.string() })).optional(),
  drifted: z.literal(true).optional(),
  disowned: z.literal(true).optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.number().optional(),
});
const clusterSchema = z.strictObject({
  name: z.string(),
  step: z.enum(['add', 'update', 'keep', 'remove', 'leave', 'unreachable', 'refused', 'evacuate']),
  chosen: z.boolean(),
  holds: z.boolean(),
  reason: z.string().optional(),
  held: z.literal(true).optional(),
  objects: z.array(objectSchema),
});
const releaseSchema = z.strictObject({
  release: z.string(),
  namespace: z.string(),
  fleet: z.string(),
  decision: z.string(),
  objects: z.string(),
  clusters: z.array(clusterSchema),
});

/** The ReleasePlan document. */
const planSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('ReleasePlan'),
  apps: z.array(z.string()).describe('Paths of the apps, relative to this file.'),
  fleet: z.string().describe('Path of the fleet, relative to this file.'),
  rollout: rolloutSchema,
  delivery: deliverySchema
    .optional()
    .describe('The engine that delivers; absent: littoral itself.'),
  decision: decisionSchema,
  releases: z.array(releaseSchema),
  digest: z.string().describe('Of everything above, canonical JSON.'),
  secrets: z
    .record(z.string(), secretsDigestSchema)
    .optional()
    .describe(
      'By release: a salted digest over all values of its Secrets together, compared when the plan is applied. Absent where no release has any.',
    ),
});

/** A plan as a file. */
export type PlanDocument = z.output<typeof planSchema>;

/** The document with its digest, and with the digests of Secret values by release, whose salts differ each time. */
export function sealPlan(
  content: Omit<PlanDocument, 'apiVersion' | 'kind' | 'digest' | 'secrets' | 'releases'> & {
    readonly releases: readonly ReleasePlan[];
  },
  secrets: Readonly<Record<string, SecretsDigest>> = {},
): object {
  const document = { apiVersion: API_VERSION, kind: 'ReleasePlan', ...content };
  const plain: unknown = JSON.parse(JSON.stringify(document));
  const sealed = { ...(plain as object), digest: digestOf(plain) };
  return Object.keys(secrets).length === 0 ? sealed : { ...sealed, secrets };
}

/** Parses a plan. Throws EdgeErrors; one is that it was changed by hand. */
export function parsePlan(source: DocumentSource, options: DocumentOptions = {}): PlanDocument {
  return parseDocument(
    {
      schema: planSchema,
      build: (plan, report) => {
        const { digest, secrets: _, ...rest } = plan;
        if (digestOf(rest) !== digest) {
          report({
            code: 'InvalidDocument',
            path: ['digest'],
            summary: 'the digest is not that of the plan: it was changed by hand',
            remedy: 'Plan again with -o.',
          });
        }
        return plan;
      },
    },
    source,
    options,
  );
}
