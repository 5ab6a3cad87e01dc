/** Stacks for Terraform and OpenTofu with the provider of this build installed, and the tool as people call it. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PROVIDER_ADDRESS } from '../../constructs/model/provider-address';
import { VERSION } from '../../constructs/model/version';
import {
  terraformEnvironment,
  toolPath,
  whyNoTerraform,
  whyNoTofu,
} from '../testbed/infrastructure';

/** Both tools: name, why it cannot run, its program. */
export const terraforms = [
  ['Terraform', whyNoTerraform(), () => 'terraform'],
  ['OpenTofu', whyNoTofu(), () => toolPath('tofu')],
] as const;

const executable = join(__dirname, '../../dist/terraform/terraform-provider-littoral');

function isProvider(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('terraform-provider-littoral');
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

/**
 * Defines tests for one tool alone: what they look at is in the provider, and the tools differ in nothing that
 * matters there. What belongs to the tools' own plans is tested with both.
 */
export function onceFor(name: string, tests: () => void): void {
  if (name === 'Terraform') tests();
}

/** The registries that the tools put before an address without a host. */
export const hosts = ['registry.terraform.io', 'registry.opentofu.org'];

/** How a command ended. */
export interface Run {
  readonly code: number | null;
  readonly out: string;
}

/** A command that still runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Run>;
  /** Resolves once the output holds `text`; rejects when the command ends without it. */
  readonly until: (text: string | RegExp) => Promise<void>;
}

/** A folder with a configuration. */
export interface Stack {
  readonly folder: string;
  write(name: string, text: string | object): void;
  read(name: string): string;
  /** Starts a command. */
  start(words: string, settings?: NodeJS.ProcessEnv): Running;
  /** Runs a command to its end, whatever it is. */
  try(words: string, settings?: NodeJS.ProcessEnv): Promise<Run>;
  /** Runs a command; throws with what it said unless it ends well. */
  run(words: string): Promise<string>;
  /** Plans; true when something would change. */
  changes(words?: string): Promise<boolean>;
  /** The attributes of a resource in the state. */
  attributes(address: string): Promise<Readonly<Record<string, unknown>>>;
}

/** Ids of the provider processes that a running tool has started. */
export function providersOf(pid: number): readonly number[] {
  // A program in Go starts others from any of its threads.
  if (!existsSync(`/proc/${pid}/task`)) return [];
  const all = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').map(Number),
  );
  return all.filter((child) => child > 0 && isProvider(child));
}

/** Terraform's settings at the top of every configuration here. */
export const header = `
terraform {
  required_providers {
    littoral = { source = "littoral.invalid/littoral/littoral" }
  }
}
`;

/** By tool, the folder of the newest stack. */
const newest = new Map<string, string>();

/**
 * Makes a stack in `folder` and initialises it: the first of a tool by its `init`, the others with what that left, and
 * with what the provider keeps of its compiled parts. They need no provider but littoral's, no module and no backend.
 */
export async function openStack(
  binary: string,
  folder: string,
  files: Readonly<Record<string, string | object>>,
): Promise<Stack> {
  mkdirSync(folder, { recursive: true });
  const stack = stackIn(binary, folder);
  for (const [name, text] of Object.entries(files)) stack.write(name, text);
  const before = newest.get(binary);
  if (before === undefined || !existsSync(before)) {
    install(folder);
    await stack.run('init');
  } else {
    const isOfAll = (path: string) => !/(valid\.json|placement-[^/]*|environment)$/.test(path);
    for (const name of ['.terraform', '.terraform.lock.hcl']) {
      const options = { recursive: true, verbatimSymlinks: true, filter: isOfAll };
      cpSync(join(before, name), join(folder, name), options);
    }
  }
  newest.set(binary, folder);
  return stack;
}

function install(folder: string): void {
  if (!existsSync(executable)) throw new Error(`${executable} is not there; run npm run build`);
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const home = join(folder, 'terraform.d/plugins', PROVIDER_ADDRESS, VERSION, platform);
  mkdirSync(home, { recursive: true });
  copyFileSync(executable, join(home, `terraform-provider-littoral_v${VERSION}`));
}

function stackIn(binary: string, folder: string): Stack {
  const start = (words: string, settings: NodeJS.ProcessEnv = {}): Running => {
    const env = { ...terraformEnvironment(folder), ...settings };
    const child = spawn(binary, words.split(' '), { cwd: folder, env, detached: true });
    return watched(child);
  };
  const attempt = (words: string, settings?: NodeJS.ProcessEnv) => {
    const running = start(words, settings);
    running.child.stdin?.end();
    return running.ended;
  };
  const run = async (words: string) => {
    const { code, out } = await attempt(words);
    if (code !== 0) throw new Error(`${words} ends with ${code}:\n${out}`);
    return out;
  };
  return {
    folder,
    write: (name, text) => {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text, null, 2));
    },
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    start,
    try: attempt,
    run,
    changes: async (words = '') => {
      const line = `plan -detailed-exitcode ${words}`.trim();
      const { code, out } = await attempt(line);
      if (code !== 0 && code !== 2) throw new Error(`${line} ends with ${code}:\n${out}`);
      return code === 2;
    },
    attributes: async (address) => {
      const shown = JSON.parse(await run('show -json')) as Shown;
      const all = shown.values?.root_module.resources ?? [];
      const found = all.find((one) => one.address === address);
      if (found === undefined) throw new Error(`the state has no ${address}`);
      return found.values;
    },
  };
}

interface Shown {
  readonly values?: {
    readonly root_module: {
      readonly resources?: readonly {
        readonly address: string;
        readonly values: Readonly<Record<string, unknown>>;
      }[];
    };
  };
}

const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

function watched(child: ChildProcess): Running {
  let out = '';
  const lookers = new Set<() => void>();
  const take = (chunk: Buffer) => {
    // Terraform does not know NO_COLOR.
    out += chunk.toString('utf8').replace(colours, '');
    for (const look of lookers) look();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const ended = new Promise<Run>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, out });
      for (const look of lookers) look();
    });
  });
  const until = (text: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const isThere = typeof text === 'string' ? out.includes(text) : text.test(out);
        if (isThere) resolve();
        else if (child.exitCode === null && child.signalCode === null) return;
        else reject(new Error(`ended without ${text}:\n${out}`));
        lookers.delete(look);
      };
      lookers.add(look);
      look();
    });
  return { child, ended, until };
}
