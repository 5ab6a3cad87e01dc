/** Starts real Kubernetes clusters on loopback: one etcd, one API server each, everything gone when it ends. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath, buildBinaries } from './binaries';
import { makeCertificates } from './certificates';
import { type ClusterGround, type ClusterOptions, startCluster, type TestCluster } from './cluster';
import { startExporter } from './exporter';
import { type FaultProxy, startFaultProxy } from './fault-proxy';
import { clusterNames, fleetOf } from './fleet';
import { etcdArguments, users, writeSharedFiles } from './kube-engines';
import { writeKubeconfig } from './kubeconfig';
import { type Engine, freePort, startEngine } from './process';
import { type Prometheus, startPrometheus } from './prometheus';
import { startWatchdog } from './watchdog';

/** How to start a testbed. */
export interface TestbedOptions extends ClusterOptions {
  /** Every kubeconfig points at a fault proxy in front of its API server. Default false. */
  readonly faults?: boolean;
  /** Requests/s of the app `shop` by geohash: starts a Prometheus that scrapes them, as http_requests_total{app, geohash}. */
  readonly demand?: Readonly<Record<string, number>>;
}

/** A cluster of a testbed. */
export interface TestbedCluster extends TestCluster {
  /** There with the option `faults`; `kubeconfig` then points at it, while `server` and `ask` stay direct. */
  readonly proxy?: FaultProxy;
}

/** Running clusters. */
export interface Testbed {
  readonly clusters: readonly TestbedCluster[];
  /** A cluster by name; throws when there is none. */
  readonly cluster: (name: string) => TestbedCluster;
  /** One file with the contexts of all clusters; the first cluster is the current context. */
  readonly kubeconfig: string;
  /** Where everything of this testbed lies; removed by `stop`. A test may put files there. */
  readonly folder: string;
  /** There with the option `demand`. */
  readonly prometheus?: Prometheus;
  /** A Fleet document of these clusters: places and prices of the quickstart's fleet, `access` to the kubeconfig, the nodes' capacity. */
  readonly fleetDocument: () => object;
  /** Ids of every process of this testbed that runs now. */
  readonly pids: () => readonly number[];
  /** Ends everything by process id, then removes the folder. */
  readonly stop: () => Promise<void>;
}

/** Where a testbed puts its files and tells of its processes. */
type Ground = Pick<ClusterGround, 'folder' | 'watch'>;

/** So many start at the same time; more only makes each slower. */
const startsAtOnce = 4;

/** Starts `wanted` clusters, by number or by name; builds the engines first if this machine has none. Names: fra, iad, sin, then on through the quickstart's fleet. */
export async function startClusters(
  wanted: number | readonly string[],
  options: TestbedOptions = {},
): Promise<Testbed> {
  const names = typeof wanted === 'number' ? clusterNames(wanted) : wanted;
  await buildBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'littoral-testbed-'));
  const watchdog = startWatchdog(folder);
  const ground = { folder, watch: watchdog.watch };
  const clusters: TestbedCluster[] = [];
  const engines: Engine[] = [];
  const stop = async () => {
    await Promise.all(clusters.flatMap(({ end, proxy }) => [end(), proxy?.stop()]));
    await Promise.all(engines.map((engine) => engine.stop('SIGKILL')));
    await watchdog.release();
  };
  try {
    const subject = `/O=system:masters/CN=${users.admin.name}`;
    // Plans warn of what ends within two weeks.
    const certificates = makeCertificates(folder, subject, undefined, 30);
    const files = writeSharedFiles(folder, certificates);
    const etcd = await startEtcd(ground);
    engines.push(etcd);
    await eachAtOnce(names, startsAtOnce, async (name) => {
      const cluster = await startCluster(name, { ...ground, files, etcd: etcd.url }, options);
      const index = clusters.push(cluster) - 1;
      if (options.faults !== true) return;
      const proxy = await startFaultProxy({ server: cluster.server, certificates });
      writeKubeconfig(cluster.kubeconfig, [{ name, server: proxy.server }], certificates);
      clusters[index] = { ...cluster, proxy };
    });
    const prometheus = options.demand && (await startDemand(ground, options.demand));
    if (prometheus) engines.push(prometheus);
    clusters.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    const addresses = clusters.map(({ name, server, proxy }) => ({
      name,
      server: proxy?.server ?? server,
    }));
    const kubeconfig = writeKubeconfig(join(folder, 'kubeconfig'), addresses, certificates);
    const pids = () => [...clusters.flatMap((one) => one.pids()), ...engines.map(({ pid }) => pid)];
    return {
      clusters,
      cluster: (name) => named(clusters, name),
      kubeconfig,
      folder,
      ...(prometheus && { prometheus }),
      fleetDocument: () => fleetOf(clusters, kubeconfig, options),
      pids: () => [...pids(), watchdog.pid],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function named(clusters: readonly TestbedCluster[], name: string): TestbedCluster {
  const found = clusters.find((cluster) => cluster.name === name);
  if (found !== undefined) return found;
  const names = clusters.map((cluster) => cluster.name).join(', ');
  throw new Error(`the testbed has no cluster ${name}, only ${names}`);
}

async function startEtcd({ folder, watch }: Ground): Promise<Engine & { readonly url: string }> {
  const [client, peer] = [await freePort(), await freePort()];
  const [url, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  const answers = async () => (await fetch(`${url}/readyz`)).ok;
  const args = etcdArguments(folder, url, peerUrl);
  return { ...(await startEngine(binaryPath('etcd'), args, answers, { watch })), url };
}

/** An exporter in this process and a Prometheus that scrapes it. */
async function startDemand(
  ground: Ground,
  demand: Readonly<Record<string, number>>,
): Promise<Prometheus> {
  const exporter = await startExporter('shop', demand);
  const started = startPrometheus({ ...ground, targets: [exporter.target] });
  const prometheus = await started.catch(async (error: unknown) => {
    await exporter.close();
    throw error;
  });
  const stop = async () => {
    await prometheus.stop();
    await exporter.close();
  };
  return { ...prometheus, stop };
}

/** Runs `work` for every item, `limit` at the same time; after a failure nothing new begins, and what has begun is waited for. */
async function eachAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  const worker = async () => {
    while (waiting.length > 0 && failures.length === 0) {
      const [item] = waiting.splice(0, 1) as [T];
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length > 0) throw failures[0];
}
