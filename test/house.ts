/** The rules of the house as data and small functions: source files go in, sentences about what is wrong come out. */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import * as ts from 'typescript';

export interface House {
  readonly files: ReadonlyMap<string, ts.SourceFile>;
}

export interface Import {
  readonly from: string;
  /** The module as written. */
  readonly module: string;
  /** The file of ours it leads to, if it is one of ours. */
  readonly file: string | undefined;
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface Rule {
  readonly name: string;
  readonly check: (house: House) => readonly string[];
}

const model = 'constructs/model';
const anyConstructs = ['model', 'placement', 'kubernetes', 'terraform', 'testing'].map(
  (room) => `constructs/${room}`,
);
const inner = ['providers/sources', 'providers/clusters', 'constructs', ...anyConstructs];
const outer = ['providers/resources', 'providers/delivery', ...inner];

/** Which rooms a room may import besides itself. A new room needs a line here. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  constructs: anyConstructs,
  'constructs/model': [],
  'constructs/placement': [model],
  'constructs/kubernetes': [model],
  'constructs/terraform': [model, 'constructs/placement', 'constructs/kubernetes'],
  'constructs/testing': anyConstructs,
  'providers/sources': ['providers/clusters', 'constructs', ...anyConstructs],
  'providers/clusters': ['constructs', ...anyConstructs],
  'providers/resources': inner,
  'providers/delivery': ['providers/resources', ...inner],
  'providers/cli': outer,
  'providers/terraform': outer,
  'providers/pulumi': outer,
};

/** Packages that only some rooms know, so that leaving one of them is a change to one room. */
export const packages: readonly { readonly match: RegExp; readonly rooms: readonly string[] }[] = [
  { match: /^(cdktf|cdktn|@cdktf\/.*|@cdktn\/.*)$/, rooms: ['constructs/terraform'] },
  { match: /^cdk8s(-.*)?$/, rooms: ['constructs/kubernetes'] },
  { match: /^@pulumi\//, rooms: ['providers/pulumi'] },
];

/** Where constructs/ writes files all the same: to synthesize a cdktf stack is to write it, and what it needs beside it. */
const mayWrite = /^constructs\/terraform\/stack-folder\.ts$/;
/** Where a line to a human, the one line of the plugin handshake, or a line of the log may be written. */
const mayPrint = /^providers\/(cli\/|terraform\/(plugin|log)\.ts$)/;
const emptyNames = /^(utils?|helpers?|commons?|types?|misc|managers?|base)\.ts$/;
const impure =
  /^(fetch|process|console|performance|crypto|Intl|globalThis|navigator|set(Timeout|Interval|Immediate)|queueMicrotask|XMLHttpRequest|WebSocket|Worker|__(dir|file)name)$/;
const forgotten = new RegExp(
  `\\b(${['TODO', 'FIXME', 'XXX', 'HACK'].join('|')})\\b|@ts-(ignore|nocheck)`,
);
const maxFileLines = 400;
const maxFunctionLines = 60;
const maxBoundedLoopLines = 80;

export function house(sources: Readonly<Record<string, string>>): House {
  const parse = (path: string, text: string) =>
    ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const sorted = Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1));
  return { files: new Map(sorted.map(([path, text]) => [path, parse(path, text)])) };
}

export const rules: readonly Rule[] = [
  { name: 'rooms import only what the table allows', check: (h) => eachImport(h, direction) },
  { name: 'packages stay in their rooms', check: (h) => eachImport(h, packageRoom) },
  { name: 'the verifier shares no code with the solver', check: independentVerifier },
  {
    name: 'constructs/ computes and does nothing else',
    check: (h) => each(h, inConstructs, purity),
  },
  {
    name: 'constructs/ computes the same digits on every machine',
    check: (h) => each(h, inConstructs, digits),
  },
  { name: 'no imports go round in a circle', check: cycles },
  {
    name: 'a file says in its first line what it is for',
    check: (h) => each(h, inSource, opening),
  },
  { name: 'files are short', check: (h) => each(h, inSource, fileLength) },
  { name: 'functions are short', check: (h) => each(h, inSource, functionLength) },
  { name: 'file names say something', check: (h) => each(h, everywhere, fileName) },
  { name: 'no default exports', check: (h) => each(h, everywhere, defaultExport) },
  { name: 'no any', check: (h) => each(h, everywhere, anyType) },
  { name: 'nothing is put off or silenced', check: (h) => each(h, everywhere, unfinished) },
  { name: 'only the command line speaks', check: (h) => each(h, inWings, printing) },
];

