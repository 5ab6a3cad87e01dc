/** Lets one process build at a time: a file with the builder's id, which counts only while that process lives. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Runs `work` while holding the lock at `path`; waits for another holder, and takes over from one that is gone. */
export async function withBuildLock(
  path: string,
  progress: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  for (let waited = 0; !take(path); waited += 1) {
    const holder = holderOf(path);
    if (holder !== undefined && !isAlive(holder)) rmSync(path, { force: true });
    else {
      if (waited === 0) progress(`waiting for process ${holder}, which is building`);
      await new Promise((next) => setTimeout(next, 250));
    }
  }
  try {
    await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A hard link appears with its content, so nobody ever reads a lock without an id. */
function take(path: string): boolean {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function holderOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
