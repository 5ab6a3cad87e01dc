/** The app follows its users from one continent to another, and while it moves every user has a ready cluster. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDemand } from '../../constructs/model/demand-document';
import { type Caller, caller } from '../cli/calling';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed, type TestbedCluster } from '../testbed/clusters';
import { type Exporter, startExporter } from '../testbed/exporter';
import { until, whyMissing } from '../testbed/process';
import { type Prometheus, startPrometheus } from '../testbed/prometheus';
import { readyAfterAnnotation } from '../testbed/stages';

const missing = whyNoClusters() ?? whyMissing('prometheus');
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

/** Berlin, Prague, Madrid; Singapore, Tokyo, Seoul. */
const morning = { u33d: 150, u2fk: 60, ezjm: 5, w21z: 12, xn77: 1, wydm: 1 };
const evening = { u33d: 1, u2fk: 1, ezjm: 12, w21z: 2, xn77: 150, wydm: 70 };
const minClusters = 2;
const deployment = '/apis/apps/v1/namespaces/shop/deployments/shop';

whenPossible(`users that move${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let exporter: Exporter;
  let prometheus: Prometheus;
  beforeAll(async () => {
    testbed = await startClusters(['fra', 'mad', 'sin', 'nrt']);
    exporter = await startExporter('shop', morning);
    prometheus = await startPrometheus({ targets: [exporter.target], folder: testbed.folder });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await exporter?.close();
    await testbed?.stop();
  });

  it('are followed by the app, and nobody is left without a ready cluster', async () => {
    const there = caller({
      'app.json': JSON.stringify(appFollowing(prometheus.url)),
      'fleet.json': JSON.stringify(testbed.fleetDocument()),
    });
    const inputs = '--app app.json --fleet fleet.json';
    const call = async (line: string, code: number) => {
      const answer = await there.call(line);
      expect({ line, ...answer }).toMatchObject({ line, code });
      return answer;
    };

    await until(() => isSeen(there, morning));
    await call('demand --app app.json -o morning.yaml', 0);
    await call(`place ${inputs} --demand morning.yaml -o morning.lock.json`, 0);
    expect(chosenIn(there, 'morning.lock.json')).toEqual(['fra', 'sin']);
    await call(`apply ${inputs} --decision morning.lock.json --yes`, 0);
    await call(`place ${inputs} --check morning.lock.json`, 0);

    exporter.setRates(evening);
    await until(() => isSeen(there, evening));
    const { out } = await call(`place ${inputs} --check morning.lock.json`, 10);
    expect(out).toContain('+mad +nrt -fra -sin');
    await call('demand --app app.json -o evening.yaml', 0);
    const onward = `place ${inputs} --demand evening.yaml --previous morning.lock.json -o evening.lock.json`;
    // All clusters at once is what the guard asks a person about.
    expect((await call(onward, 4)).err).toContain('maxDroppedShare');
    await call(`${onward} --allow maxDroppedShare`, 0);
    const [left, joined] = [['fra', 'sin'], chosenIn(there, 'evening.lock.json')];
    expect(joined).toEqual(['mad', 'nrt']);

    const sampler = startSampler([...left, ...joined].map(testbed.cluster));
    await sampler.taken(3);
    await call(`apply ${inputs} --decision evening.lock.json --yes`, 0);
    await sampler.taken(3);
    const samples = await sampler.end();

    const origins = ['morning.yaml', 'evening.yaml'].flatMap((file) => originsIn(there, file));
    const regionOf = regions(testbed.fleetDocument());
    const fewest = Math.min(...samples.map((ready) => ready.length));
    process.stderr.write(
      `${samples.length} samples, at least ${fewest} ready: ${story(samples)}\n`,
    );
    for (const ready of samples) {
      expect(ready.length).toBeGreaterThanOrEqual(minClusters);
      const served = new Set(ready.map(regionOf));
      expect(origins.filter(({ region }) => !served.has(region))).toEqual([]);
    }
    expect(samples[0]).toEqual(left);
    // Nobody leaves before the slower of the two is ready.
    expect(samples).toContainEqual([...left, 'mad']);
    expect(samples.at(-1)).toEqual(joined);

    await call(`plan ${inputs} --decision evening.lock.json`, 0);
    await call(`place ${inputs} --check evening.lock.json`, 0);
    for (const name of left) expect(await ownedOn(testbed.cluster(name))).toEqual([]);
    for (const name of joined) {
      expect(await ownedOn(testbed.cluster(name))).toContain('deployments shop');
    }
  });
});

/** An app of two clusters, one for each continent's own users; its pods take seconds to become ready. */
function appFollowing(url: string): object {
  const late = (name: string, after: string) => ({
    match: { name },
    set: { annotations: { [readyAfterAnnotation]: after } },
  });
  const within = (region: string) => ({ origins: { region }, clusters: { region } });
  return {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'EdgeApp',
    name: 'shop',
    workload: {
      image: 'registry.example/shop:1.4.2',
      port: 8080,
      resources: { cpuMillicores: 250, memoryMebibytes: 256 },
      requestsPerSecondPerReplica: 50,
    },
    overrides: [late('mad', '1s'), late('nrt', '4s')],
    policy: {
      constraints: {
        minClusters,
        maxClusters: 2,
        minRequestsPerSecond: 1,
        residency: [within('europe'), within('asia')],
      },
      objective: { latency: 1 },
      stability: { minDwellSeconds: 0 },
    },
    demand: {
      prometheus: {
        url,
        query: 'sum by (geohash) (rate(http_requests_total{app="shop"}[5s]))',
        windowSeconds: 2,
        stepSeconds: 1,
      },
    },
  };
}

/** Whether the app reads these rates, each to a tenth. */
async function isSeen(there: Caller, rates: Readonly<Record<string, number>>): Promise<boolean> {
  const { code, out } = await there.call('demand --app app.json --json');
  if (code !== 0) return false;
  const { origins } = parseDemand(out);
  const isNear = (name: string, rate: number) =>
    Math.abs(rate - (rates[name] ?? 0)) <= (rates[name] ?? 0) / 10;
  return (
    origins.length === Object.keys(rates).length &&
    origins.every(({ name, requestsPerSecond }) => isNear(name, requestsPerSecond))
  );
}

const textOf = ({ folder }: Caller, name: string) => readFileSync(join(folder, name), 'utf8');
const originsIn = (there: Caller, name: string) => parseDemand(textOf(there, name)).origins;

interface Lock {
  readonly apps: readonly [{ readonly clusters: readonly { readonly name: string }[] }];
}

function chosenIn(there: Caller, name: string): readonly string[] {
  const { apps } = JSON.parse(textOf(there, name)) as Lock;
  return apps[0].clusters.map((cluster) => cluster.name);
}

/** Each rule of residency is: the same region. */
function regions(fleet: object): (name: string) => string | undefined {
  const { clusters } = fleet as {
    readonly clusters: readonly { readonly name: string; readonly region: string }[];
  };
  const byName = new Map(clusters.map(({ name, region }) => [name, region]));
  return (name) => byName.get(name);
}

/** Names of the clusters that were ready at one moment. */
type Sample = readonly string[];

/** Looks ten times a second at which of the clusters are ready, until it is ended. */
function startSampler(clusters: readonly TestbedCluster[]) {
  const samples: Sample[] = [];
  let ended = false;
  const sampling = (async () => {
    while (!ended) {
      const pause = new Promise((next) => setTimeout(next, 100));
      samples.push(await sampled(clusters));
      await pause;
    }
  })();
  // Told by `end`; until then it is nobody's.
  sampling.catch(() => undefined);
  return {
    taken: (more: number) => {
      const wanted = samples.length + more;
      return until(() => samples.length >= wanted);
    },
    end: async () => {
      ended = true;
      await sampling;
      return samples;
    },
  };
}

/** One after another, those that leave first: what takes over between two questions counts for both. */
async function sampled(clusters: readonly TestbedCluster[]): Promise<Sample> {
  const ready: string[] = [];
  for (const cluster of clusters) if (await isReady(cluster)) ready.push(cluster.name);
  return ready;
}

interface Seen {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

/** Every replica is ready, and nobody deletes it. */
async function isReady(cluster: TestbedCluster): Promise<boolean> {
  const { status, body } = await cluster.ask('GET', deployment);
  if (status === 404) return false;
  if (status !== 200) throw new Error(`${cluster.name}: ${status} ${JSON.stringify(body)}`);
  const { metadata, spec, status: now } = body as Seen;
  const { readyReplicas = 0 } = now;
  return (
    metadata.deletionTimestamp === undefined && readyReplicas > 0 && readyReplicas >= spec.replicas
  );
}

/** The samples in words, equal ones that follow each other told once. */
function story(samples: readonly Sample[]): string {
  const told = samples.map((ready) => ready.join('+') || 'none');
  return told.filter((one, index) => one !== told[index - 1]).join(', ');
}

interface Listed {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly namespace?: string;
      readonly managedFields?: readonly { readonly manager?: string }[];
    };
  }[];
}

/** What lies in the app's namespace or was written by us, as `kind name`. */
async function ownedOn(cluster: TestbedCluster): Promise<readonly string[]> {
  const core = ['namespaces', 'pods', 'services', 'configmaps', 'secrets', 'serviceaccounts'];
  const paths = [
    ...core.map((kind) => `/api/v1/${kind}`),
    '/apis/apps/v1/deployments',
    '/apis/apps/v1/replicasets',
    '/apis/policy/v1/poddisruptionbudgets',
  ];
  const found = paths.map(async (path) => {
    const { status, body } = await cluster.ask('GET', path);
    expect({ path, status }).toEqual({ path, status: 200 });
    const ours = (body as Listed).items.filter(({ metadata }) => {
      const managers = (metadata.managedFields ?? []).map(({ manager }) => manager ?? '');
      const isOurs = managers.some((manager) => manager.startsWith('littoral'));
      return isOurs || [metadata.namespace, metadata.name].includes('shop');
    });
    return ours.map(({ metadata }) => `${path.split('/').at(-1)} ${metadata.name}`);
  });
  return (await Promise.all(found)).flat();
}
