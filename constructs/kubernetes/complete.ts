/** Complete: gives the objects of one cluster what all need: a namespace, a name that Kubernetes accepts. */

import type { Manifest } from '../model/app/workload';
import { canonicalJson } from '../model/canonical';
import type { EdgeError } from '../parsing';
import { withoutClusterBound } from './cluster-bound';
import { replacedAt, valueAt } from './json-pointer';
import { customScopes, isNamespaced, isScalable, isWorkload } from './kinds';
import { duplicates } from './manifests';
import { nameErrors } from './object-names';
import { podSecurityLabels, withoutPodSecurity } from './pod-security-labels';
import type { Template } from './slots';

/** What is true for all objects of the app. */
export interface Completion {
  readonly namespace: string;
  /** Names of what takes replicas and overrides. */
  readonly components: readonly string[];
  /** Whether the label app.kubernetes.io/component, or being alone, tells whose an object is. */
  readonly byLabel: boolean;
  /** Labels of a namespace that nobody wrote down, besides those of every object of ours. */
  readonly namespaceLabels: Labels;
}

type Labels = Readonly<Record<string, string>>;

/** Complete objects of one cluster, with all mistakes. */
export interface Completed {
  readonly templates: readonly Template[];
  readonly errors: readonly EdgeError[];
  /** What was left out because it is true in one cluster only. */
  readonly warnings: readonly string[];
}

/** Completes `templates`; objects keep the namespace they have. */
export function completed(templates: readonly Template[], completion: Completion): Completed {
  const scopes = customScopes(templates.map(({ manifest }) => manifest));
  const alone = templates.filter(({ manifest }) => isScalable(manifest)).length === 1;
  const warnings: string[] = [];
  const done = templates.map((template) => {
    const free = withoutClusterBound(template.manifest);
    warnings.push(...free.warnings);
    const manifest = inNamespace(free.manifest, completion.namespace, scopes);
    const component = template.component ?? componentOf(manifest, completion, alone);
    const owned = component === undefined ? {} : { component };
    return { ...template, manifest, ...owned };
  });
  const all = [...namespaceOf(done, completion), ...done];
  return { templates: all, errors: [...duplicates(all), ...all.flatMap(nameErrors)], warnings };
}

function inNamespace(
  manifest: Manifest,
  namespace: string,
  scopes: ReadonlyMap<string, string>,
): Manifest {
  if (!isNamespaced(manifest, scopes)) {
    return manifest.metadata.namespace === undefined
      ? manifest
      : replacedAt(manifest, ['metadata', 'namespace'], undefined);
  }
  return 'namespace' in manifest.metadata
    ? manifest
    : replacedAt(manifest, ['metadata', 'namespace'], namespace);
}

function componentOf(
  manifest: Manifest,
  { components, byLabel }: Completion,
  alone: boolean,
): string | undefined {
  if (!byLabel) return undefined;
  const label = valueAt(manifest, ['metadata', 'labels', 'app.kubernetes.io/component']);
  if (typeof label === 'string' && components.includes(label)) return label;
  if (!isWorkload(manifest)) return undefined;
  if (components.includes(manifest.metadata.name)) return manifest.metadata.name;
  return alone && components.length === 1 && isScalable(manifest) ? components[0] : undefined;
}

const givenNamespaces: ReadonlySet<string> = new Set([
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'],
]);

/** The Namespace of the app, when something is in it and nobody wrote it down. */
function namespaceOf(
  templates: readonly Template[],
  { namespace, namespaceLabels }: Completion,
): readonly Template[] {
  const isUsed = templates.some(({ manifest }) => manifest.metadata.namespace === namespace);
  const isThere = templates.some(
    ({ manifest }) => manifest.kind === 'Namespace' && manifest.metadata.name === namespace,
  );
  if (!isUsed || isThere || givenNamespaces.has(namespace)) return [];
  return [{ manifest: namespaceManifest(namespace, namespaceLabels), slots: [] }];
}

/** A Namespace of ours. */
function namespaceManifest(name: string, more: Labels = {}): Manifest {
  const labels = { 'app.kubernetes.io/managed-by': 'littoral', ...more };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { labels, name } };
}

/** Whether it is a Namespace that nobody wrote down, whatever Pod Security it is held to. */
export function isOwnNamespace(manifest: Manifest): boolean {
  const plain = canonicalJson(withoutPodSecurity(manifest));
  return plain === canonicalJson(namespaceManifest(manifest.metadata.name));
}

/**
 * The one of two Namespaces that nobody wrote down that says more; undefined where each holds its pods to another Pod
 * Security.
 */
export function stricterNamespace(a: Manifest, b: Manifest): Manifest | undefined {
  const [labels, others] = [podSecurityLabels(a), podSecurityLabels(b)];
  if (Object.keys(others).length === 0) return a;
  const isOpen = Object.keys(labels).length === 0;
  return isOpen || canonicalJson(labels) === canonicalJson(others) ? b : undefined;
}

/** The objects with the Namespace `home` first, unless it is among them or every cluster has it. */
export function withHome(manifests: readonly Manifest[], home: string): readonly Manifest[] {
  const isThere = manifests.some(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === 'v1' && kind === 'Namespace' && metadata.name === home,
  );
  return isThere || givenNamespaces.has(home) ? manifests : [namespaceManifest(home), ...manifests];
}
