/** Manifests are read as kubectl reads them, wherever they come from, and what it refuses is refused with its place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Chart, Include } from 'cdk8s';
import { manifestYaml, synth } from '../../constructs/kubernetes';
import type { Manifest } from '../../constructs/model/app/workload';
import { readApp } from '../../providers/sources/files/documents';
import { readManifests } from '../../providers/sources/files/manifest-files';
import { mistakes } from '../kubernetes/apps';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-field-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fromTexts = (...texts: readonly string[]) =>
  objectsOf({ manifests: texts.map((text, index) => ({ text, file: `${index}.yaml` })) });

/** As the command line reads them: from files that an app names. */
function fromFiles(...texts: readonly string[]): readonly Manifest[] {
  mkdirSync(join(folder, 'k8s'), { recursive: true });
  texts.forEach((text, index) => {
    writeFileSync(join(folder, 'k8s', `${index}.yaml`), text);
  });
  const path = join(folder, 'app.yaml');
  const header = 'apiVersion: littoral.dev/v1alpha1\nkind: EdgeApp\nname: web\n';
  writeFileSync(path, `${header}manifests: [k8s/*.yaml]\npolicy: {}\n`);
  return objectsOf({ manifests: readManifests(readApp(path), path) });
}

function objectsOf(props: object): readonly Manifest[] {
  const { objects } = synth({ name: 'web', ...props });
  return objects
    .map(({ manifest }) => manifest)
    .filter(({ kind, metadata }) => kind !== 'Namespace' || metadata.name !== 'web');
}

const specOf = (lines: string) => {
  const [only] = fromTexts(
    `apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nspec:\n${lines}\n`,
  );
  return only!.spec;
};
const configMap = (data: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: ${data}\n`;
const refusal = (...texts: readonly string[]) => mistakes(() => fromTexts(...texts));

describe.each([
  ['texts of a program', fromTexts],
  ['files of an app', fromFiles],
])('scalars in %s', (_what, read) => {
  it('are those of YAML 1.1: octal numbers, yes and no, but times and dates are texts', () => {
    const [secret] = read(`apiVersion: v1
kind: Pod
metadata: {name: x}
immutable: no
spec: {a: 0400, b: 0o400, c: yes, d: 22:30, e: 2026-11-21, f: 1_000, g: 0x1F, h: 1.10, i: ~, j: 1e3, k: 0b11, l: 08}
`);
    expect(secret).toMatchObject({
      immutable: false,
      spec: {
        ...{ a: 256, b: 256, c: true, d: '22:30', e: '2026-11-21', f: 1000, g: 31 },
        ...{ h: 1.1, i: null, j: 1000, k: 3, l: 8 },
      },
    });
  });
});

describe('whole numbers beyond what a double holds', () => {
  it('are still no texts where Kubernetes takes texts', () => {
    expect(refusal(configMap('{a: 9007199254740993}'))[0]).toContain('got a number at data.a');
  });

  it('are taken from programs, and a text that could be taken for one is refused', () => {
    const thing = (big: unknown) => ({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 't' },
      spec: { big },
    });
    const [only] = objectsOf({ manifests: [thing(9007199254740993n)] });
    expect(manifestYaml(only!)).toContain('big: 9007199254740993');
    expect(mistakes(() => objectsOf({ manifests: [thing('\uf8fe12')] }))[0]).toContain(
      'U+F8FE at spec.big',
    );
  });

  it.each(['9007199254740993', '-9007199254740993', '9223372036854775807', '0x7fffffffffffffff'])(
    '%s is written as it was read',
    (number) => {
      const text = `apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nspec:\n  big: ${number}\n`;
      const [only] = fromTexts(text);
      expect(manifestYaml(only!)).toContain(
        `\n  big: ${BigInt(number.replace(/^-/, '')) * (number.startsWith('-') ? -1n : 1n)}\n`,
      );
      expect(fromTexts(manifestYaml(only!))).toEqual([only]);
    },
  );

  it.each([
    ['9007199254740992', 9007199254740992],
    ['18446744073709551616', 2 ** 64],
    ['1e20', 1e20],
  ])('%s is what kubectl sends', (written, expected) => {
    expect(specOf(`  big: ${written}`)).toEqual({ big: expected });
  });

  it('are bounds of custom resources as the servers keep them', () => {
    const [crd] = fromTexts(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {group: example.com, names: {kind: Thing}, versions: [{schema: {maximum: 9223372036854775807}}]}
`);
    expect(crd!.spec).toMatchObject({ versions: [{ schema: { maximum: 2 ** 63 } }] });
  });
});

