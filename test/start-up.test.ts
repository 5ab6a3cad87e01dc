/** What is loaded before it is needed: a start pays for it every time. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** Files that Node has loaded once `program` has run in a process of its own. */
function loadedBy(program: string): readonly string[] {
  const script = `${program}; process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
  const text = execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });
  return (JSON.parse(text) as string[]).map((file) => file.slice(root.length + 1));
}

const late =
  /zod|node_modules\/|optimizer\/|placement\/(compile|decide)\/(?!latency)|verification\/(?!index)/;

test('a program that imports placement loads neither zod nor yaml nor the engine', () => {
  const files = loadedBy(`require('./dist/constructs/placement-api.js')`);
  expect(files).toContain('dist/constructs/policy/index.js');
  expect(files.filter((file) => file !== zodDoor && late.test(file))).toEqual([]);
});

test('the front door loads no schema', () => {
  const files = loadedBy(`require('./dist/constructs/index.js')`);
  expect(files).toContain(zodDoor);
  expect(files).not.toContain(zodParts);
});

test('what is parsed is parsed by the part of zod that the package has in it', () => {
  const files = loadedBy(`require('./dist/constructs/placement-api.js').parsePolicy({})`);
  expect(files).toContain(zodParts);
  expect(files.filter((file) => file.startsWith('node_modules/zod'))).toEqual([]);
});

test('the Terraform provider starts without a reader of YAML and without the engine', () => {
  const file = readFileSync(join(root, 'dist/terraform/terraform-provider-littoral'), 'latin1');
  const start = file.slice(0, file.lastIndexOf('\n//late:'));
  expect(start).toContain('providers/terraform/protocol/handshake.ts');
  const heavy = /node_modules\/(yaml|zod|undici)\/|constructs\/optimizer\/|resolveFlowCollection/;
  expect(start).not.toMatch(heavy);
});

const zodDoor = 'dist/constructs/parsing/zod.js';
const zodParts = 'dist/constructs/parsing/zod-parts.js';
