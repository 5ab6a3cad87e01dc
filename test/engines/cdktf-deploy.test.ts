/** examples/cdktf on real clusters with real metrics: by the cdktf command line, and by Terraform and OpenTofu alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdktf';
import { EdgeDeployment, EdgeStack } from '../../constructs/terraform';
import { shop } from '../../examples/quickstart/shop';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { whyNoTerraform } from '../testbed/infrastructure';
import { until, whyMissing } from '../testbed/process';
import { type CdktfProject, cdktfProject, installCdktf, whyNoCdktf } from './cdktf-cli';
import { terraforms } from './terraforming';

const home = process.cwd();
const dist = join(__dirname, '../../dist');
const noCdktf = whyNoCdktf();
const noGround = whyNoClusters() ?? whyMissing('prometheus');
/** Requests/s: more in Germany than elsewhere. */
const demand = { u33d: 120, gcpv: 90, dr5r: 150, '9q8y': 80, w21z: 60, xn76: 70 };

let testbed: Testbed;
if (noGround === undefined || process.env.CI) {
  beforeAll(async () => {
    testbed = await startClusters(['fra', 'iad', 'sin'], { demand });
    writeFileSync(join(testbed.folder, 'fleet.json'), JSON.stringify(testbed.fleetDocument()));
    await until(async () => (await seriesWithRates()) >= Object.keys(demand).length);
  });
  afterAll(() => testbed?.stop());
}

/** Places with a rate already; a rate needs a few scrapes. */
async function seriesWithRates(): Promise<number> {
  const query = encodeURIComponent('count_over_time(http_requests_total[10s]) >= 8');
  const answer = await fetch(`${testbed.prometheus?.url}/api/v1/query?query=${query}`);
  const { data } = (await answer.json()) as { readonly data: { readonly result: unknown[] } };
  return data.result.length;
}

const project = (settings: NodeJS.ProcessEnv = {}): CdktfProject =>
  cdktfProject(`node ${dist}/examples/cdktf/main.js`, {
    LITTORAL_FLEET: join(testbed.folder, 'fleet.json'),
    LITTORAL_PROMETHEUS: testbed.prometheus?.url,
    ...settings,
  });

/** Replicas that a cluster's API server has for the shop, by component. */
async function replicasIn(cluster: string): Promise<Readonly<Record<string, number>>> {
  const path = '/apis/apps/v1/namespaces/shop/deployments';
  const { body } = await testbed.cluster(cluster).ask('GET', path);
  const { items } = body as { items: { metadata: { name: string }; spec: { replicas: number } }[] };
  return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
}
const hasShop = async (cluster: string) =>
  (await testbed.cluster(cluster).ask('GET', '/api/v1/namespaces/shop')).status === 200;

