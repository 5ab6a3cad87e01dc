/** A folder as a Pulumi program has it: the built package and Pulumi's own in its node_modules. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Also from dist-test/, where compiled tests lie one folder deeper. */
const above = join(__dirname, '../..');
const root = above.endsWith('dist-test') ? join(above, '..') : above;

/** A program's folder; `remove` takes it away. */
export interface ProgramFolder {
  readonly path: string;
  readonly remove: () => void;
}

/** Makes the folder. Throws when the package is not built. */
export function programFolder(): ProgramFolder {
  const runtime = join(root, 'dist/providers/pulumi/runtime/index.js');
  if (!existsSync(runtime))
    throw new Error(`${runtime} is not built; run \`npm run build\` first.`);
  const path = mkdtempSync(join(tmpdir(), 'littoral-program-'));
  for (const [name, target] of Object.entries({
    littoral: root,
    '@pulumi': dirname(dirname(require.resolve('@pulumi/pulumi/package.json'))),
    yaml: dirname(require.resolve('yaml/package.json')),
  })) {
    mkdirSync(join(path, 'node_modules'), { recursive: true });
    symlinkSync(target, join(path, 'node_modules', name), 'dir');
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
