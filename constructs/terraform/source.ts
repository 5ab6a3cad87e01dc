/** What every binding says of its provider: where it comes from and which version it is. */
import { VERSION } from '../model/version';

/** Always with a version: the cdktf command line refuses a provider without one. */
export const generatorMetadata = {
  providerName: 'littoral',
  providerVersion: VERSION,
  providerVersionConstraint: VERSION,
} as const;

/** What a data source may be given besides its arguments: dependencies would put off its reading to the apply. */
export type ReadArguments = Pick<
  import('./cdktf').TerraformMetaArguments,
  'provider' | 'count' | 'forEach'
>;

/** The keys of ReadArguments. A dependency has a sentence of its own. */
export const readKeys = { provider: true, count: true, forEach: true, dependsOn: true } as const;
