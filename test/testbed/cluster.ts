/** One real cluster on loopback: an API server, its controllers, its scheduler and kwok, each startable on its own. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, ask } from './ask';
import { type AuditEntry, readAudit } from './audit';
import { binaryPath } from './binaries';
import {
  apiServerArguments,
  controllerManagerArguments,
  kwokArguments,
  type SharedFiles,
  schedulerArguments,
  type User,
  users,
} from './kube-engines';
import { writeEngineKubeconfig, writeKubeconfig } from './kubeconfig';
import { type Kubelet, writeKubelet } from './kubelet';
import { type Engine, freePort, type StartOptions, startEngine, until } from './process';

/** How every cluster of a testbed is made. */
export interface ClusterOptions {
  /** Without controllers, scheduler, kwok and nodes: stores and answers, runs nothing. Default false. */
  readonly apiOnly?: boolean;
  /** False saves memory and reads everything from etcd. Default true. */
  readonly watchCache?: boolean;
  /** Nodes per cluster. Default 3. */
  readonly nodes?: number;
  /** What pods may use of one node. */
  readonly allocatable?: NodeSize;
  /** Nodes answer for logs, commands and ports; the port of this process that pods forward to. Default: they do not. */
  readonly kubelet?: { readonly forwardTo?: number };
}
/** Kubernetes quantities. */
export interface NodeSize {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: string;
}
export const defaultNodeSize: NodeSize = { cpu: '16', memory: '64Gi', pods: '110' };
export const defaultNodes = 3;

/** A running cluster. */
export interface TestCluster {
  readonly name: string;
  /** https://127.0.0.1:port of the API server. */
  readonly server: string;
  /** A file with the contexts NAME (the administrator), NAME-viewer and NAME-restricted. */
  readonly kubeconfig: string;
  /** The administrator's context in that file. */
  readonly context: string;
  /** PEM file of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly adminToken: string;
  readonly viewerToken: string;
  readonly restrictedToken: string;
  /** Asks the API server itself, past any proxy, as the testbed's own user; such requests are not in the audit log. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** What others asked of it, oldest first. */
  readonly audit: () => readonly AuditEntry[];
  /** There with the option `kubelet`: the file with the log of every container. */
  readonly containerLog?: string;
  /** The API server stops answering as a hung machine does: connections open, nothing comes. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Ends the API server at once; connections are refused. Its controllers keep trying. */
  readonly stop: () => Promise<void>;
  /** Starts the API server again, on the same port and with the same data, and waits until it is ready. */
  readonly start: () => Promise<void>;
  /** Ids of all processes of this cluster that run now. */
  readonly pids: () => readonly number[];
  /** Ends everything of this cluster. */
  readonly end: () => Promise<void>;
}

/** What a cluster gets from its testbed. */
export interface ClusterGround {
  readonly folder: string;
  readonly files: SharedFiles;
  /** URL of etcd. */
  readonly etcd: string;
  readonly watch: NonNullable<StartOptions['watch']>;
}

/** Starting twenty at once on two cores takes a while. */
const seconds = 180;

