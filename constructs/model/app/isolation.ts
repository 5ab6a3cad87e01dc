/** Isolation: what stands around a workload: the rights of its pods, who may ask them and whom they may ask, and which people may do what. One list of the keys, for documents and programs alike. */
import { type Access, accessSchema } from './access';
import { type AutoscalingInput, autoscalingSchema } from './autoscaling';
import { type Images, imagesSchema } from './images';
import { type NetworkInput, networkSchema } from './network';
import { type Quota, quotaSchema } from './quota';
import { type SecurityInput, securitySchema } from './security';

/** The keys of an EdgeApp that say what stands around its workload. */
export const isolationShape = {
  security: securitySchema
    .optional()
    .describe('Rights of the pods. Left out: Pod Security restricted.'),
  network: networkSchema
    .optional()
    .describe(
      'Who may ask the pods, and whom they may ask. Left out: each other and name servers. false: everybody and everything.',
    ),
  images: imagesSchema.optional().describe('Where images come from. Left out: from anywhere.'),
  access: accessSchema
    .optional()
    .describe('Who may do what in the namespace of the app. Left out: nobody by it.'),
  autoscaling: autoscalingSchema
    .optional()
    .describe(
      'By what the replicas of a workload move between two decisions. Left out: by CPU. false: the decision alone says how many.',
    ),
  quota: quotaSchema
    .optional()
    .describe(
      'A ResourceQuota for the namespace of the app in each cluster, with room for all replicas and a rollout of them. Left out: none.',
    ),
};

/** What an EdgeApp says about what stands around its workload. */
export interface Isolation {
  /** Rights of the pods. */
  readonly security?: SecurityInput;
  /** Who may ask the pods, and whom they may ask; false: everybody and everything. */
  readonly network?: NetworkInput;
  /** Where images come from. */
  readonly images?: Images;
  /** Who may do what in the namespace of the app. */
  readonly access?: Access;
  /** By what the replicas of a workload move; false: by decisions alone. */
  readonly autoscaling?: AutoscalingInput;
  /** How much its namespace may ask for in each cluster. */
  readonly quota?: Quota;
}

/** The names of these keys. */
export const isolationKeys = {
  security: true,
  network: true,
  images: true,
  access: true,
  autoscaling: true,
  quota: true,
} as const satisfies {
  readonly [Key in keyof Isolation]-?: true;
};

/** These keys alone, of something that may have more. */
export function isolationOf(given: { readonly [Key in keyof Isolation]?: unknown }): Isolation {
  const keys = Object.keys(isolationKeys) as readonly (keyof Isolation)[];
  const said = keys.filter((key) => given[key] !== undefined);
  return Object.fromEntries(said.map((key) => [key, given[key]]));
}
