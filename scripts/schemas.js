// Writes schemas/*.json, what the Terraform provider keeps of them, and its pages in docs/, from the compiled definitions; with --check it compares instead, for CI.
const { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { documentSchemas } = require('../dist/constructs/schemas.js');
const { pages } = require('./provider-docs.js');
const { documentShapes } = require('../dist/providers/terraform/schema/generator.js');

const folder = join(__dirname, '..', 'schemas');
const check = process.argv.includes('--check');
const wanted = new Map(
  documentSchemas().map(({ file, schema }) => [file, `${JSON.stringify(schema, null, 2)}\n`]),
);

mkdirSync(folder, { recursive: true });
const stale = readdirSync(folder).filter((file) => !wanted.has(file));
for (const [file, text] of wanted) {
  if (!keep(join(folder, file), text)) stale.push(file);
}
const shapes = join(__dirname, '..', 'providers', 'terraform', 'shapes.json');
if (!keep(shapes, `${JSON.stringify(documentShapes(), null, 1)}\n`)) stale.push('shapes.json');

for (const [path, text] of pages()) {
  const file = join(__dirname, '..', 'docs', path);
  mkdirSync(dirname(file), { recursive: true });
  if (!keep(file, text)) stale.push(`docs/${path}`);
}

/** Writes the text, or says whether it is there already. */
function keep(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return true;
  if (check) return false;
  writeFileSync(path, text);
  return true;
}

if (stale.length > 0) {
  console.error(`The definitions say otherwise than ${stale.join(', ')}; run \`npm run schemas\`.`);
  process.exitCode = 1;
}
