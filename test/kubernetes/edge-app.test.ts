/** EdgeApp holds an app in a tree of constructs and reports its mistakes when the tree is validated. */
import { App, Testing } from 'cdk8s';
import { EdgeApp } from '../../constructs/kubernetes';
import { testCluster } from '../../constructs/testing';
import { at, fleetOf, fra, mistakes, shop, sin } from './apps';

const policy = { constraints: { minRequestsPerSecond: 20 } };
const fleet = fleetOf(fra, sin);
const decided = (name: string) => ({
  name,
  requestsPerSecond: 120.5,
  replicas: 3,
  since: '2026-11-21T05:30:00Z',
  change: 'added' as const,
  reason: 'serves 3 origins',
});

describe('an EdgeApp', () => {
  it('carries policy and demand through untouched', () => {
    const app = new EdgeApp(new App(), 'shop', { ...shop, policy, demand: 'demand.yaml' });
    expect(app.props.policy).toBe(policy);
    expect(app.props.demand).toBe('demand.yaml');
  });

  it('renders what its bundle renders', () => {
    const app = new EdgeApp(new App(), 'shop', { ...shop, fleet });
    expect(app.bundle).toBe(app.bundle);
    expect(app.manifests(decided('fra'), 'sha256:decided')).toEqual(at(app.bundle, 'fra'));
  });

  it('is known as one, other constructs are not', () => {
    const root = new App();
    expect(EdgeApp.isEdgeApp(new EdgeApp(root, 'shop', shop))).toBe(true);
    expect(EdgeApp.isEdgeApp(root)).toBe(false);
  });

  it('tells its mistakes when the tree is validated, and only then', () => {
    const app = new EdgeApp(new App(), 'shop', { name: 'Shop' });
    expect(app.node.validate()).toHaveLength(2);
    expect(app.node.validate()[0]).toContain('InvalidDocument at name');
    expect(new EdgeApp(new App(), 'shop', shop).node.validate()).toEqual([]);
  });

  it('becomes a chart for each chosen cluster', () => {
    const root = Testing.app();
    const app = new EdgeApp(root, 'shop', { ...shop, fleet });
    const charts = app.charts({
      decision: { app: 'shop', clusters: [decided('fra'), decided('sin')] },
      digest: 'sha256:decided',
    });
    expect(charts.map((chart) => chart.node.path)).toEqual(['shop/fra', 'shop/sin']);
    expect(Testing.synth(charts[1]!)).toEqual(at(app.bundle, 'sin'));
  });

  it('refuses the decision of another app', () => {
    const app = new EdgeApp(new App(), 'shop', shop);
    expect(
      mistakes(() => app.charts({ decision: { app: 'cart', clusters: [] }, digest: '' }))[0],
    ).toContain('got the decision of cart for the app shop');
  });

  it('looks clusters up for overrides', () => {
    const overrides = [{ match: { country: 'DE' }, set: { image: 'shop:2' } }];
    const app = new EdgeApp(new App(), 'shop', {
      ...shop,
      overrides,
      fleet: fleetOf(testCluster({ name: 'ber' })),
    });
    expect(JSON.stringify(app.manifests(decided('ber'), 'd'))).toContain('shop:2');
  });
});
