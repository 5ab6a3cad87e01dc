/** littoral import: the predecessor's ConfigMap and our policy say the same, both ways. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { caller } from './calling';

const configMap = (params: object, name = 'location-optimizer') => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  creationTimestamp: "2024-01-01T00:00:00Z"
data:
  strategy: |
${JSON.stringify({ strategy: 'SolverServiceV1', params }, null, 2).replace(/^/gm, '    ')}
`;

it('spells out every default of the smallest strategy', async () => {
  const { call } = caller({ 'cm.yaml': configMap({ policy: 'dynamic' }) });
  const { code, out } = await call('import cm.yaml');
  expect(code).toBe(0);
  expect(parse(out)).toEqual({
    policy: {
      constraints: {
        minClusters: 2,
        maxClusters: 5,
        minRequestsPerSecond: 20,
        mustInclude: [],
        mustNotInclude: [],
      },
      objective: { distance: 1 },
    },
  });
});

it.each(['List', 'ConfigMapList'])('finds it in a %s, as kubectl get prints it', async (kind) => {
  const own = configMap({ policy: 'dynamic', minimumLocations: 3 });
  const other = configMap({ policy: 'dynamic' }, 'kube-root-ca.crt');
  const item = (text: string) => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;
  const list = `apiVersion: v1\nkind: ${kind}\nmetadata: {resourceVersion: ""}\nitems:\n`;
  const { call } = caller({
    'all.yaml': `${list}${item(other)}${item(own)}`,
    'none.yaml': `${list}${item(other)}`,
    'wrong.yaml': `${list}${item(configMap({ minimumLocation: 2 }))}`,
  });
  expect(parse((await call('import all.yaml')).out).policy.constraints.minClusters).toBe(3);
  expect((await call('import none.yaml')).err).toContain('got a list of 1 without a ConfigMap');
  expect((await call('import wrong.yaml')).err).toContain('wrong.yaml:15 data.strategy');
});

it('comes back as it was', async () => {
  const params = {
    policy: 'dynamic',
    mustInclude: [{ region: 'europe' }, { region: 'europe', country: 'DE' }],
    mustNotInclude: [{ region: 'asia' }],
    minimumLocations: 3,
    maximumLocations: 7,
    minimumUsagePerLocation: 12.5,
  };
  const { call, folder } = caller({ 'cm.yaml': configMap(params) });
  expect((await call('import cm.yaml -o policy.yaml')).code).toBe(0);
  const { code, out } = await call('import --export policy.yaml');
  expect(code).toBe(0);
  const { metadata, data } = parse(out);
  expect(metadata.name).toBe('location-optimizer');
  expect(JSON.parse(data.strategy)).toEqual({ strategy: 'SolverServiceV1', params });
  expect(readFileSync(join(folder, 'policy.yaml'), 'utf8')).toContain('- {region: asia}\n');
});

it.each([
  [{ mustInclude: [{ regin: 'europe' }] }, 'cm.yaml:13 data.strategy: params.mustInclude[0].regin'],
  [{ minimumLocations: '2' }, 'cm.yaml:11 data.strategy: params.minimumLocations'],
  [{ policy: 'static' }, 'cm.yaml:11 data.strategy: params.policy'],
  [{ minimumLocation: 2 }, 'cm.yaml:11 data.strategy: params.minimumLocation'],
])('names the line of %j', async (params, place) => {
  const { call } = caller({ 'cm.yaml': configMap(params) });
  const { code, out, err } = await call('import cm.yaml');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(place);
});

it('refuses another ConfigMap', async () => {
  const { call } = caller({ 'cm.yaml': configMap({}, 'other') });
  expect(await call('import cm.yaml')).toMatchObject({
    code: 2,
    err: 'error cm.yaml metadata.name: got "other", expected location-optimizer\n  Give the ConfigMap location-optimizer.\n',
  });
});

it.each([
  ['constraints: {survive: 1}', 'policy.constraints.survive'],
  [
    'constraints: {mustInclude: [{region: europe, count: 2}]}',
    'policy.constraints.mustInclude[0].count',
  ],
  [
    'constraints: {mustNotInclude: [{region: [asia, africa]}]}',
    'policy.constraints.mustNotInclude[0].region',
  ],
  [
    'constraints: {mustNotInclude: [{labels: {tier: edge}}]}',
    'policy.constraints.mustNotInclude[0].labels',
  ],
  ['stability: {minGain: 0.1}', 'policy.stability.minGain'],
])('does not export what a strategy cannot say: %s', async (line, path) => {
  const text = `policy:\n  objective: {distance: 1}\n  ${line}\n`;
  const { call } = caller({ 'policy.yaml': text });
  const { code, out, err } = await call('import --export policy.yaml');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(
    `error policy.yaml:3 ${path}: a SolverServiceV1 strategy cannot say this\n`,
  );
});

it('wants one file, not none and not two', async () => {
  const { call } = caller();
  expect((await call('import')).code).toBe(2);
  expect((await call('import a --export b')).err).toContain('and --export exclude each other');
});
