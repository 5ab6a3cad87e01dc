/** The page on routing: its app can be read, its program prints what it says, and its table says what the vocabularies say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { parseEdgeApp } from '../../constructs/policy';
import { vocabularies } from '../../constructs/routing';

const page = readFileSync(join(__dirname, '../../docs/routing.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

it('shows an app that can be read', () => {
  expect(parseEdgeApp(block('yaml')).exposure?.hosts).toHaveLength(2);
});

it('shows what its program prints', () => {
  const { outputText } = ts.transpileModule(block('ts'), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const doors: Readonly<Record<string, string>> = {
    littoral: '../../constructs',
    'littoral/routing': '../../constructs/routing',
  };
  const lines: string[] = [];
  const log = (...words: unknown[]) => lines.push(words.join(' '));
  const run = new Function('require', 'exports', 'console', outputText);
  run((name: string) => require(doors[name] ?? name), {}, { log });
  expect(`${lines.join('\n')}\n`).toBe(block('text'));
});

it('has a row for every DNS system, with the slots that it has', () => {
  for (const [system, { maxSlots }] of Object.entries(vocabularies)) {
    const [, cells] = new RegExp(`^\\| \`${system}\` \\|(.*)\\|$`, 'm').exec(page) ?? [];
    const slots = cells?.split('|')[1]?.trim();
    const wanted = system === 'google' ? '42' : Number.isFinite(maxSlots) ? `${maxSlots}` : 'any';
    expect([system, slots]).toEqual([system, wanted]);
  }
});
