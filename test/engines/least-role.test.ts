/** The least role on a real API server: a release installs, changes and goes under it, whoever has it can do nothing else, and its token is rotated meanwhile. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { leastRights } from '../../constructs/kubernetes/rights/least-rights';
import { leastRole } from '../../constructs/kubernetes/rights/least-role';
import type { Manifest } from '../../constructs/model/app/workload';
import { manifestsOf } from '../../constructs/testing';
import { leaseCluster } from '../../providers/clusters/api/lease';
import type { ReleaseProps } from '../../providers/resources/release/index';
import { caller } from '../cli/calling';
import { ask } from '../testbed/ask';
import { type AuditEntry, auditedDuring } from '../testbed/audit';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until } from '../testbed/process';
import { applyOn, kubectl, planOn, releaseOn } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const holder = { serviceAccount: { namespace: 'littoral', name: 'littoral' } };
const shop = (image: string) => ({
  name: 'shop',
  workload: {
    image,
    port: 8080,
    resources: { cpuMillicores: 10, memoryMebibytes: 16 },
    requestsPerSecondPerReplica: 10,
  },
  access: { viewer: [{ user: 'reader' }], operator: [{ group: 'on-call' }] },
});

whenPossible(`the least role${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  const folder = mkdtempSync(join(tmpdir(), 'littoral-least-'));
  const kubeconfig = join(folder, 'kubeconfig');
  beforeAll(async () => {
    testbed = await startClusters(['fra']);
  });
  afterAll(async () => {
    await testbed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const objectsOf = (image: string) => manifestsOf(shop(image), { replicas: 2 });
  const rights = leastRights([{ release: 'shop', home: 'shop', objects: objectsOf('shop:1') }]);
  const tokenNow = (): string => parse(readFileSync(kubeconfig, 'utf8')).users[0].user.token;
  const ca = () => readFileSync(testbed.cluster('fra').ca, 'utf8');
  const asHolder = async (method: string, path: string, body?: unknown, token = tokenNow()) =>
    (await ask({ server: testbed.cluster('fra').server, ca: ca(), token }, method, path, body))
      .status;
  /** The release as somebody who has nothing but the least role makes it. */
  const asked = (chosen: readonly string[], manifests: readonly Manifest[]): ReleaseProps => {
    const props = releaseOn(testbed, 'shop', chosen, manifests);
    const access = { kubeconfig, context: 'fra' };
    const clusters = props.fleet.clusters.map((one) => ({ ...one, access }));
    return { ...props, fleet: { ...props.fleet, clusters } };
  };

  it('suffices for everything that a release does, and all of it is used', async () => {
    const namespaces = objectsOf('shop:1').filter(({ kind }) => kind === 'Namespace');
    const objects = leastRole({ rights, holder, namespaces, rotates: true });
    kubectl(testbed, 'fra', ['apply', '--server-side', '-f', '-'], objects);
    const made = kubectl(testbed, 'fra', [
      'create',
      'token',
      'littoral',
      '-n',
      'littoral',
      '--duration=1h',
    ]);
    const context = { name: 'fra', context: { cluster: 'fra', user: 'littoral' } };
    const cluster = {
      server: testbed.cluster('fra').server,
      'certificate-authority-data': Buffer.from(ca()).toString('base64'),
    };
    const document = {
      contexts: [context],
      clusters: [{ name: 'fra', cluster }],
      users: [{ name: 'littoral', user: { token: made.trim() } }],
    };
    writeFileSync(kubeconfig, stringify({ apiVersion: 'v1', kind: 'Config', ...document }), {
      mode: 0o600,
    });

    const life: AuditEntry[] = [];
    let prior: Awaited<ReturnType<typeof applyOn>>['state'] | undefined;
    const step = async (chosen: readonly string[], image: string, ending: object) => {
      const entries = await auditedDuring(testbed.cluster('fra'), async () => {
        const run = await applyOn(testbed, asked(chosen, objectsOf(image)), prior);
        expect(run.endings).toMatchObject(ending);
        prior = run.state;
      });
      life.push(...entries.filter(({ user }) => user.username.endsWith(':littoral:littoral')));
    };
    await step(['fra'], 'shop:1', { fra: 'ready' });
    await step(['fra'], 'shop:2', { fra: 'ready' });
    const plan = await planOn(testbed, asked(['fra'], objectsOf('shop:2')), prior);
    expect(
      plan.clusters.flatMap((one) => one.objects).filter(({ change }) => change !== 'unchanged'),
    ).toEqual([]);
    await step([], 'shop:2', {});
    const refused = life.filter(({ responseStatus }) => responseStatus?.code === 403);
    expect(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
    expect(await asHolder('GET', '/api/v1/namespaces/shop')).toBe(200);
    expect(await asHolder('GET', '/apis/apps/v1/namespaces/shop/deployments/shop')).toBe(404);

    const used = new Set(life.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`));
    const own = (rights.namespaced.get('shop') ?? []).filter(
      ({ resourceNames }) => resourceNames !== undefined,
    );
    const unused = own.flatMap(({ resources, verbs }) =>
      verbs
        .filter((verb) => ['get', 'patch', 'delete'].includes(verb))
        .map((verb) => `${verb} ${resources[0]}`)
        .filter((right) => !used.has(right)),
    );
    expect(unused).toEqual([]);
  }, 240_000);

  it('can do nothing else: no Secret, no other name, no other namespace, no more rights', async () => {
    const group = '/apis/rbac.authorization.k8s.io/v1';
    const inside = '/api/v1/namespaces/shop';
    const admin = {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'cluster-admin',
    };
    const subjects = [{ kind: 'ServiceAccount', ...holder.serviceAccount }];
    const tries: readonly (readonly [string, string, object?])[] = [
      ['GET', `${inside}/secrets`],
      ['GET', '/api/v1/secrets'],
      ['GET', '/api/v1/namespaces/kube-system/secrets'],
      ['GET', '/api/v1/namespaces/littoral/secrets'],
      ['GET', '/apis/apps/v1/namespaces/default/deployments'],
      ['DELETE', '/apis/apps/v1/namespaces/shop/deployments/other'],
      ['DELETE', '/api/v1/namespaces/shop'],
      ['POST', '/api/v1/namespaces', { metadata: { name: 'more' } }],
      ['POST', `${inside}/serviceaccounts/default/token`, { spec: { expirationSeconds: 600 } }],
      [
        'POST',
        `${group}/namespaces/shop/rolebindings`,
        { metadata: { name: 'more' }, roleRef: admin, subjects },
      ],
      [
        'PUT',
        `${group}/namespaces/shop/roles/littoral`,
        {
          metadata: { name: 'littoral' },
          rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
        },
      ],
      [
        'POST',
        `${group}/clusterrolebindings`,
        { metadata: { name: 'more' }, roleRef: admin, subjects },
      ],
      ['GET', '/api/v1/nodes'],
    ];
    for (const [method, path, body] of tries) {
      expect([method, path, await asHolder(method, path, body)]).toEqual([method, path, 403]);
    }
  }, 60_000);

  it('rotates its own token: the new one counts also for who is connected, and the old one ends', async () => {
    const fleet = join(folder, 'fleet.yaml');
    const where = { latitude: 50, longitude: 8, region: 'europe', country: 'DE' };
    const access = { kubeconfig, context: 'fra' };
    writeFileSync(
      fleet,
      stringify({
        apiVersion: 'littoral.dev/v1alpha1',
        kind: 'Fleet',
        clusters: [{ name: 'fra', ...where, access }],
      }),
    );
    const there = caller();
    const rotateNow = async () => {
      const before = tokenNow();
      const { code, out, err } = await there.call(
        `credentials rotate --fleet ${fleet} --seconds 3600`,
      );
      expect(`${out}${err}`).not.toContain('eyJ');
      expect([code, err]).toEqual([0, '']);
      expect(tokenNow()).not.toBe(before);
      return { before, out };
    };
    // What kubectl made is bound to nothing that could be deleted.
    expect((await rotateNow()).out).toContain('cannot be ended here and still counts');
    const client = await leaseCluster({ name: 'fra', access }, { folder });
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'shop' };
    expect((await client.get(namespace))?.metadata.name).toBe('shop');
    const { before, out } = await rotateNow();
    expect(out).toContain('the old token ends within 10 seconds');
    await until(
      async () => (await asHolder('GET', '/api/v1/namespaces/shop', undefined, before)) === 401,
      12,
    );
    // As an apply that began before: what it has was refused, so it reads the kubeconfig again.
    expect((await client.get(namespace))?.metadata.name).toBe('shop');
    await client.close();
    const checked = await there.call(`credentials check --fleet ${fleet} --ask`);
    expect(checked).toMatchObject({ code: 10, err: '' });
    expect(checked.out).toContain('system:serviceaccount:littoral:littoral');
    expect(checked.out).toContain('the token expires today or tomorrow');
  }, 120_000);
});
