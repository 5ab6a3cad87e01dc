/** Shim: the text that Pulumi keeps in its state as a dynamic provider: one call by name, the same in every release. */

/** The providers of this package. */
export type ProviderName = 'placement' | 'release';

/**
 * What Pulumi's own serializer would make of a provider that only calls `littoral/pulumi/runtime`, written by hand:
 * it never differs between two builds or two versions, holds no code to go stale, and needs no compiler at run time.
 */
export function providerText(name: ProviderName): string {
  return `exports.handler = () => require('littoral/pulumi/runtime').${name};`;
}
