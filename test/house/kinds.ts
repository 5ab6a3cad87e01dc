/** Rule on kinds of Kubernetes: what is known about them is in one table, and nothing else lists them. */
import * as ts from 'typescript';
import { kinds } from '../../constructs/kubernetes/kinds';
import { at, visit } from './syntax';

/** The table, whose rows everything else derives from. */
export const kindTable = 'constructs/kubernetes/kinds.ts';
const names: ReadonlySet<string> = new Set(kinds.map(({ kind }) => kind));
/** A rule about pods, services and two of their neighbours is no second table. */
const mostKinds = 3;

export function kindLists(file: ts.SourceFile): readonly string[] {
  if (file.fileName === kindTable) return [];
  const found: string[] = [];
  visit(file, (node) => {
    if (!isList(node) || isInsideList(node)) return;
    const listed = new Set(textsOf(node).flatMap((text) => kindIn(text) ?? []));
    if (listed.size <= mostKinds) return;
    found.push(
      `${at(file, node)} lists ${listed.size} kinds of Kubernetes; add what it knows of them to the rows of ${kindTable}.`,
    );
  });
  return found;
}

const isList = (node: ts.Node) =>
  ts.isArrayLiteralExpression(node) ||
  ts.isObjectLiteralExpression(node) ||
  ts.isCaseBlock(node) ||
  ts.isUnionTypeNode(node);

function isInsideList(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined || ts.isFunctionLike(parent)) return false;
  return isList(parent) || isInsideList(parent);
}

/** Texts and keys of a list and of the lists in it, but not those in the functions that it has. */
function textsOf(list: ts.Node): readonly string[] {
  const texts: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) texts.push(node.name.text);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, look);
  };
  look(list);
  return texts;
}

/** `Ingress`, `apps/Deployment` and `Endpoints=endpoints` name a kind; a sentence does not. */
function kindIn(text: string): string | undefined {
  return /^[\w./=-]*$/.test(text) ? text.split(/[/=]/).find((one) => names.has(one)) : undefined;
}
