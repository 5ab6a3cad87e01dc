/** Presets: policies by other names, among them the predecessor's five parameters. */

import { matchSchema } from '../model/match';
import { z } from '../parsing';
import type { PlacementPolicyInput } from './policy';

const locationSchema = z.record(z.string(), z.string());

/** The `params` of the `SolverServiceV1` strategy, with its defaults; unknown keys are kept by import and export. */
export const sectionParamsSchema = z.strictObject({
  policy: z.literal('dynamic').default('dynamic').describe('Name of the policy.'),
  mustInclude: z
    .array(locationSchema)
    .default([])
    .describe('For each entry a cluster that matches is chosen.'),
  mustNotInclude: z
    .array(locationSchema)
    .default([])
    .describe('No cluster that matches an entry is chosen.'),
  minimumLocations: z.int().min(1).default(2).describe('At least this many clusters are chosen.'),
  maximumLocations: z.int().min(1).default(5).describe('At most this many clusters are chosen.'),
  minimumUsagePerLocation: z
    .number()
    .min(0)
    .default(20)
    .describe('Requests per second that each chosen cluster serves at least.'),
});
/** The predecessor's parameters as written; every key may be left out. */
export type SectionParams = z.input<typeof sectionParamsSchema>;

/** A policy that means what the predecessor's strategy meant: minimise distance, with its names and defaults. */
export function section(params: SectionParams = {}): PlacementPolicyInput {
  const given = sectionParamsSchema.parse(params);
  return {
    constraints: {
      minClusters: given.minimumLocations,
      maxClusters: given.maximumLocations,
      minRequestsPerSecond: given.minimumUsagePerLocation,
      mustInclude: given.mustInclude.map((match) => matchSchema.parse(match)),
      mustNotInclude: given.mustNotInclude.map((match) => matchSchema.parse(match)),
    },
    objective: { distance: 1 },
  };
}

/** A policy that needs no demand: constraints, prices and preferences alone decide. Named with an underscore, `static` being reserved. */
export function static_(policy: PlacementPolicyInput = {}): PlacementPolicyInput {
  return { ...policy, static: true };
}
