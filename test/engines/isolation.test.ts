/** Isolation on a real API server: what is generated is accepted, every weaker pod is denied, and the plan says so in words. */
import { synth } from '../../constructs/kubernetes';
import type { Manifest } from '../../constructs/model/app/workload';
import { manifestsOf } from '../../constructs/testing';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { namespaceOf, planOn, releaseOn } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const sizing = {
  resources: { cpuMillicores: 10, memoryMebibytes: 16 },
  requestsPerSecondPerReplica: 10,
};
const app = {
  name: 'shop',
  workload: {
    components: [
      { name: 'web', image: 'nginx:1', port: 80, user: 101, writablePaths: ['/run'], ...sizing },
      { name: 'cart', image: 'cart:1', port: 8081, ...sizing },
    ],
  },
  network: {
    ingress: [
      { app: 'cart', component: 'web' },
      { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
    ],
    egress: [
      { host: 'api.example.com' },
      { cidr: '2001:db8::/32', ports: [53], protocol: 'UDP' as const },
    ],
    metrics: { namespace: 'monitoring', port: 9090 },
    dns: { addresses: ['10.96.0.10', 'fd00::a'] },
  },
};

whenPossible(`isolation${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra'], { apiOnly: true });
  });
  afterAll(() => testbed?.stop());

  const ask = (method: string, path: string, body?: unknown) =>
    testbed.cluster('fra').ask(method, path, body);
  const tried = (namespace: string, spec: unknown) =>
    ask('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tried' },
      spec,
    });
  const manifests = manifestsOf(app, { replicas: 2, componentReplicas: { web: 2, cart: 2 } });
  const templates = manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => (spec as { readonly template: { readonly spec: Pod } }).template.spec);
  interface Pod {
    readonly securityContext: object;
    readonly volumes?: readonly object[];
    readonly containers: readonly { readonly securityContext: object }[];
  }

  it('accepts every object, denies each pod that is weaker in anything, and says at plan what it denies', async () => {
    const [namespace] = manifests;
    expect((await ask('POST', '/api/v1/namespaces', namespace)).status).toBe(201);
    for (const one of manifests.filter(({ kind }) => kind === 'NetworkPolicy')) {
      const path = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
      expect(await ask('POST', path, one)).toMatchObject({ status: 201 });
    }
    for (const spec of templates) {
      expect((await tried('shop', spec)).status).toBe(201);
      const { securityContext: whole, containers } = spec;
      const inPod = (more: object) => ({ ...spec, securityContext: { ...whole, ...more } });
      const inContainer = (more: object) => ({
        ...spec,
        containers: containers.map((one) => ({
          ...one,
          securityContext: { ...one.securityContext, ...more },
        })),
      });
      const weaker = [
        inPod({ runAsNonRoot: false }),
        inPod({ runAsUser: 0 }),
        inPod({ seccompProfile: { type: 'Unconfined' } }),
        inContainer({ privileged: true, allowPrivilegeEscalation: true }),
        inContainer({ allowPrivilegeEscalation: true }),
        inContainer({ capabilities: { add: ['CHOWN'], drop: ['ALL'] } }),
        inContainer({ capabilities: {} }),
        // A sysctl of the network is not allowed on that of the node.
        { ...inPod({ sysctls: undefined }), hostNetwork: true },
        { ...spec, volumes: [...(spec.volumes ?? []), { name: 'node', hostPath: { path: '/' } }] },
      ];
      for (const one of weaker) {
        const answer = await tried('shop', one);
        const { message } = answer.body as { readonly message: string };
        expect(message).toContain('violates PodSecurity "restricted:v1.34"');
        expect(answer.status).toBe(403);
      }
    }
    const privileged = synth({ ...app, security: { profile: 'privileged' } });
    const weak = privileged.objects
      .map(({ manifest }) => manifest)
      .filter(({ kind }) => kind === 'Deployment');
    const plan = await planOn(
      testbed,
      releaseOn(testbed, 'shop', ['fra'], [namespaceOf('shop'), ...weak]),
    );
    const refused = plan.clusters[0]?.objects.filter(({ change }) => change === 'refused') ?? [];
    expect(refused.map(({ ref }) => ref.name)).toEqual(['cart', 'web']);
    expect(refused[0]?.reason).toContain(
      'its pods would be refused: namespace shop of fra holds pods to Pod Security restricted v1.34',
    );
    expect(refused[0]?.reason).toContain('privileged');
  }, 120_000);

  it('says at plan what a LimitRange refuses, and what a quota has no room for', async () => {
    await ask('POST', '/api/v1/namespaces', namespaceOf('tight'));
    const inside = (kind: string, plural: string, spec: object) =>
      ask('POST', `/api/v1/namespaces/tight/${plural}`, {
        apiVersion: 'v1',
        kind,
        metadata: { name: 'tight' },
        spec,
      });
    const deployed = (memory: string): Manifest => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'tight' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'web',
                resources: { requests: { memory }, limits: { memory } },
              },
            ],
          },
        },
      },
    });
    const reasonOf = async (memory: string) => {
      const release = releaseOn(
        testbed,
        'tight',
        ['fra'],
        [namespaceOf('tight'), deployed(memory)],
      );
      const plan = await planOn(testbed, release);
      return plan.clusters[0]?.objects.find(({ ref }) => ref.name === 'web');
    };
    await inside('LimitRange', 'limitranges', {
      limits: [{ type: 'Container', max: { memory: '64Mi' } }],
    });
    const tooBig = await reasonOf('128Mi');
    expect(tooBig?.change).toBe('refused');
    expect(tooBig?.reason).toContain('maximum memory usage per Container is 64Mi');
    expect((await reasonOf('32Mi'))?.change).toBe('created');
    await inside('ResourceQuota', 'resourcequotas', { hard: { 'requests.memory': '16Mi' } });
    // Nobody counts here what is used: the controller of quotas does not run.
    const quota = '/api/v1/namespaces/tight/resourcequotas/tight';
    const made = (await ask('GET', quota)).body as object;
    const status = { hard: { 'requests.memory': '16Mi' }, used: { 'requests.memory': '0' } };
    expect((await ask('PUT', `${quota}/status`, { ...made, status })).status).toBe(200);
    const full = await reasonOf('32Mi');
    expect(full?.change).toBe('created');
    expect(full?.reason).toContain(
      'there is no room for one more pod now: Pod tight/web-trial exceeds quota',
    );
  }, 120_000);
});
