/** The package's own tables: where they lie, and that each is read once. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeError } from '../../../constructs/parsing';
import { recordsOf } from '../files/csv';

/** The rows of a table by the names of its columns. Throws EdgeError where the package is not whole. */
export function table(file: string): readonly Readonly<Record<string, string>>[] {
  return recordsOf(tableText(file));
}

/** The text of a table. Only here are tables read, because the provider's one file has them inside. Throws EdgeError as `tablePath` does. */
export function tableText(file: string): string {
  return readFileSync(tablePath(file), 'utf8');
}

/** The path of a table. From sources the package's root is three folders up, from dist four. Throws EdgeError where the package is not whole. */
export function tablePath(file: string): string {
  const paths = ['../../..', '../../../..'].map((root) => join(__dirname, root, 'data', file));
  const path = paths.find((one) => existsSync(one));
  if (path !== undefined) return path;
  throw new EdgeError({
    code: 'SourceFailed',
    path: '',
    summary: `the package's own table data/${file} cannot be read`,
    remedy: 'Install littoral again; its data folder is part of the package.',
  });
}

/** Makes a value when it is first asked for. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
