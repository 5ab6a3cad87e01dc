/** Namespaces that every cluster has: nobody's app gets among the parts of Kubernetes by its name alone. */
import { type SynthProps, synth } from '../../constructs/kubernetes';
import { edgeApp } from '../../constructs/policy';
import { at, fleetOf, fra, mistakes, shop } from '../kubernetes/apps';

const fleet = fleetOf(fra);
const app = (more: Partial<SynthProps>): SynthProps => ({ ...shop, ...more });
const manifest = (name: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
const { workload } = shop;

it.each(['kube-system', 'kube-public', 'kube-node-lease'])(
  'an app called %s is refused by every reader, with the way to mean it',
  (name) => {
    for (const read of [
      () => synth(app({ name }), fleet),
      () => edgeApp({ name, workload: workload as never }),
    ]) {
      expect(mistakes(read)).toEqual([expect.stringContaining(`add namespace: ${name}`)]);
    }
  },
);

it.each(['kube-system', 'default'])(
  '%s is taken where it is written, and is nothing of ours there',
  (namespace) => {
    expect(edgeApp({ name: 'shop', namespace, workload: workload as never })).toBeDefined();
    const objects = at(synth(app({ namespace }), fleet), 'fra');
    expect(objects.map(({ kind }) => kind)).not.toContain('Namespace');
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set([namespace]),
    );
  },
);

it.each(['kube-state-metrics', 'default'])('an app may be called %s', (name) => {
  expect(at(synth(app({ name }), fleet), 'fra').length).toBeGreaterThan(0);
});

it('an object that names kube-system goes there, beside the others of its app', () => {
  const manifests = [manifest('one'), manifest('two', 'kube-system')];
  const objects = at(synth({ name: 'shop', manifests }, fleet), 'fra');
  const places = objects.map(({ kind, metadata: { name, namespace } }) => [kind, name, namespace]);
  expect(places).toHaveLength(3);
  expect(places).toContainEqual(['Namespace', 'shop', undefined]);
  expect(places).toContainEqual(['ConfigMap', 'one', 'shop']);
  expect(places).toContainEqual(['ConfigMap', 'two', 'kube-system']);
});
