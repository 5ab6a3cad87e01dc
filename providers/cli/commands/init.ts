/** littoral init: writes a starter app, fleet and demand, and never over something that is there. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { EdgeError, throwAll } from '../../../constructs/parsing';
import { makeFolder, notWritten } from '../../sources/files/write';
import { exit } from '../output/exit';
import { nearPath } from '../output/print';
import { command } from './command';
import { starter } from './starter';

/** The command `init`. */
export const init = command({
  name: 'init',
  usage: ['littoral init [DIR]'],
  about:
    'Writes app.yaml, fleet.yaml and demand.yaml with comments into DIR (default: this folder). They place at once; change them into yours. Refuses to overwrite anything.',
  flags: {},
  words: 1,
  examples: [
    ['littoral init demo', 'three files in a new folder'],
    ['littoral place --app demo/app.yaml --fleet demo/fleet.yaml', 'place what they describe'],
  ],
  run: async (_values, session, [folder = '.']) => {
    const root = resolve(session.cwd, folder);
    const schemas = schemasFor(root);
    const files = starter.map(([name, text, schema]) => ({
      path: join(root, name),
      text: schemas === undefined ? text : `${modeline}${schemas}/${schema}\n${text}`,
    }));
    throwAll(files.filter(({ path }) => existsSync(path)).map(({ path }) => inTheWay(path)));
    makeFolder(root);
    writeAllOrNone(files);
    const names = files.map(({ path }) => nearPath(path, session.cwd));
    session.print(`wrote ${names.join(', ')}\n\n`);
    session.print(`  littoral place --app ${names[0]} --fleet ${names[1]}\n`);
    return exit.done;
  },
});

/** By this line editors find what may be written. */
const modeline = '# yaml-language-server: $schema=';

/** The way from a folder to the schemas of the package that is installed in it or above it; undefined where none is. */
function schemasFor(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const schemas = join(folder, 'node_modules/littoral/schemas');
    if (existsSync(schemas)) {
      const way = relative(root, schemas).replaceAll('\\', '/');
      return way.startsWith('.') ? way : `./${way}`;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

function writeAllOrNone(files: readonly { readonly path: string; readonly text: string }[]): void {
  const written: string[] = [];
  for (const { path, text } of files) {
    try {
      // `wx`: a file that appeared since it was looked for is not overwritten either.
      writeFileSync(path, text, { flag: 'wx' });
      written.push(path);
    } catch (cause) {
      for (const one of written) rmSync(one, { force: true });
      throw notWritten(path, cause);
    }
  }
}

function inTheWay(path: string): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: '',
    file: path,
    summary: 'is already there, and init does not overwrite',
    remedy: 'Name another folder: littoral init DIR.',
  });
}
