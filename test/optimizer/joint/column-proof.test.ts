/** Few apps in little room: the cheapest placement of all of them, proved by their columns. */
import { digestOf } from '../../../constructs/model/canonical';
import { place } from '../../../constructs/placement/decide/place';
import { verify } from '../../../constructs/verification';
import { crowdedFleet } from './crowded-fleet';

const drawn = (seed: number) =>
  crowdedFleet({ kind: 'replicas', apps: 6, clusters: 8, origins: 8, room: 1.2, seed });

describe('six apps on eight crowded clusters', () => {
  it.each([4, 8, 10])('are proved to cost the least, seed %s, and verify agrees', (seed) => {
    const input = drawn(seed);
    const decision = place(input);
    expect(decision.objective.gap).toBeLessThan(1e-9);
    expect(decision.certificate.limitPrices).toBeDefined();
    expect(decision.certificate.apps?.every(({ kind }) => kind === 'enumeration')).toBe(true);
    expect(verify(decision, input).findings).toEqual([]);
  });

  it('a bound above what they cost at least is refused', () => {
    const input = drawn(8);
    const { digest: _, ...honest } = place(input);
    const more = 1e-4 * honest.objective.value;
    const apps = honest.apps.map((one, a) => {
      const { objective } = one;
      const higher = {
        ...objective,
        value: objective.value + (a === 0 ? more : 0),
        bound: objective.bound + (a === 0 ? more : 0),
      };
      return { ...one, objective: higher };
    });
    const { value, bound } = honest.objective;
    const objective = { ...honest.objective, value: value + more, bound: bound + more };
    const boast = { ...honest, apps, objective };
    const { findings } = verify({ ...boast, digest: digestOf(boast) }, input);
    expect(findings.map(({ path }) => path)).toContain('objective.bound');
  });
});
