/** Bench of plans and releases through Terraform: every resource of the provider, a large placement, and twenty API servers. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleOf, decisionFor } from '../resources/fixtures';
import { binaryNames, binaryPath } from '../testbed/binaries';
import { startClusters } from '../testbed/clusters';
import { whyNoTerraform } from '../testbed/infrastructure';
import { type BenchRow, milliseconds } from './row';
import { executable, header, stackIn, type Terraform, type Used } from './terraform-stack';
import { world } from './world';

const objects = 10;

/** Rows for a small stack, a large placement, and a release. */
export async function benchTerraformPlan(): Promise<readonly BenchRow[]> {
  const missing = whyNoTerraform();
  if (missing !== undefined) {
    console.log(`terraform-plan: skipped, ${missing}`);
    return [];
  }
  if (!existsSync(executable)) throw new Error('The provider is not built; run `npm run build`.');
  const parent = mkdtempSync(join(tmpdir(), 'littoral-bench-'));
  try {
    return [...(await small(parent)), ...(await large(parent)), ...(await release(parent))];
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

const sources = `data "littoral_fleet" "edge" {
  file = "fleet.json"
}
data "littoral_demand" "shop" {
  file = "demand.json"
}
`;
const placement = `resource "littoral_placement" "shop" {
  fleet   = data.littoral_fleet.edge.document
  demands = { shop = data.littoral_demand.shop.document }
  apps = [{
    name = "shop"
    workload = {
      image                           = "registry.example/shop:1"
      resources                       = { cpu_millicores = 250, memory_mebibytes = 256 }
      requests_per_second_per_replica = 50
    }
    policy = { constraints = { max_clusters = 10, min_requests_per_second = 0 } }
  }]
}
`;
const alone = 'resource "terraform_data" "one" {\n  input = "one"\n}\n';

async function small(parent: string): Promise<readonly BenchRow[]> {
  const bare = await stackIn(join(parent, 'alone'), { 'main.tf': alone });
  const { fleet, demand } = world(34, 90);
  const main = header + sources + placement;
  const files = { 'main.tf': main, 'fleet.json': fleet, 'demand.json': demand };
  const ours = await stackIn(join(parent, 'small'), files);
  await bare('apply', '-auto-approve');
  await ours('apply', '-auto-approve');
  const without = await milliseconds(7, () => bare('plan'));
  const samples = await milliseconds(7, () => ours('plan'));
  const above = Math.min(...samples) - Math.min(...without);
  const note = `${above.toFixed(0)} ms above terraform alone`;
  return [{ name: 'terraform plan without changes, a placement', unit: 'ms', samples, note }];
}

async function large(parent: string): Promise<readonly BenchRow[]> {
  const { fleet, demand } = world(1000, 10_000);
  const main = header + sources + placement;
  const files = { 'main.tf': main, 'fleet.json': fleet, 'demand.json': demand };
  const terraform = await stackIn(join(parent, 'large'), files);
  const samples = await milliseconds(3, () => terraform('plan'));
  const name = 'terraform plan, 1,000 clusters x 10,000 origins';
  return [{ name, unit: 'ms', samples }];
}

async function release(parent: string): Promise<readonly BenchRow[]> {
  if (binaryNames.some((name) => !existsSync(binaryPath(name)))) {
    console.log('terraform release, 20 API servers: skipped, not built');
    return [];
  }
  const testbed = await startClusters(20, { apiOnly: true });
  try {
    const names = testbed.clusters.map(({ name }) => name);
    const manifests = Array.from({ length: objects }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `settings-${index}`, namespace: 'default' },
      data: { color: 'blue' },
    }));
    const main = `${header}resource "littoral_release" "shop" {
  decision = file("lock.json")
  fleet    = file("fleet.json")
  bundle   = "bundle.json"
}
`;
    const terraform = await stackIn(join(parent, 'release'), {
      'main.tf': main,
      'fleet.json': testbed.fleetDocument(),
      'lock.json': decisionFor(names),
      'bundle.json': { ...bundleOf(...manifests), namespace: 'default' },
    });
    const title = `terraform release, 20 API servers x ${objects}`;
    return await measured(title, terraform);
  } finally {
    await testbed.stop();
  }
}

async function measured(title: string, terraform: Terraform): Promise<readonly BenchRow[]> {
  const fresh: Used[] = [];
  const quiet: Used[] = [];
  for (let run = 0; run < 3; run += 1) {
    fresh.push(await terraform('apply', '-auto-approve'));
    quiet.push(await terraform('plan'));
    await terraform('destroy', '-auto-approve');
  }
  const row = (what: string, unit: string, samples: readonly number[]): BenchRow => ({
    name: `${title}: ${what}`,
    unit,
    samples,
  });
  return [
    row(
      'fresh apply',
      'ms',
      fresh.map((one) => one.milliseconds),
    ),
    row(
      'memory of all its processes',
      'MB',
      fresh.map((one) => one.megabytes),
    ),
    row(
      'starts of the provider',
      'starts',
      fresh.map((one) => one.starts),
    ),
    row(
      'plan without changes',
      'ms',
      quiet.map((one) => one.milliseconds),
    ),
  ];
}
