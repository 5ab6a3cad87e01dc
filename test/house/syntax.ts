/** The files that the rules of the house read, and how to walk and quote them. */
import * as ts from 'typescript';

export interface House {
  readonly files: ReadonlyMap<string, ts.SourceFile>;
}

/** A rule about one file. */
export type FileCheck = (file: ts.SourceFile) => readonly string[];

export const sentences = (file: ts.SourceFile, wrong: (node: ts.Node) => boolean, what: string) => {
  const found: string[] = [];
  visit(file, (node) => wrong(node) && found.push(`${at(file, node)} ${what}.`));
  return found;
};

export function visit(node: ts.Node, look: (node: ts.Node) => unknown): void {
  ts.forEachChild(node, (child) => {
    look(child);
    visit(child, look);
  });
}

export const line = (node: ts.Node) => {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
};

export const at = (file: ts.SourceFile, node: ts.Node) => `${file.fileName}:${line(node)}`;

/** Whether an identifier reads a value, rather than naming a property, a key or a type. */
export function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  return !ts.isTypeElement(parent) && !ts.isClassElement(parent);
}
