/** Least rights: what a release asks of an API server for its objects, as rules of Roles: by name wherever Kubernetes lets names count. */
import { tlsUses } from '../../certificates';
import type { Manifest } from '../../model/app/workload';
import { byCodeUnits } from '../../model/canonical';
import type { PolicyRule } from '../isolation/team-roles';
import { valueAt } from '../json-pointer';
import { customScopes, groupOf, isNamespaced, isScalable, isWorkload, kindIn } from '../kinds';

/** A release in one cluster. */
export interface ReleaseObjects {
  /** Its name, which is also that of its inventory. */
  readonly release: string;
  /** Where its inventory is, and objects without a namespace. */
  readonly home: string;
  /** Everything that it applies, its Namespace included. */
  readonly objects: readonly Manifest[];
}

/** What is needed, by place. */
export interface LeastRights {
  /** Rules of a Role in each namespace. */
  readonly namespaced: ReadonlyMap<string, readonly PolicyRule[]>;
  /** Rules of a ClusterRole. */
  readonly cluster: readonly PolicyRule[];
  /** Sentences about rights that are wide, and about what could not be known. */
  readonly remarks: readonly string[];
}

/** One right: a verb on a resource, of one name or of all. */
interface Right {
  readonly namespace: string | undefined;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name?: string;
}

const rbac = 'rbac.authorization.k8s.io';
/**
 * Server-side apply patches, and creates under a name that the path says; `update` takes objects over from others; `watch`
 * with a name waits.
 */
const ofOne = ['create', 'delete', 'get', 'patch', 'update', 'watch'];
/** A Namespace stays when its release goes: whoever made it removes it. */
const ofNamespace = ['get', 'patch'];
/** Objects are found by their label, and no name narrows a list. */
const ofAll = ['list', 'watch'];

/** What littoral needs in a cluster for these releases and no more. Pure. */
export function leastRights(releases: readonly ReleaseObjects[]): LeastRights {
  const rights: Right[] = [];
  const held = new Map<string, PolicyRule[]>();
  const remarks: string[] = [];
  for (const release of releases) {
    const scopes = customScopes(release.objects);
    rights.push(...ofInventory(release), ...ofCertificates(release));
    for (const manifest of release.objects) {
      const namespace = isNamespaced(manifest, scopes)
        ? (manifest.metadata.namespace ?? release.home)
        : undefined;
      rights.push(...ofObject(manifest, namespace, release.objects, remarks));
      const given = rulesGiven(manifest, remarks);
      const key = namespace ?? '';
      held.set(key, [...(held.get(key) ?? []), ...given]);
    }
  }
  const places = [...new Set(rights.map(({ namespace }) => namespace ?? ''))].sort(byCodeUnits);
  const rulesIn = (place: string) => {
    const here = rights.filter(({ namespace }) => (namespace ?? '') === place);
    return distinct([...rulesFrom(here), ...(held.get(place) ?? [])]);
  };
  return {
    namespaced: new Map(places.flatMap((place) => (place === '' ? [] : [[place, rulesIn(place)]]))),
    cluster: places.includes('') ? rulesIn('') : [],
    remarks: [...new Set(remarks)],
  };
}

/** It is made by POST, so that of two runs one fails; a POST is never told by name. */
function ofInventory({ release, home }: ReleaseObjects): readonly Right[] {
  const at = { namespace: home, group: '', resource: 'configmaps' };
  const named = ['get', 'patch', 'delete'].map((verb) => {
    return { ...at, verb, name: `littoral-${release}` };
  });
  return [{ ...at, verb: 'create' }, ...named];
}

/** Certificates that are used are looked at before they expire. */
function ofCertificates({ home, objects }: ReleaseObjects): readonly Right[] {
  return tlsUses(objects, home).map(({ secret, namespace }) => {
    return { namespace, group: '', resource: 'secrets', verb: 'get', name: secret };
  });
}

function ofObject(
  manifest: Manifest,
  namespace: string | undefined,
  all: readonly Manifest[],
  remarks: string[],
): readonly Right[] {
  const { kind, metadata } = manifest;
  const group = groupOf(manifest.apiVersion);
  const resource = resourceOf(group, kind, all, remarks);
  const at = { namespace, group, resource };
  const verbs = group === '' && kind === 'Namespace' ? ofNamespace : ofOne;
  return [
    ...verbs.map((verb) => ({ ...at, verb, name: metadata.name })),
    ...ofAll.map((verb) => ({ ...at, verb })),
    ...ofPods(manifest, namespace),
    ...ofBinding(manifest, namespace),
    ...ofDefinition(manifest),
  ];
}

