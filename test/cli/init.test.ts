/** littoral init: three documents that place at once, and nothing overwritten. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { starter } from '../../providers/cli/commands/starter';
import { readApp, readDemand, readFleet } from '../../providers/sources/files/documents';
import { caller } from './calling';

/** The module object itself: what the code under test calls through. */
const fs = jest.requireActual<typeof import('node:fs')>('node:fs');

it('writes documents that parse', async () => {
  const { call, folder } = caller();
  const { code, out } = await call('init demo');
  const at = (name: string) => join(folder, 'demo', name);
  expect(code).toBe(0);
  expect(out).toContain('littoral place --app demo/app.yaml --fleet demo/fleet.yaml');
  expect(readApp(at('app.yaml')).name).toBe('shop');
  expect(readFleet(at('fleet.yaml')).clusters).toHaveLength(8);
  expect(readDemand(at('demand.yaml')).origins).toHaveLength(11);
  // The package is not installed here, and editors report a schema that they do not find.
  expect(readFileSync(at('app.yaml'), 'utf8')).not.toContain('$schema');
});

it('names the schemas of the package that is installed beside the documents', async () => {
  const { call, folder } = caller({ 'node_modules/littoral/schemas/fleet.json': '{}' });
  await call('init');
  await call('init apps/demo');
  const first = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n')[0];
  const line = '# yaml-language-server: $schema=';
  expect(first('fleet.yaml')).toBe(`${line}./node_modules/littoral/schemas/fleet.json`);
  expect(first('apps/demo/app.yaml')).toBe(
    `${line}../../node_modules/littoral/schemas/edge-app.json`,
  );
  for (const [, , schema] of starter) {
    expect(existsSync(join(__dirname, '../../schemas', schema))).toBe(true);
  }
});

it('overwrites nothing and then writes nothing', async () => {
  const { call, folder } = caller({ 'fleet.yaml': 'mine' });
  const { code, err } = await call('init');
  expect(code).toBe(2);
  expect(err).toContain('error fleet.yaml: is already there, and init does not overwrite\n');
  expect(readdirSync(folder)).toEqual(['fleet.yaml']);
  expect(readFileSync(join(folder, 'fleet.yaml'), 'utf8')).toBe('mine');
});

it('says what is in its way, and leaves no part of a starter', async () => {
  const { call, folder } = caller({ taken: 'mine', 'half/fleet.yaml/x': '' });
  for (const [words, sentence] of [
    ['init taken', 'error taken cannot be written: a part of its path is a file\n'],
    ['init taken/below', 'error taken/below cannot be written: a part of its path is a file\n'],
    ['init half', 'error half/fleet.yaml: is already there'],
  ] as const) {
    const { code, err } = await call(words);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(sentence) });
  }
  expect(readdirSync(folder).sort()).toEqual(['half', 'taken']);
  const real = fs.writeFileSync;
  const write = jest.spyOn(fs, 'writeFileSync').mockImplementation((path, ...rest) => {
    if (String(path).endsWith('fleet.yaml')) {
      throw Object.assign(new Error('disk'), { code: 'ENOSPC' });
    }
    real(path, ...rest);
  });
  const { code, err } = await call('init full');
  write.mockRestore();
  expect(code).toBe(1);
  expect(err).toContain('error full/fleet.yaml cannot be written: the disk is full\n');
  expect(readdirSync(join(folder, 'full'))).toEqual([]);
});

it('places at once', async () => {
  const { call } = caller();
  await call('init');
  const { code, err } = await call('place --app app.yaml --fleet fleet.yaml --json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
