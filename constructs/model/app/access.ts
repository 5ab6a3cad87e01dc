/** Access: which people and programs may do what with an app in its clusters. */
import { z } from '../../parsing';

/** What somebody may do in the namespace of an app, least first. */
export const accessRoles = ['viewer', 'deployer', 'operator'] as const;
/** What somebody may do in the namespace of an app. */
export type AccessRole = (typeof accessRoles)[number];

const name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\s\p{Cc}]+$/u, 'a name without spaces')
  .refine(
    (text) => !text.startsWith('system:') || text.startsWith('system:serviceaccounts:'),
    'a name that is not one of Kubernetes itself',
  );
const serviceAccount = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    'namespace/name',
  );

/** Whom a role is given to: one of a user, a group and a ServiceAccount. */
export const subjectSchema = z.union([
  z.strictObject({ user: name.describe('A user, as the API servers know it.') }),
  z.strictObject({ group: name.describe('A group of users, as the API servers know it.') }),
  z.strictObject({
    serviceAccount: serviceAccount.describe(
      'A ServiceAccount of the same cluster: namespace/name.',
    ),
  }),
]);

const subjects = z.array(subjectSchema).min(1);

/** What an EdgeApp says about who may do what with it. */
export const accessSchema = z.strictObject({
  viewer: subjects.optional().describe('Who may read its objects, logs and events, but no Secret.'),
  deployer: subjects
    .optional()
    .describe('Who may also restart, scale and change its workloads, and delete pods.'),
  operator: subjects
    .optional()
    .describe('Who may also run commands in its pods, forward ports and evict.'),
});

/** Whom a role is given to. */
export type Subject = z.output<typeof subjectSchema>;
/** What an EdgeApp says about who may do what with it. */
export type Access = z.output<typeof accessSchema>;