/** Whoever runs pods: a pod is tried out at plan, pods tell why something is not ready, and an autoscaler owns replicas. */
function ofPods(manifest: Manifest, namespace: string | undefined): readonly Right[] {
  const template = valueAt(manifest, ['spec', 'template', 'spec']);
  const job = valueAt(manifest, ['spec', 'jobTemplate']);
  if (namespace === undefined || (template === undefined && job === undefined)) return [];
  const at = { namespace, group: '', resource: 'pods' };
  const scalers = { namespace, group: 'autoscaling', resource: 'horizontalpodautoscalers' };
  return [
    { ...at, verb: 'create' },
    ...(isWorkload(manifest) ? [{ ...at, verb: 'list' }] : []),
    ...(isScalable(manifest) ? [{ ...scalers, verb: 'list' }] : []),
  ];
}

function ofBinding(
  { apiVersion, roleRef }: Manifest,
  namespace: string | undefined,
): readonly Right[] {
  if (groupOf(apiVersion) !== rbac || roleRef === undefined) return [];
  const { kind, name } = roleRef as { readonly kind?: string; readonly name?: string };
  if (name === undefined) return [];
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  return [{ namespace, group: rbac, resource, verb: 'bind', name }];
}

/** A definition goes only while nobody has objects of it. */
function ofDefinition({ kind, spec }: Manifest): readonly Right[] {
  if (kind !== 'CustomResourceDefinition') return [];
  const { group, names } = spec as { group: string; names: { plural: string } };
  return [{ namespace: undefined, group, resource: names.plural, verb: 'list' }];
}

/** Nobody may give what he has not, unless he may escalate, and that is never asked for. */
function rulesGiven(manifest: Manifest, remarks: string[]): readonly PolicyRule[] {
  const { apiVersion, kind, metadata } = manifest;
  if (groupOf(apiVersion) !== rbac || !(kind === 'Role' || kind === 'ClusterRole')) return [];
  const given = (manifest.rules ?? []) as readonly PolicyRule[];
  if (JSON.stringify(given).includes('"*"') || manifest.aggregationRule !== undefined) {
    remarks.push(
      `${kind} ${metadata.name} gives everything of something, so whoever applies it must have that; let an administrator apply it instead`,
    );
  }
  return given;
}

function resourceOf(
  group: string,
  kind: string,
  all: readonly Manifest[],
  remarks: string[],
): string {
  const defined = all.find(
    (one) =>
      one.kind === 'CustomResourceDefinition' &&
      valueAt(one, ['spec', 'group']) === group &&
      valueAt(one, ['spec', 'names', 'kind']) === kind,
  );
  if (defined !== undefined) return String(valueAt(defined, ['spec', 'names', 'plural']));
  const row = kindIn(group, kind);
  if (row !== undefined) return row.plural ?? `${kind.toLowerCase()}s`;
  const guessed = pluralOf(kind.toLowerCase());
  remarks.push(
    `nothing here says how ${kind} of ${group} is written in rules; taken for ${guessed}`,
  );
  return guessed;
}

/** As English has it, which is how definitions are named unless their author said otherwise. */
function pluralOf(word: string): string {
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

/** Rights with equal verbs and equal names in one rule. */
function rulesFrom(rights: readonly Right[]): readonly PolicyRule[] {
  const named = new Map<string, { readonly right: Right; readonly verbs: Set<string> }>();
  for (const right of rights) {
    const key = JSON.stringify([right.group, right.resource, right.name ?? null]);
    const known = named.get(key) ?? { right, verbs: new Set() };
    known.verbs.add(right.verb);
    named.set(key, known);
  }
  const merged = new Map<
    string,
    { readonly rule: Omit<PolicyRule, 'resourceNames'>; readonly names: string[] }
  >();
  for (const { right, verbs } of named.values()) {
    const { group, resource, name } = right;
    const rule = { apiGroups: [group], resources: [resource], verbs: sorted(verbs) };
    const key = JSON.stringify([rule, name === undefined]);
    const known = merged.get(key) ?? { rule, names: [] };
    if (name !== undefined) known.names.push(name);
    merged.set(key, known);
  }
  const rules = [...merged.values()].map(({ rule, names }): PolicyRule => {
    const { apiGroups, resources, verbs } = rule;
    return names.length === 0
      ? rule
      : { apiGroups, resources, resourceNames: sorted(names), verbs };
  });
  return rules.sort((a, b) => byCodeUnits(orderOf(a), orderOf(b)));
}

const orderOf = ({ apiGroups, resources, resourceNames = [] }: PolicyRule) =>
  JSON.stringify([apiGroups, resources, resourceNames]);

function sorted(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].sort(byCodeUnits);
}

function distinct(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
