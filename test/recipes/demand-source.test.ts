/**
 * Recipe: a demand source is a row and a member of the type in constructs/policy/demand-source.ts, a file in
 * providers/sources/demand, and a row of its registry. Documents, schemas, readings and errors follow from them.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ts from 'typescript';
import { z } from 'zod';
import type { Source } from '../../providers/sources/demand/source';
import type * as calling from '../cli/calling';

const root = join(__dirname, '../..');
const forms = join(root, 'constructs/policy/demand-source.ts');
const registry = join(root, 'providers/sources/demand/registry.ts');

/** Step 1: what a document says. */
const row = `census: { title: 'the census', doc: 'Town whose inhabitants are the demand.' },`;
/** Step 2: the file of the source, which asks a server that is down in one town. */
const schema = z
  .strictObject({ town: z.string().min(1) })
  .optional()
  .describe('One town.');
const toy: Source<typeof schema> = {
  schema,
  serverKeys: ['town'],
  parse: (given) => given,
  read: async ({ town }) => {
    const { EdgeError } = require('../../constructs/parsing');
    if (town === 'Atlantis') {
      const at = { code: 'SourceFailed', path: 'demand.census.town' };
      throw new EdgeError({ ...at, summary: 'no answer', remedy: 'Wait.' });
    }
    const origins = [{ name: town, latitude: 48, longitude: 9, requestsPerSecond: 7 }];
    const observedAt = '2026-11-21T06:00:00Z';
    return { demand: { observedAt, validForSeconds: 60, origins }, warnings: ['an estimate'] };
  },
};

/** Loads a module as if its file had this text. */
function replace(file: string, from: RegExp, to: string): void {
  const text = readFileSync(file, 'utf8').replace(from, to);
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const load = (path: string) => require(path.startsWith('.') ? join(dirname(file), path) : path);
  jest.doMock(file, () => {
    const exports = {};
    new Function('exports', 'require', outputText)(exports, load);
    return exports;
  });
}

jest.doMock(join(dirname(registry), 'census-source.ts'), () => ({ census: toy }), {
  virtual: true,
});
replace(forms, /( {2}prometheus: \{ title: .*\n)/, `$1  ${row}\n`);
/** Step 3: one row of the registry. */
replace(
  registry,
  /demandSources = \{ prometheus, file \}/,
  `demandSources = { prometheus, file, census: require('./census-source.ts').census }`,
);
const { parseEdgeApp, edgeAppDocument } =
  require('../../constructs/policy') as typeof import('../../constructs/policy');
const { edgeErrorsOf } =
  require('../../constructs/parsing') as typeof import('../../constructs/parsing');
const { documentSchemas } =
  require('../../constructs/schemas') as typeof import('../../constructs/schemas');
const { demand } =
  require('../../providers/resources/demand') as typeof import('../../providers/resources/demand');
const { caller } = require('../cli/calling') as typeof calling;

const appOf = (town: string) => ({
  apiVersion: 'littoral.dev/v1alpha1',
  kind: 'EdgeApp',
  name: 'shop',
  manifests: ['shop.yaml'],
  demand: { census: { town } },
});
const world = { now: '2026-11-21T06:00:00Z', folder: root, environment: {} };
const errorsOf = (step: () => unknown) => {
  try {
    step();
  } catch (thrown) {
    return edgeErrorsOf(thrown)?.map(({ path, summary }) => `${path}: ${summary}`);
  }
  return [];
};
const cli = caller({
  'shop.yaml': JSON.stringify(appOf('Ulm')),
  'sunk.yaml': JSON.stringify(appOf('Atlantis')),
});

describe('a demand source added as a row and a file', () => {
  it('is parsed in an EdgeApp, and written again as it was', () => {
    const app = parseEdgeApp(appOf('Ulm') as never);
    expect(app.demand).toEqual({ census: { town: 'Ulm' } });
    expect(edgeAppDocument(app)).toMatchObject({ demand: { census: { town: 'Ulm' } } });
  });

  it('is in the JSON schema of an EdgeApp, with its sentence as documentation', () => {
    const text = JSON.stringify(documentSchemas().find(({ kind }) => kind === 'EdgeApp')?.schema);
    expect(text).toContain('Town whose inhabitants are the demand.');
    expect(text).toContain('or {prometheus: {...}} or {census: {...}}.');
  });

  it('is an argument of the data source, in its errors too', () => {
    expect(errorsOf(() => demand.parse({}))).toEqual([
      ': got neither prometheus, file nor census, expected one of them',
    ]);
    expect(errorsOf(() => demand.parse({ file: 'd.yaml', census: { town: 'Ulm' } }))).toEqual([
      'census: got both file and census, expected one of them',
    ]);
    expect(errorsOf(() => demand.parse({ census: { town: 3 } }))?.[0]).toMatch(/^census\.town: /);
  });

  it('is read by the data source, which allows its server to fail', async () => {
    const read = (town: string, more = {}) =>
      demand.read(demand.parse({ census: { town }, ...more }), world);
    expect((await read('Ulm')).demand?.origins[0]).toMatchObject({ name: 'Ulm' });
    const { warnings } = await read('Atlantis');
    expect(warnings).toEqual(['no answer; there is no demand to place by']);
    await expect(read('Atlantis', { allowMissing: false })).rejects.toMatchObject({
      errors: [{ path: 'census.town' }],
    });
  });

  it('is read by the command line, whose exit code tells a failed server from a wrong input', async () => {
    const { code, out, err } = await cli.call('demand --app shop.yaml');
    expect(code).toBe(0);
    expect(out).toContain('name: Ulm');
    expect(err).toContain('an estimate');
    expect(await cli.call('demand --app sunk.yaml')).toMatchObject({ code: 1 });
  });
});
