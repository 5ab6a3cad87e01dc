/** Images come from the registries that an app allows, pinned where it asks for that, wherever they are written. */
import { type SynthProps, synth } from '../../../constructs/kubernetes';
import { manifestsOf, objectOf } from '../../../constructs/testing';
import { mistakes, sizing } from '../apps';

const digest = `sha256:${'0a'.repeat(32)}`;
const app = (image: string, images: object, more: object = {}) =>
  ({ name: 'shop', workload: { image, ...sizing }, network: {}, images, ...more }) as SynthProps;
const said = (props: SynthProps) => {
  try {
    synth(props);
    return [];
  } catch {
    return mistakes(() => synth(props));
  }
};
const registries = ['registry.example/team', 'docker.io/library', 'localhost:5000'];

it.each([
  ['registry.example/team/web:1', true],
  ['registry.example/team2/web:1', false],
  ['registry.example/web:1', false],
  ['registry.example.evil/team/web:1', false],
  ['nginx:1', true],
  ['bitnami/nginx', false],
  ['docker.io/library/nginx', true],
  ['localhost:5000/web', true],
  ['localhost/web', false],
])('%s is allowed: %s', (image, isAllowed) => {
  expect(said(app(image, { registries })).length).toBe(isAllowed ? 0 : 1);
});

it.each([
  [`web@${digest}`, true],
  [`web:1@${digest}`, true],
  ['web:1', false],
  ['web@sha256:0a', false],
])('%s is pinned: %s', (image, isPinned) => {
  expect(said(app(image, { requireDigest: true })).length).toBe(isPinned ? 0 : 1);
  expect(said(app(image, {}))).toEqual([]);
});

it('images of overrides, patches, init containers and cron jobs count as well', () => {
  const good = `registry.example/team/web@${digest}`;
  const images = { registries: ['registry.example'] };
  const set = { match: {}, set: { image: 'evil/web' } };
  const patch = {
    spec: { template: { spec: { initContainers: [{ name: 'x', image: 'evil/x' }] } } },
  };
  const target = { match: {}, target: { kind: 'Deployment', name: 'shop' }, patch };
  expect(said(app(good, images, { overrides: [set] })).join()).toContain('evil/web');
  expect(said(app(good, images, { overrides: [target] })).join()).toContain('evil/x');
  const job = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: {
      jobTemplate: {
        spec: { template: { spec: { containers: [{ name: 'x', image: 'evil/y' }] } } },
      },
    },
  };
  expect(said({ name: 'shop', manifests: [job], images }).join()).toContain(
    'CronJob nightly has the image "evil/y"',
  );
});

it('images whose files are a volume count as well', () => {
  const volumes = [{ name: 'model', image: { reference: 'evil/model:1' } }];
  const patch = { spec: { template: { spec: { volumes } } } };
  const overrides = [{ match: {}, target: { kind: 'Deployment', name: 'shop' }, patch }];
  const own = app('nginx:1', { registries: ['docker.io/library'] }, { overrides });
  expect(said(own)[0]).toContain('an override of shop has the image "evil/model:1"');
});

it('pull secrets are named in the pods', () => {
  const manifests = manifestsOf(app('web', { pullSecrets: ['registry'] }));
  expect(objectOf(manifests, 'Deployment').spec).toMatchObject({
    template: { spec: { imagePullSecrets: [{ name: 'registry' }] } },
  });
});
