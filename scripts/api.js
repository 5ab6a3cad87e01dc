// Writes API.md from the doors in package.json; with --check it compares instead, for CI.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const ts = require('typescript');
const { exports: doors, name } = require('../package.json');
const { fieldsOf, jsonSchemaOf, loadConstants } = require('./api-fields.js');

const root = join(__dirname, '..');
const report = join(root, 'API.md');
const program = openProgram();
const checker = program.getTypeChecker();

async function main() {
  const { text, missing } = await generate();
  if (missing.length > 0 && !process.argv.includes('--draft')) {
    throw new Error(`These lack a description:\n${missing.join('\n')}`);
  }
  if (!process.argv.includes('--check')) return writeFileSync(report, text);
  const line = firstDifference(text, existsSync(report) ? readFileSync(report, 'utf8') : '');
  if (line === 0) return;
  throw new Error(`API.md differs from the exported surface at line ${line}; run \`npm run api\`.`);
}

function openProgram() {
  const file = join(root, 'tsconfig.build.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram(
    entryPoints().map(({ source }) => source),
    options,
  );
}

/** What a user imports, such as `littoral/placement`, and the source file behind it. */
function entryPoints() {
  return Object.entries(doors)
    .filter(([, door]) => typeof door === 'object')
    .map(([path, { types }]) => ({
      module: path.replace(/^\./, name),
      source: join(root, types.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '.ts')),
    }));
}

/** Every exported name with its declaration, at the first door that has it; later doors refer to it. */
function readModules() {
  const seen = new Map();
  return entryPoints().map(({ module, source }) => {
    const file = checker.getSymbolAtLocation(program.getSourceFile(source));
    const entries = [];
    const references = [];
    for (const symbol of checker.getExportsOfModule(file).sort(byName)) {
      const target =
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const entry = { name: symbol.name, symbol: target, module };
      const first = seen.get(target);
      if (first === undefined) seen.set(target, entry);
      (first === undefined ? entries : references).push(first ?? entry);
    }
    return { module, entries, references };
  });
}

const byName = (a, b) => (a.name < b.name ? -1 : 1);

/** Types that exported ones mention but no door exports; their fields are part of what a user writes. */
function addMentioned(modules) {
  const known = new Set(modules.flatMap(({ entries }) => entries.map(({ symbol }) => symbol)));
  for (const { module, entries } of modules) {
    for (const entry of entries) {
      for (const symbol of mentionedBy(entry)) {
        if (known.has(symbol)) continue;
        known.add(symbol);
        entries.push({ name: symbol.name, symbol, module, mentioned: true });
      }
    }
  }
}

function mentionedBy({ symbol }) {
  const found = [];
  const visit = (node) => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const target = symbolOf(node.typeName ?? node.expression);
      if (target && isOurType(target)) found.push(target);
    }
    if (ts.isBlock(node) || isHidden(node)) return;
    ts.forEachChild(node, visit);
  };
  symbol.declarations.forEach(visit);
  return found;
}

function symbolOf(node) {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The types that others are written with are zod's, although a file of ours passes them on. */
const isOurs = (node) => {
  const { fileName } = node.getSourceFile();
  return (
    fileName.startsWith(root) &&
    !fileName.includes('node_modules') &&
    !fileName.endsWith('/parsing/zod.ts')
  );
};
const isOurType = (symbol) =>
  (symbol.declarations ?? []).some(
    (one) => (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)) && isOurs(one),
  );
const isHidden = (node) =>
  (ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) =>
      [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword].includes(kind),
    )) ||
  (node.name !== undefined && ts.isPrivateIdentifier(node.name)) ||
  ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');

async function generate() {
  const modules = readModules();
  addMentioned(modules);
  const page = { anchors: new Map(), missing: [], ...(await readSchemas()) };
  giveAnchors(modules, page);
  const lines = ['# API', '', 'Generated from the sources by `npm run api`; do not edit.', ''];
  lines.push(...contents(modules, page));
  for (const module of modules) lines.push(...moduleLines(module, page));
  return {
    text: `${lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()}\n`,
    missing: page.missing,
  };
}

