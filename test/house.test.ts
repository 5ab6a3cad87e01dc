/** The structure of the source tree, and a small bad example for each of the rules that guard it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { house, inspect, rules } from './house';

const root = join(__dirname, '..');
const generated = new Set(['node_modules', 'dist', 'cdktf.out', 'out', '.gen', 'expected']);

function readTree(): Record<string, string> {
  const sources: Record<string, string> = {};
  const walk = (folder: string): void => {
    if (!existsSync(join(root, folder))) return;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !generated.has(entry.name)) walk(path);
      else if (path.endsWith('.ts')) sources[path] = readFileSync(join(root, path), 'utf8');
    }
  };
  for (const wing of ['constructs', 'providers', 'browser', 'examples', 'test']) walk(wing);
  return sources;
}

describe('the house', () => {
  const tree = house(readTree());

  it.each(rules.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.check(tree)).toEqual([]);
  });

  it('has a source file behind every door in package.json', () => {
    const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const doors: string[] = Object.values<{ default?: string }>(exports)
      .flatMap((door) => door.default ?? [])
      .concat(Object.values<string>(bin));
    const missing = doors
      .map((door) => door.replace(/^(\.\/)?dist\//, '').replace(/\.js$/, '.ts'))
      .filter((source) => !existsSync(join(root, source)));
    expect(missing).toEqual([]);
  });
});

/** A file that breaks no rule, with a body. */
const file = (body = '') => `/** Says what it is for. */\n${body}\n`;
const repeated = (line: string, count: number) => Array<string>(count).fill(line).join('\n');
const long = (lines: number) => `function choose() {\n${repeated('  step();', lines - 2)}\n}`;

