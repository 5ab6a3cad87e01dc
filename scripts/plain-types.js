// Makes the declarations free of zod: where a schema is declared, what it reads stands in plain words, with the documentation of
// every field. A program then needs no zod and no version of it, and a hover shows fields and not schemas.
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');
const ts = require('typescript');
const { loadConstants } = require('./api-fields.js');

const root = join(__dirname, '..');
const dist = join(root, 'dist');
/** What schemas are to a program: a pair of types. */
const door = join(dist, 'constructs/parsing/zod.d.ts');
const doorText = `/** A schema, for the types of what it reads. */
export interface Schema<Input, Output> {
    readonly '~types'?: {
        readonly input: Input;
        readonly output: Output;
    };
}
/** The types of what a schema reads. */
export declare namespace z {
    type input<S> = S extends Schema<infer Input, unknown> ? Input : never;
    type output<S> = S extends Schema<unknown, infer Output> ? Output : never;
    type Issue = object;
    type ZodType<Output = unknown> = Schema<unknown, Output>;
}
/** What schemas are written with inside of the package. */
export declare const z: object;
`;

const texts = {
  ZodString: 'string',
  ZodISODateTime: 'string',
  ZodIPv6: 'string',
  ZodCIDRv6: 'string',
};
const numbers = { ZodNumber: 'number', ZodInt: 'number' };
const scalars = { ...texts, ...numbers, ZodBoolean: 'boolean', ZodUnknown: 'unknown' };
const wrappers = new Set(['ZodOptional', 'ZodNullable', 'ZodDefault', 'ZodPrefault']);

/** The name of a type of zod, such as ZodObject; undefined for any other type. */
function zodName(node) {
  if (ts.isImportTypeNode(node) && node.argument.literal?.text === 'zod') {
    return node.qualifier?.getText();
  }
  return ts.isTypeReferenceNode(node) && /^z\.Zod/.test(node.typeName.getText())
    ? node.typeName.getText().slice(2)
    : undefined;
}

/** What one schema reads (`input`) or gives (`output`), as the text of a type. `schema`: the schema itself, which knows the documentation. */
function typeText(node, side, schema, indent) {
  const name = zodName(node);
  const [first, second] = node.typeArguments ?? [];
  const inner = (part, one, deeper = indent) => typeText(part, side, one, deeper);
  const def = schema?._zod?.def;
  if (scalars[name] !== undefined) return scalars[name];
  if (name === 'ZodLiteral' || name === 'ZodType') return first.getText();
  if (name === 'ZodEnum') {
    return first.members.map((member) => member.type.getText()).join(' | ');
  }
  if (wrappers.has(name)) {
    const text = inner(first, def?.innerType);
    if (name === 'ZodNullable') return `${text} | null`;
    const canLack = name === 'ZodOptional' || side === 'input';
    return canLack ? `${text} | undefined` : text;
  }
  if (name === 'ZodArray') return `(${inner(first, def?.element)})[]`;
  if (name === 'ZodTuple') {
    return `[${elementsOf(first)
      .map((one, at) => inner(one, def?.items?.[at]))
      .join(', ')}]`;
  }
  if (name === 'ZodRecord') {
    return `Record<string, ${second === undefined ? 'unknown' : inner(second, def?.valueType)}>`;
  }
  if (name === 'ZodUnion' || name === 'ZodDiscriminatedUnion') {
    return elementsOf(first)
      .map((one, at) => `(${inner(one, def?.options?.[at])})`)
      .join(' | ');
  }
  if (name === 'ZodObject') return objectText(node, side, def?.shape, indent);
  throw new Error(
    `There is no plain type for ${node.getText().slice(0, 80)}; add it to plain-types.js.`,
  );
}

function objectText(node, side, shape, indent) {
  const [members, config] = node.typeArguments;
  const deeper = `${indent}    `;
  const lines = membersOf(members).map(({ key, type }) => {
    const schema = shape?.[key];
    const mark = mayLack(type, side) ? '?' : '';
    const doc = schema?.description ?? unwrapped(schema)?.description;
    const comment = doc === undefined ? '' : `${deeper}/** ${doc.replaceAll('*/', '* /')} */\n`;
    return `${comment}${deeper}${key}${mark}: ${typeText(type, side, schema, deeper)};\n`;
  });
  if (/loose/.test(config?.getText() ?? '')) lines.unshift(`${deeper}[x: string]: unknown;\n`);
  return `{\n${lines.join('')}${indent}}`;
}

/** The keys of an object and their types, written one by one or as a Record of names. */
function membersOf(node) {
  if (ts.isTypeLiteralNode(node)) {
    return node.members.map(({ name, type }) => ({ key: name.getText(), type }));
  }
  const [keys, type] = node.typeArguments;
  const names = ts.isUnionTypeNode(keys) ? keys.types : [keys];
  return names.map((name) => ({ key: name.literal.text, type }));
}

const unwrapped = (schema) => schema?._zod?.def?.innerType;
const elementsOf = (node) =>
  (ts.isTypeOperatorNode(node) ? node.type : node).elements.map((one) =>
    ts.isRestTypeNode(one) ? one.type.elementType : one,
  );

/** Whether a key may be left out. */
function mayLack(node, side) {
  const name = zodName(node);
  if (name === 'ZodOptional') return true;
  if (name === 'ZodDefault' || name === 'ZodPrefault') return side === 'input';
  return name === 'ZodNullable' && mayLack(node.typeArguments[0], side);
}

/** The text of a declaration file without zod. */
function plain(file, text, schemas) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const from = relative(dirname(file), door.slice(0, -5)).replaceAll('\\', '/');
  const place = from.startsWith('.') ? from : `./${from}`;
  const edits = [];
  const visit = (node, schema) => {
    if (zodName(node) !== undefined && ts.isImportTypeNode(node)) {
      const both = ['input', 'output'].map((side) => typeText(node, side, schema, ''));
      const start = node.getStart();
      edits.push([start, node.end, `import("${place}").Schema<${both.join(', ')}>`]);
      return;
    }
    const named = ts.isVariableDeclaration(node) ? schemas?.[node.name.getText()] : undefined;
    ts.forEachChild(node, (child) => visit(child, named));
  };
  visit(source);
  return edits.reduceRight(
    (done, [start, end, by]) => done.slice(0, start) + by + done.slice(end),
    text,
  );
}

/** Before TypeScript 5.7 arrays of numbers have no type of what lies below them. */
function olderArrays(file) {
  const text = readFileSync(file, 'utf8');
  const older = text.replace(/\b(\w+Array)<ArrayBuffer(?:Like)?>/g, '$1');
  if (older !== text) writeFileSync(file, older);
}

async function main() {
  const files = readdirSync(dist, { recursive: true })
    .map(String)
    .filter((name) => /^(constructs|providers)\/.*\.d\.ts$/.test(name))
    .map((name) => join(dist, name))
    .filter((file) => readFileSync(file, 'utf8').includes('import("zod")'));
  const sourceOf = (file) => join(root, relative(dist, file)).replace(/\.d\.ts$/, '.ts');
  const constants = await loadConstants(files.map(sourceOf));
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, plain(file, text, constants.get(sourceOf(file))));
  }
  for (const name of readdirSync(dist, { recursive: true }).map(String)) {
    if (name.endsWith('.d.ts')) olderArrays(join(dist, name));
  }
  writeFileSync(door, doorText);
  writeFileSync(join(dist, 'constructs/parsing/zod-parts.d.ts'), 'export {};\n');
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
