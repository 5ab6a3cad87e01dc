/** Quota: how much the namespace of an app may ask for in each cluster, beyond what its own replicas need. */
import { z } from '../../parsing';

const amount = z.number().gt(0).max(1e9);

/** What an EdgeApp says about the quota of its namespace. */
export const quotaSchema = z.strictObject({
  headroomPercent: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Room for pods of others, in percent of what the app itself needs. Default: 0.'),
  containerRequests: z
    .strictObject({
      cpuMillicores: amount.describe('CPU.'),
      memoryMebibytes: amount.describe('Memory.'),
    })
    .optional()
    .describe(
      'A LimitRange: what containers request that say nothing, which the quota would refuse. Default: none.',
    ),
});

/** What an EdgeApp says about the quota of its namespace. */
export type Quota = z.output<typeof quotaSchema>;
