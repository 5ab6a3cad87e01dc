/** Layout: names the file of each object in a folder per cluster, so that a repository shows a change where it is. */
import type { Manifest } from '../model/workload';
import { applyStep, groupOf } from './kinds';
import { manifestYaml } from './yaml';

/**
 * `<cluster>/<nn>-<kind>-<name>.yaml` to its text. `nn` is the step of the kind, so files sort in the order they
 * are applied and adding an object renames no other. Objects that would share a name get namespace and group too.
 */
export function clusterFiles(
  cluster: string,
  manifests: readonly Manifest[],
): Readonly<Record<string, string>> {
  const count = new Map<string, number>();
  const names = manifests.map(baseName);
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  const files = manifests.map((manifest, index) => {
    const name = names[index]!;
    const isShared = (count.get(name) ?? 0) > 1;
    return [`${cluster}/${name}${isShared ? suffix(manifest) : ''}.yaml`, manifestYaml(manifest)];
  });
  return Object.fromEntries(files);
}

function baseName(manifest: Manifest): string {
  const step = String(applyStep(manifest)).padStart(2, '0');
  // Role names may hold ":", which some file systems refuse.
  const name = encodeURIComponent(manifest.metadata.name);
  return `${step}-${manifest.kind.toLowerCase()}-${name}`;
}

function suffix({ apiVersion, metadata }: Manifest): string {
  const group = groupOf(apiVersion);
  return `.${metadata.namespace ?? 'cluster'}${group === '' ? '' : `.${group}`}`;
}
