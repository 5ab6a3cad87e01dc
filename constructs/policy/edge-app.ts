/** EdgeApp: a workload, the policy that places it, and where its demand comes from. */

import { type Exposure, exposureSchema } from '../model/app/exposure';
import { type Isolation, isolationShape } from '../model/app/isolation';
import {
  type Override,
  overrideSchema,
  type Sizing,
  scalingSchema,
  type Workload,
  workloadSchema,
} from '../model/app/workload';
import { teamSchema } from '../model/grants';
import { API_VERSION, z } from '../parsing';
import { type DemandSource, demandSourceSchema } from './demand-source';
import { type PlacementPolicy, policySchema } from './policy';

const dnsLabel = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and "-" (RFC 1123 label)');

/** The EdgeApp document. */
export const edgeAppSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION).describe('Version of this format.'),
  kind: z.literal('EdgeApp').describe('What this document is.'),
  name: dnsLabel.describe('Lower-case letters, digits and `-`.'),
  namespace: dnsLabel
    .optional()
    .describe('Where objects without a namespace of their own go. Default: the name of the app.'),
  team: teamSchema
    .optional()
    .describe('Whose app it is: with grants in the fleet, whose clusters it may use.'),
  workload: workloadSchema.optional().describe('One component, or components.'),
  manifests: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Instead of workload: paths of existing or rendered objects, relative to this file; * matches within a folder, ** across folders.',
    ),
  scaling: scalingSchema
    .optional()
    .describe('With manifests: what takes the replicas, one object or a list.'),
  overrides: z
    .array(overrideSchema)
    .default([])
    .describe('What is different on clusters that match; applied in order.'),
  policy: policySchema.prefault({}).describe('What must hold, and what is best.'),
  demand: demandSourceSchema,
  exposure: exposureSchema
    .optional()
    .describe(
      'How users come in: hosts, gateway, certificate, probe, DNS. Left out: not our matter.',
    ),
  ...isolationShape,
});

/** A workload plus a policy: what a developer writes, parsed, with every default filled in. */
export interface EdgeApp extends Isolation {
  /** Name of the app. */
  readonly name: string;
  /** Where objects without a namespace go; absent: a namespace of the app's name. */
  readonly namespace?: string;
  /** Whose app it is. */
  readonly team?: string;
  /** What runs; absent when `manifests` are given instead. */
  readonly workload?: Workload;
  /** Paths of existing objects, relative to the document. */
  readonly manifests?: readonly string[];
  /** How replicas, capacity and price follow requests: one per component, none for manifests without `scaling`. */
  readonly sizing: readonly Sizing[];
  /** Differences of the app on the clusters that match. */
  readonly overrides: readonly Override[];
  /** The rule that places the app. */
  readonly policy: PlacementPolicy;
  /** Where the demand of the app comes from. */
  readonly demand?: DemandSource;
  /** How users come in: hosts, gateway, certificate, probe, DNS. */
  readonly exposure?: Exposure;
}
