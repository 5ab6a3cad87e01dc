/** The lock around builds: one at a time, and a holder that is gone does not hold it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withBuildLock } from './build-lock';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-lock-'));
  path = join(folder, 'building');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a second builder waits for the first and says for whom', async () => {
  const events: string[] = [];
  const build = (name: string) =>
    withBuildLock(
      path,
      (line) => void events.push(line),
      async () => {
        events.push(`${name} begins`);
        await new Promise((next) => setTimeout(next, 50));
        events.push(`${name} ends`);
      },
    );
  await Promise.all([build('a'), build('b')]);
  const waiting = `waiting for process ${process.pid}, which is building`;
  expect(events).toEqual(['a begins', waiting, 'a ends', 'b begins', 'b ends']);
  expect(existsSync(path)).toBe(false);
});

test('the lock of a process that is gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(path, String(pid));
  let isDone = false;
  await withBuildLock(
    path,
    () => undefined,
    async () => {
      isDone = true;
    },
  );
  expect(isDone).toBe(true);
});

test('a build that fails gives the lock back', async () => {
  const failing = withBuildLock(
    path,
    () => undefined,
    () => Promise.reject(new Error('no compiler')),
  );
  await expect(failing).rejects.toThrow('no compiler');
  expect(existsSync(path)).toBe(false);
});
