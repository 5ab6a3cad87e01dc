/** Setting parts: what the settings of several engines have in common: the hub, and where the content comes from. */
import { API_VERSION, z } from '../parsing';

/** What a document says of itself; a part of another document leaves it out. */
export const headerShape = {
  apiVersion: z.literal(API_VERSION).optional().describe('Version of this format.'),
  kind: z.literal('Delivery').optional().describe('What this document is.'),
};

/** How to reach the hub: the cluster that the engine runs in. */
export const hubSchema = z
  .strictObject({
    kubeconfig: z.string().min(1).optional().describe('Path of a kubeconfig.'),
    context: z
      .string()
      .min(1)
      .optional()
      .describe('Context in that file. Default: the current one.'),
  })
  .optional()
  .describe('The cluster that the engine runs in. Needed to apply; synth writes files without it.');

/** A name of an object outside of labels. */
export const objectNameSchema = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, "-" and "."');

/** The namespace of the hub objects. */
export const namespaceSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and "-"');

/** The folder of the source that `synth` fills. */
export const contentPath = z
  .string()
  .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'a relative path of plain names')
  .default('apps')
  .describe('Folder of the source with one folder per app and cluster in it. Default: apps.');

/** A commit or a digest: what the hub objects are pinned to. */
export const revisionSchema = z
  .string()
  .regex(/^([0-9a-f]{40}|sha256:[0-9a-f]{64})$/, 'a commit of 40 digits, or sha256: and 64 digits')
  .optional()
  .describe(
    'The commit, or the digest of the artifact, that has what synth wrote. Pinned: a push changes nothing until it is applied, and a cluster is ready only at this revision. Needed to apply.',
  );

/** The revision in an object that has only part of it: `main@sha1:…`, `latest@sha256:…`. */
export function isAtRevision(seen: unknown, wanted: string): boolean {
  if (typeof seen !== 'string') return false;
  const bare = wanted.replace(/^sha256:/, '');
  return seen === wanted || seen.endsWith(`:${bare}`) || seen === bare;
}