async function expectDeployed(): Promise<void> {
  for (const cluster of ['fra', 'iad', 'sin']) {
    const replicas = await replicasIn(cluster);
    expect(Object.keys(replicas).sort()).toEqual(['cart', 'search', 'web']);
    expect(Math.min(...Object.values(replicas))).toBeGreaterThanOrEqual(1);
  }
}
/** What a lock file says, without the tool's name at its top. */
const entriesOf = (lock: string) => lock.replace(/^#.*\n/gm, '');
async function expectGone(): Promise<void> {
  for (const cluster of ['fra', 'iad', 'sin'])
    expect([cluster, await hasShop(cluster)]).toEqual([cluster, false]);
}

const noDeploy = noCdktf ?? whyNoTerraform() ?? noGround;
// A newer Node is no failure of a build server; all else it has to have.
const canDeploy = noDeploy === undefined || (process.env.CI && noCdktf === undefined);
(canDeploy ? describe : describe.skip)(
  `cdktf${noDeploy === undefined ? '' : `: ${noDeploy}`}`,
  () => {
    beforeAll(installCdktf);

    it('plans and deploys in a new project with no lock file, no registry and no flag, and the second deploy changes nothing', async () => {
      const here = project();
      try {
        const diff = await here.cdktf(['diff', 'edge']);
        expect(diff).toMatchObject({ code: 0 });
        expect(diff.out).toContain(
          'Reusing previous version of littoral.invalid/littoral/littoral from the dependency lock file',
        );
        expect(diff.out).toMatch(/\+ fra {2}\d+ objects: Namespace/);
        expect(diff.out).toContain('Plan: 2 to add, 0 to change, 0 to destroy.');
        expect(existsSync(join(here.folder, 'terraform.edge.tfstate'))).toBe(false);

        const deployed = await here.cdktf(['deploy', 'edge', '--auto-approve']);
        expect(deployed).toMatchObject({ code: 0 });
        expect(deployed.out).toContain('Resources: 2 added, 0 changed, 0 destroyed.');
        await expectDeployed();

        const again = await here.cdktf(['deploy', 'edge', '--auto-approve']);
        expect(again).toMatchObject({ code: 0 });
        expect(again.out).toContain('No changes.');

        const destroyed = await here.cdktf(['destroy', 'edge', '--auto-approve']);
        expect(destroyed).toMatchObject({ code: 0 });
        await expectGone();
      } finally {
        here.remove();
      }
    });
  },
);

const noPlan = noCdktf ?? noGround;
for (const [name, noTool, binary] of terraforms) {
  const missing = noTool ?? noPlan;
  const canPlan = missing === undefined || (process.env.CI && noCdktf === undefined);
  const title = `cdktf with ${name}${missing === undefined ? '' : `: ${missing}`}`;
  (canPlan ? describe : describe.skip)(title, () => {
    beforeAll(installCdktf);

    it('plans in a new project, and again after the other tool was there', async () => {
      const here = project();
      try {
        for (const other of [binary, ...terraforms.map(([, , one]) => one)]) {
          const settings = { TERRAFORM_BINARY_NAME: other() };
          const diff = await here.cdktf(['diff', 'edge'], settings);
          expect(diff).toMatchObject({ code: 0 });
          expect(diff.out).toContain('Plan: 2 to add, 0 to change, 0 to destroy.');
        }
      } finally {
        here.remove();
      }
    });
  });
}

for (const [name, noTool, binary] of terraforms) {
  const missing = noTool ?? noGround;
  const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name} alone${missing === undefined ? '' : `: ${missing}`}`, () => {
    it('inits and applies what the program synthesized, twice, and keeps the lock entry as it is', async () => {
      const here = project({ TERRAFORM_BINARY_NAME: binary() });
      const tool = async (...words: readonly string[]) => {
        const ended = await here.run(binary(), words, 'edge');
        expect({ words, ...ended }).toMatchObject({ code: 0 });
        return ended.out;
      };
      const synthesize = () => here.run(process.execPath, [`${dist}/examples/cdktf/main.js`]);
      const lock = () =>
        readFileSync(join(here.folder, 'cdktf.out/stacks/edge/.terraform.lock.hcl'), 'utf8');
      try {
        expect(await synthesize()).toEqual({ code: 0, out: '' });
        const written = lock();
        // The entry for Terraform stays for the command line of cdktf; OpenTofu drops it, and may not with this flag.
        const flags = name === 'Terraform' ? ['-lockfile=readonly'] : [];
        expect(await tool('init', ...flags)).toContain(
          'Reusing previous version of littoral.invalid/littoral/littoral',
        );
        if (name === 'Terraform') expect(lock()).toBe(written);
        expect(await tool('apply', '-auto-approve')).toContain('Resources: 2 added');
        await expectDeployed();
        expect(await synthesize()).toEqual({ code: 0, out: '' });
        expect(entriesOf(lock())).toEqual(entriesOf(written));
        await tool('init');
        expect(await tool('plan')).toContain('No changes.');
        await tool('destroy', '-auto-approve');
        await expectGone();
      } finally {
        here.remove();
      }
    });

    it('finds the clusters of a kubeconfig while it plans, and holds the rollout to what the provider knows', async () => {
      const here = project();
      const overlay = {
        clusters: ['fra', 'iad', 'sin'].map((cluster, index) => ({
          name: cluster,
          latitude: 50 - index,
          longitude: index,
          region: 'europe',
          country: 'DE',
          usdPerHour: 1,
        })),
      };
      writeFileSync(join(here.folder, 'overlay.json'), JSON.stringify(overlay));
      process.chdir(here.folder);
      try {
        const app = new App({ outdir: 'cdktf.out' });
        const fleet = {
          kubeconfig: testbed.kubeconfig,
          contexts: ['fra', 'sin'],
          overlay: 'overlay.json',
          deadlineSeconds: 20,
        };
        const stack = new EdgeStack(app, 'edge', {
          fleet,
          provider: { requestTimeoutSeconds: 20 },
        });
        const rollout = {
          waves: [
            { clusters: 1 },
            { share: 0.5 },
            { match: { region: 'europe', labels: { tier: ['edge', 'cloud'] } } },
          ],
          ...{
            maxUnavailableClusters: 2,
            soakSeconds: 0,
            maxFailures: 1,
            minClusters: 1,
            parallelism: 4,
          },
          ...{ deadlineSeconds: 60, answerSeconds: 10, force: false, evacuate: [] },
        };
        const origins = [
          { name: 'berlin', latitude: 52.5, longitude: 13.4, requestsPerSecond: 100 },
        ];
        const seen = { observedAt: '2026-11-21T05:30:00Z', validForSeconds: 1800, origins };
        new EdgeDeployment(stack, 'shop', { ...shop, policy: {}, demand: seen, rollout });
        app.synth();
      } finally {
        process.chdir(home);
      }
      try {
        expect(await here.run(binary(), ['init'], 'edge')).toMatchObject({ code: 0 });
        const plan = await here.run(binary(), ['plan'], 'edge');
        expect(plan).toMatchObject({ code: 0 });
        expect(plan.out).toMatch(/summary += "shop: \d+ objects on 2 clusters"/);
      } finally {
        here.remove();
      }
    });
  });
}