describe('the structure of a document', () => {
  it.each([
    ['  base: &b {p: 1}\n  one: {<<: *b, q: 2}', { base: { p: 1 }, one: { p: 1, q: 2 } }],
    ['  one: {<<: [{p: 1}, {p: 2, q: 3}]}', { one: { p: 1, q: 3 } }],
    ['  a: !!binary aGVsbG8=', { a: 'hello' }],
    ['  a: !!str 0400\n  b: !!int "7"\n  c: ! 12', { a: '0400', b: 7, c: '12' }],
    ['  yes: 1\n  0123: 2\n  1.50: 3', { true: 1, 83: 2, 1.5: 3 }],
    ['  a: &x 1\n  b: *x\n  c: &x 2\n  d: *x', { a: 1, b: 1, c: 2, d: 2 }],
  ])('%j is what kubectl makes of it', (lines, expected) => {
    expect(specOf(lines)).toEqual(expected);
  });

  it('may repeat an anchor many times, as charts do', () => {
    const uses = Array.from({ length: 150 }, () => '  - *a').join('\n');
    expect(specOf(`  - &a {k: v}\n${uses}`)).toHaveLength(151);
  });

  it('is several, cut at lines of three dashes, with byte order marks and comments between', () => {
    const text = `\ufeff# note\n---\n${configMap('{a: x}')}--- # next\n# nothing\n---\n\ufeff${configMap(
      '{a: z}',
    ).replace('name: c', 'name: d')}\ufeff---\r\n${configMap('{}').replace('name: c', 'name: e')}`;
    expect(fromTexts(text).map(({ metadata }) => metadata.name)).toEqual(['c', 'd', 'e']);
  });

  it('is JSON where it is, one value after the other, with tabs', () => {
    const json = (name: string) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name } }, null, '\t');
    expect(fromTexts(`${json('a')}\n${json('b')}`).map(({ metadata }) => metadata.name)).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('lists', () => {
  it('of every kind are taken apart, also inside one another', () => {
    const text = `apiVersion: v1
kind: ConfigMapList
items:
- {metadata: {name: a}}
- {apiVersion: v1, kind: Secret, metadata: {name: b}}
---
apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleList
  items: [{metadata: {name: c}}]
`;
    expect(fromTexts(text).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Role c',
      'ConfigMap a',
      'Secret b',
    ]);
  });

  it.each(['[]', 'null', ''])('may be empty, as Go writes them: %j', (items) => {
    const text = `apiVersion: v1\nkind: ServiceList\nmetadata: {resourceVersion: ''}\nitems: ${items}\n`;
    expect(fromTexts(text, configMap('{a: b}')).map(({ kind }) => kind)).toEqual(['ConfigMap']);
  });

  it('whose items are no list are refused as that', () => {
    expect(refusal('apiVersion: v1\nkind: List\nitems: {a: b}\n')[0]).toContain(
      'got a map at items of a "List", expected a list of objects',
    );
  });

  it('lose no item: one that is no object is told with its line', () => {
    const text = `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
- {apiVersion: v1, kind: Secret, metadata: {nam: x}}
- {kind: Service, metadata: {name: w}}
- text
`;
    expect(refusal(text).map((one) => one.split('\n')[0])).toEqual([
      'InvalidDocument at 0.yaml:5: got a "Secret" object without metadata.name, expected a Kubernetes object with apiVersion, kind and metadata.name, in Secret (document 1)',
      'InvalidDocument at 0.yaml:6: got a "Service" object without apiVersion, expected a Kubernetes object with apiVersion, kind and metadata.name, in Service w (document 1)',
      'InvalidDocument at 0.yaml:7: got a text among the items, expected a Kubernetes object with apiVersion, kind and metadata.name, in document 1',
    ]);
  });

  it('are taken apart in charts too', () => {
    const path = join(folder, 'list.yaml');
    writeFileSync(
      path,
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n',
    );
    const objects = objectsOf({
      chart: (scope: ConstructorParameters<typeof Chart>[0]) => {
        const chart = new Chart(scope, 'c');
        new Include(chart, 'i', { url: path });
        new ApiObject(chart, 'l', {
          apiVersion: 'v1',
          kind: 'ConfigMapList',
          ...{ items: [{ metadata: { name: 'm' } }] },
        });
        return chart;
      },
    });
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ConfigMap m',
      'Secret s',
    ]);
  });
});

