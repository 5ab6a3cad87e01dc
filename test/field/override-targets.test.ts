/** An app of manifests may have a namespace, several components that scale, and any of its objects may differ by cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render, type SynthProps, synth } from '../../constructs/kubernetes';
import type { Manifest } from '../../constructs/model/app/workload';
import { edgeAppDocument, parseEdgeApp } from '../../constructs/policy';
import { readApp } from '../../providers/sources/files/documents';
import { readManifests } from '../../providers/sources/files/manifest-files';
import { at, fleetOf, fra, mistakes, sin, sizing } from '../kubernetes/apps';

const fleet = fleetOf(fra, sin);
const deployment = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 1
  template: {spec: {containers: [{name: app, image: 'r.example/${name}:1', env: [{name: A, value: a}]}, {name: side, image: 'r.example/s:1'}]}}
`;
const text = [
  deployment('web'),
  deployment('cart.v2'),
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: info, region: none}\n',
  'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {rules: [{host: a.example}]}\n',
].join('---\n');
const app = (overrides: SynthProps['overrides'], more: Partial<SynthProps> = {}): SynthProps => ({
  name: 'shop',
  manifests: [{ text }],
  scaling: [
    { component: 'web', ...sizing },
    { component: 'cart.v2', ...sizing, requestsPerRequest: 0.5 },
  ],
  ...(overrides === undefined ? {} : { overrides }),
  ...more,
});
const find = (manifests: readonly Manifest[], kind: string, name: string) =>
  manifests.find((one) => one.kind === kind && one.metadata.name === name)! as Manifest & {
    readonly spec: { readonly replicas: number };
  };
const settings = { kind: 'ConfigMap', name: 'settings' };

describe('what an override sets of an object', () => {
  const workload = (kind: string, spec: string) =>
    `---\napiVersion: batch/v1\nkind: ${kind}\nmetadata: {name: one}\nspec: ${spec}\n`;
  const pod = "{containers: [{name: app, image: 'r.example/one:1'}], restartPolicy: Never}";
  const others = [
    workload('CronJob', `{schedule: '* * * * *', jobTemplate: {spec: {template: {spec: ${pod}}}}}`),
    workload('Job', `{template: {spec: ${pod}}}`),
  ];
  const given = { manifests: [{ text: [text, ...others].join('') }] };
  const set = (kind: string, name: string, what: object) => () =>
    synth(app([{ match: {}, target: { kind, name }, set: what }], given), fleet);

  it.each([
    ['ConfigMap', 'settings', { image: 'r.example/x:2' }],
    ['CronJob', 'one', { image: 'r.example/x:2' }],
    ['Ingress', 'web', { env: { A: 'b' } }],
    ['ConfigMap', 'settings', { resources: { cpuMillicores: 100 } }],
  ])('is refused where %s %s has none of it', (kind, name, what) => {
    expect(mistakes(set(kind, name, what))[0]).toContain(
      `overrides[0].set.${Object.keys(what)[0]}: ${kind} ${name} has no spec.template`,
    );
  });

  it('is taken where the object has it', () => {
    expect(set('Job', 'one', { image: 'r.example/x:2' })).not.toThrow();
    expect(set('CronJob', 'one', { labels: { a: 'b' } })).not.toThrow();
  });

  it('is no label that selects its pods', () => {
    const daemon =
      "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec:\n  selector: {matchLabels: {a: d}}\n  template: {metadata: {labels: {a: d}}, spec: {containers: [{name: c, image: 'r.example/d:1'}]}}\n";
    const overrides: SynthProps['overrides'] = [
      { match: {}, target: { kind: 'DaemonSet', name: 'd' }, set: { labels: { a: 'x' } } },
    ];
    const own = () => synth(app(overrides, { manifests: [{ text: text + daemon }] }), fleet);
    expect(mistakes(own)[0]).toContain('overrides[0].set.labels: label a selects the pods');
  });
});

describe('several components', () => {
  it('each take their replicas', () => {
    const placed = {
      name: 'fra',
      replicas: 5,
      requestsPerSecond: 10,
      componentReplicas: { web: 3, 'cart.v2': 2 },
    };
    const manifests = render(synth(app([]), fleet), placed, { decisionDigest: 'sha256:x' });
    expect(find(manifests, 'Deployment', 'web').spec.replicas).toBe(3);
    expect(find(manifests, 'Deployment', 'cart.v2').spec.replicas).toBe(2);
  });

  it('are each named once', () => {
    const component = { component: 'web', ...sizing };
    expect(mistakes(() => synth(app([], { scaling: [component, component] })))[0]).toContain(
      'got a second component named "web"',
    );
  });
});

describe('a document', () => {
  const written = `apiVersion: littoral.dev/v1alpha1
kind: EdgeApp
name: shop
namespace: team-a
manifests: [k8s.yaml]
scaling:
- {component: web, requestsPerSecondPerReplica: 50, resources: {cpuMillicores: 1, memoryMebibytes: 1}}
- {component: cart.v2, requestsPerRequest: 2, requestsPerSecondPerReplica: 50, resources: {cpuMillicores: 1, memoryMebibytes: 1}}
overrides:
- match: {name: fra}
  target: {kind: Ingress, name: web}
  patch: {spec: {rules: [{host: fra.example}]}}
policy: {}
`;

  it('may say all of it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'littoral-overrides-'));
    try {
      writeFileSync(join(folder, 'app.yaml'), written);
      writeFileSync(join(folder, 'k8s.yaml'), text);
      const path = join(folder, 'app.yaml');
      const parsed = readApp(path);
      expect(
        parsed.sizing.map(({ name, requestsPerRequest }) => [name, requestsPerRequest]),
      ).toEqual([
        ['web', 1],
        ['cart.v2', 2],
      ]);
      const { manifests: _, ...rest } = parsed;
      const bundle = synth({ ...rest, manifests: readManifests(parsed, path) }, fleet);
      expect(find(at(bundle, 'fra'), 'Ingress', 'web')).toMatchObject({
        metadata: { namespace: 'team-a' },
        spec: { rules: [{ host: 'fra.example' }] },
      });
      expect(find(at(bundle, 'sin'), 'Ingress', 'web').spec).toEqual({
        rules: [{ host: 'a.example' }],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('comes back as it was', () => {
    const parsed = parseEdgeApp(written);
    expect(parseEdgeApp(edgeAppDocument(parsed))).toEqual(parsed);
  });
});

describe('an override of an object', () => {
  const patched = (target: { kind: string; name: string }, patch: Record<string, unknown>) =>
    find(
      at(synth(app([{ match: { name: 'fra' }, target, patch }]), fleet), 'fra'),
      target.kind,
      target.name,
    );

  it('merges maps, and null removes', () => {
    expect(patched(settings, { data: { level: 'debug', region: null, new: 'x' } }).data).toEqual({
      level: 'debug',
      new: 'x',
    });
  });

  it('merges lists of named elements by name and replaces others', () => {
    const containers = [
      { name: 'app', image: 'r.example/web:2', env: [{ name: 'B', value: 'b' }] },
    ];
    const { spec } = patched(
      { kind: 'Deployment', name: 'web' },
      { spec: { template: { spec: { containers } } } },
    );
    expect(spec).toMatchObject({
      replicas: 3,
      template: {
        spec: {
          containers: [
            {
              ...{ name: 'app', image: 'r.example/web:2' },
              env: [
                { name: 'A', value: 'a' },
                { name: 'B', value: 'b' },
              ],
            },
            { name: 'side', image: 'r.example/s:1' },
          ],
        },
      },
    });
  });

  it('may be typed, also where the object has no component', () => {
    const set = { labels: { tier: 'edge' } };
    const bundle = synth(app([{ match: {}, target: settings, set }]), fleet);
    expect(find(at(bundle, 'sin'), 'ConfigMap', 'settings').metadata.labels).toEqual(set.labels);
    expect(find(at(bundle, 'sin'), 'Ingress', 'web').metadata.labels).toBeUndefined();
  });

  it('reaches the objects of a workload too', () => {
    const workload = { image: 'r.example/w:1', port: 80, ...sizing };
    const target = { kind: 'Service', name: 'shop' };
    const overrides = [{ match: {}, target, patch: { spec: { type: 'NodePort' } } }];
    const bundle = synth({ name: 'shop', workload, overrides }, fleet);
    expect(find(at(bundle, 'fra'), 'Service', 'shop').spec).toMatchObject({ type: 'NodePort' });
  });

  it.each<[string, object, string]>([
    [
      'nobody has the object',
      { target: { kind: 'ConfigMap', name: 'setings' }, patch: { data: {} } },
      'Write ConfigMap settings',
    ],
    ['it says nothing', { target: settings }, 'got neither set nor patch'],
    [
      'it says both',
      { target: settings, set: { labels: { a: 'b' } }, patch: { data: {} } },
      'got set and patch',
    ],
    ['the patch has no target', { patch: { data: {} } }, 'got a patch without target'],
    [
      'it names a component too',
      { target: settings, component: 'web', set: { labels: { a: 'b' } } },
      'got target and component',
    ],
    [
      'it renames',
      { target: settings, patch: { metadata: { name: 'x' } } },
      'what tells an object from others',
    ],
    [
      'it patches replicas',
      { target: { kind: 'Deployment', name: 'web' }, patch: { spec: { replicas: 3 } } },
      'which the decision fills in',
    ],
    [
      'it removes what holds them',
      { target: { kind: 'Deployment', name: 'web' }, patch: { spec: null } },
      'which the decision fills in',
    ],
    [
      'it puts a number where a text belongs',
      { target: settings, patch: { data: { port: 8080 } } },
      'got a number at data.port, expected a text, once ConfigMap settings is patched',
    ],
    [
      'it asks for replicas of an object',
      { target: settings, set: { minReplicas: 2 } },
      'replicas belong to components',
    ],
  ])('is refused when %s', (_what, override, words) => {
    const overrides = [{ match: {}, ...override }] as SynthProps['overrides'];
    expect(mistakes(() => synth(app(overrides), fleet)).join('\n')).toContain(words);
  });
});

it('a patch with a whole number that no document of ours holds exactly is refused', () => {
  const patch = { data: { most: 2 ** 53 } };
  const target = { kind: 'ConfigMap', name: 'settings' };
  expect(mistakes(() => synth(app([{ match: {}, target, patch }]), fleet))[0]).toContain(
    'overrides[0].patch.data.most: got a whole number of more than 53 bits',
  );
});
