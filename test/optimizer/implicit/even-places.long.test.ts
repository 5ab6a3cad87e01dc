/** Places spread evenly over the globe: no relaxation closes the gap, so little work must do. */
import { parseFleet } from '../../../constructs/model/fleet-document';
import { place } from '../../../constructs/placement/decide/place';
import { verify } from '../../../constructs/verification';
import { seeded } from '../../bench/world';
import { app } from '../../build';

it('have a small gap with the default minimum load, take little work, and the checker agrees', () => {
  const random = seeded(6);
  const somewhere = () => ({ latitude: -60 + 130 * random(), longitude: -180 + 360 * random() });
  const clusters = Array.from({ length: 700 }, (_, i) => ({
    name: `c${i}`,
    ...somewhere(),
    region: `r${i % 5}`,
    country: 'ZZ',
  }));
  const origins = Array.from({ length: 7000 }, (_, i) => ({
    name: `o${i}`,
    ...somewhere(),
    requestsPerSecond: 1 + 100 * random(),
  }));
  const demand = { observedAt: '2026-11-21T05:30:00Z', origins };
  const policy = { constraints: { minClusters: 10, maxClusters: 10 } };
  const asked = { fleet: parseFleet({ clusters }), apps: [app('shop', policy, { demand })] };
  const decision = place(asked);
  expect(decision.objective.gap).toBeLessThan(0.01);
  expect(decision.engine.workUnits).toBeLessThan(1_000_000_000);
  expect(verify(decision, asked)).toEqual({ valid: true, findings: [] });
}, 120_000);
