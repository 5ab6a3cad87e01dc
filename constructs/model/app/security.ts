/** Security: what the pods of an app may do on their nodes, by the Pod Security Standards of Kubernetes and beyond them. */
import { z } from '../../parsing';

/** The Pod Security Standards, strictest first. */
export const securityProfiles = ['restricted', 'baseline', 'privileged'] as const;
/** A Pod Security Standard. */
export type SecurityProfile = (typeof securityProfiles)[number];

/** The user that containers run as where nobody says another one. */
export const defaultUser = 10_001;
/** Size that a writable path may take where nobody says another one, in MiB. */
export const defaultWritableMebibytes = 256;

const absolutePath = z
  .string()
  .max(1024)
  .regex(/^(\/(?!\.{1,2}(\/|$))[^/:\0]+)+$/, 'an absolute path such as /var/cache/nginx');

/** A path of a container that may be written to; what is there is lost when the pod ends. */
export const writablePathSchema = z.union([
  absolutePath,
  z.strictObject({
    path: absolutePath.describe('Absolute path in the container.'),
    mebibytes: z
      .int()
      .min(1)
      .max(1_048_576)
      .default(defaultWritableMebibytes)
      .describe('A pod that writes more is evicted.'),
  }),
]);

/** What an EdgeApp says about the rights of its pods. */
export const securitySchema = z.strictObject({
  profile: z
    .enum(securityProfiles)
    .optional()
    .describe(
      'Pod Security Standard of the namespace and of the pods. restricted (default): no root, no capabilities. baseline: the user of the image, with the capabilities of the runtime. privileged: containers may do everything on their node.',
    ),
  version: z
    .string()
    .regex(/^(latest|v1\.(0|[1-9]\d{0,2}))$/, 'latest, or a version of Kubernetes such as v1.34')
    .optional()
    .describe('Version of the standard that the namespace is held to. Default: v1.34.'),
  readOnlyRootFilesystem: z
    .boolean()
    .optional()
    .describe('Containers write to writablePaths alone. Default: true.'),
  capabilities: z
    .array(z.string().regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'a capability such as NET_BIND_SERVICE'))
    .min(1)
    .optional()
    .describe('Linux capabilities that containers get. Default: none of their own.'),
  serviceAccount: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'lower-case letters, digits, "-" and "."')
    .optional()
    .describe('ServiceAccount of the pods, which must exist. Default: default.'),
  serviceAccountToken: z
    .boolean()
    .optional()
    .describe('Pods get a token for the API server. Default: false.'),
});

/** What an EdgeApp says about the rights of its pods, as written. */
export type SecurityInput = z.output<typeof securitySchema>;

/** What holds for the pods of an app, every default filled in. */
export interface Security {
  /** Pod Security Standard. */
  readonly profile: SecurityProfile;
  /** Its version: `latest`, or one of Kubernetes. */
  readonly version: string;
  /** Whether containers write to their writable paths alone. */
  readonly readOnlyRootFilesystem: boolean;
  /** Capabilities beyond those of the profile. */
  readonly capabilities: readonly string[];
  /** ServiceAccount of the pods; absent: the one of Kubernetes, `default`. */
  readonly serviceAccount?: string;
  /** Whether pods get a token for the API server. */
  readonly serviceAccountToken: boolean;
}

/** Every default filled in. */
export function securityOf(given: SecurityInput = {}): Security {
  const { serviceAccount, capabilities = [] } = given;
  return {
    profile: given.profile ?? 'restricted',
    version: given.version ?? 'v1.34',
    readOnlyRootFilesystem: given.readOnlyRootFilesystem ?? true,
    capabilities: [...capabilities].sort(),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    serviceAccountToken: given.serviceAccountToken ?? false,
  };
}
