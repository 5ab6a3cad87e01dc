/** The YAML that is written means the same to every reader, and its files have stable names. */
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { clusterFiles, manifestsYaml, manifestYaml } from '../../constructs/kubernetes';
import type { Manifest } from '../../constructs/model/app/workload';

const map = (data: unknown): Manifest => ({
  data,
  metadata: { name: 'a' },
  kind: 'ConfigMap',
  apiVersion: 'v1',
});
const versions = ['1.1', '1.2'] as const;

describe('the text of a manifest', () => {
  it('starts with apiVersion, kind and metadata, and sorts the rest', () => {
    expect(manifestYaml({ ...map({ b: 1, a: [{ c: [], d: {} }, [1, 'x']] }), aaa: true })).toBe(
      `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
aaa: true
data:
  a:
  - c: []
    d: {}
  - - 1
    - x
  b: 1
`,
    );
  });

  it.each([
    'yes',
    'No',
    'on',
    'y',
    'null',
    '~',
    '',
    ' ',
    '1',
    '1.5',
    '0644',
    '0o17',
    '0x1f',
    '1e3',
    '1_000',
    '.5',
    '+1',
    '12:30',
    '2026-11-21',
    '-',
    '- a',
    '? a',
    'a: b',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    '%a',
    '@a',
    '`a',
    '{a',
    '[a',
    ',a',
    'a:',
    '=',
    '<<',
    '---',
    '...',
    "'a",
    '"a',
    'a\tb',
    '\ta',
    'a ',
    'é',
    '\u2028',
    '\u0085',
    '\ufeff',
    '1m',
    '0m',
    '1e3m',
    'NaN',
    '.inf',
    'true',
    'a\nb',
    'a\n',
    'a\n\n',
    '\na',
    ' a\nb',
    'a\n b\n',
    'a\n\n  b',
    'a\r\nb',
    'a \nb',
    '\n',
    'e0',
    'E-12',
    'a\u0000b',
    '😀\na',
  ])('keeps the text %j a text, as value, as key and in a list', (text) => {
    const data = { value: text, [text]: 'key', list: [text, { inner: text }] };
    for (const version of versions) {
      expect(parse(manifestYaml(map(data)), { version })).toEqual(map(data));
    }
  });

  it('writes numbers that every reader takes for numbers', () => {
    const written = manifestYaml(map([1e21, 1.5e-7, -0, 0.1]));
    expect(written).toContain('- 1.0e+21\n- 1.5e-7\n- 0\n- 0.1\n');
  });

  it('reads back as what was written, whatever that is', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.string(),
        fc.stringMatching(/^[ \n\ta:#-]{0,8}$/),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__' && key !== '<<'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        const text = manifestYaml(map(data));
        const expected = JSON.parse(JSON.stringify(map(data)));
        for (const version of versions) expect(parse(text, { version })).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('separates documents', () => {
    const text = manifestsYaml([map({ a: 'x\n\n' }), map({ a: 2 })]);
    expect(parseAllDocuments(text).map((one) => one.toJS())).toEqual([
      map({ a: 'x\n\n' }),
      map({ a: 2 }),
    ]);
    expect(manifestsYaml([])).toBe('');
  });
});

describe('the files of a cluster', () => {
  const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): Manifest => ({
    apiVersion,
    kind,
    metadata: { name, ...more },
  });

  it('are named by step, kind and name, so that another object renames none', () => {
    const few = clusterFiles('fra', [object('Deployment', 'web'), object('Namespace', 'shop')]);
    expect(Object.keys(few)).toEqual(['fra/40-deployment-web.yaml', 'fra/00-namespace-shop.yaml']);
    const more = clusterFiles('fra', [
      object('ConfigMap', 'a'),
      object('Deployment', 'web'),
      object('Namespace', 'shop'),
    ]);
    expect(more).toMatchObject(few);
  });

  it('say namespace and group only where a name is shared', () => {
    const manifests = [
      object('Service', 'web', { namespace: 'a' }),
      object('Service', 'web', { namespace: 'b' }),
      object('Service', 'web', { namespace: 'a' }, 'serving.knative.dev/v1'),
      object('ClusterRole', 'system:web'),
    ];
    expect(Object.keys(clusterFiles('fra', manifests))).toEqual([
      'fra/30-service-web.a.yaml',
      'fra/30-service-web.b.yaml',
      'fra/30-service-web.a.serving.knative.dev.yaml',
      'fra/16-clusterrole-system%3Aweb.yaml',
    ]);
  });
});
