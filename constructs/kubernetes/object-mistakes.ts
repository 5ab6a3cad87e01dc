/** Object mistakes: what kubectl or the server refuses in an object whatever its kind, found before anything is sent. */
import { looksExact } from '../model/exact-integer';
import { pathText, quoted } from '../parsing';
import { isObject, type JsonObject } from './json-pointer';
import { groupOf } from './kinds';

/** One mistake at a place of an object. */
export interface ObjectMistake {
  readonly path: readonly (string | number)[];
  /** What was received and what was expected. Never repeats a value. */
  readonly summary: string;
  readonly remedy: string;
}

/** Everything wrong with `value` as one Kubernetes object; `isItem` when it is an item of a list. */
export function mistakesIn(value: unknown, isItem: boolean): readonly ObjectMistake[] {
  if (!isObject(value)) return [notAnObject(value, isItem)];
  const header = headerMistakes(value);
  return header.length > 0 ? header : [...notTexts(value), ...marked(value, [])];
}

/** `ConfigMap web (document 2)`, as far as it is known. */
export function whatIs(value: unknown, document: number | undefined): string {
  const { kind, metadata } = isObject(value) ? value : ({} as JsonObject);
  const name = isObject(metadata) ? metadata.name : undefined;
  const words = [kind, name].filter((word) => typeof word === 'string' && word !== '');
  const object = words.join(' ');
  if (document === undefined) return object;
  return object === '' ? `document ${document}` : `${object} (document ${document})`;
}

function notAnObject(value: unknown, isItem: boolean): ObjectMistake {
  const what = typeName(value);
  return {
    path: [],
    summary: `got ${what}${isItem ? ' among the items' : ''}, expected a Kubernetes object with apiVersion, kind and metadata.name`,
    remedy: isItem ? 'Complete the item, or remove it.' : 'Complete it, or leave the document out.',
  };
}

function headerMistakes(object: JsonObject): readonly ObjectMistake[] {
  const other = notForKubernetes(object) ?? listWithoutItems(object);
  if (other !== undefined) return [other];
  const { metadata } = object;
  const texts: readonly [path: readonly string[], value: unknown][] = [
    [['apiVersion'], object.apiVersion],
    [['kind'], object.kind],
    [['metadata', 'name'], isObject(metadata) ? metadata.name : undefined],
  ];
  const missing = texts.filter(
    ([, value]) => value === undefined || value === null || value === '',
  );
  if (missing.length > 0)
    return [
      incomplete(
        object,
        missing.map(([path]) => path.join('.')),
      ),
    ];
  const namespace = isObject(metadata) ? (metadata.namespace ?? '') : '';
  return [...texts, [['metadata', 'namespace'], namespace] as const].flatMap(([path, value]) =>
    typeof value === 'string' ? [] : [notText(path, value)],
  );
}

/** Files that lie beside manifests and are none. */
function notForKubernetes(object: JsonObject): ObjectMistake | undefined {
  const { apiVersion, kind } = object;
  const group = typeof apiVersion === 'string' ? groupOf(apiVersion) : '';
  if (group === 'kustomize.config.k8s.io' || isKustomization(object)) {
    return {
      path: [],
      summary: 'got a file of kustomize, which is no object but says how objects are made',
      remedy: 'Give what kubectl kustomize makes of it, or a pattern that leaves the file out.',
    };
  }
  if (kind === undefined && typeof object.version === 'string' && typeof object.name === 'string') {
    return {
      path: [],
      summary: 'got the Chart.yaml of a Helm chart, which is no object',
      remedy: 'Give what helm template makes of the chart.',
    };
  }
  return undefined;
}

function listWithoutItems({ kind, metadata, items }: JsonObject): ObjectMistake | undefined {
  const isNamed = isObject(metadata) && (metadata.name ?? '') !== '';
  if (typeof kind !== 'string' || !kind.endsWith('List') || isNamed || items === undefined) {
    return undefined;
  }
  const summary = `got ${typeName(items)} at items of a ${quoted(kind)}, expected a list of objects`;
  return { path: ['items'], summary, remedy: 'Write each object after a dash.' };
}

function isKustomization({ apiVersion, kind, ...rest }: JsonObject): boolean {
  const keys = ['resources', 'bases', 'patches', 'patchesStrategicMerge', 'configMapGenerator'];
  return (
    apiVersion === undefined && kind === undefined && keys.some((key) => Array.isArray(rest[key]))
  );
}

