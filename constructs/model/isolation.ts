/** Isolation: what stands around a workload: the rights of its pods. One list of the keys, for documents and programs alike. */
import { type SecurityInput, securitySchema } from './security';

/** The keys of an EdgeApp that say what stands around its workload. */
export const isolationShape = {
  security: securitySchema
    .optional()
    .describe('Rights of the pods. Left out: Pod Security restricted.'),
};

/** What an EdgeApp says about what stands around its workload. */
export interface Isolation {
  /** Rights of the pods. */
  readonly security?: SecurityInput;
}

/** The names of these keys. */
export const isolationKeys = { security: true } as const satisfies {
  readonly [Key in keyof Isolation]-?: true;
};

/** These keys alone, of something that may have more. */
export function isolationOf(given: { readonly [Key in keyof Isolation]?: unknown }): Isolation {
  const keys = Object.keys(isolationKeys) as readonly (keyof Isolation)[];
  const said = keys.filter((key) => given[key] !== undefined);
  return Object.fromEntries(said.map((key) => [key, given[key]]));
}
