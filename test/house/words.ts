/** Rules on words: names are terms of the field (docs/glossary.md), not metaphors of our own, which nobody can look up. */
import { posix } from 'node:path';
import * as ts from 'typescript';
import { line, visit } from './syntax';

/** Metaphors that once were names here, with the term that each of them stood for. */
const metaphors: Readonly<Record<string, string>> = {
  asked: 'request, question or the subject itself',
  campaign: 'solver',
  circumstances: 'inputs',
  crowd: 'joint search',
  grove: 'group of origins',
  groves: 'groups of origins',
  guest: 'app state',
  hunt: 'enumeration',
  kicks: 'perturbation',
  party: 'app assignment',
  quest: 'branch context',
  rent: 'capacity multiplier',
  rents: 'capacity multipliers',
  salvage: 'partial parse',
  seat: 'swap neighbourhood',
  seats: 'swap neighbourhoods',
  squeeze: 'tabu repair',
  subsidies: 'minimum load subproblem',
  telling: 'plan lines',
  tired: 'budget exhausted',
  told: 'lines, text or report',
  toll: 'coefficients',
  worth: 'reduced cost',
  worths: 'reduced costs',
};

/** The words of a name: `isBelowMinimum` has is, below, minimum. */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z]+/)
    .map((word) => word.toLowerCase());

const wrongWord = (name: string) => wordsOf(name).find((word) => Object.hasOwn(metaphors, word));

/** Names of files and everything declared in them. */
export function words(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const inPath = wrongWord(posix.basename(file.fileName, '.ts'));
  if (inPath) found.push(`${file.fileName} is named ${inPath}; say ${metaphors[inPath]}.`);
  visit(file, (node) => {
    if (!ts.isIdentifier(node) || !isDeclared(node)) return;
    const word = wrongWord(node.text);
    if (!word) return;
    found.push(`${file.fileName}:${line(node)} declares ${node.text}; say ${metaphors[word]}.`);
  });
  return found;
}

function isDeclared(node: ts.Identifier): boolean {
  const { parent } = node;
  const isDeclaration =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isClassElement(parent) ||
    ts.isTypeElement(parent);
  return isDeclaration && parent.name === node;
}
