/** The bundle that was reviewed is known again when Terraform plans once more at apply, and hinders no fresh plan. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  otherReviewed,
  parentRun,
} from '../../providers/terraform/resources/release/reviewed-bundles';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-reviewed-'));
  writeFileSync(join(folder, 'reviewed'), 'PK..');
  writeFileSync(join(folder, 'more.tfvars'), 'a = 1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a run with this command line hears about a bundle. */
const hears = (id: string, words: string, digest: string, key = 'shop') =>
  otherReviewed(key, digest, folder, { id, words: () => words.replace('@', folder).split(' ') });

it.each([
  ['2', 'terraform apply @/reviewed'],
  ['2', 'tofu -chdir=stack apply -auto-approve @/reviewed'],
])('knows a saved plan of another bundle', (id, words) => {
  expect(hears('1', 'terraform plan -out reviewed', 'a')).toBeUndefined();
  expect(hears(id, words, 'a')).toBeUndefined();
  expect(hears(id, words, 'b')).toBe('a');
  expect(hears(id, words, 'b', 'other')).toBeUndefined();
});

it('knows a bundle that was edited while the run asked for a yes', () => {
  expect(hears('1', 'terraform apply', 'a')).toBeUndefined();
  expect(hears('1', 'terraform apply', 'b')).toBe('a');
});

it.each([
  ['2', 'terraform plan'],
  ['2', 'terraform plan -out @/reviewed'],
  ['2', 'terraform apply'],
  ['2', 'terraform apply -var-file @/more.tfvars'],
  ['2', 'terraform apply @/gone'],
  ['1', 'terraform test'],
])('plans anew what changed for %s %s', (id, words) => {
  hears('1', 'terraform plan', 'a');
  expect(hears(id, words, 'b')).toBeUndefined();
  expect(hears('3', 'terraform apply @/reviewed', 'b')).toBeUndefined();
});

it('needs no data folder, and passes over a file that is none', () => {
  const gone = join(folder, 'none');
  expect(otherReviewed('shop', 'a', gone, parentRun())).toBeUndefined();
  expect(existsSync(gone)).toBe(false);
  hears('1', 'terraform plan', 'a');
  writeFileSync(join(folder, 'littoral/planned.json'), '{"shop": ');
  expect(hears('2', 'terraform apply @/reviewed', 'b')).toBeUndefined();
});

it('knows the process that started this one', () => {
  expect(parentRun().id).toBe(parentRun().id);
  expect(parentRun().words().length).toBeGreaterThan(0);
});
