/** The page on deciding continuously: its commands end well, and its manifests are what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runContinuously } from '../../providers/cli/commands/release/run';
import { pageOf, type Ran } from '../page';

const page = pageOf('continuous.md');
let ran: readonly Ran[] = [];
beforeAll(async () => {
  ran = await page.runCommands();
});
afterAll(page.remove);

it('has commands that propose, and then find nothing to move', () => {
  expect(ran.map(({ line, exitCode }) => [line, exitCode])).toEqual(
    ran.map(({ line }) => [line, 0]),
  );
  expect(ran.slice(1).map(({ stderr }) => stderr.replace(/^\S+ /, ''))).toEqual([
    'proposed: a first decision\n',
    'unchanged: no cluster changes\n',
  ]);
});

it.each(['deployment.yaml', 'cronjob.yaml'])('has flags that exist in %s', (name) => {
  const text = readFileSync(join(__dirname, '../../examples/run', name), 'utf8');
  const documents = parseAllDocuments(text);
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const flags = [...text.matchAll(/- --([a-z-]+)/g)].map(([, flag = '']) => flag);
  expect(flags.length).toBeGreaterThan(3);
  expect(Object.keys(runContinuously.flags)).toEqual(expect.arrayContaining(flags));
});