/** Every sentence, over all rules. */
export const inspect = (sources: Readonly<Record<string, string>>): readonly string[] => {
  const built = house(sources);
  return rules.flatMap((rule) => rule.check(built));
};

// Where a rule applies. Generated files are read by nobody, so they are measured by nobody.

const everywhere = (path: string) => !/(^|\/)generated\//.test(path);
const inConstructs = (path: string) => path.startsWith('constructs/') && !mayWrite.test(path);
const inWings = (path: string) => /^(constructs|providers)\//.test(path) && everywhere(path);
const inSource = (path: string) => !path.startsWith('test/') && everywhere(path);

type FileCheck = (file: ts.SourceFile) => readonly string[];

const each = (h: House, applies: (path: string) => boolean, check: FileCheck) =>
  [...h.files.values()].filter((file) => applies(file.fileName)).flatMap(check);

const eachImport = (h: House, check: (one: Import) => string | undefined) =>
  [...h.files.values()]
    .filter((file) => inWings(file.fileName))
    .flatMap((file) => importsOf(h, file))
    .flatMap((one) => check(one) ?? []);

// Imports

/** The room of a file: its wing's first folder, or the wing itself for its front door. */
export function roomOf(path: string): string {
  const [wing = '', folder = '', rest] = path.split('/');
  return rest === undefined ? wing : `${wing}/${folder}`;
}

export function importsOf(h: House, file: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (
    node: ts.Node,
    specifier: ts.Node | undefined,
    names: string[],
    typeOnly: boolean,
  ) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const from = file.fileName;
    const module = specifier.text;
    found.push({ from, module, file: resolve(h, from, module), names, typeOnly, line: line(node) });
  };
  visit(file, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, namesOf(node), isTypeOnly(node.importClause));
    } else if (ts.isExportDeclaration(node))
      add(node, node.moduleSpecifier, ['*'], node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, ['*'], true);
    } else if (ts.isExternalModuleReference(node)) add(node, node.expression, ['*'], false);
    else if (ts.isCallExpression(node) && isLoad(node.expression)) {
      add(node, node.arguments[0], ['*'], false);
    }
  });
  return found;
}

function namesOf(node: ts.ImportDeclaration): string[] {
  const bindings = node.importClause?.namedBindings;
  if (node.importClause?.name || !bindings || !ts.isNamedImports(bindings)) return ['*'];
  return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

const isLoad = (callee: ts.Expression) =>
  callee.kind === ts.SyntaxKind.ImportKeyword ||
  (ts.isIdentifier(callee) && callee.text === 'require') ||
  (ts.isPropertyAccessExpression(callee) && callee.getText() === 'require.resolve');

function resolve(h: House, from: string, module: string): string | undefined {
  if (!module.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), module).replace(/\.js$/, '').replace(/\/$/, '');
  return [`${path}.ts`, posix.join(path, 'index.ts'), path].find((name) => h.files.has(name));
}

function direction(one: Import): string | undefined {
  if (/^littoral(\/|$)/.test(one.module)) {
    return `${one.from}:${one.line} imports ${one.module}; import our own code by relative path.`;
  }
  if (!one.file) return undefined;
  const room = roomOf(one.from);
  const target = roomOf(one.file);
  const allowed = rooms[room];
  if (!allowed)
    return `${one.from} is in ${room}, a room the table in test/house.ts does not know.`;
  if (target === room || allowed.includes(target)) return undefined;
  const may = allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')}`;
  return `${one.from}:${one.line} imports ${one.file}, but ${room} may import ${may}.`;
}

function packageRoom(one: Import): string | undefined {
  const owner = packages.find(({ match }) => match.test(one.module));
  if (!owner || owner.rooms.includes(roomOf(one.from))) return undefined;
  return `${one.from}:${one.line} imports ${one.module}, which only ${owner.rooms.join(', ')} may do.`;
}

