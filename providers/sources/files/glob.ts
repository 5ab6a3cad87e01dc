/** Patterns of file names: `*` stands for any characters within one folder or file name. */
import { statSync } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { namesIn } from './text-file';

/** The files that an absolute `pattern` matches, sorted. Hidden names match only a pattern that says the dot. */
export function matchingFiles(pattern: string): readonly string[] {
  const { root } = parse(pattern);
  const steps = pattern
    .slice(root.length)
    .split(sep)
    .filter((step) => step !== '');
  const matched = steps.reduce<readonly string[]>(
    (folders, step) => folders.flatMap((folder) => matchingIn(folder, step)),
    [root],
  );
  return matched.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile()).sort();
}

function matchingIn(folder: string, step: string): readonly string[] {
  if (!step.includes('*')) return [join(folder, step)];
  const shape = step.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const matches = new RegExp(`^${shape.join('.*')}$`, 's');
  return namesIn(folder)
    .filter((name) => matches.test(name) && (!name.startsWith('.') || step.startsWith('.')))
    .map((name) => join(folder, name));
}
