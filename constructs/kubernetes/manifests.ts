/** Manifests: reads existing Kubernetes objects from text as kubectl would, each with its file and line. */
import { isMap, isSeq, LineCounter, parseAllDocuments, type Tags, type YAMLError } from 'yaml';
import { isManifest } from '../model/bundle';
import type { Manifest } from '../model/workload';
import { EdgeError, quoted } from '../parsing';
import { isObject, type JsonObject, replacedAt } from './json-pointer';
import { groupOf } from './kinds';
import type { ManifestText } from './props';
import type { Template } from './slots';

/** Objects read from text, with all mistakes. */
export interface ReadManifests {
  readonly templates: readonly Template[];
  readonly errors: readonly EdgeError[];
}

interface Found {
  readonly value: unknown;
  readonly file?: string;
  readonly line?: number;
}

/** Reads texts and objects; lists are taken apart, empty documents skipped, what a server added removed. */
export function readManifests(sources: readonly (ManifestText | Manifest)[]): ReadManifests {
  const templates: Template[] = [];
  const errors: EdgeError[] = [];
  const take = (found: Found): void => {
    const { value, ...place } = found;
    if (value === null || value === undefined) return;
    const items = itemsOf(value);
    if (items !== undefined) {
      for (const item of items) take({ value: item, ...place });
      return;
    }
    const problem = notAnObject(value);
    if (problem === undefined) {
      templates.push({ manifest: withoutServerFields(value as Manifest), slots: [], ...place });
    } else errors.push(wrong(problem, place));
  };
  sources.forEach((source, index) => {
    const read = isText(source)
      ? readText(source)
      : [{ value: source, file: `manifests[${index}]` }];
    for (const one of read) {
      if (one instanceof EdgeError) errors.push(one);
      else take(one);
    }
  });
  return { templates, errors };
}

function isText(source: ManifestText | Manifest): source is ManifestText {
  return typeof source.text === 'string' && !isManifest(source);
}

function readText({ text, file }: ManifestText): readonly (Found | EdgeError)[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    // The YAML of kubectl: yes and 0644 are a truth and an octal number there, though not in YAML 1.2.
    version: '1.1',
    schema: 'yaml-1.1',
    customTags: withoutTimes,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const named = file === undefined ? {} : { file };
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document): readonly (Found | EdgeError)[] => {
    if (document.errors.length > 0) {
      return document.errors.map((problem) => wrongText(problem, lines, named));
    }
    const contents = document.contents;
    const place = (offset: number | undefined) => ({
      ...named,
      line: lines.linePos(offset ?? 0).line,
    });
    const value: unknown = document.toJS({ maxAliasCount: 1000 });
    const items = isMap(contents) ? contents.get('items') : undefined;
    if (itemsOf(value) === undefined || !isSeq(items)) {
      return [{ value, ...place(contents?.range?.[0]) }];
    }
    return itemsOf(value)!.map((item, index) => {
      const node = items.items[index] as { range?: readonly number[] | null } | undefined;
      return { value: item, ...place(node?.range?.[0]) };
    });
  });
}

/** kubectl reads 2026-11-21 and 22:22 as texts. */
function withoutTimes(tags: Tags): Tags {
  return tags.filter((tag) => {
    if (typeof tag === 'string') return true;
    return tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME');
  });
}

function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List')) {
    return undefined;
  }
  return Array.isArray(value.items) ? value.items : undefined;
}

function notAnObject(value: unknown): string | undefined {
  if (!isObject(value)) return `got ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}`;
  const name = (key: string) => typeof value[key] === 'string' && value[key] !== '';
  const missing = ['apiVersion', 'kind'].filter((key) => !name(key));
  const metadata = value.metadata;
  if (!isObject(metadata) || typeof metadata.name !== 'string' || metadata.name === '') {
    missing.push('metadata.name');
  }
  if (missing.length === 0) return undefined;
  const what = typeof value.kind === 'string' ? `a ${quoted(value.kind)} object` : 'a document';
  return `got ${what} without ${missing.join(', ')}`;
}

/** What `kubectl get -o yaml` adds; sent to another cluster it would be refused or wrong. */
const serverFields = [
  ...['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
] as const;

function withoutServerFields(manifest: Manifest): Manifest {
  let result: JsonObject = manifest;
  if ('status' in result) result = replacedAt(result, ['status'], undefined);
  for (const field of serverFields) {
    if (field in manifest.metadata) result = replacedAt(result, ['metadata', field], undefined);
  }
  return result as Manifest;
}

/** The same object twice: one cluster cannot have both. */
export function duplicates(templates: readonly Template[]): readonly EdgeError[] {
  const seen = new Map<string, Template>();
  return templates.flatMap((template) => {
    const { apiVersion, kind, metadata } = template.manifest;
    if (metadata.name === null) return [];
    const key = JSON.stringify([groupOf(apiVersion), kind, metadata.namespace, metadata.name]);
    const first = seen.get(key);
    seen.set(key, first ?? template);
    if (first === undefined) return [];
    const before = [first.file, first.line].filter((part) => part !== undefined).join(':');
    return new EdgeError({
      code: 'Duplicate',
      path: '',
      summary: `got ${kind} ${metadata.name} twice${before === '' ? '' : `, first at ${before}`}`,
      remedy: 'Keep one of the two, or give one another name or namespace.',
      ...placeOf(template),
    });
  });
}

/** Where a template was written, for an error. */
export function placeOf({ file, line }: { readonly file?: string; readonly line?: number }) {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

function wrong(summary: string, place: { readonly file?: string; readonly line?: number }) {
  return new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary: `${summary}, expected a Kubernetes object with apiVersion, kind and metadata.name`,
    remedy: 'Complete the object, or leave the document out.',
    ...placeOf(place),
  });
}

function wrongText(problem: YAMLError, lines: LineCounter, named: { readonly file?: string }) {
  return new EdgeError({
    code: 'InvalidDocument',
    path: '',
    // What follows a colon may quote the text, and with it a secret.
    summary: `got text that is not YAML: ${problem.message.split(/[:"\n]/)[0]}`,
    remedy: 'Correct the YAML on this line.',
    ...named,
    line: lines.linePos(problem.pos[0]).line,
  });
}