function independentVerifier(h: House): readonly string[] {
  const isVerifier = (path: string) => /^constructs\/placement\/verify(\.ts$|\/)/.test(path);
  return [...h.files.keys()].filter(isVerifier).flatMap((start) => {
    const seen = new Set([start]);
    for (const path of seen) {
      const file = h.files.get(path);
      for (const one of file ? importsOf(h, file) : []) {
        if (one.file && !one.typeOnly && !isVerifier(one.file)) seen.add(one.file);
      }
    }
    return [...seen]
      .filter((path) => path.startsWith('constructs/placement/solver/'))
      .map((path) => `${start} reaches ${path}, but it may share no code with what it checks.`);
  });
}

function cycles(h: House): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`Imports go round: ${[...trail.slice(start), path].join(' -> ')}.`);
    const file = h.files.get(path);
    if (start >= 0 || done.has(path) || !file) return;
    for (const one of importsOf(h, file)) if (one.file) walk(one.file, [...trail, path]);
    done.add(path);
  };
  for (const path of h.files.keys()) if (inWings(path)) walk(path, []);
  return found;
}

// Purity

function purity(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const say = (node: ts.Node, what: string) =>
    found.push(
      `${at(file, node)} uses ${what}, but constructs/ only computes; take it as an argument.`,
    );
  for (const one of importsOf({ files: new Map() }, file)) {
    if (isEffectful(one)) {
      const what = `${one.names.join(', ')} of ${one.module}`.replace(/^\* of /, '');
      found.push(`${file.fileName}:${one.line} imports ${what}, but constructs/ only computes.`);
    }
  }
  visit(file, (node) => {
    const what = impurity(node);
    if (what) say(node, what);
  });
  return found;
}

const isEffectful = (one: Import) => {
  const module = one.module.replace(/^node:/, '');
  if (module === 'crypto') return one.names.some((name) => name !== 'createHash');
  return one.module.startsWith('node:') || builtins.has(module) || effectful.test(module);
};
const builtins = new Set(builtinModules);
const effectful = /^(undici|@kubernetes\/client-node|@pulumi\/.*)$/;

function impurity(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    if (/^(Date\.now|Math\.random)$/.test(text)) return text;
    return /^(toLocale\w+|localeCompare)$/.test(node.name.text) ? node.name.text : undefined;
  }
  const isDate = (callee: ts.Expression) => callee.getText() === 'Date';
  if (ts.isNewExpression(node) && isDate(node.expression) && !node.arguments?.length) {
    return 'new Date() without an argument';
  }
  if (ts.isCallExpression(node)) {
    if (isDate(node.expression)) return 'Date()';
    // A room of our own may be loaded late: what it does is judged where it is.
    const [module] = node.arguments;
    const isOurs = module && ts.isStringLiteral(module) && module.text.startsWith('.');
    if (isLoad(node.expression) && !isOurs) return node.expression.getText();
  }
  return ts.isIdentifier(node) && impure.test(node.text) && isValue(node) ? node.text : undefined;
}

/** The language leaves the last digits of these to whoever compiled the engine; `**` is left to powers of two. */
const approximate = /^Math\.(a?(sin|cos|tan)h?|atan2|exp(m1)?|log(2|10|1p)?|pow|cbrt|hypot)$/;

function digits(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  visit(file, (node) => {
    const isCall = ts.isPropertyAccessExpression(node) && approximate.test(node.getText());
    const isPower =
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken &&
      node.left.getText() !== '2';
    if (!isCall && !isPower) return;
    const what = `${at(file, node)} uses ${node.getText()}, whose last digits depend on the machine`;
    found.push(`${what}; use constructs/model/trigonometry.ts.`);
  });
  return found;
}

