// Puts the part of zod that the package uses into the one built file that asks for it: whole, zod is 5 MB to install and takes 50 ms to load.
const { build } = require('esbuild');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');

const licence = readFileSync(join(root, 'node_modules/zod/LICENSE'), 'utf8');

build({
  absWorkingDir: root,
  entryPoints: ['constructs/parsing/zod-parts.ts'],
  outfile: 'dist/constructs/parsing/zod-parts.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  banner: { js: `/*\nContains zod.\n\n${licence.trim()}\n*/` },
  logLevel: 'error',
}).catch(() => {
  process.exitCode = 1;
});
