/** Rules on what constructs/ may do: compute, and to the same digits everywhere. */
import { builtinModules } from 'node:module';
import * as ts from 'typescript';
import { type Import, importsOf, isLoad } from './imports';
import { at, isValue, visit } from './syntax';

const impure =
  /^(fetch|process|console|performance|crypto|Intl|globalThis|navigator|set(Timeout|Interval|Immediate)|queueMicrotask|XMLHttpRequest|WebSocket|Worker|__(dir|file)name)$/;

export function purity(file: ts.SourceFile): readonly string[] {
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

export function digits(file: ts.SourceFile): readonly string[] {
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
