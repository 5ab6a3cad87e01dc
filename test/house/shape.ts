/** Rules on the shape of one file: how it opens, how long it gets, what it is called and what it may say. */
import { posix } from 'node:path';
import * as ts from 'typescript';
import { at, type FileCheck, isValue, line, sentences, visit } from './syntax';

const emptyNames = /^(utils?|helpers?|commons?|types?|misc|managers?|base)\.ts$/;
const forgotten = new RegExp(
  `\\b(${['TODO', 'FIXME', 'XXX', 'HACK'].join('|')})\\b|@ts-(ignore|nocheck)`,
);
const maxFileLines = 400;
const maxFunctionLines = 60;
const maxBoundedLoopLines = 80;

export function opening(file: ts.SourceFile): readonly string[] {
  const body = file.text.replace(/^#!.*\n/, '');
  const comment = /^(?:\/\*\*[\s\S]*?\*\/|(?:\/\/.*\n?)+)/.exec(body)?.[0] ?? '';
  if (/[A-Za-z`'"][\s\S]*[.!?:]/.test(comment) && !/biome-ignore|@license/.test(comment)) return [];
  return [`${file.fileName} does not open with a comment: one sentence that says what it is for.`];
}

export function fileLength(file: ts.SourceFile): readonly string[] {
  const lines = file.text.replace(/\n$/, '').split('\n').length;
  return lines <= maxFileLines
    ? []
    : [`${file.fileName} has ${lines} lines, more than ${maxFileLines}; split it.`];
}

export function functionLength(file: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  visit(file, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
    const end = file.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
    const lines = end - line(node) + 1;
    const solver = file.fileName.startsWith('constructs/optimizer/');
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

export const fileName: FileCheck = ({ fileName: path }) =>
  emptyNames.test(posix.basename(path))
    ? [`${path} has a name that says nothing; name the idea.`]
    : [];

export function defaultExport(file: ts.SourceFile): readonly string[] {
  const isDefault = (node: ts.Node) =>
    (ts.isExportAssignment(node) && !node.isExportEquals) ||
    (ts.isExportSpecifier(node) && node.name.text === 'default') ||
    (ts.canHaveModifiers(node) &&
      !!ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword));
  return sentences(file, isDefault, 'is a default export; give it a name');
}

export const anyType: FileCheck = (file) =>
  sentences(file, (node) => node.kind === ts.SyntaxKind.AnyKeyword, 'says `any`; say what it is');

export function printing(file: ts.SourceFile): readonly string[] {
  const speaks = (node: ts.Node) =>
    (ts.isIdentifier(node) && node.text === 'console' && isValue(node)) ||
    (ts.isPropertyAccessExpression(node) && /^process\.(stdout|exit)$/.test(node.getText()));
  return sentences(file, speaks, 'prints or exits, which only providers/cli may do');
}

export function unfinished(file: ts.SourceFile): readonly string[] {
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
