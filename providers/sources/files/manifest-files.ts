/** Manifests in files: the texts with Kubernetes objects that an app names by patterns of paths. */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ManifestText } from '../../../constructs/kubernetes';
import { EdgeError, throwAll } from '../../../constructs/parsing';
import type { EdgeApp } from '../../../constructs/policy';
import { matchingFiles } from './glob';
import { readTextFile } from './text-file';

/** The files that `app.manifests` name, in the order written, the files of a pattern sorted, each file once. Throws EdgeErrors. */
export function readManifests(app: EdgeApp, file: string): readonly ManifestText[] {
  const errors: EdgeError[] = [];
  const folder = dirname(file);
  const texts = new Map<string, ManifestText>();
  for (const [index, pattern] of (app.manifests ?? []).entries()) {
    const mentioned = { file, path: `manifests[${index}]` };
    const files = matchingFiles(pattern, folder);
    if (files.length === 0) errors.push(noFile(pattern, folder, mentioned));
    for (const one of files) {
      const target = realpathSync(one);
      if (!texts.has(target)) {
        texts.set(target, { text: readTextFile(one, mentioned), file: one });
      }
    }
  }
  throwAll(errors);
  return [...texts.values()];
}

function noFile(pattern: string, folder: string, mentioned: { readonly path: string }): EdgeError {
  return new EdgeError({
    code: 'SourceFailed',
    ...mentioned,
    summary: `no file matches ${pattern}`,
    remedy: `Correct the pattern; it starts at ${folder}, * does not cross folders, ** does.`,
  });
}
