/** PlacementPolicy: the rule for one app, its type and parser derived from the two tables. */

import { type Demand, inlineDemandSchema } from '../model/demand';
import { amountSchema } from '../model/fleet';
import { matchSchema } from '../model/match';
import { z } from '../parsing';
import { constraintsSchema } from './constraints/constraints';
import { freezeSchema } from './freeze';
import { guards } from './guard-names';
import { objectiveSchema } from './objective';

const stabilitySchema = z.strictObject({
  enterRequestsPerSecond: amountSchema
    .optional()
    .describe('A cluster enters at this. Default: minRequestsPerSecond.'),
  exitRequestsPerSecond: amountSchema
    .optional()
    .describe('A cluster leaves under this. Default: 0.8 x minRequestsPerSecond.'),
  minDwellSeconds: amountSchema.default(600).describe('A cluster stays at least this long.'),
  maxChanges: z.int().min(0).optional().describe('Clusters added or dropped per decision.'),
  leaveMargin: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share by which clusters that stand may pass a limit of signals, latency, headroom, budget or survive before they are left for it. Default: 0.1.',
    ),
  replicaDeadband: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share by which the load of a cluster may fall before replicas that it no longer needs go. Default: 0.1.',
    ),
  minGain: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe('Share of the objective below which nothing moves.'),
  freeze: freezeSchema.describe('Windows in which nothing moves, once or by a schedule.'),
});

const guardSchema = z.strictObject({
  maxDroppedShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'A decision that drops a larger share of the previous clusters is stopped, but not one that moves an app from its only cluster, unless this is 0.',
    ),
  allow: z
    .array(z.enum(guards))
    .default([])
    .describe(
      'Guards lifted by name: maxDroppedShare; partialDemand, which stops a decision that leaves any cluster on a demand that its source calls incomplete.',
    ),
});

/** The policy part of an EdgeApp document. Every key may be left out. */
export const policySchema = z.strictObject({
  constraints: constraintsSchema.prefault({}).describe('What must hold.'),
  tiers: z
    .array(matchSchema)
    .default([])
    .describe(
      'Ordered fallback: a later tier opens only when the earlier ones cannot satisfy the policy.',
    ),
  objective: objectiveSchema.describe('What is minimised: a weighted sum.'),
  stability: stabilitySchema.prefault({}).describe('How reluctantly a placement moves.'),
  guard: guardSchema.prefault({}).describe('Changes that need a person to say yes by name.'),
  assume: z
    .union([z.string().min(1), inlineDemandSchema])
    .optional()
    .describe('What to believe before the first measurement: a path or a Demand.'),
  static: z
    .boolean()
    .default(false)
    .describe('Needs no demand: the constraints, prices and preferences alone decide.'),
});

/** A policy of the right shape, before its rules were held against each other. */
export type WrittenPolicy = z.output<typeof policySchema>;
/** The rule for one app, with every default filled in. */
export type PlacementPolicy = Omit<WrittenPolicy, 'assume'> & {
  /** What to believe before the first measurement: a path, or a Demand with every coordinate filled in. */
  readonly assume?: string | Demand | undefined;
};
/** A policy as written: every key may be left out. */
export type PlacementPolicyInput = z.input<typeof policySchema>;
