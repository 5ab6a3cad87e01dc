/** Runs the credential plugin of a kubeconfig (client.authentication.k8s.io): what it writes is a secret and stays one. */

import { spawn } from 'node:child_process';
import { z } from '../../../constructs/parsing';
import { ClusterError } from '../errors';
import { besideKubeconfig, type ExecPlugin, type KubeContext } from './kubeconfig';
import { redactingProgram, secretsIn } from './redaction';

/** What a plugin gives. */
export interface PluginCredentials {
  readonly token?: string;
  /** PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

const credentialSchema = z.looseObject({
  kind: z.literal('ExecCredential'),
  status: z.looseObject({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});
const maxBytes = 1024 * 1024;

/** Of a complaint the end says what went wrong. */
const maxComplaint = 4096;
const shownComplaint = 400;

/** Runs the plugin. Throws a ClusterError that names the program and its complaint, never what it wrote as its answer. */
export async function runExecPlugin(
  context: KubeContext,
  plugin: ExecPlugin,
  signal: AbortSignal,
): Promise<PluginCredentials> {
  const fail = (why: string, remedy: string): never => {
    const summary = `the credential plugin ${plugin.command} of ${context.source.whose} ${why}`;
    throw new ClusterError({ cluster: context.name, summary, remedy });
  };
  const ended = await run(context, plugin, signal);
  const alone = `Run ${plugin.command} by hand to see why, or log in again.`;
  if (ended.code === 'ENOENT') {
    const hint = (plugin.installHint ?? '').replace(/\s+/g, ' ').trim();
    return fail('is not installed', hint === '' ? `Install ${plugin.command}.` : hint);
  }
  if (signal.aborted) return fail(`did not end in time${complaintOf(ended, plugin)}`, alone);
  if (ended.code === 'EACCES') {
    return fail('may not be run (EACCES)', `Make ${plugin.command} executable.`);
  }
  if (ended.code !== 0) {
    return fail(`ended with ${ended.code}${complaintOf(ended, plugin)}`, alone);
  }
  const parsed = credentialSchema.safeParse(tryJson(ended.output));
  if (!parsed.success) {
    return fail(`wrote no ExecCredential${complaintOf(ended, plugin)}`, alone);
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = parsed.data.status;
  const expiresAt = Date.parse(expirationTimestamp ?? '');
  return {
    ...(token === undefined ? {} : { token }),
    ...(clientCertificateData === undefined ? {} : { cert: clientCertificateData }),
    ...(clientKeyData === undefined ? {} : { key: clientKeyData }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
}

interface Ended {
  readonly code: number | string;
  readonly output: string;
  /** What it wrote for people. */
  readonly complaint: string;
}

/** The complaint in one line, without what the plugin was given or wrote as its answer, and without what looks like a secret. */
function complaintOf({ complaint, output }: Ended, { args, env }: ExecPlugin): string {
  const given = [...(env ?? []).map(({ value }) => value), ...(args ?? [])];
  const secrets = [...secretsIn(output), ...given.filter((one) => one.length >= 16)];
  const line = redactingProgram(secrets)(complaint).replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const end = line.length > shownComplaint ? `... ${line.slice(-shownComplaint)}` : line;
  return `: ${end.replace(/[.\s]+$/, '')}`;
}

function run(context: KubeContext, plugin: ExecPlugin, signal: AbortSignal): Promise<Ended> {
  const env = { ...process.env, KUBERNETES_EXEC_INFO: execInfo(context, plugin) };
  for (const { name, value } of plugin.env ?? []) Object.assign(env, { [name]: value });
  // A bare name is looked up on PATH; a relative path starts at the kubeconfig.
  const command = /[/\\]/.test(plugin.command)
    ? besideKubeconfig(context.userFile, plugin.command)
    : plugin.command;
  return new Promise((resolve) => {
    let output = '';
    let complaint = '';
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, plugin.args ?? [], { env, stdio, signal, killSignal: 'SIGKILL' });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < maxBytes) output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-maxComplaint);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      // A plugin's own children may hold its output open; nobody waits for them.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code: error.code ?? 'an error', output: '', complaint });
    });
    child.on('close', (code, killed) => {
      resolve({ code: code ?? killed ?? 'a signal', output, complaint });
    });
  });
}

function execInfo(context: KubeContext, plugin: ExecPlugin): string {
  const { cluster } = context;
  const info = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'] ?? undefined,
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] ?? undefined,
    'certificate-authority-data': cluster['certificate-authority-data'] ?? undefined,
    'proxy-url': cluster['proxy-url'] ?? undefined,
  };
  const spec = {
    interactive: false,
    ...(plugin.provideClusterInfo === true ? { cluster: info } : {}),
  };
  return JSON.stringify({ apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