describe('a bad file is told so', () => {
  const says = (sources: Record<string, string>, sentence: string) =>
    expect(inspect(sources)).toEqual([sentence]);

  it('when it imports from a room it may not know', () => {
    says(
      {
        'constructs/policy/constraints/row.ts': file(
          "import { print } from '../../../providers/cli/print';",
        ),
        'providers/cli/print.ts': file(),
      },
      'constructs/policy/constraints/row.ts:2 imports providers/cli/print.ts, but constructs/policy/constraints may import only constructs/model, constructs/model/app, constructs/parsing, constructs/optimizer.',
    );
  });

  it('when parsing imports anything, even a type', () => {
    says(
      {
        'constructs/parsing/spelling.ts': file("import type { Policy } from '../policy';"),
        'constructs/policy/index.ts': file(),
      },
      'constructs/parsing/spelling.ts:2 imports constructs/policy/index.ts, but constructs/parsing may import nothing of ours.',
    );
  });

  it('when it comes in through the front door from inside', () => {
    says(
      {
        'constructs/index.ts': file(),
        'constructs/terraform/edge-stack.ts': file("export * from '..';"),
      },
      'constructs/terraform/edge-stack.ts:2 imports constructs/index.ts, but constructs/terraform may import only constructs/model, constructs/model/app, constructs/parsing, constructs/policy, constructs/placement, constructs/kubernetes, constructs/terraform/kubernetes.',
    );
  });

  it('when it imports our own package by name', () => {
    says(
      { 'providers/cli/main.ts': file("import { place } from 'littoral/placement';") },
      'providers/cli/main.ts:2 imports littoral/placement; import our own code by relative path.',
    );
  });

  it('when its room is not in the table', () => {
    says(
      {
        'providers/shed/rake.ts': file("import { fleet } from '../../constructs/model/fleet';"),
        'constructs/model/fleet.ts': file(),
      },
      'providers/shed/rake.ts is in providers/shed, a room the table in test/house.ts does not know.',
    );
  });

  it.each([
    ['cdktf', 'constructs/kubernetes/edge-app.ts', 'constructs/terraform'],
    ['@cdktf/provider-kubernetes/lib/manifest', 'providers/cli/main.ts', 'constructs/terraform'],
    [
      'cdk8s',
      'constructs/placement/place.ts',
      'constructs/kubernetes, constructs/kubernetes/charts',
    ],
    [
      'cdk8s-plus-33',
      'constructs/model/app/workload.ts',
      'constructs/kubernetes, constructs/kubernetes/charts',
    ],
    ['@pulumi/pulumi', 'providers/resources/list.ts', 'providers/pulumi'],
  ])('when it imports %s outside its room', (module, path, room) => {
    says(
      { [path]: file(`import { Thing } from '${module}';`) },
      `${path}:2 imports ${module}, which only ${room} may do.`,
    );
  });

  it('when the verifier reaches the solver, however indirectly', () => {
    says(
      {
        'constructs/verification/verify.ts': file("import { cost } from '../policy';"),
        'constructs/policy/index.ts': file("export { row } from './constraints/row';"),
        'constructs/policy/constraints/row.ts': file("export { row } from '../../optimizer';"),
        'constructs/optimizer/index.ts': file(),
      },
      'constructs/verification/verify.ts reaches constructs/optimizer/index.ts, but it may share no code with what it checks.',
    );
  });

  it('when it passes the door of a house', () => {
    says(
      {
        'constructs/testing/fleet.ts': file("import { readText } from '../parsing/source-text';"),
        'constructs/parsing/source-text.ts': file(),
      },
      'constructs/testing/fleet.ts:2 imports constructs/parsing/source-text.ts; come in through constructs/parsing/index.ts.',
    );
  });

  it('when a room inside the optimizer imports one that builds on it', () => {
    says(
      {
        'constructs/optimizer/problem/rules.ts': file("import { row } from '../joint/row';"),
        'constructs/optimizer/joint/row.ts': file(),
      },
      'constructs/optimizer/problem/rules.ts:2 imports constructs/optimizer/joint/row.ts, but constructs/optimizer/problem may import only constructs/optimizer/options.',
    );
  });

  it('when imports go round, even as types', () => {
    says(
      {
        'providers/cli/a.ts': file("import { b } from './b';"),
        'providers/cli/b.ts': file("import type { C } from './c.js';"),
        'providers/cli/c.ts': file("export type C = import('./a').A;"),
      },
      'Imports go round: providers/cli/a.ts -> providers/cli/b.ts -> providers/cli/c.ts -> providers/cli/a.ts.',
    );
  });

  it('when it does not open with a sentence', () => {
    says(
      { 'providers/cli/main.ts': '#!/usr/bin/env node\nexport const one = 1;\n' },
      'providers/cli/main.ts does not open with a comment: one sentence that says what it is for.',
    );
  });

  it('when it is long', () => {
    says(
      { 'constructs/model/fleet.ts': file(repeated('export {};', 400)) },
      'constructs/model/fleet.ts has 401 lines, more than 400; split it.',
    );
  });

  it('when one of its functions is long', () => {
    says(
      { 'constructs/model/fleet.ts': file(long(61)) },
      'constructs/model/fleet.ts:2 is a function of 61 lines, more than 60; split it.',
    );
  });

  it('when a solver loop is long and states a bound', () => {
    const solver = 'constructs/optimizer/primitives/swap.ts';
    const stated = (lines: number) => file(`// Bounded by clusters squared.\n${long(lines)}`);
    expect(inspect({ [solver]: stated(80) })).toEqual([]);
    says(
      { [solver]: stated(81) },
      `${solver}:3 is a function of 81 lines, more than 80; split it.`,
    );
    says(
      { [solver]: file(long(61)) },
      `${solver}:2 is a function of 61 lines, more than 60; split it.`,
    );
  });

  it.each([
    ["const slow = ['Pod', 'Job', 'CronJob', 'Deployment'];", 4],
    [
      "const order = { Pod: 1, 'batch/Job': 2, other: ['Service', 'Ingress=ingresses', 'Secret'] };",
      5,
    ],
    ["export type Slow = 'Pod' | 'Job' | 'CronJob' | 'Deployment';", 4],
  ])('when it is a second table of kinds: %s', (body, count) => {
    says(
      { 'providers/clusters/slow.ts': file(body) },
      `providers/clusters/slow.ts:2 lists ${count} kinds of Kubernetes; add what it knows of them to the rows of constructs/kubernetes/kinds.ts.`,
    );
  });

  it('but not when it names a few kinds, or speaks of them', () => {
    const body = "export const slow = ['Pod', 'Job', 'Service', 'Deployment and Secret wait.'];";
    expect(inspect({ 'providers/clusters/slow.ts': file(body) })).toEqual([]);
  });

  it('when its name says nothing', () => {
    says(
      { 'providers/sources/utils.ts': file() },
      'providers/sources/utils.ts has a name that says nothing; name the idea.',
    );
  });

  it.each([
    'export default 1;',
    'export default function one() {}',
    'const a = 1; export { a as default };',
  ])('when it exports by default: %s', (body) => {
    says({ 'test/one.ts': body }, 'test/one.ts:1 is a default export; give it a name.');
  });

  it('when it says any', () => {
    says({ 'test/one.ts': 'const a: any = 1;' }, 'test/one.ts:1 says `any`; say what it is.');
  });

  it.each(['TODO', 'FIXME', '@ts-ignore', '@ts-nocheck'])('when a comment says %s', (word) => {
    says(
      { 'test/one.ts': `const a = '${word}';\n// ${word} later\nconst b = 1;` },
      `test/one.ts:2 says ${word}; finish it or leave it out.`,
    );
  });

  it.each(['console.log(1);', 'process.stdout.write(text);', 'process.exit(1);'])(
    'when it speaks outside the command line: %s',
    (body) => {
      says(
        { 'providers/sources/file.ts': file(body) },
        'providers/sources/file.ts:2 prints or exits, which only providers/cli may do.',
      );
      expect(inspect({ 'providers/cli/print.ts': file(body) })).toEqual([]);
    },
  );
});

