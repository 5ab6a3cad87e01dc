/** Measures releases from one process: on real API servers, and on simulated clusters by the hundred. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import http2, { type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { sealBundle } from '../../constructs/model/app/bundle';
import type { Manifest } from '../../constructs/model/app/workload';
import { eachOf } from '../../providers/clusters/parallel';
import {
  basisOf,
  carryOut,
  observeAndPlan,
  parseRelease,
  type ReleaseProps,
  type ReleaseState,
  type World,
  worldOf,
} from '../../providers/resources/release';
import { bundleOf, decisionFor } from '../resources/fixtures';
import { binaryNames, binaryPath } from '../testbed/binaries';
import { startClusters } from '../testbed/clusters';
import { type BenchRow, exponentOf, median } from './row';
import { startStubs } from './stubs';

const runs = 3;
const objectsPerCluster = 10;
const phases = ['fresh apply', 'no-op plan', 'one field'] as const;
type Phase = (typeof phases)[number];

/** A cluster, for the release by its kubeconfig, for the bare client by its address. */
interface Target {
  readonly name: string;
  readonly kubeconfig: string;
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}
/** One request to one cluster, sent once `after` others had been answered. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly after: number;
  body?: string;
}
/** What a process is told to do. */
interface Job {
  /** Its name and its namespace. */
  readonly release: string;
  readonly targets: readonly Target[];
  /** True where nothing makes Deployments ready. */
  readonly noControllers: boolean;
  /** Sends these requests to every cluster instead of a release. */
  readonly replay?: Recorded;
}
type Recorded = Readonly<Record<Phase, readonly Sent[]>>;
/** What it tells when it is done. */
interface Measured {
  readonly milliseconds: Readonly<Record<Phase, number>>;
  readonly requests: Readonly<Record<Phase, number>>;
  /** Of processors, for all phases, without the start of the process. */
  readonly cpuSeconds: number;
  readonly connections: number;
  /** The most memory the process ever had. */
  readonly megabytes: number;
  /** What it sent to the first cluster. */
  readonly recorded: Recorded;
}

/** Rows for 10, 100 and 1,000 simulated clusters, then for 20 real API servers. */
export async function benchRelease(): Promise<readonly BenchRow[]> {
  const cpu: [clusters: number, seconds: number][] = [];
  const rows: BenchRow[] = [];
  for (const count of [10, 100, 1000]) {
    const measured = await onStubs(count);
    const seconds = measured.find(({ name }) => name.endsWith('CPU'))?.samples ?? [];
    cpu.push([count, median(seconds)]);
    rows.push(...measured);
  }
  const growth = {
    name: 'release, CPU by clusters',
    unit: 'power',
    samples: [exponentOf(cpu)],
    note: '1 is linear',
  };
  return [...rows, growth, ...(await onEngines(20))];
}

async function onEngines(count: number): Promise<readonly BenchRow[]> {
  const missing = binaryNames.filter((name) => !existsSync(binaryPath(name)));
  if (missing.length > 0) {
    console.log(`release, ${count} API servers: skipped, not built: ${missing.join(', ')}`);
    return [];
  }
  const testbed = await startClusters(count, { apiOnly: true });
  try {
    const targets = testbed.clusters.map(({ name, server, ca, adminToken }): Target => {
      const { kubeconfig } = testbed;
      return { name, kubeconfig, server, ca: readFileSync(ca, 'utf8'), token: adminToken };
    });
    return await measure(`release, ${count} API servers`, targets, true);
  } finally {
    await testbed.stop();
  }
}

async function onStubs(count: number): Promise<readonly BenchRow[]> {
  const names = Array.from({ length: count }, (_, index) => `edge-${index}`);
  const stubs = await startStubs(names);
  try {
    const { ca, kubeconfigOf, serverOf } = stubs;
    const targets = names.map((name): Target => {
      return { name, kubeconfig: kubeconfigOf(name), server: serverOf(name), ca, token: 'bench' };
    });
    return await measure(`release, ${count.toLocaleString('en')} simulated`, targets, false);
  } finally {
    await stubs.stop();
  }
}

/** Each run in a process of its own: first the release, then the bare client with the same requests. */
async function measure(
  title: string,
  targets: readonly Target[],
  noControllers: boolean,
): Promise<readonly BenchRow[]> {
  const first = targets.slice(0, 1);
  const { recorded } = await inProcess({ release: 'bench', targets: first, noControllers });
  const [ours, bare]: [Measured[], Measured[]] = [[], []];
  for (let run = 1; run <= runs; run += 1) {
    ours.push(await inProcess({ release: `full${run}`, targets, noControllers }));
    bare.push(await inProcess({ release: `bare${run}`, targets, noControllers, replay: recorded }));
  }
  const name = 'bare HTTP/2';
  const ratio = (of: (one: Measured) => number) => median(ours.map(of)) / median(bare.map(of));
  const times = phases.map((phase): BenchRow => {
    const time = ({ milliseconds }: Measured) => milliseconds[phase];
    const each = (ours[0]?.requests[phase] ?? 0) / targets.length / objectsPerCluster;
    return {
      name: `${title}, ${phase}`,
      unit: 'ms',
      samples: ours.map(time),
      note: `${each.toFixed(2)} requests per object`,
      peer: { name, ratio: ratio(time), of: 'time' },
    };
  });
  const whole = (what: string, unit: string, its: (one: Measured) => number): BenchRow => {
    const peer = { name, ratio: ratio(its), of: what };
    return { name: `${title}, ${what}`, unit, samples: ours.map(its), peer };
  };
  const cpu = whole('CPU', 's', ({ cpuSeconds }) => cpuSeconds);
  const memory = whole('peak RSS', 'MB', ({ megabytes }) => megabytes);
  const opened = ours.map(({ connections }) => connections / targets.length);
  const connections = { name: `${title}, connections`, unit: 'a cluster', samples: opened };
  return [...times, cpu, memory, connections];
}

