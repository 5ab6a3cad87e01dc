/** Starts one engine on loopback, waits until it answers, and ends it by its own id. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** A process that answered once. */
export interface Engine {
  readonly pid: number;
  /** What it wrote so far, both streams. */
  readonly log: () => string;
  /** Ends it and waits until it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** What to know about a start. */
export interface StartOptions {
  /** How long it may take to answer. */
  readonly seconds?: number;
  /** Variables of its environment, besides ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told when the process is there, and again when it is gone. */
  readonly watch?: (pid: number, is: 'running' | 'gone') => void;
}

/** What takes a second here may take a minute where everything else runs at once. */
const patienceSeconds = 120;

/** What this process started and has not ended; none of it outlives this process. */
const running = new Set<ChildProcess>();
function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Why a binary cannot be used, or undefined when `binary --version` works. */
export function whyMissing(binary: string): string | undefined {
  const { error, status } = spawnSync(binary, ['--version'], { stdio: 'ignore' });
  if (error !== undefined) return `${binary} is not installed`;
  return status === 0 ? undefined : `${binary} --version exits with ${status}`;
}

/** A port that is free at this moment, below those that the system gives to outgoing connections: none of these takes it before a server does. */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts `binary` and waits until `answers` resolves to true; throws with its log when it exits or takes too long. */
export async function startEngine(
  binary: string,
  args: readonly string[],
  answers: () => Promise<boolean>,
  { seconds = patienceSeconds, env = {}, watch }: StartOptions = {},
): Promise<Engine> {
  // A session of its own: Ctrl-C in a terminal reaches the parent alone, which then ends its engines in order.
  const child = spawn(binary, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...env },
  });
  const { pid = 0 } = child;
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-100_000);
    });
  }
  if (running.size === 0) process.once('exit', endAll);
  running.add(child);
  if (pid !== 0) watch?.(pid, 'running');
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => {
    running.delete(child);
    if (running.size === 0) process.removeListener('exit', endAll);
    watch?.(pid, 'gone');
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!ended(child)) child.kill(signal);
    await gone;
  };
  try {
    await until(
      () => (ended(child) ? fail(`${binary} ended`) : answers().catch(() => false)),
      seconds,
    );
  } catch (error) {
    await stop('SIGKILL');
    throw new Error(`${(error as Error).message}\n${binary} wrote:\n${log.slice(-8000)}`);
  }
  return { pid, log: () => log, stop };
}

/** Asks every 100 ms until the answer is true; throws after `seconds`. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  seconds = patienceSeconds,
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
