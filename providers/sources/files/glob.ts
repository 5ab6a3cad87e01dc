/** Patterns of file names: what bash matches with globstar; hidden names only where the pattern says the dot. */
import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { byCodeUnits } from '../../../constructs/model/canonical';
import { resolvePath } from './text-file';

/** What kubectl takes from a folder that it is given. */
const objectsInFolder = '*.{yaml,yml,json}';

/**
 * The files that `pattern` matches from `folder`, sorted, each once even when links lead to it twice. A name
 * that exists is no pattern; a folder stands for its YAML and JSON files, without folders in it.
 */
export function matchingFiles(pattern: string, folder: string): readonly string[] {
  const named = resolvePath(pattern, folder);
  const found = statSync(named, { throwIfNoEntry: false });
  if (found?.isFile()) return [named];
  if (found?.isDirectory()) return matches(objectsInFolder, named);
  if (pattern.startsWith('~/')) return matches(pattern.slice(2), homedir());
  return matches(pattern, folder);
}

function matches(pattern: string, folder: string): readonly string[] {
  const names = globSync(pattern, { cwd: folder, expandDirectories: false });
  const shortestFirst = names
    .map((name) => resolve(folder, name))
    .sort((a, b) => a.length - b.length || byCodeUnits(a, b));
  const byTarget = new Map<string, string>();
  for (const path of shortestFirst) {
    const target = realpathSync(path);
    if (!byTarget.has(target)) byTarget.set(target, path);
  }
  return [...byTarget.values()].sort(byCodeUnits);
}
