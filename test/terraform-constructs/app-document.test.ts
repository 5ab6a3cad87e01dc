/** The document that a placement reads: whatever an app was written as, it parses to the same app. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEdgeApp } from '../../constructs/placement-api';
import { documented } from '../../constructs/terraform/app-document';
import { enter, leave } from './stacks';

const sizing = {
  resources: { cpuMillicores: 250, memoryMebibytes: 256 },
  requestsPerSecondPerReplica: 50,
};
const workload = { image: 'registry.example/shop:1', ...sizing };
const examples = join(__dirname, '../../examples');
afterEach(leave);

describe('the document of an app', () => {
  it.each(['quickstart/shop.yaml', 'compliance/clinic.yaml', 'failover/chat.yaml'])(
    'that was parsed from %s parses to the same app',
    (file) => {
      const app = parseEdgeApp(readFileSync(join(examples, file), 'utf8'));
      expect(documented(app as never).app).toEqual(app);
      expect(parseEdgeApp(JSON.stringify(documented(app as never).document))).toEqual(app);
    },
  );

  it('of manifests names them, and keeps what sizes them', () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
    const scaling = { component: 'web', ...sizing };
    const manifests = [{ text: 'kind: x', file: 'web.yaml' }, { text: 'kind: y' }, config];
    const { app } = documented({ name: 'shop', manifests, scaling });
    expect(app.manifests).toEqual(['web.yaml', 'manifests', 'ConfigMap/settings']);
    expect(app.sizing).toMatchObject([{ name: 'web', ...sizing }]);
  });

  it('of a chart is sized by its workload, or by nothing', () => {
    const chart = () => {
      throw new Error('not called');
    };
    expect(documented({ name: 'shop', chart, workload }).app.sizing).toHaveLength(1);
    expect(documented({ name: 'shop', chart }).app).toMatchObject({
      manifests: ['shop (chart)'],
      sizing: [],
    });
  });

  it('has the demand to assume in it, because a placement reads no file', () => {
    const origins = [{ name: 'berlin', latitude: 52.5, longitude: 13.4, requestsPerSecond: 100 }];
    const assumed = { observedAt: '2026-11-21T05:30:00Z', validForSeconds: 1800, origins };
    enter({
      'assumed.json': JSON.stringify({
        apiVersion: 'littoral.dev/v1alpha1',
        kind: 'Demand',
        ...assumed,
      }),
    });
    const policy = { assume: 'assumed.json' };
    const { app } = documented({ name: 'shop', workload, policy, demand: 'demand.yaml' });
    expect(app.policy.assume).toEqual(assumed);
    expect(app.demand).toEqual({ file: 'demand.yaml' });
    expect(() =>
      documented({ name: 'shop', workload, policy: { assume: 'missing.json' } }),
    ).toThrow('policy.assume');
  });
});
