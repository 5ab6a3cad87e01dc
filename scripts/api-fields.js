// Reads the fields of a zod schema as rows of a table: name, type, and meaning with range and default.
const { build } = require('esbuild');
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join, relative } = require('node:path');
const { z } = require('zod');

const root = join(__dirname, '..');

/** All top-level constants of the named source files, also those that the files do not export. */
async function loadConstants(files) {
  const wanted = new Set(files);
  const lines = files.map(
    (file, index) =>
      `export * as file${index} from ${JSON.stringify(`./${relative(root, file)}`)};`,
  );
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: root },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
    plugins: [{ name: 'export all constants', setup: exportConstants(wanted) }],
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    createRequire(join(root, 'package.json')),
  );
  return new Map(files.map((file, index) => [file, module.exports[`file${index}`]]));
}

const exportConstants = (wanted) => (bundler) => {
  bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    if (!wanted.has(path)) return undefined;
    const text = readFileSync(path, 'utf8');
    return { contents: text.replace(/^const (?=\w+Schema\b)/gm, 'export const '), loader: 'ts' };
  });
};

/** The JSON Schema of a document; parts that have a name of their own carry it as `typeName`. Our schemas stand for those of zod, and share what is inside. */
function jsonSchemaOf(schema, io, names) {
  const namesOf = new Map([...names].map(([named, name]) => [named._zod, name]));
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { _zod: inner } = zodSchema;
      const name = namesOf.get(inner) ?? namesOf.get(inner.parent?._zod);
      if (name !== undefined && inner !== schema._zod) jsonSchema.typeName = name;
    },
  });
}

/** One row for each field, those of nested objects included: `objective.value`, `apps[].name`, `labels.*`. */
function fieldsOf(schema, prefix = '') {
  const rows = new Map();
  for (const part of variantsOf(schema)) {
    for (const row of ownFields(part, prefix)) {
      const known = rows.get(row.name);
      if (known === undefined) rows.set(row.name, row);
      else if (known.type !== row.type) known.type = `${known.type} | ${row.type}`;
    }
  }
  return [...rows.values()];
}

function ownFields(schema, prefix) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => [
    {
      name: `${prefix}${key}${required.has(key) ? '' : '?'}`,
      key,
      type: typeText(field),
      meaning: meaningOf(field),
    },
    ...nestedFields(field, `${prefix}${key}`),
  ]);
}

function nestedFields(field, path) {
  if (field.typeName !== undefined) return [];
  return variantsOf(field).flatMap((part) => {
    if (part.typeName !== undefined) return [];
    if (part.type === 'array') return part.items ? nestedFields(part.items, `${path}[]`) : [];
    if (part.properties !== undefined) return fieldsOf(part, `${path}.`);
    const values = part.additionalProperties;
    return typeof values === 'object' ? nestedFields(values, `${path}.*`) : [];
  });
}

const variantsOf = (schema) => schema.anyOf ?? schema.oneOf ?? [schema];

function typeText(schema) {
  if (schema.typeName !== undefined) return schema.typeName;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return [...new Set(variants.map(typeText))].join(' | ');
  if (schema.type === 'array') return arrayText(schema);
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return schema.properties
      ? 'object'
      : `Record<string, ${typeText(schema.additionalProperties)}>`;
  }
  return [schema.type ?? 'unknown'].flat().join(' | ');
}

function arrayText({ items, prefixItems }) {
  if (prefixItems !== undefined) return `[${prefixItems.map(typeText).join(', ')}]`;
  const text = typeText(items ?? {});
  return text.includes(' | ') ? `(${text})[]` : `${text}[]`;
}

/** The description, then the range and the default where the description does not say them. */
function meaningOf(schema) {
  const text = schema.description ?? variantsOf(schema).find((one) => one.description)?.description;
  if (text === undefined) return '';
  const { default: preset } = schema;
  const says = preset === undefined || /Default/.test(text) || isEmptyObject(preset);
  return [text, rangeOf(schema), says ? '' : `Default: \`${JSON.stringify(preset)}\`.`]
    .filter((part) => part !== '')
    .join(' ');
}

const isEmptyObject = (value) =>
  typeof value === 'object' && !Array.isArray(value) && Object.keys(value ?? {}).length === 0;

/** Integers and strings of zod carry limits that say nothing; those are left out. */
function rangeOf(schema) {
  const number = variantsOf(schema).find((one) => /^(number|integer)$/.test(one.type)) ?? {};
  const real = (limit) => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  const parts = [];
  if (real(number.minimum)) parts.push(`at least ${number.minimum}`);
  if (real(number.exclusiveMinimum)) parts.push(`above ${number.exclusiveMinimum}`);
  if (real(number.maximum)) parts.push(`at most ${number.maximum}`);
  if (real(number.exclusiveMaximum)) parts.push(`below ${number.exclusiveMaximum}`);
  if (number.type === 'integer') parts.unshift('whole number');
  const text = parts.join(', ');
  return text === '' ? '' : `${text[0].toUpperCase()}${text.slice(1)}.`;
}

module.exports = { fieldsOf, jsonSchemaOf, loadConstants };
