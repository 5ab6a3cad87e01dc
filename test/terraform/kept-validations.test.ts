/** What was found to be without a mistake is not looked at again by the same program; anything else is. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Diagnostic, type Fields, unknown } from '../../providers/terraform/protocol/provider';
import { keptValidation } from '../../providers/terraform/resources/placement/kept-validations';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-valid-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mistake: Diagnostic = { severity: 'error', summary: 'Got nothing.', detail: '' };

/** A validation that counts how often it looks. */
function counting(said: readonly Diagnostic[] = [], type = 'a', home = folder) {
  const look = jest.fn(async () => said);
  return { look, ask: keptValidation(type, look, () => home) };
}

it('looks once at arguments that have no mistake, over all processes', async () => {
  const first = counting();
  const second = counting([mistake]);
  expect(await first.ask({ file: 'fleet.json' })).toEqual([]);
  expect(await second.ask({ file: 'fleet.json' })).toEqual([]);
  expect(second.look).not.toHaveBeenCalled();
});

it('looks every time while there is something to say', async () => {
  const { look, ask } = counting([mistake]);
  for (const _ of [1, 2]) expect(await ask({ file: 'fleet.json' })).toEqual([mistake]);
  expect(look).toHaveBeenCalledTimes(2);
});

it.each<[string, Fields, string]>([
  ['another argument', { file: 'other.json' }, 'a'],
  ['the same argument of something else', { file: 'fleet.json' }, 'b'],
  ['an argument that is not known yet', { file: unknown }, 'a'],
])('looks anew at %s', async (_, config, type) => {
  await counting().ask({ file: 'fleet.json' });
  await counting().ask({ file: {} });
  const { look, ask } = counting([mistake], type);
  expect(await ask(config)).toEqual([mistake]);
  expect(look).toHaveBeenCalledTimes(1);
});

it('remembers a bounded number of them, and goes on with a file that is none', async () => {
  for (let index = 0; index < 600; index += 1) await counting().ask({ index });
  const { look, ask } = counting();
  await ask({ index: 599 });
  expect(look).not.toHaveBeenCalled();
  await ask({ index: 0 });
  expect(look).toHaveBeenCalledTimes(1);
  writeFileSync(join(folder, 'littoral/valid.json'), '{"never": 1');
  await ask({ index: 599 });
  expect(look).toHaveBeenCalledTimes(2);
  expect(readdirSync(join(folder, 'littoral'))).toEqual(['valid.json']);
});

it('makes no data folder where there is none', async () => {
  const home = join(folder, '.terraform');
  const { ask } = counting([], 'a', home);
  expect(await ask({ file: 'fleet.json' })).toEqual([]);
  expect(existsSync(home)).toBe(false);
});
