/** Releases inside real applies of Terraform and OpenTofu on real API servers: cut off anywhere, the next apply goes on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../constructs/model/app/workload';
import { bundleOf, decisionFor } from '../resources/fixtures';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until } from '../testbed/process';
import { configMap, secretOf } from './releasing';
import { header, onceFor, openStack, providersOf, type Stack, terraforms } from './terraforming';

const noClusters = whyNoClusters();
const names = ['fra', 'iad', 'sin'];
const password = 'correct-horse-battery';

const main = `${header}
data "littoral_fleet" "edge" {
  file = "fleet.json"
}
resource "littoral_release" "shop" {
  decision = file("lock.json")
  fleet    = data.littoral_fleet.edge.document
  bundle   = "bundle.json"
}
output "clusters" {
  value = littoral_release.shop.clusters
}
`;

/** Clusters whose addresses are known only after apply, as those of a cloud are. */
const clustersMadeHere = `
variable "hosts" { type = map(string) }
variable "ca" { type = string }
variable "token" { sensitive = true }
resource "terraform_data" "cloud" {
  for_each = var.hosts
  input    = each.value
}
provider "littoral" {
  clusters = { for name, cloud in terraform_data.cloud : name => {
    host                   = cloud.output
    cluster_ca_certificate = var.ca
    token                  = var.token
  } }
}
`;
/** Terraform itself keeps the values of variables in a plan. */
function withoutVariables(json: string): string {
  const { variables: _, ...rest } = JSON.parse(json) as Readonly<Record<string, unknown>>;
  return JSON.stringify(rest);
}

let testbed: Testbed;
let count = 0;
if (noClusters === undefined || process.env.CI) {
  beforeAll(async () => {
    testbed = await startClusters(names, { apiOnly: true });
  });
  afterAll(() => testbed?.stop());
}

/** What a stack releases into a namespace of its own, so that no two tests meet. No controller runs that could delete a namespace. */
function objectsIn(
  namespace: string,
  color: string,
  text: string,
  count: number,
): readonly Manifest[] {
  const maps = Array.from({ length: count }, (_, index) =>
    configMap(namespace, `settings-${index}`, { color }),
  );
  return [...maps, secretOf(namespace, text)];
}

const bundleIn = (namespace: string, color = 'blue', text = password, maps = 6) => ({
  ...bundleOf(...objectsIn(namespace, color, text, maps)),
  ...{ namespace, digest: 'sha256:unchecked' },
});

