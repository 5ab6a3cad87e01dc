/** The package as users install it, beside CDK Terrain under the name of cdktf: npm accepts it, and Terraform plans what it writes. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cdktfProject } from './cdktf-cli';
import { terraforms } from './terraforming';

const root = join(__dirname, '../..');
const dependencies = {
  cdktf: 'npm:cdktn@0.24.0',
  '@cdktf/provider-kubernetes': '12.1.1',
  cdk8s: '2.70.106',
  // CDK Terrain's range ends before 10.8.
  constructs: '10.7.2',
};
const program = `
const { App } = require('cdktf');
const { EdgeStack, EdgeDeployment } = require('littoral/terraform');
const clusters = ['fra', 'iad'].map((name, index) => ({
  name, latitude: 50, longitude: 8 - 80 * index, region: 'r', country: 'DE', usdPerHour: 1,
  access: { kubeconfig: 'kubeconfig', context: name },
}));
const app = new App();
const resources = { cpuMillicores: 100, memoryMebibytes: 64 };
const workload = { image: 'registry.example/shop:1', requestsPerSecondPerReplica: 50, resources };
const origins = [{ name: 'berlin', latitude: 52, longitude: 13, requestsPerSecond: 100 }];
const demand = { observedAt: '2026-11-21T05:30:00Z', validForSeconds: 1800, origins };
const shop = { name: 'shop', workload, demand, policy: { constraints: { minClusters: 1 } } };
new EdgeDeployment(new EdgeStack(app, 'edge', { fleet: { clusters } }), 'shop', shop);
new EdgeDeployment(new EdgeStack(app, 'typed', { fleet: { clusters } }), 'shop', { ...shop, delivery: 'kubernetes' });
app.synth();
`;

for (const [name, noTool, binary] of terraforms) {
  const whenPossible = noTool === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name}${noTool === undefined ? '' : `: ${noTool}`}`, () => {
    it('plans the stack of a program that uses the fork', async () => {
      if (!existsSync(join(root, 'dist/terraform'))) throw new Error('run npm run build first');
      const here = cdktfProject('true');
      try {
        const words = ['pack', '--ignore-scripts', '--pack-destination', here.folder, '--json'];
        const { stdout } = await promisify(execFile)('npm', words, { cwd: root });
        const [{ filename }] = JSON.parse(stdout);
        const overrides = { '@cdktf/provider-kubernetes': { cdktf: '$cdktf' } };
        const all = { ...dependencies, littoral: `file:${filename}` };
        const manifest = { private: true, dependencies: all, overrides };
        writeFileSync(join(here.folder, 'package.json'), JSON.stringify(manifest));
        const install = await here.run('npm', [
          'install',
          '--no-audit',
          '--no-fund',
          '--ignore-scripts',
        ]);
        expect(install).toMatchObject({ code: 0 });
        writeFileSync(join(here.folder, 'main.js'), program);
        expect(await here.run(process.execPath, ['main.js'])).toEqual({ code: 0, out: '' });
        const stack = (id: string) =>
          JSON.parse(readFileSync(join(here.folder, `cdktf.out/stacks/${id}/cdk.tf.json`), 'utf8'));
        expect(stack('edge')['//'].metadata.version).toBe('0.24.0');
        expect(Object.keys(stack('typed').resource)).toContain('kubernetes_deployment_v1');
        expect(await here.run(binary(), ['init'], 'edge')).toMatchObject({ code: 0 });
        const plan = await here.run(binary(), ['plan'], 'edge');
        expect(plan).toMatchObject({ code: 0 });
        expect(plan.out).toContain('Plan: 2 to add');
      } finally {
        here.remove();
      }
    });
  });
}