/** Starts a cluster and waits until pods would run: the API server is ready, the nodes are, the controllers work. */
export async function startCluster(
  name: string,
  ground: ClusterGround,
  options: ClusterOptions,
): Promise<TestCluster> {
  const { files, watch } = ground;
  const folder = join(ground.folder, name);
  mkdirSync(folder);
  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const auditLog = join(folder, 'audit.log');
  const ca = readFileSync(files.certificates.ca, 'utf8');
  const asEngine = (method: string, path: string, body?: unknown) =>
    ask({ server, ca, token: users.engines.token }, method, path, body);

  const { watchCache = true } = options;
  const settings = { name, port, etcd: ground.etcd, auditLog, watchCache };
  const startApiServer = () =>
    startEngine(
      binaryPath('kube-apiserver'),
      apiServerArguments(files, settings),
      async () => (await asEngine('GET', '/readyz')).status === 200,
      { seconds, watch },
    );
  let apiServer: Engine | undefined = await startApiServer();
  let others: readonly Engine[] = [];
  let kubelet: Kubelet | undefined;
  const end = async () => {
    await Promise.all([apiServer, ...others].map((engine) => engine?.stop('SIGKILL')));
    apiServer = undefined;
    others = [];
  };
  try {
    await grantViewer(asEngine);
    if (options.apiOnly !== true) {
      const path = join(folder, 'engine.kubeconfig');
      writeEngineKubeconfig(path, { name, server }, files.certificates, users.engines);
      if (options.kubelet !== undefined) {
        kubelet = writeKubelet(folder, await freePort(), options.kubelet.forwardTo);
      }
      others = await startOthers(path, { stages: files.stages, kubelet }, watch);
      await makeNodes(asEngine, options);
      await until(() => isWorking(asEngine), seconds);
    }
  } catch (error) {
    await end();
    throw error;
  }
  const token = (user: User) => user.token;
  return {
    name,
    server,
    kubeconfig: writeKubeconfig(join(folder, 'kubeconfig'), [{ name, server }], files.certificates),
    context: name,
    ca: files.certificates.ca,
    adminToken: token(users.admin),
    viewerToken: token(users.viewer),
    restrictedToken: token(users.restricted),
    ask: asEngine,
    audit: () => readAudit(auditLog),
    ...(kubelet === undefined ? {} : { containerLog: kubelet.log }),
    freeze: () => void (apiServer && process.kill(apiServer.pid, 'SIGSTOP')),
    thaw: () => void (apiServer && process.kill(apiServer.pid, 'SIGCONT')),
    stop: async () => {
      await apiServer?.stop('SIGKILL');
      apiServer = undefined;
    },
    start: async () => {
      apiServer ??= await startApiServer();
    },
    pids: () => [apiServer, ...others].flatMap((engine) => engine?.pid ?? []),
    end,
  };
}

type Ask = TestCluster['ask'];

/** These three open no port, so that they are there is all one can see from outside; isWorking looks at what they do. */
function startOthers(
  kubeconfig: string,
  { stages, kubelet }: { readonly stages: string; readonly kubelet: Kubelet | undefined },
  watch: ClusterGround['watch'],
): Promise<readonly Engine[]> {
  const commands = [
    ['kube-controller-manager', controllerManagerArguments(kubeconfig)],
    ['kube-scheduler', schedulerArguments(kubeconfig)],
    ['kwok', kwokArguments(kubeconfig, stages, kubelet)],
  ] as const;
  return Promise.all(
    commands.map(([name, args]) =>
      startEngine(binaryPath(name), args, async () => true, { watch }),
    ),
  );
}

/** A role of our own: the built-in `view` is empty until a controller fills it. */
async function grantViewer(asEngine: Ask): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const metadata = { name: 'testbed-viewer' };
  await created(asEngine, `/apis/${group}/v1/clusterroles`, {
    metadata,
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
  });
  await created(asEngine, `/apis/${group}/v1/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: metadata.name },
    subjects: [{ apiGroup: group, kind: 'User', name: users.viewer.name }],
  });
}

async function makeNodes(asEngine: Ask, options: ClusterOptions): Promise<void> {
  const { nodes = defaultNodes, allocatable = defaultNodeSize } = options;
  for (let index = 1; index <= nodes; index += 1) {
    await created(asEngine, '/api/v1/nodes', {
      metadata: {
        name: `node-${index}`,
        labels: { 'kubernetes.io/hostname': `node-${index}`, 'kubernetes.io/os': 'linux' },
      },
      status: { allocatable, capacity: allocatable },
    });
  }
}

async function created(asEngine: Ask, path: string, body: object): Promise<void> {
  const { status, body: answer } = await asEngine('POST', path, body);
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(answer)}`);
}

interface NodeList {
  readonly items: readonly {
    readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
  }[];
}

/** kwok made every node ready, and the controllers gave the default namespace its service account. */
async function isWorking(asEngine: Ask): Promise<boolean> {
  const nodes = (await asEngine('GET', '/api/v1/nodes')).body as NodeList;
  const isReady = (conditions: readonly { type: string; status: string }[] = []) =>
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (!nodes.items.every(({ status }) => isReady(status.conditions))) return false;
  const account = await asEngine('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  return account.status === 200;
}