async function inProcess(job: Job): Promise<Measured> {
  const child = fork(__filename);
  const ended = once(child, 'exit');
  const told = once(child, 'message') as Promise<[Measured]>;
  child.send(job);
  const failed = ended.then(([code]) => {
    throw new Error(`a measured process ended with ${code}`);
  });
  failed.catch(() => undefined);
  const [measured] = await Promise.race([told, failed]);
  await ended;
  return measured;
}

/** In a process of its own. */
async function work(job: Job): Promise<Measured> {
  const wire = watchWire();
  const { replay } = job;
  const steps = replay === undefined ? releaseSteps(job) : bareSteps(job, replay);
  const before = process.cpuUsage();
  const results: [Phase, { milliseconds: number; requests: number; sent: readonly Sent[] }][] = [];
  for (const phase of phases) {
    wire.reset();
    const start = performance.now();
    await steps[phase]();
    const milliseconds = performance.now() - start;
    results.push([phase, { milliseconds, requests: wire.count(), sent: wire.sent() }]);
  }
  const by = <T>(of: (one: (typeof results)[number][1]) => T) =>
    Object.fromEntries(results.map(([phase, one]) => [phase, of(one)])) as Record<Phase, T>;
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSeconds: (user + system) / 1e6,
    connections: wire.connections(),
    milliseconds: by((one) => one.milliseconds),
    requests: by((one) => one.requests),
    megabytes: process.resourceUsage().maxRSS / 1024,
    recorded: by((one) => one.sent),
  };
}

type Steps = Readonly<Record<Phase, () => Promise<void>>>;

/** Fresh apply, plan and change through the resource, as the command line does it. */
function releaseSteps({ release, targets, noControllers }: Job): Steps {
  const world = noControllers ? withoutControllers(worldOf(tmpdir())) : worldOf(tmpdir());
  let state: ReleaseState | undefined;
  const apply = async (image: string) => {
    const props = propsOf(release, targets, image);
    const released = await carryOut(
      await observeAndPlan(basisOf(props, state), world),
      state,
      world,
    );
    if (released.problems.length > 0) throw new Error(JSON.stringify(released.problems[0]));
    state = released.state;
  };
  const plan = async () => {
    const open = await observeAndPlan(basisOf(propsOf(release, targets, 'web:1'), state), world);
    await open.close();
    const changing = open.plan.clusters.filter(({ step }) => step !== 'keep');
    if (changing.length > 0) throw new Error(`${changing.length} clusters are not as applied`);
  };
  return {
    'fresh apply': () => apply('web:1'),
    'no-op plan': plan,
    'one field': () => apply('web:2'),
  };
}

/** Takes the first look at what is waited for, and takes it as ready. */
function withoutControllers(world: World): World {
  const connect: World['connect'] = async (cluster, seconds) => {
    const client = await world.connect(cluster, seconds);
    return {
      ...client,
      waitReady: async (refs) => {
        await Promise.all(refs.map((ref) => client.get(ref)));
        return refs.map((ref) => ({ ref, ready: true, reason: '' }));
      },
    };
  };
  return { ...world, connect };
}

/** The recorded requests to every cluster, no request before those it had waited for; as many clusters at once as a release. */
function bareSteps({ release, targets }: Job, recorded: Recorded): Steps {
  const parallelism = 16;
  const step = (phase: Phase) => async () => {
    // Versions are those of the objects of another release.
    const own = (text: string) =>
      text.replaceAll('bench', release).replaceAll(/,?"resourceVersion":"\d+"/g, '');
    const sent = recorded[phase].map(({ path, body, ...rest }): Sent => {
      return { ...rest, path: own(path), ...(body === undefined ? {} : { body: own(body) }) };
    });
    await eachOf(targets, parallelism, (target) => replayOn(target, sent));
  };
  return Object.fromEntries(phases.map((phase) => [phase, step(phase)])) as Steps;
}

