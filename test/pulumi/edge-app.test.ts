/** EdgeApp in a Pulumi program: one component for each way to deliver, known in a preview, its options handed on. */
import * as pulumi from '@pulumi/pulumi';
import { EdgeApp, type EdgeAppArgs, Placement } from '../../providers/pulumi';
import { UNKNOWN } from '../../providers/pulumi/runtime/unknown';
import { app, demandOf, fleetOf } from './inputs';
import { isSecret, known, type Mocked, mocked } from './mocked';

const { apiVersion: _, kind: __, ...demand } = demandOf(120, 100, 20);
const fleet = fleetOf() as EdgeAppArgs['fleet'];
const dynamic = (kind: string) => `pulumi-nodejs:dynamic/littoral:${kind}`;

function unknownOutput(): pulumi.Output<string> {
  return pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
}

/** A program with one EdgeApp. */
async function program(more: Partial<EdgeAppArgs> = {}, opts?: pulumi.ComponentResourceOptions) {
  let site: EdgeApp | undefined;
  const graph = await mocked(() => {
    site = new EdgeApp('shop', { ...app, demand, fleet, ...more }, opts);
  });
  if (site === undefined) throw new Error('the program made nothing');
  return { site, ...graph };
}
const providers = ({ named }: Mocked) => named('pulumi:providers:kubernetes');

describe('an EdgeApp', () => {
  it('is a component with a placement and a release, all of it known in a preview', async () => {
    const { site, named } = await program();
    expect(named('littoral:index:EdgeApp')).toEqual(['shop']);
    expect(named(dynamic('Placement'))).toEqual(['shop']);
    expect(named(dynamic('Release'))).toEqual(['shop']);
    expect(EdgeApp.isEdgeApp(site)).toBe(true);
    expect(await known(site.clusters)).toEqual(['fra', 'iad']);
    expect(await known(site.replicas)).toEqual({ fra: 3, iad: 2 });
    expect(await known(site.summary)).toMatch(/^2 of 3 clusters, /);
    expect(await known(site.decision)).toMatchObject({ kind: 'PlacementDecision' });
    expect(await known(site.endpoints)).toEqual({
      fra: ['shop.shop.svc:8080'],
      iad: ['shop.shop.svc:8080'],
    });
    expect(await known(site.release?.plan ?? pulumi.output({}))).toEqual({
      fra: 'install 7 objects',
      iad: 'install 7 objects',
    });
  });

  it('hands the bundle over as a secret, and the decision is none', async () => {
    const { site, one } = await program();
    expect(isSecret(one(dynamic('Release'), 'shop').inputs.bundle)).toBe(true);
    expect(await pulumi.isSecret(site.decision)).toBe(false);
    expect(await pulumi.isSecret(site.clusters)).toBe(false);
  });

  it.each<[string, object, RegExp]>([
    ['a variable', { env: { OPEN: 'seen', HIDDEN: pulumi.secret('planted') } }, /"OPEN":"seen"/],
    ['the environment', { env: pulumi.secret({ HIDDEN: 'planted' }) }, /registry\.example\/shop:1/],
    ['the image', { image: pulumi.secret('r.example/planted:1') }, /registry\.invalid\/secret/],
    [
      'a variable of one of several components',
      {
        components: [
          { ...app.workload, name: 'web', env: { OPEN: 'seen', HIDDEN: pulumi.secret('planted') } },
          { ...app.workload, name: 'api' },
        ],
      },
      /"OPEN":"seen"/,
    ],
  ])(
    'keeps %s that is secret out of the placement, and the rest reviewable',
    async (_, more, seen) => {
      const workload = 'components' in more ? more : { ...app.workload, ...more };
      const { site, one } = await program({ workload: workload as never });
      const { apps } = one(dynamic('Placement'), 'shop').inputs;
      const text = JSON.stringify(apps);
      expect(text).toMatch(seen);
      expect(text).not.toMatch(new RegExp(`planted|${pulumi.runtime.specialSecretSig}`));
      expect(await known(site.clusters)).toEqual(['fra', 'iad']);
      const { inputs } = one(dynamic('Release'), 'shop');
      expect(isSecret(inputs.bundle)).toBe(true);
      expect(JSON.stringify(inputs.bundle)).toContain('planted');
    },
  );

  it.each<[string, object]>([
    ['the environment', { env: unknownOutput() }],
    ['a variable', { env: { A: unknownOutput() } }],
    ['the port', { port: unknownOutput() }],
  ])('places although %s is unknown', async (_, more) => {
    const { site } = await program({ workload: { ...app.workload, ...more } as never });
    expect(await known(site.clusters)).toEqual(['fra', 'iad']);
    expect(await known(site.replicas)).toEqual({ fra: 3, iad: 2 });
  });

  it('places although a label that an override sets is unknown', async () => {
    const overrides = [{ match: { name: 'fra' }, set: { labels: { tier: unknownOutput() } } }];
    const { site } = await program({ overrides: overrides as never });
    expect(await known(site.clusters)).toEqual(['fra', 'iad']);
  });

  it('places although the image is unknown, and leaves the release open', async () => {
    const unknown = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
    const { site, one } = await program({ workload: { ...app.workload, image: unknown } });
    expect(await known(site.clusters)).toEqual(['fra', 'iad']);
    expect(await known(site.decision)).toBe(UNKNOWN);
    expect(one(dynamic('Release'), 'shop').inputs.bundle).toBe(pulumi.unknown);
  });

  it('takes every part of its props from outputs', async () => {
    const workload = { ...app.workload, image: pulumi.output('registry.example/other:2') };
    const { one, site } = await program({
      workload,
      policy: pulumi.output(app.policy),
      fleet: Promise.resolve(fleet as never),
    });
    expect(await known(site.clusters)).toEqual(['fra', 'iad']);
    const [document] = one(dynamic('Placement'), 'shop').inputs.apps as (typeof app)[];
    expect(document?.workload.image).toBe('registry.example/other:2');
  });

  it('hands on what children do not inherit', async () => {
    const seen: Record<string, pulumi.ResourceOptions> = {};
    let site: EdgeApp | undefined;
    await mocked(() => {
      site = new EdgeApp(
        'shop',
        { ...app, demand, fleet },
        {
          retainOnDelete: true,
          protect: true,
          transformations: [
            ({ type, opts }) => {
              seen[type] = opts;
              return undefined;
            },
          ],
        },
      );
    });
    expect(site).toBeDefined();
    for (const kind of ['Placement', 'Release']) {
      expect(seen[dynamic(kind)]).toMatchObject({ retainOnDelete: true });
    }
  });

  it('shares a placement with other apps', async () => {
    let site: EdgeApp | undefined;
    const graph = await mocked(() => {
      const placement = new Placement('both', {
        apps: [app, { ...app, name: 'chat' }],
        fleet: fleet as never,
        demands: { shop: demandOf(120, 100, 20), chat: demandOf(1, 2, 300) } as never,
      });
      site = new EdgeApp('chat', { ...app, name: 'chat', fleet, placement });
    });
    expect(graph.named(dynamic('Placement'))).toEqual(['both']);
    expect(site && (await known(site.clusters))).toContain('sin');
  });
});

