/** Grants: which teams may use which clusters of a fleet. */
import { z } from '../parsing';
import { type Matchable, matches, matchSchema } from './match';

/** A name of a team, as apps and fleets write it. */
export const teamSchema = z
  .string()
  .max(63)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    'letters, digits, ".", "_" and "-", starting and ending with a letter or digit',
  );

/** Clusters that a team may use. Grants add up. */
export const grantSchema = z.strictObject({
  team: teamSchema.describe('The team, as its apps name it.'),
  clusters: z
    .array(matchSchema)
    .min(1)
    .describe('The clusters that match any element. {}: all of them.'),
});

/** Clusters that a team may use. */
export type Grant = z.output<typeof grantSchema>;

/** Whether an app of this team may use a cluster; where nothing is granted to anybody, every app may use every cluster. */
export function isGranted(
  { grants }: { readonly grants?: readonly Grant[] },
  team: string | undefined,
  cluster: Matchable,
): boolean {
  if (grants === undefined) return true;
  return grants.some(
    (one) => one.team === team && one.clusters.some((match) => matches(match, cluster)),
  );
}
