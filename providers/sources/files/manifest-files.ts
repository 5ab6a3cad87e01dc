/** Manifests in files: the Kubernetes objects that an app names by patterns of paths. */
import { dirname } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../../../constructs/model/workload';
import { EdgeError, throwAll } from '../../../constructs/parsing';
import type { EdgeApp } from '../../../constructs/policy';
import { matchingFiles } from './glob';
import { readTextFile, resolvePath } from './text-file';

/** The Kubernetes objects that `app.manifests` name, in the order written; `*` matches within a folder, its files sorted. Throws EdgeErrors. */
export function readManifests(app: EdgeApp, file: string): readonly Manifest[] {
  const errors: EdgeError[] = [];
  const manifests = (app.manifests ?? []).flatMap((pattern, index) => {
    const mentioned = { file, path: `manifests[${index}]` };
    const files = matchingFiles(resolvePath(pattern, dirname(file)));
    if (files.length === 0) {
      errors.push(
        new EdgeError({
          code: 'SourceFailed',
          ...mentioned,
          summary: `no file matches ${pattern}`,
          remedy: `Correct the pattern; it starts at ${dirname(file)}, and * does not cross folders.`,
        }),
      );
    }
    return files.flatMap((one) => manifestsOf(readTextFile(one, mentioned), one, errors));
  });
  throwAll(errors);
  return manifests;
}

function manifestsOf(text: string, file: string, errors: EdgeError[]): readonly Manifest[] {
  const wrong = (summary: string, remedy: string, line?: number) => {
    const at = line === undefined ? { file } : { file, line };
    errors.push(new EdgeError({ code: 'InvalidDocument', path: '', summary, remedy, ...at }));
    return [];
  };
  const documents = parseAllDocuments(text, { prettyErrors: true, logLevel: 'silent' });
  if (!Array.isArray(documents)) return wrong('got an empty file, expected objects', 'Remove it.');
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      // What follows a colon may quote the text, and with it a secret.
      const what = problem.message.split(/[:"\n]/)[0];
      return wrong(
        `got text that is not YAML: ${what}`,
        'Correct the YAML.',
        problem.linePos?.[0].line,
      );
    }
    const value: unknown = document.toJS();
    if (value === null) return [];
    if (isList(value)) return value.items.filter(isManifest);
    if (isManifest(value)) return [value];
    return wrong(
      'got a YAML document that is no Kubernetes object, expected apiVersion, kind and metadata.name',
      'Remove it, or narrow the pattern.',
    );
  });
}

function isManifest(value: unknown): value is Manifest {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<Manifest>;
  return (
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string'
  );
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  const { apiVersion, kind, items } = (value ?? {}) as Record<string, unknown>;
  return apiVersion === 'v1' && kind === 'List' && Array.isArray(items);
}
