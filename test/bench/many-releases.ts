/** Measures many apps on the same clusters: one call of the command line, Terraform with many resources, and one resource of many apps. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNoTerraform } from '../testbed/infrastructure';
import type { BenchRow } from './row';
import { type Counts, type Stubs, startStubs } from './stubs';
import { header, stackIn, treeSampler } from './terraform-stack';

const command = join(__dirname, '../../../dist/providers/cli/main.js');
const names = Array.from({ length: 20 }, (_, index) => `edge-${index}`);

/** Rows for 10 and 100 apps in one call, then for Terraform. */
export async function benchManyReleases(): Promise<readonly BenchRow[]> {
  if (!existsSync(command)) throw new Error('The command is not built; run `npm run build` first.');
  const parent = mkdtempSync(join(tmpdir(), 'littoral-bench-'));
  const stubs = await startStubs(names, true);
  try {
    const rows: BenchRow[] = [];
    for (const apps of [10, 100]) rows.push(...(await onCommandLine(parent, stubs, apps)));
    const missing = whyNoTerraform();
    if (missing === undefined) rows.push(...(await onTerraform(parent, stubs)));
    else console.log(`many-releases, Terraform: skipped, ${missing}`);
    return rows;
  } finally {
    await stubs.stop();
    rmSync(parent, { recursive: true, force: true });
  }
}

function fleetOf({ kubeconfigOf }: Stubs) {
  const clusters = names.map((name, index) => ({
    name,
    latitude: 10,
    longitude: index * 15 - 150,
    region: 'bench',
    country: 'ZZ',
    access: { kubeconfig: kubeconfigOf(name), context: name },
  }));
  return { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', clusters };
}

function appOf(name: string) {
  return {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'EdgeApp',
    name,
    workload: {
      image: `registry.example/${name}:1`,
      port: 8080,
      resources: { cpuMillicores: 250, memoryMebibytes: 256 },
      requestsPerSecondPerReplica: 50,
    },
    policy: {
      static: true,
      constraints: {
        minClusters: names.length,
        maxClusters: names.length,
        minRequestsPerSecond: 0,
      },
    },
  };
}

async function onCommandLine(
  parent: string,
  stubs: Stubs,
  count: number,
): Promise<readonly BenchRow[]> {
  const folder = join(parent, `cli-${count}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify(fleetOf(stubs)));
  const apps = Array.from({ length: count }, (_, index) => `app-${count}-${index}`);
  for (const name of apps) writeFileSync(join(folder, `${name}.json`), JSON.stringify(appOf(name)));
  const words = ['--fleet', 'fleet.json', ...apps.flatMap((name) => ['--app', `${name}.json`])];
  const title = `${count} apps x ${names.length} clusters, one command`;
  const rows: BenchRow[] = [];
  for (const [what, verb] of [
    ['fresh apply', ['apply', '--yes']],
    ['apply again', ['apply', '--yes']],
    ['plan', ['plan']],
  ] as const) {
    await stubs.counts();
    const used = await sampled(process.execPath, [command, ...verb, ...words], folder);
    rows.push(...rowsOf(`${title}, ${what}`, used, await stubs.counts(), count));
  }
  return rows;
}

async function onTerraform(parent: string, stubs: Stubs): Promise<readonly BenchRow[]> {
  const fleet = fleetOf(stubs);
  const source = 'data "littoral_fleet" "edge" {\n  file = "fleet.json"\n}\n';
  const app = (name: string) => `{
    name = ${name}
    workload = {
      image     = "registry.example/shop:1"
      resources = { cpu_millicores = 250, memory_mebibytes = 256 }
      requests_per_second_per_replica = 50
    }
    policy = { static = true, constraints = { max_clusters = 2, min_requests_per_second = 0 } }
  }`;
  const each = (index: string) => `"app-\u0024{${index}}"`;
  const stacks: readonly (readonly [string, string, number])[] = [
    [
      '200 placements',
      `resource "littoral_placement" "app" {\n  count = 200\n  fleet = data.littoral_fleet.edge.document\n  apps  = [${app(each('count.index'))}]\n}\n`,
      200,
    ],
    [
      'a placement of 200 apps',
      `resource "littoral_placement" "app" {\n  fleet = data.littoral_fleet.edge.document\n  apps  = [for index in range(200) : ${app(each('index'))}]\n}\n`,
      200,
    ],
    [
      '50 releases',
      `resource "littoral_placement" "app" {\n  fleet = data.littoral_fleet.edge.document\n  apps  = [for index in range(50) : ${app(each('index'))}]\n}\n` +
        `resource "littoral_release" "app" {\n  count    = 50\n  decision = littoral_placement.app.decision\n  fleet    = data.littoral_fleet.edge.document\n  document = jsonencode({ apiVersion = "littoral.dev/v1alpha1", kind = "EdgeApp", name = ${each('count.index')}, workload = { image = "registry.example/shop:1", port = 8080, resources = { cpuMillicores = 250, memoryMebibytes = 256 }, requestsPerSecondPerReplica = 50 }, policy = { static = true, constraints = { maxClusters = 2, minRequestsPerSecond = 0 } } })\n}\n`,
      50,
    ],
  ];
  const rows: BenchRow[] = [];
  for (const [what, main, count] of stacks) {
    const files = { 'main.tf': header + source + main, 'fleet.json': fleet };
    const terraform = await stackIn(join(parent, what.replaceAll(' ', '-')), files);
    for (const [verb, ...flags] of [['plan'], ['apply', '-auto-approve'], ['plan']] as const) {
      await stubs.counts();
      const used = await terraform(verb, ...flags);
      const again = rows.some(({ name }) => name.startsWith(`terraform, ${what}, ${verb}`));
      const title = `terraform, ${what}, ${verb}${again ? ' again' : ''}`;
      rows.push(...rowsOf(title, used, await stubs.counts(), count));
    }
  }
  return rows;
}

interface Used {
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

function rowsOf(title: string, used: Used, counts: Counts, apps: number): readonly BenchRow[] {
  const { connections, open, requests } = counts;
  const said = `${connections} connections, ${open} at once, ${requests} requests`;
  return [
    {
      name: `${title}, CPU`,
      unit: 's',
      samples: [used.cpuSeconds],
      note: `${((used.cpuSeconds / apps) * 1000).toFixed(0)} ms an app; ${said}`,
    },
    { name: `${title}, memory`, unit: 'MB', samples: [used.megabytes] },
  ];
}

/** Runs a process to its end. Throws with what it said unless that is 0 or "there is something to do". */
async function sampled(file: string, words: readonly string[], cwd: string): Promise<Used> {
  const child = spawn(file, words, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const sampler = treeSampler(child.pid ?? 0);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const used = sampler.stop();
  if (code !== 0 && code !== 10) throw new Error(`${words[1]} ends with ${code}: ${said}`);
  return used;
}