function incomplete({ kind, metadata }: JsonObject, missing: readonly string[]): ObjectMistake {
  const isGenerated = isObject(metadata) && metadata.generateName !== undefined;
  if (isGenerated && missing.length === 1 && missing[0] === 'metadata.name') {
    return {
      path: ['metadata'],
      summary: 'got generateName, with which every apply would make another object',
      remedy: 'Give it a metadata.name.',
    };
  }
  const what = typeof kind === 'string' && kind !== '' ? `a ${quoted(kind)} object` : 'a document';
  return {
    path: [],
    summary: `got ${what} without ${missing.join(', ')}, expected a Kubernetes object with apiVersion, kind and metadata.name`,
    remedy: 'Complete the object, or leave the document out.',
  };
}

/** Maps of texts in every kind that Kubernetes itself has. */
const textMaps: ReadonlySet<string> = new Set([
  ...['labels', 'annotations', 'matchLabels', 'nodeSelector'],
]);
/** Lists of texts there. */
const textLists: ReadonlySet<string> = new Set(['command', 'args', 'finalizers', 'resourceNames']);

/** Numbers and truths where the server takes texts only, and would refuse the object. */
function notTexts(object: JsonObject): readonly ObjectMistake[] {
  const { kind, metadata } = object;
  const found: ObjectMistake[] = [];
  const member = (value: unknown, ...path: readonly (string | number)[]) => {
    // The server takes null for an empty text.
    if (typeof value !== 'string' && value !== null && value !== undefined) {
      found.push(notText(path, value));
    }
  };
  const members = (value: unknown, ...path: readonly (string | number)[]) => {
    if (isObject(value)) for (const key of Object.keys(value)) member(value[key], ...path, key);
    if (Array.isArray(value))
      for (const [index, one] of value.entries()) member(one, ...path, index);
  };
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value))
      for (const [index, one] of value.entries()) visit(one, [...path, index]);
    if (!isObject(value)) return;
    for (const [key, one] of Object.entries(value)) {
      if (textMaps.has(key) ? isObject(one) : textLists.has(key) && Array.isArray(one)) {
        members(one, ...path, key);
      } else if (key === 'env' && Array.isArray(one)) {
        for (const [index, variable] of one.entries()) {
          if (isObject(variable)) member(variable.value, ...path, key, index, 'value');
        }
      } else visit(one, [...path, key]);
    }
  };
  if (isObject(metadata)) {
    members(metadata.labels, 'metadata', 'labels');
    members(metadata.annotations, 'metadata', 'annotations');
  }
  if (isOfKubernetes(object)) {
    if (kind === 'ConfigMap' || kind === 'Secret') {
      for (const key of ['data', 'binaryData', 'stringData']) members(object[key], key);
    }
    if (kind !== 'CustomResourceDefinition') visit(object.spec, ['spec']);
  }
  return found;
}

function isOfKubernetes({ apiVersion }: JsonObject): boolean {
  const group = groupOf(String(apiVersion));
  return (
    !group.includes('.') || group === 'networking.k8s.io' || group.endsWith('.authorization.k8s.io')
  );
}

function notText(path: readonly (string | number)[], value: unknown): ObjectMistake {
  return {
    path,
    summary: `got ${typeName(value)} at ${pathText(path)}, expected a text`,
    remedy: 'Write quotes around the value; in a program, give a text.',
  };
}

/** Texts that would be taken for whole numbers of ours on their way to a server. */
function marked(value: unknown, path: readonly (string | number)[]): readonly ObjectMistake[] {
  if (typeof value === 'string' && looksExact(value)) {
    return [
      {
        path,
        summary: `got a text that starts with the private character U+F8FE at ${pathText(path)}`,
        remedy: 'Leave the character out.',
      },
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => marked(one, [...path, key]));
}

/** Bounds in the schemas of custom resources, which the servers themselves keep as doubles. */
const doubles: ReadonlySet<string> = new Set(['minimum', 'maximum', 'multipleOf']);

/** A definition of custom resources with the bounds in its schemas as the servers keep them; other objects as they are. */
export function withBoundsAsDoubles(value: unknown): unknown {
  if (!isObject(value) || value.kind !== 'CustomResourceDefinition') return value;
  return rounded(value);
}

function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, one]) => [
    key,
    doubles.has(key) && typeof one === 'bigint' ? Number(one) : rounded(one),
  ]);
  return Object.fromEntries(members);
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  return typeof value === 'object' ? 'a map' : 'a text';
}
