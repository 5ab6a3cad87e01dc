/** The page on reports: its commands run as they are written, and its program prints what one expects. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';
import { littoral } from '../command';

const page = readFileSync(join(__dirname, '../../docs/report.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );

/** Made here, and the only folder that is removed afterwards. */
const made = mkdtempSync(join(tmpdir(), 'littoral-page-'));
let folder = made;
beforeAll(async () => {
  let here = made;
  for (const line of blocks('sh').join('').trim().split('\n')) {
    const [program = '', ...words] = line.split(' ');
    if (program === 'cd') {
      here = join(here, words[0] ?? '');
      continue;
    }
    const { exitCode, stderr } = await littoral(words, here);
    expect([line, exitCode, stderr]).toEqual([line, 0, expect.any(String)]);
  }
  folder = here;
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

it('shows commands that write what they say', () => {
  for (const name of ['shop.lock.json', 'shop.html', 'pairs.html']) {
    expect([name, existsSync(join(folder, name))]).toEqual([name, true]);
  }
});

it('fills the list of what-ifs with the scenarios that simulate was asked for', () => {
  const html = readFileSync(join(folder, 'pairs.html'), 'utf8');
  expect(html).toContain('lose cluster=ams,iad');
  expect(readFileSync(join(folder, 'shop.html'), 'utf8')).not.toContain('lose cluster=');
});

it('shows a program that runs', () => {
  const { outputText } = ts.transpileModule(blocks('ts')[0] ?? '', {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const doors: Readonly<Record<string, string>> = {
    littoral: '../../dist/constructs',
    'littoral/report': '../../dist/constructs/report',
  };
  const lines: string[] = [];
  const load = (name: string) =>
    name === 'node:fs'
      ? { readFileSync: (file: string) => readFileSync(join(folder, file), 'utf8') }
      : require(doors[name] ?? name);
  new Function('require', 'exports', 'console', outputText)(
    load,
    {},
    {
      log: (line: string) => lines.push(line),
    },
  );
  expect(lines).toEqual(['<!DOCTYPE html>']);
});
