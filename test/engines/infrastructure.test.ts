/** The tools that deploy infrastructure run here, each alone: no account, no registry, no network. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  pulumiEnvironment,
  terraformEnvironment,
  toolPath,
  whyNoPulumi,
  whyNoTerraform,
  whyNoTofu,
} from '../testbed/infrastructure';

const noPulumi = whyNoPulumi();
const terraforms = [
  ['Terraform', whyNoTerraform(), () => 'terraform'],
  ['OpenTofu', whyNoTofu(), () => toolPath('tofu')],
] as const;
for (const [name, missing] of [...terraforms, ['Pulumi', noPulumi] as const]) {
  if (missing !== undefined) process.stderr.write(`${missing}: no tests of ${name}\n`);
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-infrastructure-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(binary: string, env: NodeJS.ProcessEnv, cwd: string, words: string): string {
  const { status, stdout, stderr } = spawnSync(binary, words.split(' '), {
    cwd,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${binary} ${words} exits with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

const configuration = `
resource "terraform_data" "shop" {
  input = ["fra", "ams"]
}
output "clusters" {
  value = terraform_data.shop.output
}
`;

for (const [name, missing, path] of terraforms) {
  (missing === undefined ? test : test.skip)(`${name} keeps what it applied`, () => {
    writeFileSync(join(folder, 'main.tf'), configuration);
    const tool = (words: string) => run(path(), terraformEnvironment(folder), folder, words);
    tool('init');
    tool('apply -auto-approve');
    expect(JSON.parse(tool('output -json clusters'))).toEqual(['fra', 'ams']);
    // Exits with 2 when there is anything to change.
    tool('plan -detailed-exitcode');
    tool('destroy -auto-approve');
  });
}

/** Adds a cluster where inputs are checked: what it decides is known before anything is deployed. */
const program = `
const pulumi = require('@pulumi/pulumi');
const provider = {
  check: async (olds, news) => ({ inputs: { ...news, clusters: [...news.want, 'ams'] } }),
  create: async (inputs) => ({ id: 'shop', outs: inputs }),
};
class Placement extends pulumi.dynamic.Resource {
  constructor(name, inputs) {
    super(provider, name, { ...inputs, clusters: undefined });
  }
}
exports.clusters = new Placement('shop', { want: ['fra'] }).clusters;
`;

(noPulumi === undefined ? test : test.skip)(
  'Pulumi runs dynamic providers of Node programs',
  () => {
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'Pulumi.yaml'), 'name: shop\nruntime: nodejs\n');
    writeFileSync(join(project, 'package.json'), '{ "main": "main.js" }');
    writeFileSync(join(project, 'main.js'), program);
    symlinkSync(join(__dirname, '../../node_modules'), join(project, 'node_modules'));
    const environment = pulumiEnvironment(folder);
    const pulumi = (words: string) =>
      run(toolPath('pulumi'), environment, project, `${words} --non-interactive`);
    pulumi('stack init edge');
    expect(pulumi('preview')).toMatch(/clusters: \[\s+\[0\]: "fra"\s+\[1\]: "ams"/);
    pulumi('up --yes --skip-preview');
    expect(JSON.parse(pulumi('stack output clusters --json'))).toEqual(['fra', 'ams']);
    pulumi('up --yes --skip-preview --expect-no-changes');
    pulumi('destroy --yes --skip-preview');
  },
);
