/** Images: from which registries the containers of an app may come, whether they are pinned, and by which Secrets they are pulled. */
import { z } from '../../parsing';

/** What an EdgeApp says about its images. */
export const imagesSchema = z.strictObject({
  registries: z
    .array(
      z
        .string()
        .max(255)
        .regex(
          /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9._-]+)*$/,
          'a registry, or a folder of one, such as registry.example or registry.example/team',
        ),
    )
    .min(1)
    .optional()
    .describe(
      'Registries, or folders of them, that images may come from; a name without a registry is of docker.io. Default: any.',
    ),
  requireDigest: z
    .boolean()
    .optional()
    .describe('Every image is pinned by @sha256:. Default: false.'),
  pullSecrets: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, "-" and "."'),
    )
    .min(1)
    .optional()
    .describe(
      'Names of Secrets in the namespace of the app, which must exist, by which pods of `workload` pull.',
    ),
});

/** What an EdgeApp says about its images. */
export type Images = z.output<typeof imagesSchema>;
