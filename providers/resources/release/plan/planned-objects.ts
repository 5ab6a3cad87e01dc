/** Planned objects: what the releases of one run want in which cluster, so that two which want one object are told while planning. */
import { canonicalJson } from '../../../../constructs/model/canonical';
import { EdgeError } from '../../../../constructs/parsing';
import { desiredOf } from '../state/desired';
import { isHolder, keyOf, objectText, refOf } from '../state/identity';
import type { ReleaseProps } from '../state/props';

/** What one process has been asked to plan. A tool plans every resource of a program in one process, in any order. */
export class PlannedObjects {
  /** By release: keys of clusters and objects. */
  private readonly byRelease = new Map<string, ReadonlySet<string>>();

  /**
   * Remembers what the release wants, in place of what it wanted when it was planned before. Namespaces and definitions may be
   * shared. Throws an EdgeError that names the object, the cluster and both releases.
   */
  add(props: ReleaseProps): void {
    const { release, namespace, clusters } = desiredOf(props);
    const id = `${namespace}/${release}`;
    const facts = new Map(props.fleet.clusters.map((one) => [one.name, one]));
    const wanted = new Map<string, { readonly cluster: string; readonly text: string }>();
    for (const { name, manifests } of clusters) {
      const { uid, access } = facts.get(name) ?? {};
      const place = uid ?? canonicalJson([name, access ?? null]);
      for (const ref of manifests.map(refOf)) {
        if (isHolder(ref)) continue;
        wanted.set(`${place} ${keyOf(ref)}`, { cluster: name, text: objectText(ref) });
      }
    }
    this.byRelease.set(id, new Set(wanted.keys()));
    for (const [other, keys] of this.byRelease) {
      if (other === id) continue;
      const both = [...wanted].filter(([key]) => keys.has(key)).map(([, one]) => one);
      if (both.length > 0) throw wantedTwice(both, id, other);
    }
  }
}

function wantedTwice(
  both: readonly { readonly cluster: string; readonly text: string }[],
  id: string,
  other: string,
): EdgeError {
  const [first] = both;
  const more = both.length === 1 ? '' : ` and ${both.length - 1} more`;
  return new EdgeError({
    code: 'Contradiction',
    path: 'bundle',
    summary: `the releases ${other} and ${id} both have ${first?.text}${more} on ${first?.cluster}: the later would be refused`,
    remedy: 'Leave it to one of them, or rename it in the other.',
  });
}