for (const [name, noTool, binary] of terraforms) {
  const missing = noTool ?? noClusters;
  const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name}${missing === undefined ? '' : `: ${missing}`}`, () => {
    const open = async (files: Readonly<Record<string, string | object>> = {}) => {
      count += 1;
      const namespace = `t${count}`;
      await makeNamespace(namespace);
      const stack = await openStack(binary(), join(testbed.folder, 'stacks', namespace), {
        'main.tf': main,
        'fleet.json': testbed.fleetDocument(),
        'lock.json': decisionFor(['fra', 'iad']),
        'bundle.json': bundleIn(namespace),
        ...files,
      });
      return { stack, namespace };
    };
    const makeNamespace = (namespace: string) =>
      Promise.all(
        names.map((one) =>
          testbed.cluster(one).ask('POST', '/api/v1/namespaces', {
            metadata: { name: namespace },
          }),
        ),
      );
    const read = async (cluster: string, namespace: string, path: string) =>
      testbed.cluster(cluster).ask('GET', `/api/v1/namespaces/${namespace}${path}`);
    const colorOn = async (cluster: string, namespace: string) => {
      const { body } = await read(cluster, namespace, '/configmaps/settings-0');
      return (body as { data?: { color?: string } }).data?.color;
    };
    const isGone = async (cluster: string, namespace: string) => {
      const { body } = await read(cluster, namespace, '/configmaps');
      const left = (body as { items?: { metadata: { name: string } }[] }).items ?? [];
      return left.every(({ metadata }) => metadata.name === 'kube-root-ca.crt');
    };
    const clustersIn = async (stack: Stack) => JSON.parse(await stack.run('output -json clusters'));

    it('shows a line for each cluster, applies, and has nothing left to do', async () => {
      const { stack, namespace } = await open();
      const plan = await stack.run('plan');
      expect(plan).toMatch(/"\+ fra {2}8 objects: Namespace, 6 ConfigMap, Secret"/);
      await stack.run('apply -auto-approve');
      expect(await clustersIn(stack)).toEqual({
        fra: 'ready, 8 objects',
        iad: 'ready, 8 objects',
      });
      expect(await colorOn('iad', namespace)).toBe('blue');
      expect(await stack.changes()).toBe(false);
      expect(await stack.changes('-refresh=false')).toBe(false);

      stack.write('bundle.json', bundleIn(namespace, 'red'));
      const change = await stack.run('plan');
      expect(change).toMatch(/"~ fra {2}~ ConfigMap settings-0 {2}data color changes"/);
      await stack.run('apply -auto-approve');
      expect(await colorOn('fra', namespace)).toBe('red');
      expect(await stack.changes()).toBe(false);
    });

    it('follows a decision, leaves what it left, and destroys the rest', async () => {
      const { stack, namespace } = await open();
      await stack.run('apply -auto-approve');
      stack.write('lock.json', decisionFor(['iad', 'sin'], ['fra']));
      const plan = await stack.run('plan');
      expect(plan).toMatch(/"\+ sin {2}8 objects/);
      expect(plan).toMatch(/"- fra {2}7 objects: .*; fra was too far"/);
      await stack.run('apply -auto-approve');
      expect(await isGone('fra', namespace)).toBe(true);
      expect(await colorOn('sin', namespace)).toBe('blue');
      expect(await stack.changes()).toBe(false);
      await stack.run('destroy -auto-approve');
      for (const one of names) expect(await isGone(one, namespace)).toBe(true);
      expect(await stack.run('destroy -auto-approve')).toContain('0 destroyed');
    });

    it('imports what is there, and then has nothing to do', async () => {
      const { stack, namespace } = await open();
      await stack.run('apply -auto-approve');
      await stack.run('state rm littoral_release.shop');
      const id = 'fleet=fleet.json,bundle=bundle.json,decision=lock.json';
      await stack.run(`import littoral_release.shop ${id}`);
      expect(await stack.changes()).toBe(false);
      const wrong = await stack.try('import littoral_release.other fleet=fleet.json');
      expect(wrong.code).toBe(1);
      stack.write('bundle.json', { ...bundleIn(namespace), app: 'other' });
      const none = await stack.try(`import littoral_release.other ${id}`);
      expect(none.code).toBe(1);
    });

    it('does what it can when a cluster is away, and replaces nothing when it is back', async () => {
      const { stack, namespace } = await open();
      stack.write(
        'main.tf',
        main.replace('bundle   =', 'rollout  = { answer_seconds = 3 }\n  bundle   ='),
      );
      await testbed.cluster('iad').stop();
      try {
        const { code, out } = await stack.try('apply -auto-approve');
        expect(code).toBe(1);
        expect(out).toMatch(/Error: iad: cannot be reached/);
        expect(await colorOn('fra', namespace)).toBe('blue');
      } finally {
        await testbed.cluster('iad').start();
      }
      const uid = await uidOn(testbed, 'fra', namespace);
      await stack.run('apply -auto-approve');
      expect(await uidOn(testbed, 'fra', namespace)).toBe(uid);
      expect(await colorOn('iad', namespace)).toBe('blue');
      expect(await stack.changes()).toBe(false);
    });

    it('stops at Ctrl-C, keeps what was done, and goes on from there', async () => {
      const { stack, namespace } = await open();
      // Enough of them that it is still at work when the first is seen.
      stack.write('bundle.json', bundleIn(namespace, 'blue', password, 200));
      const applying = stack.start('apply -auto-approve');
      await until(
        async () => (await read('fra', namespace, '/configmaps/settings-0')).status === 200,
        90,
      );
      process.kill(-(applying.child.pid ?? 0), 'SIGINT');
      const { out } = await applying.ended;
      expect(out).toMatch(/Stopping operation|Interrupt received/);
      await stack.run('apply -auto-approve');
      for (const one of ['fra', 'iad']) expect(await colorOn(one, namespace)).toBe('blue');
      expect(await stack.changes()).toBe(false);
    });

    it('survives its provider being killed at any moment', async () => {
      const { stack, namespace } = await open();
      const ends: (number | null)[] = [];
      const rounds = name === 'Terraform' ? 5 : 2;
      for (let round = 0; round < rounds; round += 1) {
        stack.write('bundle.json', bundleIn(namespace, `color-${round}`));
        const applying = stack.start('apply -auto-approve');
        await applying
          .until(/littoral_release.shop: (Creating|Modifying|Destroying)/)
          .catch(() => undefined);
        await sleep(10 + round * 25);
        for (const pid of providersOf(applying.child.pid ?? 0)) process.kill(pid, 'SIGKILL');
        ends.push((await applying.ended).code);
        await stack.run('apply -auto-approve');
        for (const one of ['fra', 'iad']) {
          expect(await colorOn(one, namespace)).toBe(`color-${round}`);
        }
        expect(await stack.changes()).toBe(false);
      }
      expect(ends).toContain(1);
      await stack.run('destroy -auto-approve');
      for (const one of ['fra', 'iad']) expect(await isGone(one, namespace)).toBe(true);
    });

    onceFor(name, () => {
      it('notices and repairs what others did', async () => {
        const { stack, namespace } = await open();
        await stack.run('apply -auto-approve');
        const path = `/api/v1/namespaces/${namespace}/configmaps`;
        await testbed.cluster('fra').ask('DELETE', `${path}/settings-3`);
        const plan = await stack.run('plan');
        expect(plan).toMatch(/"~ fra {2}\+ ConfigMap settings-3, which others deleted"/);
        await stack.run('apply -auto-approve');
        expect((await read('fra', namespace, '/configmaps/settings-3')).status).toBe(200);
        expect(await stack.changes()).toBe(false);
      });

      it('keeps values of Secrets out of plan and state, and still notices that one changed', async () => {
        const { stack, namespace } = await open();
        await stack.run('plan -out reviewed');
        const shown = await stack.run('show -json reviewed');
        await stack.run('apply reviewed');
        const changed = `${password}-2`;
        stack.write('bundle.json', bundleIn(namespace, 'blue', changed));
        const plan = await stack.run('plan');
        expect(plan).toMatch(/"~ fra {2}~ Secret keys/);
        await stack.run('apply -auto-approve');
        expect(await stack.changes()).toBe(false);
        const { body } = await read('fra', namespace, '/secrets/keys');
        const { token } = (body as { data: { token: string } }).data;
        expect(Buffer.from(token, 'base64').toString()).toBe(changed);
        const texts = [shown, plan, stack.read('terraform.tfstate'), stack.read('reviewed')];
        for (const value of [password, Buffer.from(password).toString('base64').slice(0, 20)]) {
          for (const text of texts) expect(text).not.toContain(value);
        }
      });

      it('takes another name for another release', async () => {
        const { stack, namespace } = await open();
        await stack.run('apply -auto-approve');
        stack.write('main.tf', main.replace('bundle   =', 'name     = "other"\n  bundle   ='));
        const plan = await stack.run('plan');
        expect(plan).toMatch(/must be replaced/);
        expect(plan).toMatch(/name .*# forces replacement/);
        await stack.run('apply -auto-approve');
        const { body } = await read('fra', namespace, '/configmaps/littoral-other');
        expect((body as { kind: string }).kind).toBe('ConfigMap');
        expect((await read('fra', namespace, '/configmaps/littoral-shop')).status).toBe(404);
        expect(await stack.changes()).toBe(false);
        const replaced = await stack.run('apply -auto-approve -replace=littoral_release.shop');
        expect(replaced).toContain('1 added, 0 changed, 1 destroyed');
        expect(await stack.changes()).toBe(false);
      });

      it('reads state of an older version', async () => {
        const { stack } = await open();
        await stack.run('apply -auto-approve');
        const state = JSON.parse(stack.read('terraform.tfstate'));
        const isRelease = ({ type }: { type: string }) => type === 'littoral_release';
        const [instance] = state.resources.find(isRelease).instances;
        const { decision, fleet, bundle, inventory, id } = instance.attributes;
        instance.schema_version = 0;
        instance.attributes = { decision, fleet, bundle, inventory, id, places: 2 };
        state.serial += 1;
        stack.write('terraform.tfstate', state);
        await stack.run('apply -auto-approve');
        expect(await stack.changes()).toBe(false);
        expect(Object.keys(await clustersIn(stack))).toEqual(['fra', 'iad']);
      });

      it('waits for inputs that are not known yet, and for clusters that are only made now', async () => {
        const late = main.replace('file("lock.json")', 'terraform_data.lock.output');
        const fleet = testbed.fleetDocument() as { readonly clusters: readonly object[] };
        const withoutAccess = fleet.clusters.map((one) => ({ ...one, access: undefined }));
        const token = testbed.cluster('fra').adminToken;
        const { stack, namespace } = await open({
          'late.tf': 'resource "terraform_data" "lock" {\n  input = file("lock.json")\n}\n',
          'main.tf': late,
          'fleet.json': { ...fleet, clusters: withoutAccess },
          'clusters.tf': clustersMadeHere,
          'clusters.auto.tfvars.json': {
            hosts: Object.fromEntries(names.map((one) => [one, testbed.cluster(one).server])),
            ca: readFileSync(testbed.cluster('fra').ca, 'utf8'),
            token,
          },
        });
        expect(await stack.run('plan')).toMatch(/\+ changes += \(known after apply\)/);
        stack.write('main.tf', main);
        expect(await stack.run('plan -out reviewed')).toMatch(/"\+ fra {2}8 objects/);
        await stack.run('apply reviewed');
        expect(await colorOn('iad', namespace)).toBe('blue');
        expect(await stack.changes()).toBe(false);
        const written = await stack.run('show -json reviewed');
        for (const text of [written, stack.read('terraform.tfstate')]) {
          expect(withoutVariables(text)).not.toContain(token);
        }
      });

      it('refuses to apply a bundle that nobody reviewed', async () => {
        const { stack, namespace } = await open();
        await stack.run('plan -out reviewed');
        stack.write('bundle.json', bundleIn(namespace, 'red'));
        const { code, out } = await stack.try('apply reviewed');
        expect(code).toBe(1);
        expect(out).toContain('has changed since it was planned: bundle.json was edited');
        expect(out).not.toContain('bug in the provider');
        expect(await isGone('fra', namespace)).toBe(true);
      });

      it('releases ten at the same time', async () => {
        const ten = `${main}
  resource "littoral_release" "many" {
    count    = 10
    decision = file("lock.json")
    fleet    = data.littoral_fleet.edge.document
    bundle   = "many/\${count.index}.json"
  }`;
        const { stack, namespace } = await open();
        for (let index = 0; index < 10; index += 1) {
          await makeNamespace(`${namespace}-${index}`);
          stack.write(`many/${index}.json`, bundleIn(`${namespace}-${index}`));
        }
        stack.write('main.tf', ten);
        expect(await stack.run('apply -auto-approve')).toContain('11 added');
        expect(await stack.changes()).toBe(false);
        expect(await stack.run('destroy -auto-approve')).toContain('11 destroyed');
      });
    });
  });
}

async function uidOn(testbed: Testbed, cluster: string, namespace: string): Promise<unknown> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/settings-0`;
  const { body } = await testbed.cluster(cluster).ask('GET', path);
  return (body as { metadata: { uid: string } }).metadata.uid;
}
