/** One app through the command line, Terraform and Pulumi on the same real clusters: the same decision, the same objects, byte for byte. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { littoral } from '../command';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { noPulumi, program } from './pulumi-program';
import { header, openStack, terraforms } from './terraforming';

const names = ['fra', 'gru', 'hkg', 'iad', 'qro'];
const quickstart = join(__dirname, '../../examples/quickstart');
const read = (name: string) => readFileSync(join(quickstart, name), 'utf8');
const [, noTerraform, terraform] = terraforms[0];
const missing = noPulumi ?? noTerraform ?? whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const paths = [
  '/api/v1/namespaces/shop',
  '/api/v1/namespaces/shop/services',
  '/apis/apps/v1/namespaces/shop/deployments',
  '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers',
  '/apis/policy/v1/namespaces/shop/poddisruptionbudgets',
];
/** What a server adds, and what it counts. */
const ofServers = new Set([
  ...['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields', 'status'],
  ...['clusterIP', 'clusterIPs', 'deployment.kubernetes.io/revision'],
]);

whenPossible(`three wires${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let folder: string;
  let fleet: object;
  beforeAll(async () => {
    testbed = await startClusters(names, { nodes: 8 });
    folder = mkdtempSync(join(testbed.folder, 'wires-'));
    const { clusters, ...rest } = parse(read('fleet.yaml')) as { clusters: { name: string }[] };
    const reached = clusters.map((one) => {
      const access = { kubeconfig: testbed.kubeconfig, context: one.name };
      return names.includes(one.name) ? { ...one, access } : one;
    });
    fleet = { ...rest, clusters: reached };
  });
  afterAll(async () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    await testbed?.stop();
  });

  /** Everything there, as text. */
  const picture = async () => {
    const asked = names.flatMap((name) => paths.map((path) => [name, path] as const));
    const all = await Promise.all(
      asked.map(async ([name, path]) => {
        const { body } = await testbed.cluster(name).ask('GET', path);
        return [`${name} ${path}`, body] as const;
      }),
    );
    return JSON.stringify(all, (key, value) => (ofServers.has(key) ? undefined : value), 1);
  };
  const isEmpty = async () =>
    Promise.all(
      names.map(async (name) => (await testbed.cluster(name).ask('GET', paths[0] ?? '')).status),
    );
  const gone = names.map(() => 404);

  async function throughCommandLine() {
    for (const name of ['shop.yaml', 'prometheus.json'])
      writeFileSync(join(folder, name), read(name));
    writeFileSync(join(folder, 'fleet.json'), JSON.stringify(fleet));
    const call = async (words: string) => {
      const ran = await littoral(words.split(' '), folder);
      if (ran.exitCode !== 0) throw new Error(`littoral ${words}:\n${ran.stdout}${ran.stderr}`);
    };
    const inputs = '--app shop.yaml --fleet fleet.json';
    // Most clusters of the fleet cannot be reached: what is where has to be remembered for a destroy to be sure.
    const release = `${inputs} --state shop.state.json`;
    await call(`place ${inputs} -o shop.lock.json`);
    await call(`apply ${release} --decision shop.lock.json --yes`);
    const seen = await picture();
    await call(`destroy ${release} --yes`);
    const { digest } = JSON.parse(readFileSync(join(folder, 'shop.lock.json'), 'utf8'));
    return { digest: digest as string, seen };
  }

  async function throughTerraform() {
    const query = parse(read('shop.yaml')).demand.prometheus.query as string;
    const stack = await openStack(terraform(), join(folder, 'stack'), {
      'main.tf': `${header}
data "littoral_fleet" "edge" {
  file = "fleet.json"
}
data "littoral_demand" "shop" {
  prometheus = { query = ${JSON.stringify(query)}, answer = "prometheus.json" }
}
resource "littoral_placement" "shop" {
  fleet     = data.littoral_fleet.edge.document
  demands   = { shop = data.littoral_demand.shop.document }
  documents = [file("shop.yaml")]
}
resource "littoral_release" "shop" {
  decision = littoral_placement.shop.decision
  fleet    = data.littoral_fleet.edge.document
  bundle   = "shop.yaml"
}
output "digest" {
  value = littoral_placement.shop.digest
}
`,
      'shop.yaml': read('shop.yaml'),
      'prometheus.json': read('prometheus.json'),
      'fleet.json': fleet,
    });
    await stack.run('apply -auto-approve');
    const seen = await picture();
    const digest = JSON.parse(await stack.run('output -json digest')) as string;
    await stack.run('destroy -auto-approve');
    return { digest, seen };
  }

  async function throughPulumi() {
    const shop = await program(`
const { readFileSync } = require('node:fs');
const { EdgeApp, getFleet } = require('littoral/pulumi');
const { apiVersion, kind, ...shop } = require('yaml').parse(readFileSync('shop.yaml', 'utf8'));
const site = new EdgeApp('shop', { ...shop, fleet: getFleet({ file: 'fleet.json' }) });
exports.digest = site.placement.digest;
`);
    try {
      for (const name of ['shop.yaml', 'prometheus.json']) shop.write(name, read(name));
      shop.write('fleet.json', fleet);
      await shop.pulumi('up --yes --skip-preview');
      const seen = await picture();
      const { digest } = await shop.outputs();
      await shop.pulumi('destroy --yes --skip-preview');
      return { digest: digest as string, seen };
    } finally {
      shop.remove();
    }
  }

  it('decide the same and make the same', async () => {
    const first = await throughCommandLine();
    expect(first.seen.match(/"kind": "Namespace"/g)).toHaveLength(names.length);
    expect(await isEmpty()).toEqual(gone);
    const second = await throughTerraform();
    expect(await isEmpty()).toEqual(gone);
    const third = await throughPulumi();
    expect(await isEmpty()).toEqual(gone);
    expect([second.digest, third.digest]).toEqual([first.digest, first.digest]);
    expect(second.seen).toBe(first.seen);
    expect(third.seen).toBe(first.seen);
  });
});
