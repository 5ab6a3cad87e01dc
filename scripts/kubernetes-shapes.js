// Reads the shapes of typed Kubernetes resources from the bindings @cdktf/provider-kubernetes, which know them only as code,
// for the kinds in constructs/kubernetes/kinds.ts that have one, and writes them and their classes as tables:
// node scripts/kubernetes-shapes.js [--check] [--table FILE --into FOLDER]
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { parseArgs } = require('node:util');
const { buildSync } = require('esbuild');

const bindings = dirname(require.resolve('@cdktf/provider-kubernetes/package.json'));
const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    table: { type: 'string', default: join(__dirname, '../constructs/kubernetes/kinds.ts') },
    into: {
      type: 'string',
      default: join(__dirname, '../constructs/terraform/kubernetes/generated'),
    },
  },
});
/** The kinds with a typed resource, from the table of kinds, as [kind, name of the resource's folder, name of its class]. */
const typed = kindsOf(flags.table)
  .filter(({ cdktf }) => cdktf !== undefined)
  .map(({ kind, cdktf }) => {
    const words = kind.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    return [kind, `${words}-${cdktf}`, `${kind}${cdktf.toUpperCase()}`];
  });
const leaves = { string: 's', number: 'n', boolean: 'b', any: 'a' };

/** The rows of the table, read without a build. */
function kindsOf(file) {
  const resolveDir = join(__dirname, '../constructs/kubernetes');
  const stdin = { contents: readFileSync(file, 'utf8'), resolveDir, loader: 'ts' };
  const { outputFiles } = buildSync({ stdin, bundle: true, write: false, platform: 'node' });
  const module = { exports: {} };
  new Function('module', 'require', outputFiles[0].text)(module, require);
  return module.exports.kinds;
}

/** All of the code, and all of the types, of one kind. */
function sourcesOf(folder, ending) {
  return readdirSync(join(bindings, 'lib', folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(bindings, 'lib', folder, name), 'utf8'))
    .join('\n');
}

/** Attributes by struct, as [terraform name, property, type], from the functions that write a struct for Terraform. */
function structsOf(code) {
  const structs = new Map();
  const bodies = code.matchAll(
    /^(?:function (\w+)ToTerraform\(struct\) \{[\s\S]*?| {4}synthesizeAttributes\(\) \{\s*)return \{([\s\S]*?)\};/gm,
  );
  for (const [, name = '', body] of bodies) {
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    const rows = lines.map((line) => {
      const [, attribute, value] = /^\s+(\w+): (.*),$/.exec(line) ?? [];
      const [, property] = /(?:struct\.|this\._)(\w+)/.exec(value ?? '') ?? [];
      if (property === undefined) throw new Error(`cannot read ${line}`);
      return [attribute, property, typeOf(value)];
    });
    structs.set(name, rows);
  }
  return structs;
}

function typeOf(value) {
  const call = value.replace(/\b(cdktf|\w*structs\w*)\./g, '').replace('(0, ', '(');
  const [, list] = /^listMapper\((\w+)ToTerraform, (?:true|false)\)/.exec(call) ?? [];
  if (list !== undefined) return leaves[list] === undefined ? { list } : `${leaves[list]}[]`;
  const [, map] = /^hashMapper\((\w+)ToTerraform\)/.exec(call) ?? [];
  if (map !== undefined) return `${leaves[map]}{}`;
  const [, one] = /^\(?(\w+)ToTerraform\)?\(/.exec(call) ?? [];
  if (one === undefined) throw new Error(`cannot read ${value}`);
  return leaves[one] ?? { one };
}

/** Properties that a struct must have, by struct. */
function requiredOf(types) {
  const required = new Map();
  for (const [, name, body] of types.matchAll(/^export interface (\w+) [^{]*\{\n([\s\S]*?)^\}/gm)) {
    const names = [...body.matchAll(/^ {4}readonly (\w+): /gm)].map(([, property]) => property);
    required.set(name.toLowerCase(), new Set(names));
  }
  return required;
}

const table = [];
const positions = new Map();

/** Equal shapes are stored once: five kinds hold the same pod. */
function positionOf(shape) {
  const text = JSON.stringify(shape);
  if (!positions.has(text)) positions.set(text, table.push(shape) - 1);
  return positions.get(text);
}

function shapeOf(structs, required, name, config) {
  const needs = required.get((name || config).toLowerCase()) ?? new Set();
  const shape = {};
  if (!structs.has(name)) throw new Error(`no struct ${name}`);
  for (const [attribute, property, type] of structs.get(name)) {
    if (name === '' && ['id', 'timeouts'].includes(attribute)) continue;
    const inner = type.one ?? type.list;
    const position =
      inner === undefined ? type : positionOf(shapeOf(structs, required, inner, config));
    const entry = type.list === undefined ? position : [position];
    shape[property] = needs.has(property) && inner !== undefined ? { required: entry } : entry;
  }
  return shape;
}

const positionOfKind = typed.map(([kind, folder]) => {
  const structs = structsOf(sourcesOf(folder, '.js'));
  const config = `${folder.replaceAll('-', '')}config`;
  return [kind, positionOf(shapeOf(structs, requiredOf(sourcesOf(folder, '.d.ts')), '', config))];
});
const { version } = require(join(bindings, 'package.json'));
const origin = `of @cdktf/provider-kubernetes ${version}; written by scripts/kubernetes-shapes.js, not by hand.`;
const shapes = [
  `/** Shapes of the typed resources ${origin} */`,
  '// biome-ignore-all format: a table',
  "import type { Shape } from '../shape';",
  '',
  '/** By position; see Shape. */',
  'export const shapes: readonly Shape[] = [',
  ...table.map(
    (shape, index) =>
      `  /* ${index} */ ${JSON.stringify(shape)
        .replace(/"(\w+)":/g, '$1:')
        .replaceAll('"', "'")},`,
  ),
  '];',
  '',
  '/** Position of each kind. */',
  'export const positions: Readonly<Record<string, number>> = {',
  ...positionOfKind.map(([kind, position]) => `  ${kind}: ${position},`),
  '};',
  '',
];
const classes = [
  `/** Classes of the typed resources ${origin} Deep imports only: the package's root takes a second and 264 MB. */`,
  '// biome-ignore-all format: a table',
  '// biome-ignore-all assist/source/organizeImports: a table',
  ...typed.map(
    ([, folder, name]) => `import { ${name} } from '@cdktf/provider-kubernetes/lib/${folder}';`,
  ),
  "import type { TypedResource } from '../shape';",
  '',
  '/** By kind. */',
  'export const classes: Readonly<Record<string, TypedResource>> = {',
  ...typed.map(([kind, , name]) => `  ${kind}: ${name},`),
  '};',
  '',
];

for (const [file, lines] of Object.entries({ 'shapes.ts': shapes, 'classes.ts': classes })) {
  const target = join(flags.into, file);
  const text = lines.join('\n');
  if (!flags.check) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${file} is stale: run node scripts/kubernetes-shapes.js\n`);
    process.exitCode = 1;
  }
}
