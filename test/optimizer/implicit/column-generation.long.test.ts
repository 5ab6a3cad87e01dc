/** Prices for more clusters than can be listed: the proof is of all of them, and the checker accepts it. */
import { parseFleet } from '../../../constructs/model/fleet-document';
import { compileApp, fullStability } from '../../../constructs/placement/compile/compile';
import { place } from '../../../constructs/placement/decide/place';
import { verify } from '../../../constructs/verification';
import { world } from '../../bench/world';
import { app } from '../../build';

const TIMEOUT = 240_000;

it.each<readonly [string, number, object, boolean]>([
  ['nothing but a number of clusters', 3, {}, false],
  [
    'residency, spread and measured pairs',
    4,
    {
      residency: [{ origins: { region: 'europe' }, clusters: { region: 'europe' } }],
      spread: [{ by: 'provider', maxPerGroup: 2 }],
    },
    true,
  ],
])(
  'few clusters of very many are proved nearly the best, with %s',
  (_, size, rules, isMeasured) => {
    const { fleet, demand } = world(2100, 9000, size);
    const latency = demand.origins.slice(0, 200).map(({ name }, u) => {
      return [name, fleet.clusters[7 * u]?.name ?? '', 2 + (u % 90)] as const;
    });
    const constraints = {
      ...{ minClusters: size, maxClusters: size, capacity: false as const },
      ...{ minRequestsPerSecond: 0, ...rules },
    };
    const policy = { constraints, objective: { latency: 1 } };
    const asked = { observedAt: demand.observedAt, origins: demand.origins };
    const shop = app('shop', policy, { demand: asked });
    const input = {
      fleet: parseFleet({ ...fleet, ...(isMeasured && { latency }) }),
      apps: [shop],
    };
    const { problem } = compileApp(
      {
        ...{ app: shop, fleet: input.fleet, previous: undefined, now: 0 },
        demand: { ...demand, validForSeconds: 600 },
      },
      1,
      fullStability,
    );
    expect(problem.implicitCosts?.coarsening?.savings).toBeDefined();
    const decision = place(input);
    expect(decision.objective.gap).toBeLessThan(0.003);
    expect(verify(decision, input)).toEqual({ valid: true, findings: [] });
  },
  TIMEOUT,
);
