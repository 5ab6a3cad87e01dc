/** Equal apps: those of one decision that differ in nothing but name pose one problem, which is compiled and solved once. */
import { canonicalJson } from '../../model/canonical';
import type { Demand } from '../../model/demand';
import type { AppInput } from './app-input';

/** By app: the index of the first app with the same policy, sizes, team, demand and previous clusters. All are on one fleet at one time. */
export function firstOfEach(inputs: readonly AppInput[]): readonly number[] {
  const first = new Map<string, number>();
  const demands = new Map<Demand | undefined, number>();
  return inputs.map(({ app, demand, previous }, index) => {
    const at = demands.get(demand) ?? demands.size;
    demands.set(demand, at);
    const { policy, sizing, team = null } = app;
    const key = canonicalJson([policy, sizing, team, at, previous && [...previous]]);
    const known = first.get(key) ?? index;
    first.set(key, known);
    return known;
  });
}
