/** EdgeApp documents: what parsing makes of a workload, of manifests and of demand. */
import {
  type EdgeAppInput,
  edgeAppDocument,
  parseEdgeApp,
} from '../../constructs/policy/edge-app-document';
import { NOW } from '../build';

const resources = { cpuMillicores: 250, memoryMebibytes: 256 };
const sizing = { resources, requestsPerSecondPerReplica: 50 };
const single: EdgeAppInput = { name: 'shop', workload: { image: 'shop:1', ...sizing } };
const composite: EdgeAppInput = {
  name: 'shop',
  workload: {
    components: [
      { name: 'web', image: 'web:1', port: 8080, ...sizing },
      { name: 'api', image: 'api:1', ...sizing, requestsPerRequest: 3, minReplicas: 2 },
    ],
  },
};
const manifests: EdgeAppInput = {
  name: 'shop',
  manifests: ['k8s/*.yaml'],
  scaling: { component: 'web', ...sizing, kibibytesPerResponse: 40 },
};

describe('an app', () => {
  it('with one component gives it its own name, and one request for each request', () => {
    const app = parseEdgeApp(single);
    const size = {
      name: 'shop',
      ...sizing,
      minReplicas: 1,
      kibibytesPerResponse: 0,
      requestsPerRequest: 1,
    };
    expect(app.workload?.components).toEqual([{ ...size, image: 'shop:1', env: {}, probes: {} }]);
    expect(app.sizing).toEqual([size]);
  });

  it('with several components keeps their order', () => {
    const app = parseEdgeApp(composite);
    expect(app.workload?.components.map(({ name }) => name)).toEqual(['web', 'api']);
    expect(
      app.sizing.map(({ name, requestsPerRequest, minReplicas }) => [
        name,
        requestsPerRequest,
        minReplicas,
      ]),
    ).toEqual([
      ['web', 1, 1],
      ['api', 3, 2],
    ]);
  });

  it('of manifests is sized by scaling, or not at all', () => {
    const app = parseEdgeApp(manifests);
    expect(app.workload).toBeUndefined();
    expect(app.sizing).toEqual([
      { name: 'web', ...sizing, minReplicas: 1, kibibytesPerResponse: 40, requestsPerRequest: 1 },
    ]);
    expect(parseEdgeApp({ name: 'shop', manifests: ['a.yaml'] }).sizing).toEqual([]);
  });

  it('may override a component that manifests define', () => {
    const overrides = [{ match: { country: 'DE' }, component: 'anything', set: {} }];
    expect(parseEdgeApp({ ...manifests, overrides }).overrides).toEqual(overrides);
  });

  it('gets the whole default policy', () => {
    const { constraints, objective, stability } = parseEdgeApp(single).policy;
    expect(constraints).toMatchObject({ minClusters: 2, maxClusters: 5, minRequestsPerSecond: 20 });
    expect(objective).toMatchObject({ latency: 1, distance: 0, money: 0, change: 0 });
    expect(stability).toMatchObject({ minDwellSeconds: 600, minGain: 0.02, freeze: [] });
  });

  it.each<[string, EdgeAppInput['demand'], unknown]>([
    ['a path', 'demand.yaml', { file: 'demand.yaml' }],
    [
      'a query',
      { prometheus: { url: 'http://p', query: 'up' } },
      { prometheus: { url: 'http://p', query: 'up' } },
    ],
    [
      'given here',
      {
        observedAt: NOW,
        origins: [
          { name: 'b', geohash: 's', requestsPerSecond: 1 },
          { name: 'a', geohash: 's', requestsPerSecond: 2 },
        ],
      },
      {
        inline: {
          observedAt: NOW,
          validForSeconds: 1800,
          origins: [
            { name: 'a', latitude: 22.5, longitude: 22.5, requestsPerSecond: 2 },
            { name: 'b', latitude: 22.5, longitude: 22.5, requestsPerSecond: 1 },
          ],
        },
      },
    ],
  ])('takes demand that is %s', (_how, demand, source) => {
    expect(parseEdgeApp({ ...single, demand }).demand).toEqual(source);
  });

  it.each([
    ['one component', single],
    ['several components', composite],
    ['manifests', manifests],
    ['bare manifests', { name: 'shop', manifests: ['a.yaml'] }],
    ['demand in a file', { ...single, demand: 'demand.yaml' }],
    ['demand given here', { ...single, demand: { observedAt: NOW, origins: [] } }],
    [
      'demand assumed',
      {
        ...single,
        policy: {
          assume: { observedAt: NOW, origins: [{ name: 'a', geohash: 's', requestsPerSecond: 2 }] },
        },
      },
    ],
  ])('with %s, parsed, written and parsed again is the same', (_what, input) => {
    const app = parseEdgeApp(input);
    expect(parseEdgeApp(JSON.stringify(edgeAppDocument(app)))).toEqual(app);
  });
});
