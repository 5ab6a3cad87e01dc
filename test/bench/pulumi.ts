/** Measures the Pulumi wire: previews over a large fleet above an empty program, releases through the server of dynamic providers, and what is kept. */
import { existsSync } from 'node:fs';
import { API_VERSION } from '../../constructs/parsing/document';
import { providerText } from '../../providers/pulumi/runtime/shim';
import { noPulumi, type Program, program } from '../engines/pulumi-program';
import { type DynamicServer, startDynamicServer } from '../pulumi/dynamic-server';
import { programFolder } from '../pulumi/program-folder';
import { bundleOf, decisionFor } from '../resources/fixtures';
import { binaryNames, binaryPath } from '../testbed/binaries';
import { startClusters } from '../testbed/clusters';
import { type BenchRow, median, milliseconds } from './row';
import { world } from './world';

const runs = 5;
const title = '1,000 candidate clusters';

const { fleet, demand } = world(1000, 1000);
const app = {
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
  policy: { constraints: { minClusters: 2, maxClusters: 10, minRequestsPerSecond: 20 } },
};

/** Rows for previews, releases and sizes. */
export async function benchPulumi(): Promise<readonly BenchRow[]> {
  return [...sizes(), ...(await checks()), ...(await previews()), ...(await releases())];
}

function sizes(): readonly BenchRow[] {
  return (['placement', 'release'] as const).map((name) => ({
    name: `pulumi, provider of a ${name} in the state`,
    unit: 'bytes',
    samples: [Buffer.byteLength(providerText(name))],
  }));
}

async function withServer<T>(
  name: 'placement' | 'release',
  work: (server: DynamicServer) => Promise<T>,
): Promise<T> {
  const folder = programFolder();
  const server = await startDynamicServer(folder.path, name);
  try {
    return await work(server);
  } finally {
    await server.stop();
    folder.remove();
  }
}

/** What the engine waits for while it previews: the first check is of a fresh process, the next of a warm one. */
function checks(): Promise<readonly BenchRow[]> {
  return withServer('placement', async (server) => {
    const news = {
      apps: [app],
      fleet: JSON.stringify(fleet),
      demands: { shop: JSON.stringify(demand) },
      decision: '',
    };
    const start = performance.now();
    const { inputs, failures } = await server.check({}, news);
    const first = performance.now() - start;
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    const again = await milliseconds(runs, () => server.check(inputs, news));
    const kept = Buffer.byteLength(JSON.stringify(inputs));
    return [
      {
        name: `pulumi, check of a placement, ${title}, fresh process`,
        unit: 'ms',
        samples: [first],
      },
      { name: `pulumi, check of a placement, ${title}, again`, unit: 'ms', samples: again },
      { name: `pulumi, inputs kept of it`, unit: 'kB', samples: [kept / 1000] },
    ];
  });
}

const empty = 'exports.nothing = 1;';
const full = `
const { readFileSync } = require('node:fs');
const { EdgeApp, getFleet } = require('littoral/pulumi');
const app = JSON.parse(readFileSync('app.json', 'utf8'));
const site = new EdgeApp('shop', { ...app, demand: 'demand.json', fleet: getFleet({ file: 'fleet.json' }) });
exports.clusters = site.clusters;
`;

async function previews(): Promise<readonly BenchRow[]> {
  if (noPulumi !== undefined) {
    console.log(`pulumi, previews: skipped, ${noPulumi}`);
    return [];
  }
  const timed = async (source: string) => {
    const made = await program(source);
    try {
      made.write('app.json', app);
      made.write('fleet.json', fleet);
      made.write('demand.json', demand);
      return await milliseconds(runs, () => preview(made));
    } finally {
      made.remove();
    }
  };
  const [least, most] = [await timed(empty), await timed(full)];
  const above = median(most) - median(least);
  return [
    { name: 'pulumi preview, empty program', unit: 'ms', samples: least },
    { name: `pulumi preview, EdgeApp, ${title}`, unit: 'ms', samples: most },
    { name: 'pulumi preview, EdgeApp above the empty program', unit: 'ms', samples: [above] },
  ];
}

const preview = (made: Program) => made.pulumi('preview');

/** Ten objects on each of 20 real API servers, through create, the check and diff of nothing to do, and delete. */
async function releases(): Promise<readonly BenchRow[]> {
  const missing = binaryNames.filter((name) => !existsSync(binaryPath(name)));
  if (missing.length > 0) {
    console.log(`pulumi, release: skipped, not built: ${missing.join(', ')}`);
    return [];
  }
  const testbed = await startClusters(20, { apiOnly: true });
  try {
    const names = testbed.clusters.map(({ name }) => name);
    const manifests = Array.from({ length: 10 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `map-${index}`, namespace: 'default' },
      data: { text: 'x'.repeat(500) },
    }));
    const { clusters } = testbed.fleetDocument() as { readonly clusters: readonly object[] };
    const news = {
      bundle: JSON.stringify({ ...bundleOf(...manifests), namespace: 'default' }),
      decision: JSON.stringify(decisionFor(names)),
      fleet: JSON.stringify({ apiVersion: API_VERSION, kind: 'Fleet', clusters }),
    };
    return await withServer('release', (server) => released(server, news));
  } finally {
    await testbed.stop();
  }
}

async function released(server: DynamicServer, news: object): Promise<readonly BenchRow[]> {
  const samples = { create: [] as number[], nothing: [] as number[], read: [] as number[] };
  let kept = 0;
  for (let run = 0; run < 3; run += 1) {
    const { inputs } = await server.check({}, { ...news });
    const times = [performance.now()];
    const { id, outs } = await server.create(inputs);
    times.push(performance.now());
    await server.diff(id, outs, (await server.check(inputs, { ...news })).inputs);
    times.push(performance.now());
    await server.read(id, outs);
    times.push(performance.now());
    samples.create.push((times[1] ?? 0) - (times[0] ?? 0));
    samples.nothing.push((times[2] ?? 0) - (times[1] ?? 0));
    samples.read.push((times[3] ?? 0) - (times[2] ?? 0));
    kept = Buffer.byteLength(JSON.stringify(outs));
    await server.delete(id, outs);
  }
  const row = (what: string, list: readonly number[]): BenchRow => {
    return { name: `pulumi, release, 20 API servers, ${what}`, unit: 'ms', samples: list };
  };
  return [
    row('create', samples.create),
    row('nothing to do', samples.nothing),
    row('refresh', samples.read),
    { name: 'pulumi, release, 20 API servers, state', unit: 'kB', samples: [kept / 1000] },
  ];
}
