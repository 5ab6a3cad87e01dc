/** Guards stop moves and nothing else: where a move needs a yes, everything else goes on. */

import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import { verify } from '../../constructs/verification';
import { placement } from '../../providers/resources/placement';
import { planPlacement } from '../../providers/resources/placement/plan';
import { cluster, demand, fleet, NOW, origin } from '../build';

const sites = [
  cluster('fra'),
  cluster('par').at(48.9, 2.3),
  cluster('iad').at(39, -77),
  cluster('sfo').at(37.6, -122.4),
];
const shop = (image: string, size: number, guard: object = {}) => ({
  name: 'shop',
  workload: {
    image,
    port: 80,
    resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    requestsPerSecondPerReplica: 50,
  },
  policy: {
    constraints: { minClusters: size, maxClusters: size, minRequestsPerSecond: 0 },
    stability: { minDwellSeconds: 0 },
    guard,
  },
});
const europe = [origin('de', 100), origin('fr', 100).at(48.9, 2.3)];
const america = [origin('va', 100).at(39, -77), origin('ca', 400).at(37.6, -122.4)];
const props = (app: object, origins: typeof europe, more: object = {}) =>
  placement.parse({
    apps: [app],
    fleet: { clusters: sites.map(({ written }) => written) },
    demands: { shop: { observedAt: NOW, origins: origins.map(({ written }) => written) } },
    ...more,
  });
const state = (size: number) => ({
  decision: planPlacement(undefined, props(shop('shop:1', size), europe)).carried,
});

describe('a guard', () => {
  it('lets the only cluster of an app follow its users', () => {
    const plan = planPlacement(state(1), props(shop('shop:2', 1), america));
    expect([plan.errors, plan.apps[0]?.clusters]).toEqual([[], ['sfo']]);
  });

  it('asks also for one cluster where the share is 0', () => {
    const plan = planPlacement(state(1), props(shop('shop:2', 1, { maxDroppedShare: 0 }), america));
    expect([plan.errors, plan.apps[0]?.clusters]).toEqual([[], ['par']]);
  });

  it('keeps an app where it is, sized for its load of today, and says why and how to move', () => {
    const plan = planPlacement(state(2), props(shop('shop:2', 2), america));
    expect(plan.errors).toEqual([]);
    expect(plan.apps[0]?.clusters).toEqual(['fra', 'par']);
    const replicas = Object.values(plan.apps[0]?.replicas ?? {}).reduce((a, b) => a + b, 0);
    expect(replicas).toBeGreaterThanOrEqual(10);
    expect(plan.warnings[0]).toMatch(
      /^shop would leave 2 of its 2 clusters \(fra, par\).*they are kept for now\. .*guard\.allow of shop\.$/,
    );
  });

  it('moves it once it is lifted', () => {
    const lifted = props(shop('shop:2', 2), america, { allow: ['maxDroppedShare'] });
    const plan = planPlacement(state(2), lifted);
    expect([plan.errors, plan.apps[0]?.clusters]).toEqual([[], ['iad', 'sfo']]);
  });

  it('remains an error where the previous clusters cannot be kept', () => {
    const away = shop('shop:2', 2);
    const banned = {
      ...away.policy.constraints,
      mustNotInclude: [{ name: 'fra' }, { name: 'par' }],
    };
    const app = { ...away, policy: { ...away.policy, constraints: banned } };
    const plan = planPlacement(state(2), props(app, america));
    expect(plan.errors.map(({ code }) => code)).toEqual(['GuardStopped']);
  });

  it('leaves a decision that the checker accepts', () => {
    const app = parseEdgeApp(shop('shop:2', 2));
    const input = {
      apps: [app],
      fleet: fleet(...sites),
      demand: demand(...america),
      previous: state(2).decision,
      hold: ['shop'],
    };
    expect(verify(place(input), input).findings).toEqual([]);
  });
});