/** The zod schemas behind `z.output<typeof schema>`, and the type name of each that has one. */
async function readSchemas() {
  const files = program
    .getSourceFiles()
    .filter((file) => isOurs(file) && /\bz\.(output|input)</.test(file.text));
  const schemaFiles = program
    .getSourceFiles()
    .filter((file) => isOurs(file) && /^(export )?const \w+Schema\b/m.test(file.text))
    .map(({ fileName }) => fileName);
  const constants = await loadConstants(schemaFiles);
  const names = new Map();
  for (const file of files) {
    for (const node of file.statements) {
      const schema = ts.isTypeAliasDeclaration(node) && schemaOf(node.type, constants);
      if (schema && schema.io === 'output') names.set(schema.schema, symbolOf(node.name));
    }
  }
  return { constants, names };
}

function schemaOf(node, constants) {
  if (!ts.isTypeReferenceNode(node)) return undefined;
  const [, io] = /^z\.(output|input)$/.exec(node.typeName.getText()) ?? [];
  const query = node.typeArguments?.[0];
  if (io === undefined || !ts.isTypeQueryNode(query)) return undefined;
  const { valueDeclaration, name } = symbolOf(query.exprName);
  return { io, schema: constants.get(valueDeclaration.getSourceFile().fileName)?.[name] };
}

const groups = [
  ['Functions', ts.SymbolFlags.Function],
  ['Classes', ts.SymbolFlags.Class],
  ['Types', ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias],
  ['Constants', ts.SymbolFlags.Variable],
];
const grouped = ({ entries }) =>
  groups
    .map(([title, flag]) => [
      title,
      entries.filter(({ symbol }) => symbol.flags & flag).sort(byName),
    ])
    .filter(([, found]) => found.length > 0);

/** Headings of equal text get -1, -2 and so on from GitHub; the order here is the order of the page. */
function giveAnchors(modules, page) {
  const uses = new Map();
  const anchorOf = (text) => {
    const slug = text
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
    const count = uses.get(slug) ?? 0;
    uses.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  };
  ['API', 'Contents'].forEach(anchorOf);
  for (const module of modules) {
    module.anchor = anchorOf(module.module);
    for (const [title, entries] of grouped(module)) {
      anchorOf(title);
      for (const { name, symbol } of entries) page.anchors.set(symbol, anchorOf(name));
    }
  }
  page.schemaNames = new Map(
    [...page.names].filter(([, symbol]) => page.anchors.has(symbol)).map(([a, b]) => [a, b.name]),
  );
}

const linkTo = ({ name, symbol }, page) => `[${name}](#${page.anchors.get(symbol)})`;

function contents(modules, page) {
  const lines = ['## Contents', ''];
  for (const module of modules) {
    lines.push(`- [\`${module.module}\`](#${module.anchor})`);
    for (const [title, entries] of grouped(module)) {
      lines.push(`  - ${title}: ${entries.map((one) => linkTo(one, page)).join(', ')}`);
    }
  }
  return [...lines, ''];
}

function moduleLines(module, page) {
  const lines = [`## ${module.module}`, ''];
  if (module.references.length > 0) {
    const links = module.references.map((one) => linkTo(one, page));
    lines.push(`Also exported here: ${links.join(', ')}.`, '');
  }
  for (const [title, entries] of grouped(module)) {
    lines.push(`### ${title}`, '');
    for (const entry of entries)
      lines.push(`#### ${entry.name}`, '', ...entryLines(entry, page), '');
  }
  return lines;
}

function entryLines(entry, page) {
  const { symbol, name } = entry;
  page.module = entry.module;
  const text = prose(symbol);
  if (text === '') page.missing.push(`${entry.module}: ${name}`);
  const lines = [text, ''];
  if (entry.mentioned) lines.push('Not exported by name; other types refer to it.', '');
  const [declaration] = symbol.declarations;
  if (ts.isFunctionDeclaration(declaration)) lines.push(...functionLines(symbol, page));
  else if (ts.isClassDeclaration(declaration)) lines.push(...classLines(declaration, page));
  else if (ts.isVariableDeclaration(declaration)) {
    const type = checker.typeToString(checker.getTypeAtLocation(declaration));
    lines.push(...code(`const ${name}${type.length < 200 ? `: ${type}` : ''}`));
  } else lines.push(...typeLines(entry, declaration, page));
  return lines;
}

