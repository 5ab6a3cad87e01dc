/** Starts one engine on loopback, waits until it answers, and ends it by its own id. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** A process that answered once. */
export interface Engine {
  readonly pid: number;
  /** What it wrote so far, both streams. */
  readonly log: () => string;
  /** Ends it and waits until it is gone. */
  readonly stop: () => Promise<void>;
}

/** Why a binary cannot be used, or undefined when `binary --version` works. */
export function whyMissing(binary: string): string | undefined {
  const { error, status } = spawnSync(binary, ['--version'], { stdio: 'ignore' });
  if (error !== undefined) return `${binary} is not installed`;
  return status === 0 ? undefined : `${binary} --version exits with ${status}`;
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (typeof address === 'string' || address === null) throw new Error('no port');
  return address.port;
}

/** Starts `binary` and waits until `answers` resolves to true; throws with its log when it exits or takes over 30 seconds. */
export async function startEngine(
  binary: string,
  args: readonly string[],
  answers: () => Promise<boolean>,
): Promise<Engine> {
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-100_000);
    });
  }
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await until(() =>
    ended(child) ? fail(`${binary} ended:\n${log}`) : answers().catch(() => false),
  );
  return {
    pid: child.pid ?? 0,
    log: () => log,
    stop: async () => {
      process.removeListener('exit', kill);
      if (!ended(child)) child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Asks every 100 ms until the answer is true; throws after `seconds`. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  seconds = 30,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so within ${seconds} s: ${condition}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

function fail(why: string): never {
  throw new Error(why);
}