describe('constructs/ is told that it may not use', () => {
  const path = 'constructs/placement/place.ts';
  const inside = (body: string) =>
    rules.find((rule) => rule.name.startsWith('constructs/'))?.check(house({ [path]: file(body) }));

  it.each([
    ['Date.now', 'const now = Date.now();'],
    ['new Date() without an argument', 'const now = new Date();'],
    ['Date()', 'const now = Date();'],
    ['Math.random', 'const luck = Math.random();'],
    ['fetch', 'const reply = fetch(url);'],
    ['process', 'const home = process.env.HOME;'],
    ['console', 'console.log(1);'],
    ['performance', 'const start = performance.now();'],
    ['setTimeout', 'setTimeout(later, 10);'],
    ['setInterval', 'setInterval(later, 10);'],
    ['crypto', 'const id = crypto.randomUUID();'],
    ['globalThis', "const hidden = globalThis['fetch'];"],
    ['toLocaleString', 'const text = (1.5).toLocaleString();'],
    ['localeCompare', 'names.sort((a, b) => a.localeCompare(b));'],
    ['Intl', "const order = new Intl.Collator('en');"],
    ['require', "const os = require('littoral-effects');"],
    ['import', "const late = import('littoral-effects');"],
  ])('%s', (what, body) => {
    expect(inside(body)).toEqual([
      `${path}:2 uses ${what}, but constructs/ only computes; take it as an argument.`,
    ]);
  });

  it('and what each machine rounds in its own way', () => {
    const body = 'const far = Math.asin(Math.sqrt(h));\nconst step = 2 ** 31 + first ** share;';
    const what = 'whose last digits depend on the machine; use constructs/model/trigonometry.ts.';
    expect(rules.flatMap((rule) => rule.check(house({ [path]: file(body) })))).toEqual([
      `${path}:2 uses Math.asin, ${what}`,
      `${path}:3 uses first ** share, ${what}`,
    ]);
  });

  it.each([
    ['node:fs', "import { readFileSync } from 'node:fs';", 'readFileSync of node:fs'],
    ['fs', "import * as fs from 'fs';", 'fs'],
    ['http', "import http from 'node:http';", 'node:http'],
    [
      'other crypto',
      "import { createHash, randomUUID } from 'node:crypto';",
      'createHash, randomUUID of node:crypto',
    ],
    ['all of crypto', "import * as crypto from 'node:crypto';", 'node:crypto'],
    ['an HTTP client', "import { Agent } from 'undici';", 'Agent of undici'],
  ])('%s as a module', (_name, body, what) => {
    expect(inside(body)).toEqual([`${path}:2 imports ${what}, but constructs/ only computes.`]);
  });

  it('only what acts: names that merely look alike pass', () => {
    const body = [
      "import { createHash } from 'node:crypto';",
      'const at = new Date(0);',
      'const step = { process: 1, fetch: 2 };',
      'interface Row { readonly console: string; fetch(): void }',
      'const sum = step.process + step.fetch;',
      'type Log = Row["console"];',
    ].join('\n');
    expect(inside(body)).toEqual([]);
  });
});
