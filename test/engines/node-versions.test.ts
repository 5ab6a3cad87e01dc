/** Other versions of Node decide the same bytes as this one: all of the corpus, by the built library. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../constructs/model/canonical';
import { place } from '../../constructs/placement/decide/place';
import { corpus } from '../placement/corpus';
import { withBuildLock } from '../testbed/build-lock';
import { onPath } from '../testbed/path-lookup';

const versions = ['22.23.3', '24.21.0'];
const tools = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'littoral/tools');
const packageName = `node-${process.platform}-${process.arch}`;
const homeOf = (version: string) => join(tools, `node-${version}`);
const programOf = (version: string) =>
  join(homeOf(version), 'node_modules', packageName, 'bin/node');

/** Reads inputs as JSON, writes digests as JSON. */
const script = `
const { place } = require(process.argv[1] + '/constructs/placement-api');
const { digestOf } = require(process.argv[1] + '/constructs/model/canonical');
const inputs = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(inputs.map((input) => digestOf(place(input)))));
`;
const library = join(__dirname, '../../dist');

function digestsBy(node: string, inputs: string): readonly string[] {
  const words = ['-e', script, library];
  return JSON.parse(execFileSync(node, words, { input: inputs, maxBuffer: 1 << 26 }).toString());
}

/** Installs a version of Node once for the machine, about 60 MB. */
async function install(version: string): Promise<void> {
  if (existsSync(programOf(version))) return;
  mkdirSync(tools, { recursive: true });
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  await withBuildLock(join(tools, 'installing'), progress, async () => {
    if (existsSync(programOf(version))) return;
    const part = `${homeOf(version)}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    const dependencies = { [packageName]: version };
    writeFileSync(join(part, 'package.json'), JSON.stringify({ private: true, dependencies }));
    progress(`installing node ${version}, once for this machine`);
    const words = ['install', '--no-audit', '--no-fund', '--no-progress', '--ignore-scripts'];
    execFileSync('npm', words, { cwd: part, stdio: 'pipe' });
    rmSync(homeOf(version), { recursive: true, force: true });
    renameSync(part, homeOf(version));
  });
}

const reason = onPath('npm') === undefined ? 'npm, which would install them, is not there' : '';

if (reason !== '') {
  it.skip(`other versions of Node: ${reason}`, () => {});
} else {
  it.each(versions)(
    'Node %s decides the same bytes',
    async (version) => {
      await install(version);
      const entries = corpus();
      const expected = entries.map(({ name, input }) => [name, digestOf(place(input))]);
      const inputs = JSON.stringify(entries.map(({ input }) => input));
      const got = digestsBy(programOf(version), inputs);
      expect(entries.map(({ name }, index) => [name, got[index]])).toEqual(expected);
    },
    600_000,
  );
}
