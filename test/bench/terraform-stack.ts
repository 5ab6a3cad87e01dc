/** Stacks for the bench: a folder with this build of the provider, and what a command in it takes with all its processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { terraformEnvironment } from '../testbed/infrastructure';

/** The provider as it is built. */
export const executable = join(__dirname, '../../../dist/terraform/terraform-provider-littoral');

/** How a program says which provider it wants. */
export const header =
  'terraform {\n  required_providers {\n    littoral = { source = "littoral.invalid/littoral/littoral" }\n  }\n}\n';

/** What a command took. */
export interface Used {
  readonly milliseconds: number;
  /** Of processors, of all its processes. */
  readonly cpuSeconds: number;
  /** The most that the tool and the providers it started had at once. */
  readonly megabytes: number;
  /** Processes of the provider. */
  readonly starts: number;
}
export type Terraform = (...words: readonly string[]) => Promise<Used>;

/** An initialised stack. */
export async function stackIn(
  folder: string,
  files: Readonly<Record<string, string | object>>,
): Promise<Terraform> {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const place = 'terraform.d/plugins/littoral.invalid/littoral/littoral/0.1.0';
  const home = join(folder, place, platform);
  mkdirSync(home, { recursive: true });
  copyFileSync(executable, join(home, 'terraform-provider-littoral_v0.1.0'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof text === 'string' ? text : JSON.stringify(text));
  }
  const env = terraformEnvironment(folder);
  const run: Terraform = async (...words) => {
    const child = spawn('terraform', words, {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return used(child, words.join(' '));
  };
  await run('init');
  return run;
}

async function used(child: ChildProcess, words: string): Promise<Used> {
  const begin = performance.now();
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const sampler = treeSampler(child.pid ?? 0);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const milliseconds = performance.now() - begin;
  const sampled = sampler.stop();
  if (code !== 0) throw new Error(`terraform ${words} ends with ${code}: ${said}`);
  return { milliseconds, ...sampled };
}

/** Looks at a process and those it starts until it is stopped. What one uses in its last 20 ms is not seen. */
export function treeSampler(root: number): { readonly stop: () => Omit<Used, 'milliseconds'> } {
  const seconds = new Map<number, number>();
  let megabytes = 0;
  const look = setInterval(() => {
    const pids = treeOf(root);
    for (const pid of pids) seconds.set(pid, Math.max(seconds.get(pid) ?? 0, cpuSecondsOf(pid)));
    megabytes = Math.max(
      megabytes,
      pids.reduce((sum, pid) => sum + residentMegabytes(pid), 0),
    );
  }, 20);
  return {
    stop: () => {
      clearInterval(look);
      const cpuSeconds = [...seconds.values()].reduce((sum, one) => sum + one, 0);
      return { cpuSeconds, megabytes, starts: seconds.size - 1 };
    },
  };
}

/** User and system time so far; the clock of the kernel ticks a hundred times a second. */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** A process and those it started that still run. */
function treeOf(pid: number): readonly number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
  } catch {
    return [];
  }
}

function residentMegabytes(pid: number): number {
  try {
    const [, kibibytes = '0'] =
      /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) / 1024;
  } catch {
    return 0;
  }
}
