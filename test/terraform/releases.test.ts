/** Releases under Terraform's rules where they are many, cut short, replaced, or nowhere. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../constructs/model/app/workload';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { rolloutShape } from '../../providers/terraform/resources/release/schema';
import { Clusters } from '../resources/cluster-double';
import { bundleOf, namespace, secret, settings, web, worldIn } from '../resources/fixtures';
import { context, fleetOf, folder, releasing } from './configurations';
import { Core } from './core';

describe('a digest', () => {
  it('of what is run is the same for every value of a Secret', async () => {
    const core = new Core(
      releaseIn(() => worldIn(new Clusters())),
      context,
    );
    const digestWith = async (...manifests: readonly Manifest[]) => {
      writeFileSync(join(folder, 'keys.json'), JSON.stringify(bundleOf(...manifests)));
      const plan = await core.plan(releasing(['a'], { bundle: 'keys.json' }));
      return plan.planned?.bundle_digest;
    };
    const one = await digestWith(namespace, secret('MQ=='));
    expect(await digestWith(namespace, secret('Mg=='))).toBe(one);
    expect(await digestWith(namespace, settings({}), secret('MQ=='))).not.toBe(one);
  });
});

describe('a release on a thousand clusters', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `c${String(index).padStart(4, '0')}`);

  it('tells two hundred lines and how many more there are', async () => {
    const clusters = new Clusters();
    const core = new Core(
      releaseIn(() => worldIn(clusters)),
      context,
    );
    const { planned } = await core.plan(releasing(names));
    const changes = planned?.changes as readonly string[];
    expect(changes).toHaveLength(201);
    expect(changes[0]).toBe('+ c0000  3 objects: Namespace, ConfigMap, Deployment');
    expect(changes[200]).toBe('... and 800 more');
    expect(Object.keys(planned?.clusters ?? {})).toEqual(names);
  });

  it('tells of twenty failures and how many more there are', async () => {
    const clusters = new Clusters();
    for (const name of names.slice(0, 30)) clusters.named(name).refuse = () => 'no';
    const core = new Core(
      releaseIn(() => worldIn(clusters)),
      context,
    );
    const told = await core.apply(releasing(names.slice(0, 30), { rollout: null }));
    expect(told).toHaveLength(21);
    expect(told[20]?.summary).toBe('... and 10 more.');
  });
});

describe('a first apply that fell short', () => {
  it('is finished by its replacement, which takes nothing away', async () => {
    const clusters = new Clusters();
    clusters.named('b').refuse = ({ kind }) => (kind === 'Deployment' ? 'no' : undefined);
    const core = new Core(
      releaseIn(() => worldIn(clusters)),
      context,
    );
    await core.apply(releasing(['a', 'b'], { rollout: null }));
    expect(core.state?.tainted).toBe(true);
    clusters.named('b').refuse = () => undefined;
    clusters.restart();
    const plan = await core.plan(releasing(['a', 'b'], { rollout: null }));
    expect(plan.action).toBe('replace');
    expect(await core.apply(releasing(['a', 'b'], { rollout: null }))).toEqual([]);
    expect(clusters.requests.filter(({ verb }) => verb === 'delete')).toEqual([]);
    expect(core.state?.tainted).toBe(false);
  });

  it('is destroyed for real when it is not wanted any more', async () => {
    const clusters = new Clusters();
    clusters.named('b').refuse = ({ kind }) => (kind === 'Deployment' ? 'no' : undefined);
    const core = new Core(
      releaseIn(() => worldIn(clusters)),
      context,
    );
    await core.apply(releasing(['a', 'b'], { rollout: null }));
    expect(await core.apply(null)).toEqual([]);
    expect([...clusters.named('a').objects.keys()]).toEqual([]);
  });
});

it.each(['', 'null', '7', '"creates"', '{half', '{"creates":false}'])(
  'private bytes that nobody knows any more stand for nothing: %j',
  async (bytes) => {
    const clusters = new Clusters();
    clusters.named('b').refuse = ({ kind }) => (kind === 'Deployment' ? 'no' : undefined);
    const resource = releaseIn(() => worldIn(clusters));
    const core = new Core(resource, context);
    await core.apply(releasing(['a', 'b'], { rollout: null }));
    const { fields: prior } = core.state!;
    const hidden = Buffer.from(bytes);
    const destroying = { prior, planned: null, config: null, hidden };
    expect(await resource.apply(destroying, context)).toEqual({ state: null });
    expect([...clusters.named('a').objects.keys()]).toEqual([]);
  },
);

it('a state that cannot be read is not taken for a release that is nowhere', async () => {
  const clusters = new Clusters();
  const resource = releaseIn(() => worldIn(clusters));
  const core = new Core(resource, context);
  await core.apply(releasing(['a'], { rollout: null }));
  const { fields, hidden } = core.state!;
  const there = [...clusters.named('a').objects.keys()];
  for (const inventory of ['{"release": {"quorum": 2}}', 'half of it {', 'null']) {
    const prior = { ...fields, inventory };
    const says = /cannot be read: another version of littoral wrote it/;
    const destroying = { prior, planned: null, config: null, hidden };
    await expect(resource.apply(destroying, context)).rejects.toThrow(says);
    await expect(resource.read(prior, hidden, context)).rejects.toThrow(says);
  }
  expect([...clusters.named('a').objects.keys()]).toEqual(there);
});

describe('what is run', () => {
  const text = (replicas: number) => `apiVersion: littoral.dev/v1alpha1
kind: EdgeApp
name: shop
manifests: [k8s/*.yaml]
scaling: {component: web, resources: {cpuMillicores: ${replicas}, memoryMebibytes: 1}, requestsPerSecondPerReplica: 5}
`;
  const write = (name: string, content: string) => {
    mkdirSync(join(folder, 'run/k8s'), { recursive: true });
    writeFileSync(join(folder, 'run', name), content);
  };
  const open = () =>
    new Core(
      releaseIn(() => worldIn(new Clusters())),
      context,
    );

  it('may be an app of existing manifests, found beside it', async () => {
    write('app.yaml', text(1));
    write('k8s/web.yaml', JSON.stringify(web('shop:1')));
    const { planned, diagnostics } = await open().plan(
      releasing(['a'], { bundle: 'run/app.yaml' }),
    );
    expect(diagnostics).toEqual([]);
    expect(planned?.changes).toEqual([expect.stringMatching(/^\+ a {2}\d objects: .*Deployment/)]);
  });

  it('is blamed where it is named', async () => {
    write('broken.yaml', 'apiVersion: littoral.dev/v1alpha1\nkind: EdgeApp\nname: shop\n');
    const broken = await open().plan(releasing(['a'], { bundle: 'run/broken.yaml' }));
    expect(broken.diagnostics[0]).toMatchObject({ path: ['bundle'] });
    const missing = await open().plan(releasing(['a'], { bundle: 'run/brokn.yaml' }));
    expect(missing.diagnostics[0]?.detail).toContain('broken.yaml');
    const other = await open().plan(releasing(['a'], { app: 'cart' }));
    expect(other.diagnostics[0]).toMatchObject({ path: ['app'] });
  });

  it('replaces the release when it is another one', async () => {
    const core = open();
    await core.apply(releasing(['a'], { rollout: null }));
    const moved = { ...bundleOf({ ...settings({}), metadata: { name: 's' } }), namespace: 'other' };
    write('moved.json', JSON.stringify(moved));
    const plan = await core.plan(releasing(['a'], { rollout: null, bundle: 'run/moved.json' }));
    expect(plan).toMatchObject({ action: 'replace', planned: { id: 'other/shop' } });
  });

  it('may run nowhere, and somewhere later', async () => {
    const core = open();
    expect(await core.apply(releasing([], { rollout: null, fleet: null }))).toHaveLength(1);
    const fleet = JSON.stringify(fleetOf(['a']));
    expect(await core.apply(releasing([], { rollout: null, fleet }))).toEqual([]);
    await core.refresh();
    expect((await core.plan(releasing([], { rollout: null, fleet }))).action).toBe('none');
    expect(await core.apply(releasing(['a'], { rollout: null, fleet }))).toEqual([]);
    expect(core.state?.fields.clusters).toEqual({ a: 'ready, 3 objects' });
    expect(await core.apply(releasing([], { rollout: null, fleet }))).toEqual([]);
    expect(core.state?.fields.clusters).toEqual({});
    expect(await core.apply(null)).toEqual([]);
    expect(core.state).toBeUndefined();
  });
});

describe('a release that two states hold', () => {
  const two = () => {
    const clusters = new Clusters();
    const core = (origin: string) =>
      new Core(
        releaseIn(
          () => worldIn(clusters),
          () => origin,
        ),
        context,
      );
    return [core('ours'), core('theirs')] as const;
  };
  const config = releasing(['a', 'b'], { rollout: null });
  const noRollout = Object.fromEntries(
    (rolloutShape as { members: readonly { name: string }[] }).members.map(({ name }) => [
      name,
      null,
    ]),
  );

  it('is refused to the second, before anything is touched, unless it is told to take over', async () => {
    const [ours, theirs] = two();
    await ours.apply(config);
    const refused = await theirs.plan(config);
    expect(refused.diagnostics.map(({ severity }) => severity)).toEqual(['error']);
    expect(refused.diagnostics[0]?.summary).toMatch(
      /^a, b: Terraform \([0-9a-f]{8}\) holds the release shop there/,
    );
    expect(refused.diagnostics[0]?.detail).toContain('import it');
  });

  it('is refused in the apply too, in words of HCL, where the other was first after the plan', async () => {
    const [ours, theirs] = two();
    const reviewed = await theirs.plan(config);
    await ours.apply(config);
    const told = JSON.stringify(await theirs.apply(config, reviewed));
    expect(told).toContain('rollout = { take_over = true }, for one apply');
    expect(told).not.toContain('--');
  });

  it('says so to the one that was overtaken, which changes and removes nothing any more', async () => {
    const [ours, theirs] = two();
    await ours.apply(config);
    expect(await ours.refresh()).toEqual([]);
    writeFileSync(join(folder, 'theirs.json'), JSON.stringify(bundleOf(namespace, web('shop:2'))));
    const taking = { rollout: { ...noRollout, take_over: true }, bundle: 'theirs.json' };
    await theirs.apply(releasing(['b', 'c'], taking));
    const [told, ...others] = await ours.refresh();
    expect(others).toEqual([]);
    expect(told).toMatchObject({ severity: 'warning' });
    expect(told?.summary).toMatch(/^The release shop was taken over in b by Terraform/);
    const gone = await ours.apply(null);
    expect(gone).toHaveLength(1);
    expect(gone[0]).toMatchObject({ severity: 'warning' });
    expect(JSON.stringify(gone)).toContain('Left there: Namespace shop, Deployment shop/web');
    expect(ours.state).toBeUndefined();
    expect(await theirs.refresh()).toEqual([]);
    expect((await theirs.plan(releasing(['b', 'c'], taking))).action).toBe('none');
  });
});
