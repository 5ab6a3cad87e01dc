// Writes schemas/*.json from the compiled definitions; with --check it compares instead, for CI.
const { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { documentSchemas } = require('../dist/constructs/schemas.js');

const folder = join(__dirname, '..', 'schemas');
const check = process.argv.includes('--check');
const wanted = new Map(
  documentSchemas().map(({ file, schema }) => [file, `${JSON.stringify(schema, null, 2)}\n`]),
);

mkdirSync(folder, { recursive: true });
const stale = readdirSync(folder).filter((file) => !wanted.has(file));
for (const [file, text] of wanted) {
  const path = join(folder, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) stale.push(file);
  else writeFileSync(path, text);
}
if (stale.length > 0) {
  console.error(
    `schemas/ differs from the definitions in ${stale.join(', ')}; run \`npm run schemas\`.`,
  );
  process.exitCode = 1;
}
