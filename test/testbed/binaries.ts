/** Builds the engines that no package offers (Kubernetes, etcd, kwok) from their Go modules, once, into a cache outside the repository. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withBuildLock } from './build-lock';

const run = promisify(execFile);

/** Every engine this file can build. */
export type BinaryName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'kwok';

/** A Go module and the packages in it that become binaries. */
interface Source {
  /** Folder name in the cache, before the version. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Package path by binary. */
  readonly packages: Readonly<Partial<Record<BinaryName, string>>>;
}

const kubernetes: Source = {
  name: 'kubernetes',
  module: 'k8s.io/kubernetes',
  version: 'v1.34.2',
  packages: {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  },
};
const sources: readonly Source[] = [
  kubernetes,
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.5',
    packages: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  {
    name: 'kwok',
    module: 'sigs.k8s.io/kwok',
    version: 'v0.7.0',
    packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
  },
];

/** What an API server built here says it is. */
export const kubernetesVersion = kubernetes.version;
/** All of them, in the order they are built. */
export const binaryNames = sources.flatMap(({ packages }) =>
  Object.keys(packages),
) as readonly BinaryName[];

/** Where a binary is, or will be once it is built. */
export function binaryPath(name: BinaryName): string {
  const { name: folder, version } = sourceOf(name);
  return join(cache(), `${folder}-${version}`, name);
}

/** Why clusters cannot be started here, or undefined when they can: all is built, or Go can build it. */
export function whyNoClusters(): string | undefined {
  if (binaryNames.every((name) => existsSync(binaryPath(name)))) return undefined;
  const { error } = spawnSync('go', ['version'], { stdio: 'ignore' });
  return error === undefined
    ? undefined
    : 'kube-apiserver is not built and Go, which would build it, is not installed';
}

/** Builds what is missing of `names`; says a line when a build begins and one when it ends. The first time takes minutes. */
export async function buildBinaries(
  names: readonly BinaryName[] = binaryNames,
  progress: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): Promise<void> {
  const isMissing = (name: BinaryName) => !existsSync(binaryPath(name));
  if (!names.some(isMissing)) return;
  mkdirSync(cache(), { recursive: true });
  await withBuildLock(join(cache(), 'building'), progress, async () => {
    // Another process may have built them while this one waited.
    for (const name of names.filter(isMissing)) {
      const { version } = sourceOf(name);
      progress(`building ${name} ${version}, once for this machine`);
      const started = Date.now();
      await build(name);
      progress(`built ${name} ${version} in ${Math.round((Date.now() - started) / 1000)} s`);
    }
  });
}

/** Builds beside the final place and renames, so that an interrupted build leaves nothing that looks finished. */
async function build(name: BinaryName): Promise<void> {
  const source = sourceOf(name);
  const work = join(cache(), `building-${source.name}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const { packages, module, version } = source;
    const replaces = source === kubernetes ? await stagingModules(work) : '';
    const lines = `module littoral/engines\n\ngo 1.24.0\n\nrequire ${module} ${version}\n${replaces}`;
    writeFileSync(join(work, 'go.mod'), lines);
    const flags = ['-mod=mod', '-buildvcs=false', '-trimpath', '-ldflags', linkerFlags(source)];
    await go(work, 'build', ...flags, '-o', name, packages[name] ?? '');
    mkdirSync(join(binaryPath(name), '..'), { recursive: true });
    renameSync(join(work, name), binaryPath(name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Kubernetes finds its libraries in its own tree; outside it each is published under its own name, v1.x.y as v0.x.y. */
async function stagingModules(folder: string): Promise<string> {
  const { module, version } = kubernetes;
  const answer = await go(folder, 'mod', 'download', '-json', `${module}@${version}`);
  const { GoMod } = JSON.parse(answer) as { readonly GoMod: string };
  const staged = readFileSync(GoMod, 'utf8').matchAll(/^\s*(\S+) => \.\/staging\//gm);
  const published = version.replace(/^v1/, 'v0');
  return [...staged].map(([, name]) => `replace ${name} => ${name} ${published}\n`).join('');
}

/** No symbol tables, and for Kubernetes the version that its own release scripts would write in. */
function linkerFlags(source: Source): string {
  if (source !== kubernetes) return '-s -w';
  const [major = '', minor = ''] = source.version.slice(1).split('.');
  const values = { gitVersion: source.version, gitMajor: major, gitMinor: minor };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const settings = packages.flatMap((path) =>
    Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`),
  );
  return ['-s', '-w', ...settings].join(' ');
}

async function go(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const { stdout } = await run('go', args, { cwd, env, maxBuffer: 64 << 20 });
  return stdout;
}

function sourceOf(name: BinaryName): Source {
  const source = sources.find(({ packages }) => name in packages);
  if (source === undefined) throw new Error(`no source of ${name}`);
  return source;
}

function cache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'littoral', 'engines');
}