/** Whether an identifier reads a value, rather than naming a property, a key or a type. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  return !ts.isTypeElement(parent) && !ts.isClassElement(parent);
}

// Shape

function opening(file: ts.SourceFile): readonly string[] {
  const body = file.text.replace(/^#!.*\n/, '');
  const comment = /^(?:\/\*\*[\s\S]*?\*\/|(?:\/\/.*\n?)+)/.exec(body)?.[0] ?? '';
  if (/[A-Za-z`'"][\s\S]*[.!?:]/.test(comment) && !/biome-ignore|@license/.test(comment)) return [];
  return [`${file.fileName} does not open with a comment: one sentence that says what it is for.`];
}

function fileLength(file: ts.SourceFile): readonly string[] {
  const lines = file.text.replace(/\n$/, '').split('\n').length;
  return lines <= maxFileLines
    ? []
    : [`${file.fileName} has ${lines} lines, more than ${maxFileLines}; split it.`];
}

function functionLength(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  visit(file, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
    const end = file.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
    const lines = end - line(node) + 1;
    const solver = file.fileName.startsWith('constructs/placement/solver/');
    const limit = solver && statesItsBound(node, file) ? maxBoundedLoopLines : maxFunctionLines;
    if (lines > limit) {
      found.push(
        `${at(file, node)} is a function of ${lines} lines, more than ${limit}; split it.`,
      );
    }
  });
  return found;
}

/** Whether the comment before the function, or before the statement it is part of, states a bound. */
function statesItsBound(node: ts.Node, file: ts.SourceFile): boolean {
  let owner = node;
  while (!ts.isStatement(owner) && !ts.isClassElement(owner) && owner.parent) owner = owner.parent;
  const ranges = ts.getLeadingCommentRanges(file.text, owner.getFullStart()) ?? [];
  return ranges.some(({ pos, end }) => /\bbound(ed|s)?\b/i.test(file.text.slice(pos, end)));
}

const fileName: FileCheck = ({ fileName: path }) =>
  emptyNames.test(posix.basename(path))
    ? [`${path} has a name that says nothing; name the idea.`]
    : [];

function defaultExport(file: ts.SourceFile): readonly string[] {
  const isDefault = (node: ts.Node) =>
    (ts.isExportAssignment(node) && !node.isExportEquals) ||
    (ts.isExportSpecifier(node) && node.name.text === 'default') ||
    (ts.canHaveModifiers(node) &&
      !!ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword));
  return sentences(file, isDefault, 'is a default export; give it a name');
}

const anyType: FileCheck = (file) =>
  sentences(file, (node) => node.kind === ts.SyntaxKind.AnyKeyword, 'says `any`; say what it is');

function printing(file: ts.SourceFile): readonly string[] {
  if (mayPrint.test(file.fileName)) return [];
  const speaks = (node: ts.Node) =>
    (ts.isIdentifier(node) && node.text === 'console' && isValue(node)) ||
    (ts.isPropertyAccessExpression(node) && /^process\.(stdout|exit)$/.test(node.getText()));
  return sentences(file, speaks, 'prints or exits, which only providers/cli may do');
}

function unfinished(file: ts.SourceFile): readonly string[] {
  const comments = new Map<number, string>();
  const collect = (node: ts.Node): void => {
    for (const { pos, end } of ts.getLeadingCommentRanges(file.text, node.pos) ?? []) {
      comments.set(pos, file.text.slice(pos, end));
    }
    for (const { pos, end } of ts.getTrailingCommentRanges(file.text, node.end) ?? []) {
      comments.set(pos, file.text.slice(pos, end));
    }
    node.getChildren(file).forEach(collect);
  };
  collect(file);
  return [...comments].flatMap(([pos, text]) => {
    const word = forgotten.exec(text)?.[0];
    const number = file.getLineAndCharacterOfPosition(pos).line + 1;
    return word ? [`${file.fileName}:${number} says ${word}; finish it or leave it out.`] : [];
  });
}

// Walking

const sentences = (file: ts.SourceFile, wrong: (node: ts.Node) => boolean, what: string) => {
  const found: string[] = [];
  visit(file, (node) => wrong(node) && found.push(`${at(file, node)} ${what}.`));
  return found;
};

function visit(node: ts.Node, look: (node: ts.Node) => unknown): void {
  ts.forEachChild(node, (child) => {
    look(child);
    visit(child, look);
  });
}

const line = (node: ts.Node) => {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
};

const at = (file: ts.SourceFile, node: ts.Node) => `${file.fileName}:${line(node)}`;