describe('an EdgeApp delivered by @pulumi/kubernetes', () => {
  const delivery = 'kubernetes' as const;

  it('has one provider per chosen cluster, by reference, and the objects of each', async () => {
    const graph = await program({ delivery });
    expect(providers(graph)).toEqual(['shop-fra', 'shop-iad']);
    expect(graph.one('pulumi:providers:kubernetes', 'shop-fra').inputs).toMatchObject({
      kubeconfig: 'clusters.kubeconfig',
      context: 'fra',
      clusterIdentifier: 'fra',
    });
    expect(graph.named('kubernetes:core/v1:Namespace')).toEqual([
      'shop-fra-Namespace-shop',
      'shop-iad-Namespace-shop',
    ]);
    const { inputs } = graph.one('kubernetes:apps/v1:Deployment', 'shop-fra-Deployment-shop/shop');
    expect(inputs).toMatchObject({
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { template: { spec: { containers: [{ image: 'registry.example/shop:1' }] } } },
    });
    expect(graph.named(dynamic('Release'))).toEqual([]);
  });

  it('uses the generic class for kinds that have none, and hides Secrets', async () => {
    const manifests = [
      { apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys' },
        stringData: { k: 'planted' },
      },
    ];
    const { workload: _, ...rest } = app;
    const graph = await mocked(() => {
      new EdgeApp('shop', { ...rest, manifests, demand, fleet, delivery });
    });
    expect(graph.named('kubernetes:example.dev/v1:Widget')).toHaveLength(2);
    const [name = ''] = graph.named('kubernetes:core/v1:Secret');
    const { inputs } = graph.one('kubernetes:core/v1:Secret', name);
    expect(isSecret(inputs.stringData)).toBe(true);
    expect(isSecret(inputs.metadata)).toBe(false);
  });

  it('hides everything of an app that was given secrets', async () => {
    const image = pulumi.secret('registry.example/planted:1');
    const graph = await program({ delivery, workload: { ...app.workload, image } });
    const { inputs } = graph.one('kubernetes:apps/v1:Deployment', 'shop-fra-Deployment-shop/shop');
    expect(isSecret(inputs.spec)).toBe(true);
  });

  it('does not let a silent chosen cluster hold up the others', async () => {
    const silent = fleetOf(['iad']) as EdgeAppArgs['fleet'];
    const held = { constraints: { ...app.policy.constraints, mustInclude: [{ name: 'iad' }] } };
    const graph = await program({ delivery, fleet: silent, policy: held, allowUnsatisfied: true });
    for (const name of providers(graph)) {
      const { inputs } = graph.one('pulumi:providers:kubernetes', name);
      expect(inputs.skipUpdateUnreachable).toBe(name === 'shop-iad' ? 'true' : undefined);
    }
  });
});
