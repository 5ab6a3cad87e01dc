/** Two apps that define one object in one cluster: an error that names both, before a file or a cluster is touched. */
import { objectsByCluster } from '../../constructs/kubernetes/collisions';
import type { Manifest } from '../../constructs/model/app/workload';
import { releaseProvider } from '../../providers/pulumi/runtime/release-provider';
import { carryOut } from '../../providers/resources/release';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { Stack } from '../pulumi/stack';
import { Clusters } from '../resources/cluster-double';
import {
  bundleOf,
  decisionFor,
  fleet,
  look,
  namespace,
  releaseOf,
  settings,
  worldIn,
} from '../resources/fixtures';
import { context, releasing } from '../terraform/configurations';
import { Core } from '../terraform/core';

const role: Manifest = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'reader' },
  rules: [],
};
const custom: Manifest = {
  apiVersion: 'example.dev/v1',
  kind: 'Beacon',
  metadata: { name: 'one', namespace: 'shop' },
};
const definition: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'caches.example.com' },
  spec: { group: 'example.com' },
};

function together(first: readonly Manifest[], second: readonly Manifest[], clusters = 'ab') {
  const decision = decisionFor([...clusters]);
  const [app] = decision.apps;
  const apps = ['one', 'two'].map((name) => ({ ...app!, app: name }));
  const bundles = [bundleOf(...first), bundleOf(...second)];
  return objectsByCluster(
    bundles.map((bundle, index) => ({ ...bundle, app: apps[index]!.app })),
    { ...decision, apps },
  );
}

describe('an object of two apps on one cluster', () => {
  it.each([
    ['of one namespace', settings({}), settings({})],
    ['that differs', settings({ a: '1' }), settings({ a: '2' })],
    ['outside of namespaces', role, role],
    ['of a custom kind', custom, custom],
    ['in two versions', custom, { ...custom, apiVersion: 'example.dev/v1beta1' }],
  ])('%s is an error that names both apps and the object', (_, a, b) => {
    const { kind, metadata } = a as Manifest;
    const says = new RegExp(
      `the apps one and two both define ${kind} ${metadata.name}.* on a and 1 more`,
    );
    expect(() => together([namespace, a], [namespace, b])).toThrow(says);
  });

  it('is none where the apps share no cluster, name or namespace', () => {
    const other = { ...settings({}), metadata: { name: 'settings', namespace: 'other' } };
    expect(together([settings({})], [settings({}, 'more'), other]).get('a')).toHaveLength(3);
  });

  it('is there once when it is a Namespace or a definition that both bring alike', () => {
    const objects = together([namespace, definition], [namespace, definition]).get('b');
    expect(objects?.map(({ kind }) => kind)).toEqual(['Namespace', 'CustomResourceDefinition']);
    const labelled = { ...namespace, metadata: { name: 'shop', labels: { team: 'a' } } };
    for (const [a, b] of [
      [labelled, namespace],
      [namespace, labelled],
    ] as const) {
      expect(together([a], [b]).get('a')).toEqual([labelled]);
    }
    const otherwise = { ...namespace, metadata: { name: 'shop', labels: { team: 'b' } } };
    expect(() => together([labelled], [otherwise])).toThrow('both define Namespace shop');
  });
});

describe('an object of two releases of one program', () => {
  const says = /both have ConfigMap shop\/settings.* on a/;

  it('is an error when Terraform plans them, and none once it is only in one', async () => {
    const clusters = new Clusters();
    const resource = releaseIn(() => worldIn(clusters));
    const [one, two] = [new Core(resource, context), new Core(resource, context)];
    expect((await one.plan(releasing(['a'], { name: 'one' }))).diagnostics).toEqual([]);
    const [error] = (await two.plan(releasing(['a'], { name: 'two' }))).diagnostics;
    expect(`${error?.summary} ${error?.detail}`).toMatch(says);
    expect((await two.plan(releasing(['b'], { name: 'two' }))).diagnostics).toEqual([]);
    expect((await one.plan(releasing(['c'], { name: 'one' }))).diagnostics).toEqual([]);
    expect((await two.plan(releasing(['a'], { name: 'two' }))).diagnostics).toEqual([]);
  });

  it('is an error when Pulumi previews them, and none in another run', async () => {
    const inputs = (name: string) => ({
      name,
      bundle: JSON.stringify(bundleOf(namespace, settings({}))),
      decision: JSON.stringify(decisionFor(['a'])),
      fleet: JSON.stringify(fleet),
    });
    const run = () => releaseProvider(() => worldIn(new Clusters()));
    const life = run();
    await new Stack(life).preview(inputs('one'));
    await expect(new Stack(life).preview(inputs('two'))).rejects.toThrow(says);
    await new Stack(run()).preview(inputs('two'));
  });
});

it('an object that another release made since the plan is not taken', async () => {
  const clusters = new Clusters();
  const other = { ...releaseOf('a', [namespace, settings({ mine: '1' })]), name: 'other' };
  const [first, second] = [
    await look(clusters, releaseOf('a', [namespace, settings({})])),
    await look(clusters, other),
  ];
  await carryOut(first, undefined, worldIn(clusters));
  const run = await carryOut(second, undefined, worldIn(clusters));
  expect(run.problems[0]?.summary).toContain('belongs to the release shop by now');
  expect(clusters.named('a').read('/ConfigMap/shop/settings')?.data).toEqual({});
});
