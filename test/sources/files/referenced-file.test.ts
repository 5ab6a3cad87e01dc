/** Referenced files: bytes as they are, or an error at the setting that names the file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAuthorities, readReferenced } from '../../../providers/sources/files/referenced-file';

const folder = mkdtempSync(join(tmpdir(), 'littoral-referenced-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a path starts at the folder, and bytes are given as they are', () => {
  const bytes = Buffer.from([0, 255, 10]);
  writeFileSync(join(folder, 'key'), bytes);
  expect(readReferenced('key', folder, 'tls.keyFile')).toEqual(bytes);
});

test('authorities that nobody names are the usual ones', () => {
  writeFileSync(join(folder, 'ca.pem'), 'PEM\n');
  expect(readAuthorities(undefined, folder, 'caFile')).toBeUndefined();
  expect(readAuthorities('ca.pem', folder, 'caFile')).toBe('PEM\n');
});

test('a file that cannot be read is told at the setting that names it', () => {
  const failed = { code: 'SourceFailed', remedy: 'Correct the path or its permissions.' };
  expect(() => readReferenced('none', folder, 'powerdns.apiKeyFile')).toThrow(
    expect.objectContaining({
      ...failed,
      path: 'powerdns.apiKeyFile',
      summary: 'the file none cannot be read (ENOENT)',
    }),
  );
  expect(() => readAuthorities('.', folder, '--endpoint-ca')).toThrow(
    expect.objectContaining({
      ...failed,
      path: '--endpoint-ca',
      summary: 'the file . cannot be read (EISDIR)',
    }),
  );
});
