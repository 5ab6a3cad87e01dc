// Builds dist/ step by step; where nothing that it is made from has changed since, there is nothing to do.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const done = join(root, 'dist', '.built-from');
const steps = [
  [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  ['scripts/zod.js'],
  ['scripts/plain-types.js'],
  ['scripts/declarations.js'],
  ['scripts/executable.js'],
  ['scripts/provider.js'],
  ['scripts/report-page.js'],
];
/** Everything that the steps read. */
const inputs = [
  'constructs',
  'providers',
  'examples',
  'browser',
  'data',
  'scripts',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
];

/** Every file below a path, in one order on every machine. */
function filesBelow(path) {
  const whole = join(root, path);
  if (!existsSync(whole)) return [];
  if (!statSync(whole).isDirectory()) return [path];
  return readdirSync(whole)
    .filter((name) => name !== 'node_modules' && name !== 'cdktf.out')
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}

function digest() {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesBelow)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.update(process.version).digest('hex');
}

const wanted = digest();
if (existsSync(done) && readFileSync(done, 'utf8') === wanted) process.exit(0);
rmSync(done, { force: true });
for (const step of steps) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
// What was compiled from a source that has moved since would still be found by whoever requires it.
for (const file of ['constructs', 'providers', 'examples'].flatMap((room) =>
  filesBelow(`dist/${room}`),
)) {
  const source = file.replace(/^dist\//, '').replace(/(\.d\.ts|\.js)$/, '.ts');
  if (!existsSync(join(root, source))) rmSync(join(root, file));
}
writeFileSync(done, wanted);
