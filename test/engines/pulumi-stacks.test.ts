/** Stacks under the real `pulumi`: previews and updates that agree, two stacks on one fleet, updates cut short, other ways to run and deliver. */
import { demandOf } from '../pulumi/inputs';
import { startMetricsServer, steady } from '../sources/metrics-server';
import { whyNoPulumiKubernetes } from '../testbed/infrastructure';
import { until } from '../testbed/process';
import { readyAfterAnnotation } from '../testbed/stages';
import { oneApp, stepsIn } from './pulumi-program';
import { onThreeClusters } from './pulumi-site';

const noKubernetes = whyNoPulumiKubernetes();
const unlessMissing = noKubernetes === undefined ? it : it.skip;

onThreeClusters('stacks of pulumi', (site) => {
  const isThere = (cluster: string, namespace: string) =>
    site.isThere(cluster, `/api/v1/namespaces/${namespace}`);
  /** A program of one app in a namespace of its own. */
  const open = (namespace: string, app: object = {}, source = oneApp) =>
    site.open({ namespace, ...app }, source);

  it('applies what its preview read, although the metrics have moved since', async () => {
    const early = steady({ u33d: 120, dr5r: 100 });
    const late = steady({ u33d: 120, w21z: 900 });
    const server = await startMetricsServer(early, late);
    try {
      const query = 'sum by (geohash) (rate(http_requests_total[5m]))';
      const app = { demand: { prometheus: { url: server.url, query } } };
      const shop = await open('agree', app);
      await shop.pulumi('up --yes');
      expect(server.asked).toHaveLength(1);
      expect((await shop.outputs()).clusters).toEqual(['fra', 'iad']);
      await shop.pulumi('up --yes --skip-preview');
      expect(server.asked).toHaveLength(2);
    } finally {
      await server.close();
    }
  });

  it('ends at once when it is interrupted, and goes on from what was done', async () => {
    const annotations = { [readyAfterAnnotation]: '500s' };
    const slow = {
      target: { kind: 'Deployment', name: 'shop' },
      patch: { spec: { template: { metadata: { annotations } } } },
    };
    const app = { namespace: 'cut', rollout: { deadlineSeconds: 500 } };
    const shop = await open('cut', { ...app, overrides: [{ match: {}, ...slow }] });
    const { child, ended } = shop.start('up --yes --skip-preview');
    await until(() => site.isThere('fra', '/apis/apps/v1/namespaces/cut/deployments/shop'));
    child.kill('SIGINT');
    const { code, said } = await ended;
    expect({ code, said }).toMatchObject({
      code: 1,
      said: expect.stringMatching(/fra: failed: stopped on request\. What is done stays done\./),
    });
    shop.write('app.json', app);
    await shop.pulumi('up --yes --skip-preview');
    expect((await shop.outputs()).standing).toEqual({
      fra: 'ready, 7 objects',
      iad: 'ready, 7 objects',
    });
    expect(await shop.pulumi('preview --expect-no-changes')).toContain('unchanged');
    await shop.pulumi('destroy --yes --skip-preview');
    expect(await isThere('fra', 'cut')).toBe(false);
  });

  it('shares a fleet with another stack, and neither touches what the other has', async () => {
    const source = oneApp
      .replaceAll("'shop'", 'name')
      .replace('const site', "const name = require('@pulumi/pulumi').getStack();\nconst site");
    const both = await open('unused', {}, source);
    both.write('app.json', {});
    await both.pulumi('stack init', 'other');
    await both.pulumi('up --yes --skip-preview');
    await both.pulumi('up --yes --skip-preview', 'other');
    expect(await Promise.all([isThere('fra', 'dev'), isThere('fra', 'other')])).toEqual([
      true,
      true,
    ]);
    expect(await both.pulumi('preview --expect-no-changes')).toContain('unchanged');
    await both.pulumi('destroy --yes --skip-preview');
    expect(await Promise.all([isThere('fra', 'dev'), isThere('fra', 'other')])).toEqual([
      false,
      true,
    ]);
  });

  it('leaves what runs where it is when told to retain it, and adopts it again', async () => {
    const shop = await open('kept');
    shop.write('opts.json', { retainOnDelete: true });
    await shop.pulumi('up --yes --skip-preview');
    await shop.pulumi('destroy --yes --skip-preview');
    expect(await isThere('fra', 'kept')).toBe(true);
    shop.write('opts.json', {});
    await shop.pulumi('up --yes --skip-preview');
    await shop.pulumi('destroy --yes --skip-preview');
    expect(await isThere('fra', 'kept')).toBe(false);
  });

  it('is replaced by another name: the new one is there, the old one is gone', async () => {
    const release = `
const { readFileSync } = require('node:fs');
const littoral = require('littoral/pulumi');
const { synth, parseFleet } = require('littoral');
const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
const app = read('app.json');
const fleet = read('fleet.json');
const placement = new littoral.Placement('p', { apps: [app.app], fleet, demands: { shop: read('demand.json') } });
const bundle = synth({ ...app.app, namespace: app.namespace }, parseFleet(fleet));
new littoral.Release('r', { name: app.name, bundle, decision: placement.decision, fleet });
`;
    const app = {
      name: 'shop',
      workload: {
        image: 'registry.example/shop:1',
        resources: { cpuMillicores: 250, memoryMebibytes: 256 },
        requestsPerSecondPerReplica: 50,
      },
      policy: { constraints: { minClusters: 1, maxClusters: 1, minRequestsPerSecond: 5 } },
    };
    const shop = await open('one', { app, name: 'first' }, release);
    await shop.pulumi('up --yes --skip-preview');
    shop.write('app.json', { namespace: 'one', app, name: 'second' });
    const said = await shop.pulumi('up --yes --skip-preview --diff');
    expect(said).toMatch(/Release: \((delete-replaced|replace|create-replacement|deleted?)\S*\)/);
    const path = '/apis/apps/v1/namespaces/one/deployments/shop';
    const { body } = await site.testbed().cluster('fra').ask('GET', path);
    expect(JSON.stringify(body)).toContain('"littoral.dev/release":"second"');
    await shop.pulumi('destroy --yes --skip-preview');
    expect(await isThere('fra', 'one')).toBe(false);
  });

  unlessMissing(
    `delivers by @pulumi/kubernetes${noKubernetes === undefined ? '' : `: ${noKubernetes}`}`,
    async () => {
      const shop = await open('typed', { delivery: 'kubernetes' });
      const said = await shop.pulumi('preview --diff');
      expect(stepsIn(said)).toContain('+ Deployment create');
      await shop.pulumi('up --yes --skip-preview');
      expect(await Promise.all([isThere('fra', 'typed'), isThere('iad', 'typed')])).toEqual([
        true,
        true,
      ]);
      shop.write('demand.json', demandOf(120, 2, 300, '2026-11-21T07:30:00Z'));
      await shop.pulumi('up --yes --skip-preview');
      expect(await Promise.all([isThere('iad', 'typed'), isThere('sin', 'typed')])).toEqual([
        false,
        true,
      ]);
    },
  );
});
