/** Deep YAML: refused before the library recurses, because Node cannot be stopped from ending where the stack does. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { NestedTooDeep } from '../../constructs/parsing/plain-value';
import { composeYaml } from '../../constructs/parsing/yaml';

it.each([
  ['lists', '['],
  ['maps', '{a: '],
  ['pairs', '[a: '],
  ['dashes', '- '],
  ['keys', '? '],
])('refuses %s nested 20,000 deep', (_, opening) => {
  expect(() => composeYaml(opening.repeat(20_000))).toThrow(NestedTooDeep);
});

it('refuses lines that are indented ever more', () => {
  const lines = Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`);
  expect(() => composeYaml(lines.join('\n'))).toThrow(NestedTooDeep);
});

it.each([
  '[]',
  'a: 1\n---\nb: 2',
  '',
  'a: [',
  '- &x 1\n- *x',
  '"\\x"',
  `${'['.repeat(500)}${']'.repeat(500)}`,
])('reads %j as the library does', (text) => {
  const [ours, theirs] = [composeYaml(text), parseDocument(text, { prettyErrors: false })];
  expect(ours.errors.map(({ code, pos }) => ({ code, pos }))).toEqual(
    theirs.errors.map(({ code, pos }) => ({ code, pos })),
  );
  if (ours.errors.length === 0) expect(ours.toJS()).toEqual(theirs.toJS());
});

it('ends no process that reads documents nested deep', () => {
  const built = join(__dirname, '../../dist/constructs/index.js');
  const program = `const {parseFleet} = require(${JSON.stringify(built)});
    for (const part of ['[', '- ', '{a: ']) {
      try { parseFleet(part.repeat(20000)); } catch (error) { console.log(error.message.split('\\n')[0]); }
    }`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout.match(/got values nested more than 64 deep/g)).toHaveLength(3);
});
