/** Collisions: what several apps put into each cluster; an object that two of them define is an error, because the later would replace the earlier. */

import type { Bundle } from '../model/app/bundle';
import type { Manifest } from '../model/app/workload';
import { byCodeUnits, canonicalJson } from '../model/canonical';
import type { PlacementDecision } from '../model/decision';
import { EdgeError, throwAll } from '../parsing';
import { isOwnNamespace, stricterNamespace } from './complete';
import { groupOf, objectName } from './kinds';
import { render } from './render';

interface Found {
  readonly app: string;
  readonly manifest: Manifest;
}

interface Collision {
  readonly apps: readonly [string, string];
  readonly manifest: Manifest;
  readonly clusters: string[];
}

/**
 * The objects of all apps on each chosen cluster, clusters and apps in order. A Namespace or a definition that is equal in
 * two apps is there once. Throws EdgeErrors that name both apps and the object.
 */
export function objectsByCluster(
  bundles: readonly Bundle[],
  decision: Pick<PlacementDecision, 'apps' | 'digest'>,
): ReadonlyMap<string, readonly Manifest[]> {
  const byCluster = new Map<string, Map<string, Found>>();
  const collisions = new Map<string, Collision>();
  for (const bundle of bundles) {
    const placed = decision.apps.find(({ app }) => app === bundle.app)?.clusters ?? [];
    for (const cluster of placed) {
      const here = byCluster.get(cluster.name) ?? new Map<string, Found>();
      byCluster.set(cluster.name, here);
      for (const manifest of render(bundle, cluster, { decisionDigest: decision.digest })) {
        const key = keyOf(manifest);
        const other = here.get(key);
        const merged = other === undefined ? manifest : shared(other.manifest, manifest);
        if (merged !== undefined) here.set(key, { app: bundle.app, manifest: merged });
        else note(collisions, key, [other!.app, bundle.app], manifest, cluster.name);
      }
    }
  }
  throwAll([...collisions.values()].map(errorOf));
  const names = [...byCluster.keys()].sort(byCodeUnits);
  return new Map(
    names.map((name) => [name, [...byCluster.get(name)!.values()].map((one) => one.manifest)]),
  );
}

function keyOf({ apiVersion, kind, metadata }: Manifest): string {
  return [groupOf(apiVersion), kind, metadata.namespace ?? '', metadata.name].join('/');
}

/** The one object that two apps may both bring; undefined when they may not. A Namespace of ours yields to one that was written. */
function shared(a: Manifest, b: Manifest): Manifest | undefined {
  if (a.kind !== 'Namespace' && a.kind !== 'CustomResourceDefinition') return undefined;
  if (isOwnNamespace(a) && isOwnNamespace(b)) return stricterNamespace(a, b);
  if (isOwnNamespace(b)) return a;
  return isOwnNamespace(a) || canonicalJson(a) === canonicalJson(b) ? b : undefined;
}

function note(
  collisions: Map<string, Collision>,
  key: string,
  apps: readonly [string, string],
  manifest: Manifest,
  cluster: string,
): void {
  const id = `${apps.join('/')} ${key}`;
  const known = collisions.get(id) ?? { apps, manifest, clusters: [] };
  known.clusters.push(cluster);
  collisions.set(id, known);
}

function errorOf(collision: Collision): EdgeError {
  const { apps, manifest, clusters } = collision;
  const { namespace } = manifest.metadata;
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  const [first, ...rest] = clusters;
  const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
  if (isOwnNamespace(manifest)) {
    return new EdgeError({
      code: 'Contradiction',
      path: 'apps',
      summary: `the apps ${apps[0]} and ${apps[1]} share the namespace ${manifest.metadata.name} on ${first}${more} and ask for different Pod Security there`,
      remedy: 'Give both the same security.profile and version, or each a namespace of its own.',
    });
  }
  return new EdgeError({
    code: 'Contradiction',
    path: 'apps',
    summary: `the apps ${apps[0]} and ${apps[1]} both define ${objectName(manifest)}${where} on ${first}${more}`,
    remedy:
      'Leave it to one of them, rename it in the other, or give each app a namespace of its own.',
  });
}
