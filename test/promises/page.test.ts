/** The page on promises: its commands print what it shows, and its test passes as a test of jest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, programOf, type Ran } from '../page';

const page = pageOf('checks.md');
let ran: readonly Ran[] = [];
beforeAll(async () => {
  ran = await page.runCommands();
});
afterAll(page.remove);

it('shows commands that end and print as it says', () => {
  const checks = ran.filter(({ line }) => line.startsWith('littoral check'));
  expect(checks.map(({ stdout }) => stdout)).toEqual(page.blocks('text'));
  const ends = ran.map(({ line, exitCode }) => [line, exitCode]);
  expect(ends).toEqual(ran.map(({ line }) => [line, line.includes('exits with 6') ? 6 : 0]));
});

describe('its test', () => {
  const tests: (readonly [string, () => void])[] = [];
  it('passes', () => {
    const doors: Readonly<Record<string, string>> = {
      littoral: '../../dist/constructs',
      'littoral/testing': '../../dist/constructs/testing',
    };
    const load = (name: string) =>
      name === 'node:fs'
        ? { readFileSync: (file: string) => readFileSync(join(page.folder(), file), 'utf8') }
        : require(doors[name] ?? name);
    const program = programOf(page.blocks('ts')[0] ?? '');
    const test = (title: string, body: () => void) => tests.push([title, body]);
    new Function('require', 'exports', 'expect', 'test', program)(load, {}, expect, test);
    expect(tests).toHaveLength(1);
    for (const [, body] of tests) body();
  });
});
