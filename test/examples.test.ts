/**
 * Every example runs, and every page says what its commands really print.
 * `LITTORAL_UPDATE=1 npx jest test/examples.test.ts` writes pages and expected/ anew.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseEdgeApp } from '../constructs/policy/edge-app-document';
import { shop } from '../examples/quickstart/shop';
import { littoral, started } from './command';
import { agrees, type Ran, replay, rewritten, stepsOf } from './consoles';

const root = join(__dirname, '..');
const update = (process.env.LITTORAL_UPDATE ?? '') !== '';
const folders = readdirSync(join(root, 'examples')).filter((name) =>
  existsSync(join(root, 'examples', name, 'README.md')),
);

/** A copy of examples/ to work in, so that running them leaves no trace in the repository. */
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'littoral-examples-'));
  const wanted = (path: string) => !/\/(out|cdktf\.out|node_modules)(\/|$)/.test(path);
  cpSync(join(root, 'examples'), join(copy, 'examples'), { recursive: true, filter: wanted });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs one line of a page in `cwd`; undefined for what only the reader runs. */
function runLine([program, ...words]: readonly string[], cwd: string): Promise<Ran> | undefined {
  if (program === 'mkdir') {
    mkdirSync(join(cwd, words.at(-1) ?? ''), { recursive: true });
    return Promise.resolve({ output: '', exitCode: 0 });
  }
  const printed =
    program === 'littoral'
      ? littoral(words, cwd, true)
      : words.join(' ').endsWith('npm start') && started('examples/quickstart/main.js', cwd);
  if (!printed) return undefined;
  return printed.then(({ stdout, exitCode }) => ({ output: stdout, exitCode }));
}

/** Replays a page in `cwd` and compares, or writes the page anew. */
async function expectPage(page: string, cwd: string): Promise<void> {
  const text = readFileSync(page, 'utf8');
  const steps = stepsOf(text);
  const printed = await replay(steps, (words) => runLine(words, cwd));
  const differs = steps.map(({ output }, index) => {
    const one = printed[index];
    return one !== undefined && !agrees(output, one);
  });
  if (update) {
    const outputs = printed.map((one, index) => (differs[index] ? one : undefined));
    return writeFileSync(page, rewritten(text, outputs));
  }
  const said = steps.filter((_, index) => differs[index]);
  const wanted = said.map(({ command, output }) => ({ command, output }));
  const real = said.map((step) => ({ ...step, output: printed[steps.indexOf(step)] }));
  expect(real).toEqual(wanted);
}

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
        .sort()
    : [];

/** What a file says, without what changes with every version of the engine: effort, proof and digests. */
function essence(path: string): unknown {
  const text = readFileSync(path, 'utf8').replace(/sha256:[0-9a-f]{64}/g, 'sha256:…');
  if (!path.endsWith('.json')) return text;
  const { engine: _, certificate: __, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return rest;
}

describe.each(folders)('examples/%s', (name) => {
  const folder = join(root, 'examples', name);

  it('prints what its page says, and writes what is in expected/', async () => {
    const cwd = join(copy, 'examples', name);
    await expectPage(join(folder, 'README.md'), cwd);
    for (const file of filesIn(join(folder, 'expected'))) {
      const [made, wanted] = [join(cwd, 'out', file), join(folder, 'expected', file)];
      if (update) cpSync(made, wanted);
      else expect([file, essence(made)]).toEqual([file, essence(wanted)]);
    }
  }, 120_000);
});

describe('the quickstart', () => {
  const folder = join(root, 'examples/quickstart');

  it('prints what README.md says', () => expectPage(join(root, 'README.md'), copy), 120_000);

  it('writes, as a program, the manifests that the command writes', () => {
    const files = filesIn(join(folder, 'expected')).filter((file) => file.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(essence(join(copy, 'out', file))).toEqual(essence(join(folder, 'expected', file)));
    }
  });

  it('is the same app in TypeScript and in YAML', () => {
    const written = parseEdgeApp(readFileSync(join(folder, 'shop.yaml'), 'utf8'));
    expect(parseEdgeApp(shop)).toEqual(written);
  });
});
