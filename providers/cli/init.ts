/** littoral init: writes a starter app, fleet and demand, and never over something that is there. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EdgeError, throwAll } from '../../constructs/model/errors';
import { command } from './command';
import { exit } from './exit';
import { nearPath } from './print';
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
    const files = starter.map(([name, text]) => ({ path: join(root, name), text }));
    throwAll(files.filter(({ path }) => existsSync(path)).map(({ path }) => inTheWay(path)));
    await mkdir(root, { recursive: true });
    // `wx`: a file that appeared since the check above is not overwritten either.
    for (const { path, text } of files) await writeFile(path, text, { flag: 'wx' });
    const names = files.map(({ path }) => nearPath(path, session.cwd));
    session.print(`wrote ${names.join(', ')}\n\n`);
    session.print(`  littoral place --app ${names[0]} --fleet ${names[1]}\n`);
    return exit.done;
  },
});

function inTheWay(path: string): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: '',
    file: path,
    summary: 'is already there, and init does not overwrite',
    remedy: 'Name another folder: littoral init DIR.',
  });
}
