/** Builds engines that no package offers from their Go modules, once, into a cache outside the repository. */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withBuildLock } from './build-lock';
import { onPath } from './path-lookup';

const run = promisify(execFile);

/** A Go module and the packages in it that become binaries. */
export interface GoModule<Name extends string = string> {
  /** Folder name in the cache, before the version. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Package path by binary. */
  readonly packages: Readonly<Partial<Record<Name, string>>>;
  /**
   * For a module that needs the replacements in its own go.mod, which count nowhere else: they are
   * repeated, and a folder of its own tree becomes the module published from it in this version.
   */
  readonly treeVersion?: string;
  /** Further replacements, for versions that nobody serves: `module => module version`. */
  readonly replaces?: readonly string[];
  /** File of a main package of our own over the module, where its own command is not in it; its package is `.`. From the root of the repository, because compiled files are elsewhere. */
  readonly main?: string;
  /** What its go.mod then says: at least the Go version of the module. */
  readonly goVersion?: string;
  /** Go variables that its release scripts write into the binary. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Told when a build begins and when it ends. */
export type Progress = (line: string) => void;
export const onStandardError: Progress = (line) => void process.stderr.write(`${line}\n`);

/** Where a binary is, or will be once it is built. */
export function builtPath(modules: readonly GoModule[], name: string): string {
  const { name: folder, version } = moduleOf(modules, name);
  return join(cache(), `${folder}-${version}`, name);
}

/** Why nothing can be built here, or undefined when it can. */
export function whyNoGo(): string | undefined {
  return onPath('go') === undefined ? 'Go is not installed' : undefined;
}

/** Builds what is missing of `names`, each even when another one cannot be built; then throws for those. */
export async function buildMissing(
  modules: readonly GoModule[],
  names: readonly string[],
  progress: Progress,
): Promise<void> {
  const isMissing = (name: string) => !existsSync(builtPath(modules, name));
  const first = names.find(isMissing);
  if (first === undefined) return;
  const noGo = whyNoGo();
  if (noGo !== undefined) throw new Error(`${first} is not built: ${noGo}`);
  mkdirSync(cache(), { recursive: true });
  const failures: string[] = [];
  await withBuildLock(join(cache(), 'building'), progress, async () => {
    // Another process may have built them while this one waited.
    for (const name of names.filter(isMissing)) {
      const module = moduleOf(modules, name);
      progress(`building ${name} ${module.version}, once for this machine`);
      const started = Date.now();
      try {
        await build(module, name, builtPath(modules, name));
        const seconds = Math.round((Date.now() - started) / 1000);
        progress(`built ${name} ${module.version} in ${seconds} s`);
      } catch (error) {
        failures.push(`${name} ${module.version} cannot be built: ${reasonOf(error)}`);
      }
    }
  });
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

/** The lines for a go.mod that repeat the replacements in the go.mod of a module. */
export function replaceLines(goMod: string, treeVersion: string): string {
  const found = goMod.matchAll(
    /^(?:replace)?[ \t]+(\S+)((?: v\S+)?) => (\S+)(?: (v\S+))?[ \t]*(?:\/\/.*)?$/gm,
  );
  const lines = [...found].map(([, old = '', oldVersion = '', path = '', version]) =>
    version === undefined
      ? `replace ${old} => ${old} ${treeVersion}\n`
      : `replace ${old}${oldVersion} => ${path} ${version}\n`,
  );
  return lines.join('');
}

/** Builds beside the final place and renames, so that an interrupted build leaves nothing that looks finished. */
async function build(source: GoModule, name: string, path: string): Promise<void> {
  const { packages, module, version, treeVersion, variables = {}, replaces: more = [] } = source;
  const { goVersion = '1.24.0' } = source;
  const work = join(cache(), `building-${source.name}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const own =
      treeVersion === undefined ? '' : replaceLines(await goModOf(source, work), treeVersion);
    const replaces = `${own}${more.map((one) => `replace ${one}\n`).join('')}`;
    const lines = `module littoral/engines\n\ngo ${goVersion}\n\nrequire ${module} ${version}\n${replaces}`;
    writeFileSync(join(work, 'go.mod'), lines);
    if (source.main !== undefined) copyFileSync(source.main, join(work, 'main.go'));
    const settings = Object.entries(variables).map(([key, value]) => `-X ${key}=${value}`);
    const linker = ['-s', '-w', ...settings].join(' ');
    const flags = ['-mod=mod', '-buildvcs=false', '-trimpath', '-ldflags', linker];
    await go(work, 'build', ...flags, '-o', name, packages[name] ?? '');
    mkdirSync(join(path, '..'), { recursive: true });
    renameSync(join(work, name), path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where the files of a module are; they are downloaded where they are not. */
export async function moduleFolder(modules: readonly GoModule[], name: string): Promise<string> {
  const { module, version } = moduleOf(modules, name);
  const answer = await go(cache(), 'mod', 'download', '-json', `${module}@${version}`);
  return (JSON.parse(answer) as { readonly Dir: string }).Dir;
}

async function goModOf({ module, version }: GoModule, folder: string): Promise<string> {
  const answer = await go(folder, 'mod', 'download', '-json', `${module}@${version}`);
  const { GoMod } = JSON.parse(answer) as { readonly GoMod: string };
  return readFileSync(GoMod, 'utf8');
}

async function go(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const { stdout } = await run('go', args, { cwd, env, maxBuffer: 64 << 20 });
  return stdout;
}

/** Go says why in the last lines; before them it counts its downloads. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
  return (stderr?.trim() || message).split('\n').slice(-5).join('\n');
}

function moduleOf(modules: readonly GoModule[], name: string): GoModule {
  const found = modules.find(({ packages }) => name in packages);
  if (found === undefined) throw new Error(`no source of ${name}`);
  return found;
}

function cache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'littoral', 'engines');
}
