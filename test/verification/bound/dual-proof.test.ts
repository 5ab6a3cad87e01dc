/** Dual proofs: a bound is rounded up to a whole number only where no origin is divided. */
import { parseDemand } from '../../../constructs/model/demand-document';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { checkDualProof } from '../../../constructs/verification/bound/dual-proof';
import { appInstance } from '../../../constructs/verification/input/app-instance';
import { contextOf } from '../../../constructs/verification/input/context';
import { app, NOW } from '../../build';

/**
 * Two clusters are chosen. The origin of 2 requests/s costs 1 ms a request at `near`, which has capacity for 1.5, and 2 ms at `far`:
 * the costs of the whole origin are 2 and 4, and the optimum of a divided one is 1.5 + 0.5 * 2 = 2.5.
 */
function provedFor(assignment: 'split' | 'whole', bound: number): number {
  const place = { region: 'world', country: 'ZZ', provider: 'p', latitude: 0, longitude: 0 };
  const fleet = parseFleet({
    clusters: [
      { ...place, name: 'far', requestsPerSecond: 10 },
      { ...place, name: 'near', requestsPerSecond: 1.5 },
    ],
    latency: [
      ['o', 'far', 2],
      ['o', 'near', 1],
    ],
  });
  const origin = { name: 'o', requestsPerSecond: 2, latitude: 0, longitude: 0 };
  const demand = parseDemand({ observedAt: NOW, origins: [origin] });
  const constraints = {
    minClusters: 2,
    maxClusters: 2,
    minRequestsPerSecond: 0,
    capacity: { assignment, headroom: 0 },
  };
  const shop = app('shop', { constraints, objective: { latency: 1 } });
  const context = contextOf({ fleet, demand, apps: [shop], now: NOW });
  const restrictions = { freeze: false, held: true, maxChanges: true };
  const instance = appInstance(context, shop, 1);
  expect([0, 1].map((cluster) => instance.pairs.cost(0, cluster))).toEqual([2, 1]);
  const { proved, objections } = checkDualProof(
    { instance, restrictions, now: context.now },
    {
      app: 'shop',
      kind: 'dual',
      bound,
      originPrices: { o: 4 },
      rulePrices: { 'capacity.near': 1 },
    },
  );
  expect(objections).toEqual([]);
  return proved;
}

it('a bound of 3 is not proved by a dual value of 2.5 when capacity divides the origin, although all costs are whole', () => {
  expect(provedFor('split', 3)).toBeCloseTo(2.5, 6);
});

it('a bound of 3 is proved by a dual value of 2.5 when the origin is served as a whole', () => {
  expect(provedFor('whole', 3)).toBe(3);
});
