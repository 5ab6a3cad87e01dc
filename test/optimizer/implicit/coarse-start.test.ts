/** Beginning with cells: the answer and its proof are those of the real question, however few cells there are. */
import { parseFleet } from '../../../constructs/model/fleet-document';
import { compileApp, fullStability } from '../../../constructs/placement/compile/compile';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { verify } from '../../../constructs/verification';
import { world } from '../../bench/world';
import { app } from '../../build';

const TIMEOUT = 120_000;

const documents = world(520, 6500, 11);

function input(constraints: object): PlaceInput {
  const { fleet, demand } = documents;
  const policy = {
    constraints: {
      minClusters: 12,
      maxClusters: 12,
      capacity: false as const,
      minRequestsPerSecond: 0,
      ...constraints,
    },
    objective: { distance: 1 },
  };
  const asked = { observedAt: demand.observedAt, origins: demand.origins };
  return { fleet: parseFleet(fleet), apps: [app('shop', policy, { demand: asked })] };
}

it.each([
  ['nothing but a number of clusters', {}],
  [
    'residency, spread and places that must be',
    {
      residency: [{ origins: { region: 'europe' }, clusters: { region: 'europe' } }],
      spread: [{ by: 'provider', maxPerGroup: 4 }],
      mustInclude: [{ region: 'oceania', count: 2 }],
    },
  ],
])(
  'is proved the best by prices that the checker accepts, with %s',
  (_, constraints) => {
    const asked = input(constraints);
    const [shop] = asked.apps;
    if (shop === undefined) throw new Error('no app');
    const { problem } = compileApp(
      {
        app: shop,
        fleet: asked.fleet,
        demand: { ...documents.demand, validForSeconds: 600 },
        previous: undefined,
        now: 0,
      },
      1,
      fullStability,
    );
    expect(problem.implicitCosts?.coarsening?.coarser().origins).toBeLessThan(problem.origins / 3);
    const decision = place(asked);
    expect(decision.objective.gap).toBe(0);
    expect(verify(decision, asked)).toEqual({ valid: true, findings: [] });
  },
  TIMEOUT,
);