const prose = (symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
const code = (text) => ['```ts', text, '```', ''];

/** The signature as declared; types that the source leaves to inference come from the checker. */
function signature(node, name) {
  const generic = node.typeParameters
    ? `<${node.typeParameters.map((one) => one.getText()).join(', ')}>`
    : '';
  const parameters = node.parameters.map((one) => parameterText(one)).join(', ');
  const returned = ts.isConstructorDeclaration(node) ? '' : `: ${returnText(node)}`;
  return `${name}${generic}(${parameters})${returned}`;
}

function parameterText(node) {
  const title = ts.isIdentifier(node.name) ? node.name.text : 'props';
  const optional = node.questionToken || node.initializer ? '?' : '';
  const type = node.type
    ? oneLine(node.type.getText())
    : checker.typeToString(checker.getTypeAtLocation(node));
  return `${node.dotDotDotToken ? '...' : ''}${title}${optional}: ${type}`;
}

function returnText(node) {
  if (node.type) return oneLine(node.type.getText());
  return checker.typeToString(
    checker.getReturnTypeOfSignature(checker.getSignatureFromDeclaration(node)),
  );
}

function functionLines(symbol) {
  const overloads = symbol.declarations.filter(
    (one) => !one.body || symbol.declarations.length === 1,
  );
  return code(overloads.map((one) => signature(one, symbol.name)).join('\n'));
}

function classLines(node, page) {
  const visible = node.members.filter((one) => !isHidden(one));
  const made = visible.find(ts.isConstructorDeclaration);
  const base = (node.heritageClauses ?? []).map((one) => ` ${oneLine(one.getText())}`).join('');
  const head = `class ${node.name.text}${base}`;
  const lines = code(made ? `${head}\nnew ${signature(made, node.name.text)}` : head);
  const rows = visible
    .filter((one) => !ts.isConstructorDeclaration(one) && !ts.isSetAccessor(one) && one.name)
    .map((one) => memberRow(one));
  const parameters = (made?.parameters ?? [])
    .filter((one) => ts.isParameterPropertyDeclaration(one, made) && !isHidden(one))
    .map((one) => memberRow(one));
  return [...lines, ...table('Member', [...parameters, ...rows], node.name.text, page, node)];
}

function memberRow(node) {
  const isStatic = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static) !== 0;
  const title = `${isStatic ? 'static ' : ''}${node.name.getText()}${node.questionToken ? '?' : ''}`;
  const symbol = checker.getSymbolAtLocation(node.name);
  const meaning = oneLine(prose(symbol));
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) {
    return { name: signature(node, title), type: returnText(node), meaning, node };
  }
  const type = node.type
    ? oneLine(node.type.getText())
    : checker.typeToString(checker.getTypeAtLocation(node));
  return { name: title, type, meaning, node };
}

function typeLines(entry, declaration, page) {
  const rows = ts.isInterfaceDeclaration(declaration)
    ? interfaceRows(declaration, page)
    : rowsOf(declaration.type, page);
  if (rows !== undefined && rows.length > 0)
    return table('Field', rows, entry.name, page, declaration);
  const type = oneLine(declaration.type?.getText() ?? '');
  return type === '' ? [] : code(`type ${entry.name} = ${type}`);
}

function interfaceRows(node, page) {
  const inherited = (node.heritageClauses ?? []).flatMap((clause) =>
    clause.types.flatMap((one) => {
      const symbol = symbolOf(one.expression);
      if (symbol && isOurType(symbol)) return rowsOfSymbol(symbol, page) ?? [];
      return /^(Partial|Pick|Omit)$/.test(one.expression.getText())
        ? (utilityRows(one, one.expression, page) ?? [])
        : [];
    }),
  );
  const own = node.members.flatMap((one) => literalRows(one));
  const names = new Set(own.map(({ name }) => name.replace('?', '')));
  return [...inherited.filter(({ name }) => !names.has(name.replace('?', ''))), ...own];
}

/** A member and, where its type is written in place, the members of that type. */
function literalRows(node, prefix = '') {
  if (!node.name) return [];
  const row = memberRow(node);
  row.name = `${prefix}${row.name}`;
  const { literal, suffix } = innerLiteral(node.type);
  if (literal === undefined) return [row];
  row.type = suffix === '' ? 'object' : 'object[]';
  const path = `${row.name.replace('?', '')}${suffix}.`;
  return [row, ...literal.members.flatMap((one) => literalRows(one, path))];
}

function innerLiteral(type) {
  if (type === undefined) return {};
  if (ts.isTypeLiteralNode(type)) return { literal: type, suffix: '' };
  if (ts.isTypeOperatorNode(type)) return innerLiteral(type.type);
  if (ts.isArrayTypeNode(type)) return { ...innerLiteral(type.elementType), suffix: '[]' };
  return {};
}

