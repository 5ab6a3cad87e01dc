/** The cdktf command line, installed once for the machine, and projects to call it in. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withBuildLock } from '../testbed/build-lock';
import { terraformEnvironment } from '../testbed/infrastructure';
import { onPath } from '../testbed/path-lookup';

const version = '0.21.0';
const tools = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'littoral/tools');
const home = join(tools, `cdktf-cli-${version}`);
const program = join(home, 'node_modules/.bin/cdktf');

/** Why the command line cannot run here, or undefined when it can or can be installed. */
export function whyNoCdktf(): string | undefined {
  const major = Number(process.versions.node.split('.')[0]);
  // Its prebuilt terminal library ends with Node 22.
  if (major > 22)
    return `cdktf-cli ${version} does not start on Node ${major}, which is newer than 22`;
  if (existsSync(program)) return undefined;
  return onPath('npm') === undefined
    ? 'npm, which would install cdktf-cli, is not there'
    : undefined;
}

/** Installs it if it is not there: 593 MB, about a minute. Too much for everybody's `npm ci`. */
export async function installCdktf(): Promise<void> {
  if (existsSync(program)) return;
  mkdirSync(tools, { recursive: true });
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  await withBuildLock(join(tools, 'installing'), progress, async () => {
    if (existsSync(program)) return;
    const part = `${home}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    const dependencies = { 'cdktf-cli': version };
    writeFileSync(join(part, 'package.json'), JSON.stringify({ private: true, dependencies }));
    progress(`installing cdktf-cli ${version}, once for this machine`);
    const words = ['install', '--no-audit', '--no-fund', '--no-progress', '--ignore-scripts'];
    await promisify(execFile)('npm', words, { cwd: part, maxBuffer: 64 << 20 });
    renameSync(part, home);
  });
}

/** How a command ended; both streams in `out`. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** A folder with a cdktf.json whose program is a built one of this repository. */
export interface CdktfProject {
  readonly folder: string;
  /** Runs `cdktf ...words`, with more settings. */
  readonly cdktf: (words: readonly string[], more?: NodeJS.ProcessEnv) => Promise<Ended>;
  /** Runs a program in the project, or in the folder of one of its stacks. */
  readonly run: (program: string, words: readonly string[], stack?: string) => Promise<Ended>;
  readonly remove: () => void;
}

/** A project whose program is `app`, a shell command; the environment adds `settings` and has no settings of Terraform's. */
export function cdktfProject(app: string, settings: NodeJS.ProcessEnv = {}): CdktfProject {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-cdktf-'));
  const projectId = '6f0c1b1e-7a55-4c0e-9d0b-3f1a5a4e2c88';
  const config = { language: 'typescript', app, projectId, sendCrashReports: 'false' };
  writeFileSync(join(folder, 'cdktf.json'), JSON.stringify(config));
  const env = {
    ...terraformEnvironment(folder),
    ...{ CI: '1', FORCE_COLOR: '0', DISABLE_VERSION_CHECK: '1' },
    ...{ TF_CLI_ARGS_plan: '-no-color', TF_CLI_ARGS_apply: '-no-color' },
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    ...settings,
  };
  const run = (file: string, words: readonly string[], stack?: string) => {
    const cwd = stack === undefined ? folder : join(folder, 'cdktf.out/stacks', stack);
    return finished(file, words, cwd, env);
  };
  return {
    folder,
    cdktf: (words, more) => finished(program, words, folder, { ...env, ...more }),
    run,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function finished(
  file: string,
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Ended> {
  const child = spawn(file, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, out }));
  });
}
