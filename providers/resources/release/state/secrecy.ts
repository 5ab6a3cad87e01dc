/** Secrecy: digests and texts without secret values, which may be stored or shown. */

import type { Manifest } from '../../../../constructs/model/app/workload';
import { digestOf } from '../../../../constructs/model/canonical';
import type { LiveObject } from '../../../clusters/cluster';
import { HIDDEN } from './fields';
import { isSecret } from './identity';

type Texts = Readonly<Record<string, unknown>>;

/** Manifests are never changed, and each is digested for what is desired, its finding and its inventory. */
const digests = new WeakMap<Manifest, string>();

/** A digest of what is applied. The values of a Secret are left out: a short one could be guessed from its digest. */
export function manifestDigest(manifest: Manifest): string {
  const known = digests.get(manifest);
  if (known !== undefined) return known;
  const digest = computedDigest(manifest);
  digests.set(manifest, digest);
  return digest;
}

function computedDigest(manifest: Manifest): string {
  if (!isSecret(manifest)) return digestOf(manifest).slice(7, 39);
  const keys = Object.keys(valuesOf(manifest)).sort();
  const { data: _, stringData: __, ...rest } = manifest;
  return digestOf({ ...rest, keys }).slice(7, 39);
}

/** Whether a live Secret holds exactly the values of the manifest at the keys it names. True for other kinds. */
export function hasSameSecrets(live: LiveObject, manifest: Manifest): boolean {
  if (!isSecret(manifest)) return true;
  const there = (live.data ?? {}) as Texts;
  return Object.entries(valuesOf(manifest)).every(([key, value]) => there[key] === value);
}

/** Hides the values of the Secrets among `manifests`, plain and encoded, in texts that others wrote. */
export function hiding(manifests: readonly Manifest[]): (text: string) => string {
  const values = manifests.filter(isSecret).flatMap((manifest) =>
    Object.values(valuesOf(manifest)).flatMap((encoded) => {
      const text = Buffer.from(encoded, 'base64').toString('utf8');
      return [encoded, text, JSON.stringify(text).slice(1, -1)];
    }),
  );
  const known = [...new Set(values)].filter((value) => value.length >= 4);
  known.sort((a, b) => b.length - a.length);
  return (text) => known.reduce((result, value) => result.replaceAll(value, HIDDEN), text);
}

/**
 * A Secret with all its values in `data`. The server keeps nothing of `stringData` but who owns it, so nobody
 * could tell later whose a value is.
 */
export function encodedSecret(manifest: Manifest): Manifest {
  if (!isSecret(manifest) || manifest.stringData === undefined) return manifest;
  const { stringData: _, ...rest } = manifest;
  return { ...rest, data: valuesOf(manifest) };
}

/** Key to base64, as the server keeps it: stringData wins over data, and null is an empty text. */
export function valuesOf({ data, stringData }: Manifest): Readonly<Record<string, string>> {
  const plain = Object.entries((stringData ?? {}) as Texts).map(([key, value]) => [
    key,
    Buffer.from(String(value ?? ''), 'utf8').toString('base64'),
  ]);
  const encoded = Object.entries((data ?? {}) as Texts).map(([key, value]) => [
    key,
    String(value ?? ''),
  ]);
  return Object.fromEntries([...encoded, ...plain]);
}