const rowsOfSymbol = (symbol, page) => {
  const [node] = symbol.declarations;
  return ts.isInterfaceDeclaration(node) ? interfaceRows(node, page) : rowsOf(node.type, page);
};

/** The rows of a type expression, or undefined when it is no object type. */
function rowsOf(node, page) {
  if (ts.isTypeLiteralNode(node)) return node.members.flatMap((one) => literalRows(one));
  if (ts.isIntersectionTypeNode(node)) {
    const parts = node.types.map((one) => rowsOf(one, page));
    return parts.every((one) => one !== undefined) ? parts.flat() : undefined;
  }
  const json = jsonOf(node, page);
  if (json !== undefined) return fieldsOf(json);
  if (ts.isTypeReferenceNode(node)) return utilityRows(node, node.typeName, page);
  return undefined;
}

function utilityRows(node, callee, page) {
  const [first, second] = node.typeArguments ?? [];
  if (first === undefined) {
    const symbol = symbolOf(callee);
    return symbol && isOurType(symbol) ? rowsOfSymbol(symbol, page) : undefined;
  }
  const rows = rowsOf(first, page);
  const name = callee.getText();
  if (rows === undefined || name === 'Readonly') return rows;
  if (name === 'Partial') {
    return rows.map((row) => ({
      ...row,
      name: row.name.endsWith('?') ? row.name : `${row.name}?`,
    }));
  }
  if (name !== 'Pick' && name !== 'Omit') return undefined;
  const keys = new Set(second.getText().match(/\w+/g));
  return rows.filter((row) => keys.has(/^\w+/.exec(row.name)[0]) === (name === 'Pick'));
}

/** The JSON Schema of `z.output<typeof schema>`, of an alias of it, or of a part such as `Bundle['objects'][number]`. */
function jsonOf(node, page) {
  if (ts.isIndexedAccessTypeNode(node)) {
    const whole = jsonOf(node.objectType, page);
    if (ts.isLiteralTypeNode(node.indexType))
      return whole?.properties?.[node.indexType.literal.text];
    return whole?.items;
  }
  if (!ts.isTypeReferenceNode(node)) return undefined;
  const found = schemaOf(node, page.constants);
  if (found !== undefined) return jsonSchemaOf(found.schema, found.io, page.schemaNames);
  const target = symbolOf(node.typeName)?.declarations?.[0];
  const isAlias = target !== undefined && ts.isTypeAliasDeclaration(target) && isOurs(target);
  return isAlias && !node.typeArguments ? jsonOf(target.type, page) : undefined;
}

function table(first, rows, owner, page, scope) {
  if (rows.length === 0) return [];
  const lines = [`| ${first} | Type | Meaning |`, '| --- | --- | --- |'];
  for (const { name, type, meaning } of rows) {
    if (meaning === '') page.missing.push(`${page.module}: ${owner}: ${name}`);
    const cells = [`\`${name}\``, linked(type, page, scope), oneLine(meaning)];
    lines.push(`| ${cells.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`);
  }
  return [...lines, ''];
}

/** A type as code, its named parts as links. */
function linked(text, page, scope) {
  return text
    .split(/("[^"]*"|'[^']*'|\b[A-Z]\w*\b)/)
    .filter((part) => part !== '')
    .map((part) => {
      const anchor = /^[A-Z]/.test(part) ? anchorOfName(part, page, scope) : undefined;
      return anchor === undefined ? { text: part } : { link: `[\`${part}\`](#${anchor})` };
    })
    .reduce((parts, part) => {
      const last = parts.at(-1);
      if (part.text !== undefined && last?.text !== undefined) last.text += part.text;
      else parts.push({ ...part });
      return parts;
    }, [])
    .map(({ text: plain, link }) => link ?? plain.replace(/^(\s*)(.*?)(\s*)$/s, '$1`$2`$3'))
    .join('')
    .replaceAll('``', '');
}

function anchorOfName(title, page, scope) {
  const inScope = checker.resolveName(title, scope, ts.SymbolFlags.Type, false);
  const target =
    inScope && inScope.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(inScope) : inScope;
  if (page.anchors.has(target)) return page.anchors.get(target);
  const named = [...page.anchors].find(([symbol]) => symbol.name === title);
  return inScope ? undefined : named?.[1];
}

/** The first line, counted from 1, where two texts differ; 0 if they are equal. */
function firstDifference(a, b) {
  if (a === b) return 0;
  const [left, right] = [a.split('\n'), b.split('\n')];
  return left.findIndex((line, index) => line !== right[index]) + 1 || left.length + 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
