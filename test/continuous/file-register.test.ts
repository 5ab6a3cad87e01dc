/** Registers in folders: of all who write over one version, one does. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { fileRegister } from '../../providers/continuous/file-register';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-register-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('holds what was written last, and refuses who has not seen it', async () => {
  const [one, other] = [fileRegister<number>(folder, 'n'), fileRegister<number>(folder, 'n')];
  const first = await one.read();
  expect(first.value).toBeUndefined();
  expect(await one.swap(1, first.version)).toBe(true);
  expect(await other.swap(2, first.version)).toBe(false);
  const second = await other.read();
  expect(second.value).toBe(1);
  expect(await other.swap(2, second.version)).toBe(true);
  expect(await one.swap(3, second.version)).toBe(false);
  expect((await one.read()).value).toBe(2);
  // A token and a value: nothing piles up.
  expect(readdirSync(join(folder, 'n'))).toHaveLength(2);
});

it('refuses a version that was replaced long ago, whatever was cleaned up since', async () => {
  const register = fileRegister<number>(folder, 'n');
  const { version } = await register.read();
  for (let value = 0; value < 20; value++) {
    await register.swap(value, (await register.read()).version);
  }
  expect(await register.swap(99, version)).toBe(false);
  expect((await register.read()).value).toBe(19);
});

it('loses no count of threads that count at the same time', async () => {
  const script = `
    require('@swc/core');
    const { register } = require('node:module');
    const { workerData, parentPort } = require('node:worker_threads');
    const { transformFileSync } = require('@swc/core');
    require.extensions['.ts'] = (module, path) => module._compile(transformFileSync(path, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }).code, path);
    const { fileRegister } = require(workerData.source);
    (async () => {
      const counter = fileRegister(workerData.folder, 'n');
      for (let done = 0; done < 25;) {
        const { value = 0, version } = await counter.read();
        if (await counter.swap(value + 1, version)) done++;
      }
      parentPort.postMessage('done');
    })();`;
  const source = require.resolve('../../providers/continuous/file-register.ts');
  const threads = [0, 1, 2].map(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(script, { eval: true, workerData: { source, folder } });
        worker.once('message', resolve);
        worker.once('error', reject);
      }),
  );
  await Promise.all(threads);
  expect((await fileRegister<number>(folder, 'n').read()).value).toBe(75);
});

it('says that a person wants nothing to move, and why', async () => {
  const register = fileRegister<number>(folder, 'n');
  writeFileSync(join(folder, 'pause'), 'migration of the database\n');
  expect((await register.read()).pause).toBe('migration of the database');
  writeFileSync(join(folder, 'pause'), '');
  expect((await register.read()).pause).toBe('no reason given');
});

it('names the place where something else lies', async () => {
  writeFileSync(join(folder, 'n'), '');
  await expect(fileRegister<number>(folder, 'n').read()).rejects.toMatchObject({
    code: 'SourceFailed',
    path: '--keep',
  });
});
