/** Manifests: reads existing Kubernetes objects from texts and programs as kubectl would, each with its file and line. */

import { isManifest } from '../model/app/bundle';
import type { Manifest } from '../model/app/workload';
import { withExactIntegers } from '../model/exact-integer';
import { EdgeError, throwAll } from '../parsing';
import { isObject, type JsonObject, replacedAt } from './json-pointer';
import { groupOf } from './kinds';
import { mistakesIn, type ObjectMistake, whatIs, withBoundsAsDoubles } from './object-mistakes';
import type { YamlProblem } from './reading/kubectl-yaml';
import { type ManifestText, readManifestDocuments } from './reading/manifest-documents';
import type { Template } from './slots';

/** Objects read from texts and programs, with all mistakes. */
export interface ReadManifests {
  readonly templates: readonly Template[];
  readonly errors: readonly EdgeError[];
}

type ObjectPath = readonly (string | number)[];

/** A value and where it was written. */
interface Found {
  readonly value: unknown;
  readonly file?: string;
  /** Position of its document in the file, counted from 1. */
  readonly document?: number;
  /** Where it is in its document: below the items of a list. */
  readonly path: ObjectPath;
  readonly lineOf?: (path: ObjectPath) => number;
}

/** Reads texts and objects: lists are taken apart, empty documents skipped, what a server added is removed. */
export function readManifests(sources: readonly (ManifestText | Manifest)[]): ReadManifests {
  const read = { templates: [] as Template[], errors: [] as EdgeError[] };
  for (const [index, source] of sources.entries()) {
    if (!isText(source)) take({ value: source, file: `manifests[${index}]`, path: [] }, read);
    else {
      for (const one of readManifestDocuments(source.text)) {
        const { content, number: document } = one;
        if ('value' in content) take({ ...content, ...fileOf(source), document, path: [] }, read);
        else read.errors.push(unreadable(content, document, source));
      }
    }
  }
  return read;
}

/** The objects that a chart made, read as those of a file are. Throws EdgeErrors. */
export function readObjects(values: readonly unknown[]): readonly Manifest[] {
  const read = { templates: [] as Template[], errors: [] as EdgeError[] };
  for (const value of values) take({ value, path: [] }, read);
  throwAll(read.errors);
  return read.templates.map(({ manifest }) => manifest);
}

function take(given: Found, read: { templates: Template[]; errors: EdgeError[] }): void {
  const found = { ...given, value: withBoundsAsDoubles(given.value) };
  const items = itemsOf(found.value);
  if (items !== undefined) {
    for (const [index, value] of items.entries()) {
      take({ ...found, value, path: [...found.path, 'items', index] }, read);
    }
    return;
  }
  const mistakes = mistakesIn(found.value, found.path.length > 0);
  read.errors.push(...mistakes.map((mistake) => mistakeAt(found, mistake)));
  if (mistakes.length === 0) read.templates.push(templateOf(found));
}

function isText(source: ManifestText | Manifest): source is ManifestText {
  return typeof source?.text === 'string' && !isManifest(source);
}

function fileOf({ file }: ManifestText): { readonly file?: string } {
  return file === undefined ? {} : { file };
}

/** The items of a List, each with the kind that a typed list leaves out, as kubectl gives it. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List')) {
    return undefined;
  }
  // An empty list of Go is null.
  if (value.items === null && isListOnly(value)) return [];
  if (!Array.isArray(value.items)) return undefined;
  const kind = value.kind.slice(0, -'List'.length);
  const { apiVersion } = value;
  if (kind === '' || typeof apiVersion !== 'string') return value.items;
  return value.items.map((item) =>
    isObject(item) && !isGiven(item.kind) && !isGiven(item.apiVersion)
      ? { ...item, apiVersion, kind }
      : item,
  );
}

/** A list has no name; a custom kind whose name ends in List has one. */
function isListOnly({ metadata }: JsonObject): boolean {
  return !isObject(metadata) || !isGiven(metadata.name);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function templateOf({ value, file, path, lineOf }: Found): Template {
  const line = lineOf?.(path);
  return {
    manifest: asSent(withExactIntegers(value) as Manifest),
    slots: [],
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}

/** Helm writes an empty namespace where it was given none. */
function asSent(manifest: Manifest): Manifest {
  if (!('namespace' in manifest.metadata) || isGiven(manifest.metadata.namespace)) return manifest;
  return replacedAt(manifest, ['metadata', 'namespace'], undefined);
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

function mistakeAt(found: Found, { path, summary, remedy }: ObjectMistake): EdgeError {
  const { value, document, file, lineOf } = found;
  const where = whatIs(value, document);
  return new EdgeError({
    code: 'InvalidDocument',
    path: file === undefined && lineOf === undefined ? 'chart' : '',
    summary: where === '' ? summary : `${summary}, in ${where}`,
    remedy,
    ...placeOf({
      ...(file === undefined ? {} : { file }),
      ...(lineOf === undefined ? {} : { line: lineOf([...found.path, ...path]) }),
    }),
  });
}

function unreadable(
  { summary, remedy, line }: YamlProblem,
  document: number,
  source: ManifestText,
): EdgeError {
  const isTemplate = source.text.includes('{{');
  return new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary: `${summary}, in document ${document}`,
    remedy: isTemplate
      ? 'If this is a template of a Helm chart, give what helm template makes of it.'
      : remedy,
    ...fileOf(source),
    line,
  });
}
