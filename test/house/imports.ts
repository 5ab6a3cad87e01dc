/** What a file imports, in whatever way it says so, and which file of ours each import leads to. */
import { posix } from 'node:path';
import * as ts from 'typescript';
import { type House, line, visit } from './syntax';

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

/** Whether a call loads a module. */
export const isLoad = (callee: ts.Expression) =>
  callee.kind === ts.SyntaxKind.ImportKeyword ||
  (ts.isIdentifier(callee) && callee.text === 'require') ||
  (ts.isPropertyAccessExpression(callee) && callee.getText() === 'require.resolve');

function resolve(h: House, from: string, module: string): string | undefined {
  if (!module.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), module).replace(/\.js$/, '').replace(/\/$/, '');
  return [`${path}.ts`, posix.join(path, 'index.ts'), path].find((name) => h.files.has(name));
}
