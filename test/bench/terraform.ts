/** Bench of the Terraform provider: a process from start to handshake, and a plan without changes against Terraform alone. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newIdentity } from '../../providers/terraform/protocol/certificate';
import { cookie } from '../../providers/terraform/protocol/handshake';
import { terraformEnvironment, whyNoTerraform } from '../testbed/infrastructure';
import { type BenchRow, milliseconds } from './row';

const executable = join(__dirname, '../../../dist/terraform/terraform-provider-littoral');
const runs = 15;

/** Start to handshake beside a Node process that writes one byte; then plans. */
export async function benchTerraform(): Promise<readonly BenchRow[]> {
  if (!existsSync(executable)) throw new Error('The provider is not built; run `npm run build`.');
  const parent = mkdtempSync(join(tmpdir(), 'littoral-bench-'));
  try {
    return [await handshakes(parent), ...(await plans(parent))];
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

async function handshakes(folder: string): Promise<BenchRow> {
  const env = {
    PATH: process.env.PATH,
    [cookie.name]: cookie.value,
    PLUGIN_PROTOCOL_VERSIONS: '6',
    PLUGIN_UNIX_SOCKET_DIR: folder,
    PLUGIN_CLIENT_CERT: newIdentity(Date.now()).certificate,
  };
  const empty = await milliseconds(runs, () => firstByte(['-e', 'process.stdout.write("1")'], env));
  const samples = await milliseconds(runs, () => firstByte([executable], env));
  const ratio = Math.min(...samples) / Math.min(...empty);
  const peer = { name: 'node -e', of: 'time', ratio };
  const note = `${Math.min(...empty).toFixed(0)} ms of them Node`;
  return { name: 'terraform provider, start to handshake', unit: 'ms', samples, note, peer };
}

/** Until a Node process writes its first byte. The process is killed then, and waited for. */
function firstByte(words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    child.stdout.once('data', () => {
      child.kill('SIGKILL');
      resolve();
    });
  });
}

const alone = 'resource "terraform_data" "one" {\n  input = "one"\n}\n';
const withProvider = `terraform {
  required_providers {
    littoral = { source = "littoral.invalid/littoral/littoral" }
  }
}
${alone}data "littoral_demand" "shop" {
  file = "demand.json"
}
`;
const demand = {
  apiVersion: 'littoral.dev/v1alpha1',
  kind: 'Demand',
  observedAt: '2026-11-21T05:30:00Z',
  origins: [{ name: 'ber', latitude: 52.52, longitude: 13.4, requestsPerSecond: 100 }],
};

async function plans(parent: string): Promise<readonly BenchRow[]> {
  if (whyNoTerraform() !== undefined) return [];
  const few = 7;
  const bare = await milliseconds(few, planIn(join(parent, 'alone'), alone));
  const ours = await milliseconds(few, planIn(join(parent, 'ours'), withProvider));
  const above = Math.min(...ours) - Math.min(...bare);
  return [
    { name: 'terraform plan without changes, alone', unit: 'ms', samples: bare },
    {
      name: 'terraform plan without changes, one demand',
      unit: 'ms',
      samples: ours,
      note: `${above.toFixed(0)} ms above terraform alone`,
    },
  ];
}

/** A plan in a stack that has been applied. */
function planIn(folder: string, main: string): () => unknown {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const place = 'terraform.d/plugins/littoral.invalid/littoral/littoral/0.1.0';
  const home = join(folder, place, platform);
  mkdirSync(home, { recursive: true });
  copyFileSync(executable, join(home, 'terraform-provider-littoral_v0.1.0'));
  writeFileSync(join(folder, 'main.tf'), main);
  writeFileSync(join(folder, 'demand.json'), JSON.stringify(demand));
  const options = { cwd: folder, env: terraformEnvironment(folder) };
  const run = (...words: readonly string[]) => execFileSync('terraform', words, options);
  run('init');
  run('apply', '-auto-approve');
  return () => run('plan', '-detailed-exitcode');
}
