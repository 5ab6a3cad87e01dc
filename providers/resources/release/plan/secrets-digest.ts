/** Secrets digest: one salted, slow digest over all Secret values of a release, by which a saved plan knows them again. */

import { randomBytes, scryptSync } from 'node:crypto';
import { canonicalJson } from '../../../../constructs/model/canonical';
import { z } from '../../../../constructs/parsing';
import type { Desired } from '../state/desired';
import { isSecret, keyOf, refOf } from '../state/identity';
import { valuesOf } from '../state/secrecy';

/** What a saved plan keeps of the values. */
export const secretsDigestSchema = z.strictObject({
  salt: z.string().describe('Random, 16 bytes in base64; another one in every plan.'),
  digest: z.string().describe('scrypt over all values together, 32 bytes in base64.'),
});

/** The digest and the salt that it was made with. */
export type SecretsDigest = z.output<typeof secretsDigestSchema>;

/** Of all values on all clusters, with their objects and keys. Undefined where there is none. */
export function secretsDigestOf(
  { clusters }: Pick<Desired, 'clusters'>,
  salt = randomBytes(16).toString('base64'),
): SecretsDigest | undefined {
  const values = clusters.flatMap(({ name, manifests }) =>
    manifests
      .filter(isSecret)
      .map((one) => [name, keyOf(refOf(one)), valuesOf(one)] as const)
      .filter(([, , held]) => Object.keys(held).length > 0),
  );
  if (values.length === 0) return undefined;
  // About 50 ms and 16 MiB for each guess.
  const cost = { N: 2 ** 14, r: 8, p: 1 };
  const digest = scryptSync(canonicalJson(values), Buffer.from(salt, 'base64'), 32, cost);
  return { salt, digest: digest.toString('base64') };
}
