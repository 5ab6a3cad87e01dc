/** The built command `littoral` as tests call it: a process of its own, as a shell would start it. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = join(__dirname, '../dist');

/** What a command printed, and its exit code. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs `littoral ...words` in `cwd`, without colours and 100 columns wide. `merged` sends both streams to stdout in the order written. */
export function littoral(words: readonly string[], cwd: string, merged = false): Promise<Printed> {
  return finished(join(dist, 'providers/cli/main.js'), words, cwd, merged);
}

/** Runs a built program in `cwd`, both streams in `stdout`; `path` starts in dist/. */
export function started(path: string, cwd: string, words: readonly string[] = []) {
  return finished(join(dist, path), words, cwd, true);
}

async function finished(
  program: string,
  words: readonly string[],
  cwd: string,
  merged: boolean,
): Promise<Printed> {
  if (!existsSync(program))
    throw new Error(`${program} is not built; run \`npm run build\` first.`);
  const folder = mkdtempSync(join(tmpdir(), 'littoral-printed-'));
  const paths = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') };
  // Files instead of pipes: writes to them are synchronous, so two streams in one file keep their order.
  const out = openSync(paths.stdout, 'w');
  const err = merged ? out : openSync(paths.stderr, 'w');
  try {
    const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100' };
    const stdio: ['ignore', number, number] = ['ignore', out, err];
    const child = spawn(process.execPath, [program, ...words], { cwd, env, stdio });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve(code ?? -1));
    });
    const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
    return { stdout: read(paths.stdout), stderr: read(paths.stderr), exitCode };
  } finally {
    closeSync(out);
    if (err !== out) closeSync(err);
    rmSync(folder, { recursive: true, force: true });
  }
}