async function replayOn({ server, ca, token }: Target, sent: readonly Sent[]): Promise<void> {
  const { origin, pathname } = new URL(server);
  const session = http2.connect(origin, { ca });
  const base = pathname.replace(/\/$/, '');
  let [next, running, answered] = [0, 0, 0];
  if (sent.length === 0) throw new Error('nothing was recorded to be sent again');
  await new Promise<void>((resolve, reject) => {
    session.once('error', reject);
    const go = (): void => {
      for (
        let one = sent[next];
        one && (one.after <= answered || running === 0);
        one = sent[next]
      ) {
        next += 1;
        running += 1;
        send(session, base, token, one).then(() => {
          running -= 1;
          answered += 1;
          if (answered === sent.length) resolve();
          else go();
        }, reject);
      }
    };
    go();
  });
  session.destroy();
}

const contentTypes: Readonly<Record<string, string>> = {
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/apply-patch+yaml',
};

function send(
  session: ClientHttp2Session,
  base: string,
  token: string,
  { method, path, body }: Sent,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': method,
      ':path': `${base}${path}`,
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': contentTypes[method] }),
    });
    stream.setEncoding('utf8');
    stream.on('error', reject);
    stream.on('response', ({ ':status': status = 0 }) => {
      const chunks: string[] = [];
      stream.on('data', (chunk: string) => chunks.push(chunk));
      stream.on('end', () => {
        if (status < 400 || status === 404) resolve(void JSON.parse(chunks.join('')));
        else reject(new Error(`${method} ${path}: ${status} ${chunks.join('')}`));
      });
    });
    stream.end(body);
  });
}

/** Counts every request of this process, and keeps those of the first connection. */
function watchWire() {
  let count = 0;
  let connections = 0;
  let first: ClientHttp2Session | undefined;
  let answered = 0;
  let sent: Sent[] = [];
  const original = http2.connect;
  const connect = (...args: Parameters<typeof original>): ClientHttp2Session => {
    const session = original(...args);
    connections += 1;
    if (first === undefined || first.closed || first.destroyed) first = session;
    const request = session.request.bind(session);
    const watched: typeof session.request = (head = {}, options) => {
      count += 1;
      const stream = request(head, options);
      if (session === first) keep(head as http2.OutgoingHttpHeaders, stream);
      return stream;
    };
    return Object.assign(session, { request: watched });
  };
  const keep = (head: http2.OutgoingHttpHeaders, stream: ClientHttp2Stream): void => {
    const path = String(head[':path']);
    const one: Sent = { method: String(head[':method']), path: withoutBase(path), after: answered };
    sent.push(one);
    const end = stream.end.bind(stream) as (body?: string) => ClientHttp2Stream;
    const ending = (body?: string) => {
      if (body !== undefined) one.body = body;
      return end(body);
    };
    Object.assign(stream, { end: ending });
    stream.once('end', () => {
      answered += 1;
    });
  };
  Object.assign(http2, { connect });
  const reset = (): void => {
    [count, answered, sent] = [0, 0, []];
  };
  return { reset, count: () => count, connections: () => connections, sent: () => sent };
}

const withoutBase = (path: string) => path.slice(path.search(/\/apis?\//));

function propsOf(release: string, targets: readonly Target[], image: string): ReleaseProps {
  const manifests = objectsOf(release, image);
  const { digest: _, ...content } = bundleOf(...manifests);
  const bundle = sealBundle({ ...content, namespace: release });
  const clusters = targets.map(({ name, kubeconfig }, index) => ({
    name,
    latitude: 0,
    longitude: (index % 3600) / 10 - 180,
    region: 'bench',
    country: 'ZZ',
    access: { kubeconfig, context: name },
  }));
  const decision = decisionFor(targets.map(({ name }) => name));
  return parseRelease({ name: release, bundle, decision, fleet: { clusters } });
}

/** A Namespace, two ConfigMaps, three Services, three Deployments, an autoscaler. */
function objectsOf(namespace: string, image: string): readonly Manifest[] {
  const named = (apiVersion: string, kind: string, name: string, content: object): Manifest => ({
    apiVersion,
    kind,
    metadata: { name, namespace },
    ...content,
  });
  const apps = ['web', 'api', 'cache'];
  const maps = ['settings', 'texts'];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...maps.map((name) => named('v1', 'ConfigMap', name, { data: { mode: 'edge', level: '3' } })),
    ...apps.map((app) =>
      named('v1', 'Service', app, {
        spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      }),
    ),
    ...apps.map((app) => {
      const labels = { app };
      const resources = { requests: { cpu: '100m', memory: '128Mi' } };
      const ports = [{ containerPort: 8080 }];
      const its = app === 'web' ? image : 'app:1';
      const spec = { containers: [{ name: app, image: its, ports, resources }] };
      const template = { metadata: { labels }, spec };
      const replicas = { replicas: 2, selector: { matchLabels: labels } };
      return named('apps/v1', 'Deployment', app, { spec: { ...replicas, template } });
    }),
    named('autoscaling/v2', 'HorizontalPodAutoscaler', 'api', {
      spec: {
        minReplicas: 2,
        maxReplicas: 6,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
      },
    }),
  ];
}

if (require.main === module) {
  process.once('message', (job: Job) => {
    work(job).then(
      (measured) => process.send?.(measured, () => process.disconnect()),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
