/** Equal apps are solved once, and decided as each would be without the others. */
import * as fc from 'fast-check';
import type { Demand } from '../../../constructs/model/demand';
import { place } from '../../../constructs/placement/decide/place';
import { type EdgeApp, givenDemand, type PlaceInput } from '../../../constructs/policy';
import { problems } from '../random';
import { runs, seed } from '../runs';

/** The only app of the input under other names, all without capacity. */
function repeated(input: PlaceInput, names: readonly string[]): PlaceInput {
  const [one] = input.apps as [EdgeApp];
  const constraints = { ...one.policy.constraints, capacity: false as const };
  const policy = { ...one.policy, constraints };
  const { previous, ...rest } = input;
  const [before] = previous?.apps ?? [];
  return {
    ...rest,
    ...(previous && { previous: { ...previous, apps: names.map((app) => ({ ...before!, app })) } }),
    apps: names.map((name) => ({ ...one, name, policy })),
  };
}

it('apps that are alike but for the name are decided alike, for the work of one', () => {
  fc.assert(
    fc.property(problems({ apps: 1, clusters: 5, origins: 5 }), (input) => {
      const one = place(repeated(input, ['a']));
      const three = place(repeated(input, ['a', 'b', 'c']));
      const [entry] = one.apps;
      expect(three.apps).toEqual(['a', 'b', 'c'].map((app) => ({ ...entry, app })));
      const isOnce = input.previous === undefined && entry?.satisfied;
      if (isOnce) expect(three.engine.workUnits).toBe(one.engine.workUnits);
    }),
    { seed, numRuns: runs(25) },
  );
});

it('an app of another policy, other demand or other previous clusters is not taken for equal', () => {
  fc.assert(
    fc.property(
      problems({ apps: 1, clusters: 5, origins: 5 }),
      fc.constantFrom('policy', 'sizes', 'demand', 'previous'),
      (input, what) => {
        const both = repeated(input, ['a', 'b']);
        const [one, same] = both.apps as [EdgeApp, EdgeApp];
        const { previous } = both;
        const other = what === 'policy' || what === 'sizes' ? changed(same, what) : same;
        const demand = { a: givenDemand(one, both)!, b: givenDemand(one, both)! };
        if (what === 'demand') demand.b = scaled(demand.b);
        const before = previous && { ...previous, apps: previous.apps.slice(0, 1) };
        const whole = { ...both, demand, apps: [one, other], ...(what === 'previous' && before && { previous: before }) }; // biome-ignore format: a row
        const alone = whole.apps.map((app) => place({ ...whole, apps: [app] }).apps[0]);
        expect(place(whole).apps).toEqual(alone);
      },
    ),
    { seed, numRuns: runs(25) },
  );
});

function changed(app: EdgeApp, what: 'policy' | 'sizes'): EdgeApp {
  const { policy } = app;
  if (what === 'policy') {
    const objective = { ...policy.objective, latency: 0, distance: 1 };
    return { ...app, policy: { ...policy, objective } };
  }
  return {
    ...app,
    sizing: app.sizing.map((one) => ({ ...one, minReplicas: one.minReplicas + 3 })),
  };
}

function scaled(demand: Demand): Demand {
  const origins = demand.origins.map((one, index) => ({
    ...one,
    requestsPerSecond: one.requestsPerSecond * (1 + (index % 3)),
  }));
  return { ...demand, origins };
}
