/** Other versions of Node decide the same bytes as this one: all of the corpus, by the built library. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { digestOf } from '../../constructs/model/canonical';
import { place } from '../../constructs/placement/decide/place';
import { corpus } from '../placement/corpus';
import { installed, whyNoInstall } from './installed';

const versions = ['22.23.3', '24.21.0'];
const packageName = `node-${process.platform}-${process.arch}`;

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

const reason = whyNoInstall();

if (reason !== undefined) {
  it.skip(`other versions of Node: ${reason}`, () => {});
} else {
  it.each(versions)(
    'Node %s decides the same bytes',
    async (version) => {
      const home = await installed(`node-${version}`, packageName, version);
      const entries = corpus();
      const expected = entries.map(({ name, input }) => [name, digestOf(place(input))]);
      const inputs = JSON.stringify(entries.map(({ input }) => input));
      const got = digestsBy(join(home, 'bin/node'), inputs);
      expect(entries.map(({ name }, index) => [name, got[index]])).toEqual(expected);
    },
    600_000,
  );
}
