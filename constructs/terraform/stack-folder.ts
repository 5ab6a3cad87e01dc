/** The folder a stack is synthesized into, and what is put there besides the stack: synthesis writes files, as cdktf itself does. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path';
import type { IConstruct } from 'constructs';
import {
  cliConfigurationPaths,
  hiddenProviderWords,
  hidesProvider,
  PROVIDER_ADDRESS,
} from '../model/provider-address';
import { EdgeError } from '../parsing';
import { App, TerraformStack } from './cdktf';
import { packageHash, withProvider } from './lock-file';

const plugins = 'terraform.d/plugins';
const lockFile = '.terraform.lock.hcl';

/** Absolute path of the folder that Terraform will run in. */
export function stackFolder(construct: IConstruct): string {
  // Not from the manifest: it would keep the dependencies that the stack has by now, and get more of them later.
  return resolve(App.of(construct).outdir, 'stacks', TerraformStack.of(construct).node.id);
}

/** `path` as seen from the folder the program runs in, with forward slashes. One that starts with `~` is for the provider to resolve. */
export function fromProject(path: string): string {
  return path.startsWith('~') ? path : slashed(relative(process.cwd(), resolve(path)));
}

/** Several paths as in KUBECONFIG, each as of `fromProject`. */
export function listFromProject(paths: string): string {
  return paths
    .split(delimiter)
    .map((path) => (path === '' ? path : fromProject(path)))
    .join(delimiter);
}

/** The folder the program runs in, as seen from the stack's folder; with forward slashes. */
export function projectFrom(construct: IConstruct): string {
  return slashed(relative(stackFolder(construct), process.cwd())) || '.';
}

/** The text of a file; relative paths start in the folder the program runs in. Throws EdgeError SourceFailed. */
export function readProjectFile(path: string, mentioned: string): string {
  try {
    return readFileSync(resolve(path), 'utf8');
  } catch (cause) {
    throw new EdgeError({
      code: 'SourceFailed',
      path: mentioned,
      summary: `got ${JSON.stringify(path)}, which cannot be read`,
      remedy: 'Correct the path; it starts in the folder the program runs in.',
      cause,
    });
  }
}

/** Writes a file below the stack's folder unless it already says so. */
export function writeBeside(construct: IConstruct, name: string, content: string): void {
  writeWhenNew(join(stackFolder(construct), name), Buffer.from(content));
}

/** What to install. */
export interface Installation {
  readonly version: string;
  /** Path of the provider's executable. Default: the one of this package. */
  readonly executable?: string | undefined;
  /** Such as `linux_amd64`; the file is the same for all. Default: where the program runs. */
  readonly platforms?: readonly string[] | undefined;
}

/**
 * Puts the provider where Terraform and OpenTofu look before they ask a registry, and its hash into the lock file, so
 * that the first `init` needs neither. Throws EdgeError when there is no executable.
 */
export function installProvider(construct: IConstruct, installation: Installation): void {
  const folder = stackFolder(construct);
  const { version, platforms = [thisPlatform()] } = installation;
  const windows = platforms.find((one) => one.startsWith('windows'));
  if (windows !== undefined) throw noWindows(windows);
  const content = readExecutable(installation.executable ?? ownExecutable());
  const name = `terraform-provider-${basename(PROVIDER_ADDRESS)}_v${version}`;
  for (const platform of platforms) {
    const home = join(plugins, PROVIDER_ADDRESS, version, platform);
    const place = join(folder, home);
    // Terraform hashes the whole folder: what an interrupted synthesis left may not lie in it.
    rmSync(join(place, `${name}.part`), { force: true });
    writeWhenNew(join(place, name), content, 0o755);
    // With -chdir the tools look for folders here, and for what is in them there: an empty one is enough, and git does not see it.
    mkdirSync(home, { recursive: true });
  }
  const hashes = [packageHash(name, content)];
  const path = join(folder, lockFile);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const after = withProvider(before, { address: PROVIDER_ADDRESS, version, hashes });
  writeWhenNew(path, Buffer.from(after));
}

/** What keeps the tools from finding the installed provider, and what to do; undefined when nothing does. */
export function hiddenProvider(construct: IConstruct): string | undefined {
  const file = cliConfigurationPaths(process.env, homedir()).find(
    (one) => existsSync(one) && hidesProvider(readFileSync(one, 'utf8')),
  );
  return file && hiddenProviderWords(file, join(stackFolder(construct), plugins));
}

function noWindows(platform: string): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: 'provider.platforms',
    summary: `got the platform ${platform}, but the provider is a script, which Windows cannot start`,
    remedy:
      'Synthesize and run Terraform in the Windows Subsystem for Linux, or set install to false.',
  });
}

function thisPlatform(): string {
  const systems: Readonly<Record<string, string>> = { win32: 'windows' };
  const machines: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return `${systems[process.platform] ?? process.platform}_${machines[process.arch] ?? process.arch}`;
}

/** Beside the compiled files, or in dist for a program that runs from the sources. */
function ownExecutable(): string {
  const file = 'terraform/terraform-provider-littoral';
  const places = [join(__dirname, '../..', file), join(__dirname, '../../dist', file)];
  return places.find((place) => existsSync(place)) ?? places[0]!;
}

function readExecutable(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new EdgeError({
      code: 'SourceFailed',
      path: 'provider.executable',
      summary: `got ${JSON.stringify(path)}, where there is no provider to install`,
      remedy: 'Build it with npm run build, or set install to false and install the provider.',
      cause,
    });
  }
}

/** Through a file beside it, so that nobody ever runs half a file; a running provider keeps the one it has. */
function writeWhenNew(path: string, content: Buffer, mode = 0o644): void {
  const isThere = existsSync(path) && readFileSync(path).equals(content);
  if (!isThere) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.part`, content, { mode });
    renameSync(`${path}.part`, path);
  }
  if ((statSync(path).mode & 0o777) !== mode && sep === '/') chmodSync(path, mode);
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
