/** Ends what a testbed started even if the testbed itself is killed: a shell that waits for our pipe to close. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartOptions } from './process';

/** A watchdog over the processes that are told to it. */
export interface Watchdog {
  readonly pid: number;
  readonly watch: NonNullable<StartOptions['watch']>;
  /** Lets it go: it removes the folder and ends. */
  readonly release: () => Promise<void>;
}

/** One file per running process; whatever is left when the pipe closes is killed, then the folder is removed. */
const script = `
cat >/dev/null
for file in "$1"/running/*; do
  [ -e "$file" ] && kill -9 "\${file##*/}" 2>/dev/null
done
rm -rf "$1"
`;

/** Starts a watchdog that owns `folder`. */
export function startWatchdog(folder: string): Watchdog {
  mkdirSync(join(folder, 'running'), { recursive: true });
  const child = spawn('sh', ['-c', script, 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    pid: child.pid ?? 0,
    watch: (pid, is) => {
      const file = join(folder, 'running', String(pid));
      if (is === 'running') writeFileSync(file, '');
      else rmSync(file, { force: true });
    },
    release: async () => {
      child.stdin.end();
      await gone;
    },
  };
}
