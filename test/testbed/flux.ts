/** Flux for clusters of a testbed: its source-controller and kustomize-controller, built from their Go modules. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
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
import { type Engine, freePort, startEngine, until } from './process';

type Controller = 'source-controller' | 'kustomize-controller';
const controllers: readonly Controller[] = ['source-controller', 'kustomize-controller'];

const modules: readonly GoModule<Controller>[] = controllers.map((name) => ({
  name: `flux-${name}`,
  module: `github.com/fluxcd/${name}`,
  version: 'v1.9.6',
  treeVersion: 'v1.9.6',
  packages: { [name]: `github.com/fluxcd/${name}` },
  ...(name === 'source-controller'
    ? { replaces: ['github.com/fluxcd/pkg/artifact => github.com/fluxcd/pkg/artifact v0.18.0'] }
    : {}),
}));

/** Why Flux cannot be run, or undefined when it is built: that takes ten minutes, too long for every run of the tests. */
export function whyNoFlux(): string | undefined {
  const missing = controllers.find((name) => !existsSync(builtPath(modules, name)));
  if (missing === undefined) return undefined;
  const how = whyNoGo() ?? '`npm run testbed -- --build-flux` builds it';
  return `${missing} of Flux is not built: ${how}`;
}

/** Builds what is missing: about ten minutes of processor time, once for a machine. */
export function buildFlux(progress = onStandardError): Promise<void> {
  return buildMissing(modules, controllers, progress);
}

/** Flux that runs in a cluster. */
export interface Flux {
  /** Starts a controller that has ended. */
  readonly start: (name: Controller) => Promise<void>;
  /** Ends a controller at once, as a machine that fails does. */
  readonly kill: (name: Controller) => Promise<void>;
  readonly log: (name: Controller) => string;
  readonly stop: () => Promise<void>;
}

/** Puts Flux's definitions and its namespace into a cluster, and runs its controllers there; `folder` keeps its artifacts. */
export async function startFlux(cluster: TestCluster, folder: string): Promise<Flux> {
  const create = async (path: string, object: unknown) => {
    const { status, body } = await cluster.ask('POST', path, object);
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
  };
  for (const name of controllers) {
    const crds = join(await moduleFolder(modules, name), 'config', 'crd', 'bases');
    for (const file of readdirSync(crds)) {
      const definition = parse(readFileSync(join(crds, file), 'utf8'));
      await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    }
  }
  await create('/api/v1/namespaces', { metadata: { name: 'flux-system' } });
  const served = async (path: string) => (await cluster.ask('GET', path)).status === 200;
  await until(() => served('/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations'));
  await until(() => served('/apis/source.toolkit.fluxcd.io/v1/gitrepositories'));
  mkdirSync(folder, { recursive: true });
  const running = new Map<Controller, Engine>();
  const storage = `127.0.0.1:${await freePort()}`;
  const own: Readonly<Record<Controller, readonly string[]>> = {
    'source-controller': [
      `--storage-path=${folder}`,
      `--storage-addr=${storage}`,
      `--storage-adv-addr=${storage}`,
    ],
    'kustomize-controller': ['--requeue-dependency=2s'],
  };
  const start = async (name: Controller) => {
    const health = `127.0.0.1:${await freePort()}`;
    const args = [
      ...own[name],
      '--enable-leader-election=false',
      '--events-addr=',
      '--metrics-addr=0',
      `--health-addr=${health}`,
    ];
    const isReady = async () => (await fetch(`http://${health}/readyz`)).ok;
    // Controllers take the cluster from the environment of their pod.
    const env = { KUBECONFIG: cluster.kubeconfig, RUNTIME_NAMESPACE: 'flux-system' };
    running.set(name, await startEngine(builtPath(modules, name), args, isReady, { env }));
  };
  await Promise.all(controllers.map(start));
  return {
    start,
    kill: async (name) => running.get(name)?.stop('SIGKILL'),
    log: (name) => running.get(name)?.log() ?? '',
    stop: async () => {
      await Promise.all([...running.values()].map((one) => one.stop('SIGKILL')));
    },
  };
}
