/** PlacementDecision: the whole answer, as data. Left of it nothing acts, right of it nothing chooses. */

import { z } from 'zod';
import { API_VERSION } from '../parsing';
import { instantSchema } from './fleet';

const objectiveShape = { value: z.number(), bound: z.number(), gap: z.number() };
const milliseconds = z.number().min(0);
const latencyShape = {
  meanMilliseconds: milliseconds,
  p50: milliseconds,
  p95: milliseconds,
  p99: milliseconds,
};

const clusterDecisionSchema = z.strictObject({
  name: z.string(),
  requestsPerSecond: z.number().min(0),
  replicas: z.int().min(0).describe('Of all components together.'),
  componentReplicas: z
    .record(z.string(), z.int().min(0))
    .optional()
    .describe('Replicas by component; present when the workload has several.'),
  since: instantSchema.describe('When the app entered the cluster.'),
  change: z.enum(['added', 'kept']),
  reason: z.string(),
});

const conflictSchema = z.strictObject({
  summary: z.string().describe('The rules that cannot hold together, in one sentence.'),
  rules: z.array(
    z.strictObject({
      path: z.string().describe('Where the rule is, e.g. policy.constraints.minClusters.'),
      rule: z.string().describe('The rule in words.'),
      relaxation: z.string().describe('The nearest change of this rule that would do.'),
    }),
  ),
});

const appDecisionSchema = z.strictObject({
  app: z.string(),
  satisfied: z.boolean(),
  clusters: z.array(clusterDecisionSchema),
  dropped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  rejected: z.array(z.strictObject({ name: z.string(), rule: z.string(), reason: z.string() })),
  assignments: z.array(
    z.strictObject({
      origin: z.string(),
      cluster: z.string().nullable().describe('null: the origin has no requests/s.'),
      share: z.number().min(0).max(1),
      milliseconds: milliseconds.nullable(),
    }),
  ),
  conflict: conflictSchema.optional(),
  objective: z.strictObject({
    ...objectiveShape,
    terms: z.record(z.string(), z.number()).describe('Already weighted; they add up to value.'),
  }),
  latency: z.strictObject({
    ...latencyShape,
    before: z.strictObject(latencyShape).optional().describe('Previous clusters, demand of today.'),
  }),
  cost: z.strictObject({ usdPerHour: z.number(), delta: z.number() }),
  churnCurve: z.array(z.strictObject({ changes: z.int().min(0), value: z.number() })),
  warnings: z.array(z.string()),
});

const proofShape = {
  originPrices: z
    .record(z.string(), z.number())
    .describe(
      'What serving each origin is worth; in steps only those that differ from the step above.',
    ),
  rulePrices: z
    .record(z.string(), z.number().min(0))
    .optional()
    .describe(
      'What one unit of each rule about the chosen clusters is worth; zero where left out.',
    ),
  splitAt: z
    .string()
    .optional()
    .describe('Two steps follow: with this cluster, then, after all of its own steps, without it.'),
  splitOrigin: z
    .string()
    .optional()
    .describe('The two steps: this origin, whole, at the cluster of splitAt, then elsewhere.'),
  splitSize: z
    .int()
    .min(1)
    .optional()
    .describe('Two steps follow: with at most so many clusters, then with more.'),
  goesOn: z
    .literal(true)
    .optional()
    .describe('One step follows, without the clusters decided here.'),
};

const appCertificateSchema = z.union([
  z.strictObject({ app: z.string(), kind: z.literal('enumeration') }),
  z.strictObject({
    app: z.string(),
    kind: z.literal('dual'),
    bound: z.number(),
    ...proofShape,
    steps: z
      .array(z.strictObject(proofShape))
      .optional()
      .describe('Of the proof, each before its own.'),
    cliques: z
      .array(z.array(z.string()))
      .optional()
      .describe(
        'Clusters of which no two can be chosen, for their distance or for want of demand; rulePrices name the first cliques[0].',
      ),
  }),
]);

/** The PlacementDecision document: one decision for all apps that share the fleet. */
export const decisionSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('PlacementDecision'),
  now: instantSchema,
  objective: z.strictObject(objectiveShape).describe('Of all apps together.'),
  apps: z.array(appDecisionSchema),
  prices: z
    .array(z.strictObject({ cluster: z.string(), resource: z.string(), saves: z.number() }))
    .describe(
      'What one more unit of each binding limit would save; about that where the certificate has limitPrices.',
    ),
  certificate: z
    .strictObject({
      kind: z.enum(['independent', 'joint']).optional(),
      apps: z.array(appCertificateSchema).optional(),
      limitPrices: z
        .array(z.strictObject({ cluster: z.string(), resource: z.string(), price: z.number() }))
        .optional()
        .describe(
          'With joint: what one unit of each limit is worth to all apps; bounds hold as a sum.',
        ),
    })
    .describe('With the inputs, enough for verify to confirm the bound.'),
  inputs: z.strictObject({
    fleet: z.string(),
    demand: z.string().nullable(),
    apps: z.string(),
    previous: z.string().nullable(),
    observedAt: instantSchema.nullable(),
  }),
  engine: z.strictObject({ version: z.string(), workUnits: z.number() }),
  digest: z.string().describe('Of everything above, canonical JSON.'),
});

/** The whole answer for all apps. */
export type PlacementDecision = z.output<typeof decisionSchema>;
/** The answer for one app. */
export type AppDecision = z.output<typeof appDecisionSchema>;
/** One chosen cluster. */
export type ClusterDecision = z.output<typeof clusterDecisionSchema>;
/** One cluster not chosen, with rule and text. */
export type Rejection = AppDecision['rejected'][number];
/** Rules that cannot hold together, each with its nearest relaxation. */
export type Conflict = z.output<typeof conflictSchema>;
/** What lets an independent checker confirm the bound. */
export type Certificate = PlacementDecision['certificate'];
