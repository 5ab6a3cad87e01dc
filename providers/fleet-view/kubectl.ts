/** Hands a question to kubectl, as the context of one cluster: what needs a terminal or describes every kind is its own subject. */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import type { Reachable } from '../clusters/api/way';
import { kubeconfigPaths } from '../clusters/auth/kubeconfig-files';
import { ClusterError } from '../clusters/errors';

/** Whose kubectl: the cluster, where its kubeconfig is, and what programs get. */
export interface KubectlCall {
  readonly cluster: Reachable;
  /** Where relative kubeconfig paths start. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
/** How it ended. */
export interface KubectlEnd {
  /** Its exit code; 128 and more where a signal ended it. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs kubectl and keeps what it writes, at most 16 MiB. Throws a ClusterError when it cannot be run for this cluster. */
export async function askKubectl(
  call: KubectlCall,
  args: readonly string[],
  deadlineSeconds: number,
): Promise<KubectlEnd> {
  return await run(call, args, 'pipe', AbortSignal.timeout(deadlineSeconds * 1000));
}

/** Runs kubectl in the terminal of this process, until it ends. Throws a ClusterError. */
export async function runKubectl(call: KubectlCall, args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  // A terminal sends Ctrl-C to both, and it is for kubectl; who ends this process alone means both.
  const leaveIt = () => undefined;
  const end = () => stop.abort();
  process.on('SIGINT', leaveIt);
  process.on('SIGTERM', end);
  try {
    return (await run(call, args, 'inherit', stop.signal)).code;
  } finally {
    process.off('SIGINT', leaveIt);
    process.off('SIGTERM', end);
  }
}

const mostCharacters = 16 * 1024 * 1024;

function run(
  { cluster, folder, env }: KubectlCall,
  args: readonly string[],
  stdio: 'pipe' | 'inherit',
  signal?: AbortSignal,
): Promise<KubectlEnd> {
  const { kubeconfig, context } = contextOf(cluster, folder);
  const child = spawn('kubectl', ['--context', context, ...args], {
    env: { ...env, KUBECONFIG: kubeconfig },
    stdio: stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (out.length < mostCharacters) out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (err.length < mostCharacters) err += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.name !== 'AbortError') reject(notRun(cluster.name, cause));
      else if (stdio === 'pipe') reject(late(cluster.name));
    });
    child.on('close', (code, ended) => {
      resolve({ code: code ?? (ended === 'SIGINT' ? 130 : 143), out, err });
    });
  });
}

function contextOf({ name, access }: Reachable, folder: string) {
  const { kubeconfig, context, secret } = access ?? {};
  if (secret === undefined && kubeconfig !== undefined && context !== undefined) {
    return { kubeconfig: kubeconfigPaths(kubeconfig, folder).join(delimiter), context };
  }
  throw new ClusterError({
    cluster: name,
    summary: `kubectl has no context for ${name}: ${secret === undefined ? 'its access names none' : 'it is reached by a Secret of its hub'}`,
    remedy: 'Write access: {kubeconfig: ..., context: ...} for it in the fleet.',
  });
}

function notRun(cluster: string, cause: NodeJS.ErrnoException): ClusterError {
  const isMissing = cause.code === 'ENOENT';
  return new ClusterError({
    cluster,
    summary: isMissing
      ? 'kubectl is not installed, and this command hands its work to it'
      : `kubectl could not be run: ${cause.message}`,
    remedy: 'Install kubectl, or put it on PATH.',
    cause,
  });
}

function late(cluster: string): ClusterError {
  const summary = `kubectl did not end in time for ${cluster}`;
  return new ClusterError({ cluster, summary, remedy: 'Raise --answer.', unreachable: true });
}
