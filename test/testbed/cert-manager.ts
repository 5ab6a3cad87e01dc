/** cert-manager for clusters of a testbed: its controllers, built from its Go module, sign with an authority of the testbed's own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { TestCluster } from './cluster';
import {
  buildMissing,
  builtPath,
  type GoModule,
  moduleFolder,
  onStandardError,
  whyNoGo,
} from './go-builds';
import { type Engine, startEngine, until } from './process';

const modules: readonly GoModule<'cert-manager'>[] = [
  {
    name: 'cert-manager',
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    packages: { 'cert-manager': '.' },
    main: 'test/testbed/cert-manager/main.go',
    goVersion: '1.26.0',
  },
];

/** Why cert-manager cannot be run, or undefined when it can: it is built, or Go can build it. */
export function whyNoCertManager(): string | undefined {
  if (existsSync(builtPath(modules, 'cert-manager'))) return undefined;
  return whyNoGo() && 'cert-manager is not built and Go, which would build it, is not installed';
}

/** Builds it where it is missing: two or three minutes, once for a machine. */
export function buildCertManager(progress = onStandardError): Promise<void> {
  return buildMissing(modules, ['cert-manager'], progress);
}

/** An authority: PEM texts. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/** Puts its definitions and a ClusterIssuer `authority` into a cluster, and runs it there. */
export async function startCertManager(
  cluster: TestCluster,
  { certificate, key }: Authority,
): Promise<Engine> {
  const create = async (path: string, object: unknown) => {
    const { status, body } = await cluster.ask('POST', path, object);
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
  };
  const folder = join(await moduleFolder(modules, 'cert-manager'), 'deploy', 'crds');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await create(path, parse(readFileSync(join(folder, file), 'utf8')));
  }
  await create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'cert-manager' },
  });
  await create('/api/v1/namespaces/cert-manager/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'authority' },
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  });
  const issuers = '/apis/cert-manager.io/v1/clusterissuers';
  await until(async () => (await cluster.ask('GET', issuers)).status === 200);
  await create(issuers, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name: 'authority' },
    spec: { ca: { secretName: 'authority' } },
  });
  const isReady = async () => {
    const { body } = await cluster.ask('GET', `${issuers}/authority`);
    const { status = {} } = body as {
      readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
    };
    return (status.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
  };
  const kubeconfig = `--kubeconfig=${cluster.kubeconfig}`;
  return startEngine(builtPath(modules, 'cert-manager'), [kubeconfig], isReady);
}
