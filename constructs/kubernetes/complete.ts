/** Complete: gives the objects of one cluster what all need: a namespace, a name that Kubernetes accepts, the decision they come from. */

import type { Manifest } from '../model/workload';
import { EdgeError, quoted } from '../parsing';
import { pointerOf, replacedAt, valueAt } from './json-pointer';
import { customScopes, isNamespaced, isScalable, isWorkload, kinds, type NameRule } from './kinds';
import { duplicates, placeOf } from './manifests';
import type { Template } from './slots';

/** Says on a workload which decision put it there. */
export const DECISION_ANNOTATION = 'littoral.dev/decision';

/** What is true for all objects of the app. */
export interface Completion {
  readonly namespace: string;
  /** Names of what takes replicas and overrides. */
  readonly components: readonly string[];
  /** Whether the label app.kubernetes.io/component, or being alone, tells whose an object is. */
  readonly byLabel: boolean;
}

/** Complete objects of one cluster, with all mistakes. */
export interface Completed {
  readonly templates: readonly Template[];
  readonly errors: readonly EdgeError[];
}

/** Completes `templates`; objects keep the namespace they have. */
export function completed(templates: readonly Template[], completion: Completion): Completed {
  const scopes = customScopes(templates.map(({ manifest }) => manifest));
  const alone = templates.filter(({ manifest }) => isScalable(manifest)).length === 1;
  const done = templates.map((template) => {
    const manifest = inNamespace(template.manifest, completion.namespace, scopes);
    const component = template.component ?? componentOf(manifest, completion, alone);
    const owned = component === undefined ? {} : { component };
    return signed({ ...template, manifest, ...owned });
  });
  const all = [...namespaceOf(done, completion.namespace), ...done];
  return { templates: all, errors: [...duplicates(all), ...all.flatMap(nameErrors)] };
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

/** On the object, not on its pods: a new decision that changes nothing must not restart anything. */
function signed(template: Template): Template {
  if (!isWorkload(template.manifest)) return template;
  const steps = ['metadata', 'annotations', DECISION_ANNOTATION];
  const pointer = pointerOf(steps);
  return {
    ...template,
    manifest: replacedAt(template.manifest, steps, null),
    slots: [
      ...template.slots.filter((slot) => slot.pointer !== pointer),
      { pointer, fill: { value: 'decision' } },
    ],
  };
}

const givenNamespaces: ReadonlySet<string> = new Set([
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'],
]);

/** The Namespace of the app, when something is in it and nobody wrote it down. */
function namespaceOf(templates: readonly Template[], namespace: string): readonly Template[] {
  const isUsed = templates.some(({ manifest }) => manifest.metadata.namespace === namespace);
  const isThere = templates.some(
    ({ manifest }) => manifest.kind === 'Namespace' && manifest.metadata.name === namespace,
  );
  if (!isUsed || isThere || givenNamespaces.has(namespace)) return [];
  return [{ manifest: namespaceManifest(namespace), slots: [] }];
}

/** A Namespace of ours. */
function namespaceManifest(name: string): Manifest {
  const labels = { 'app.kubernetes.io/managed-by': 'littoral' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { labels, name } };
}

/** The objects with the Namespace `home` first, unless it is among them or every cluster has it. */
export function withHome(manifests: readonly Manifest[], home: string): readonly Manifest[] {
  const isThere = manifests.some(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === 'v1' && kind === 'Namespace' && metadata.name === home,
  );
  return isThere || givenNamespaces.has(home) ? manifests : [namespaceManifest(home), ...manifests];
}

interface NamePattern {
  readonly pattern: RegExp;
  readonly most: number;
  readonly expected: string;
}

const subdomain = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const serviceLabel = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const letters = 'lower-case letters, digits and "-", starting and ending with a letter or digit';
const anyName: NamePattern = {
  pattern: subdomain,
  most: 253,
  expected: 'lower-case letters, digits, "-" and "."',
};
/** Their names become labels and host names of pods, which end at 63; a CronJob adds 11 characters of its own. */
const namePatterns: Readonly<Record<NameRule, NamePattern>> = {
  label: { pattern: label, most: 63, expected: letters },
  serviceLabel: { pattern: serviceLabel, most: 63, expected: `a letter first, then ${letters}` },
  podOwner: { pattern: subdomain, most: 63, expected: letters },
  cronJob: { pattern: subdomain, most: 52, expected: letters },
};
const patternOfKind = new Map(
  kinds.flatMap(({ kind, nameRule }) =>
    nameRule === undefined ? [] : [[kind, namePatterns[nameRule]]],
  ),
);
const pathSegment: NamePattern = {
  pattern: /^(?!\.\.?$)[^/%]+$/,
  most: 253,
  expected: 'no "/" and no "%"',
};

function nameErrors(template: Template): readonly EdgeError[] {
  const { kind, apiVersion, metadata } = template.manifest;
  // A slot fills it later.
  if (metadata.name === null) return [];
  const isRole = apiVersion.startsWith('rbac.authorization.k8s.io/');
  const rule = isRole ? pathSegment : (patternOfKind.get(kind) ?? anyName);
  const { length } = metadata.name;
  if (length <= rule.most && rule.pattern.test(metadata.name)) return [];
  const got = length > rule.most ? `a name of ${length} characters` : 'a name';
  return [
    new EdgeError({
      code: 'InvalidDocument',
      path: '',
      summary: `got ${got} for ${kind} ${quoted(metadata.name)}, expected at most ${rule.most}: ${rule.expected}`,
      remedy: 'Choose a shorter or simpler name.',
      ...placeOf(template),
    }),
  ];
}