describe('nothing is as good as absent', () => {
  it.each(['null', '~', '""', ''])('in a namespace of %j', (written) => {
    const [only] = fromTexts(
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  namespace: ${written}\n`,
    );
    expect(only!.metadata.namespace).toBe('web');
  });
});

describe('what kubectl refuses is refused, with file, line, document, kind and name', () => {
  const pod = (lines: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n${lines}`;

  it.each([
    [
      'a number in a ConfigMap',
      `---\n${configMap('\n  a: x\n  port: 8080')}`,
      '0.yaml:7',
      'got a number at data.port, expected a text, in ConfigMap c (document 1)',
    ],
    [
      'a truth in a ConfigMap',
      configMap('{a: "x", b: yes}'),
      '0.yaml:4',
      'got true or false at data.b',
    ],
    [
      'an octal number in a Secret',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  pin: 0123\n',
      '0.yaml:5',
      'got a number at stringData.pin, expected a text, in Secret s (document 1)',
    ],
    [
      'a number for base64',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {raw: 1234}\n',
      '0.yaml:4',
      'got a number at data.raw',
    ],
    [
      'a number as a label',
      'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: t\n  labels: {v: 1.10}\n',
      '0.yaml:5',
      'got a number at metadata.labels.v',
    ],
    [
      'a number in the environment',
      pod('        env:\n        - name: PORT\n          value: 8080\n'),
      '0.yaml:11',
      'got a number at spec.template.spec.containers[0].env[0].value, expected a text, in Deployment web (document 1)',
    ],
    ['a number among arguments', pod('        args: [--port, 8080]\n'), '0.yaml:9', 'args[1]'],
    [
      'a number as a name',
      configMap('{}').replace('name: c', 'name: 12'),
      '0.yaml:3',
      'got a number at metadata.name',
    ],
    [
      'a key twice',
      configMap('\n  a: x\n  a: y'),
      '0.yaml:6',
      'got the key a twice in one map, in document 1',
    ],
    ['an anchor that is not there', configMap('{a: *x}'), '0.yaml:4', 'got the alias *x'],
    [
      'a number that is not finite',
      `${configMap('{}')}---\n${configMap('{a: .inf}')}`,
      '0.yaml:9',
      'got a number that is not finite',
    ],
    [
      'an anchor inside itself',
      configMap('&d {a: *d}'),
      '0.yaml:4',
      'got the anchor &d inside itself',
    ],
    [
      'text after the dashes',
      `${configMap('{}')}--- x\n`,
      '0.yaml:5',
      'got a line that starts with --- and goes on',
    ],
    [
      'generateName',
      configMap('{}').replace('name: c', 'generateName: c-'),
      '0.yaml:3',
      'generateName',
    ],
    ['a file of kustomize', 'resources: [a.yaml]\n', '0.yaml:1', 'got a file of kustomize'],
    [
      'a file of kustomize with its header',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n',
      '0.yaml:1',
      'got a file of kustomize',
    ],
    [
      'the head of a chart',
      'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      '0.yaml:1',
      'Chart.yaml',
    ],
    [
      'a template of a chart',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n',
      '0.yaml',
      'helm template',
    ],
  ])('%s', (_what, text, place, words) => {
    const found = refusal(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(` at ${place}`);
    expect(found[0]).toContain(words);
  });

  it('without showing what a Secret holds', () => {
    const text = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {pin: 86753}\n';
    expect(refusal(text).join('')).not.toContain('86753');
  });
});

it('of a custom kind keep a status, which a definition without that subresource stores', () => {
  const status =
    'apiVersion: example.com/v1\nkind: Cache\nmetadata: {name: c}\nstatus: {size: 1}\n';
  const built = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nstatus: {loadBalancer: {}}\n';
  const read = fromTexts(status, built);
  expect(read.find(({ kind }) => kind === 'Cache')).toHaveProperty('status', { size: 1 });
  expect(read.find(({ kind }) => kind === 'Service')).not.toHaveProperty('status');
});
