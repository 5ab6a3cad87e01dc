/** Layout: names the file of each object in a folder per cluster, so that a repository shows a change where it is. */

import type { Manifest } from '../model/app/workload';
import { digestOf } from '../model/canonical';
import { applyStep, groupOf } from './kinds';
import { manifestYaml } from './yaml';

/** Bytes of a file name without `.yaml`; file systems allow 255, some that encrypt far fewer. */
const longestName = 138;

/**
 * `<cluster>/<nn>-<kind>-<name>.yaml` to its text. `nn` is the step of the kind, so files sort in the order they
 * are applied and adding an object renames no other. Objects that would share a name get namespace and group too;
 * a name too long for a file system, or one that differs from another only by case, ends in a digest.
 */
export function clusterFiles(
  cluster: string,
  manifests: readonly Manifest[],
): Readonly<Record<string, string>> {
  const isShared = sharedIn(manifests.map(baseName));
  const whole = manifests.map((manifest) => {
    const name = baseName(manifest);
    return isShared(name) ? `${name}${suffix(manifest)}` : name;
  });
  const isStillShared = sharedIn(whole);
  const files = manifests.map((manifest, index) => {
    const name = whole[index]!;
    const isPlain = name.length <= longestName && !isStillShared(name);
    const file = isPlain ? name : `${name.slice(0, longestName - 13)}.${identity(manifest)}`;
    return [`${cluster}/${file}.yaml`, manifestYaml(manifest)];
  });
  return Object.fromEntries(files);
}

/** Whether a name is there twice; some file systems do not tell cases apart. */
function sharedIn(names: readonly string[]): (name: string) => boolean {
  const count = new Map<string, number>();
  for (const name of names) count.set(name.toLowerCase(), (count.get(name.toLowerCase()) ?? 0) + 1);
  return (name) => (count.get(name.toLowerCase()) ?? 0) > 1;
}

function baseName(manifest: Manifest): string {
  const step = String(applyStep(manifest)).padStart(2, '0');
  // Role names may hold ":", which some file systems refuse.
  const name = encodeURIComponent(manifest.metadata.name).replaceAll('*', '%2A');
  return `${step}-${manifest.kind.toLowerCase()}-${name}`;
}

function suffix({ apiVersion, metadata }: Manifest): string {
  const group = groupOf(apiVersion);
  return `.${metadata.namespace ?? 'cluster'}${group === '' ? '' : `.${group}`}`;
}

/** Twelve digits that tell an object from all others. */
function identity({ apiVersion, kind, metadata }: Manifest): string {
  const { namespace = '', name } = metadata;
  return digestOf([groupOf(apiVersion), kind, namespace, name]).slice('sha256:'.length, 19);
}
