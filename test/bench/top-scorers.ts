/** The rule of thumb of schedulers: filter the clusters, score each by the requests nearest to it, take the top. */
import type { Demand } from '../../constructs/model/demand';
import { kilometersBetween } from '../../constructs/model/geography';
import { matches } from '../../constructs/model/match';
import type { PlaceInput } from '../../constructs/policy/place-input';

/** The objective (latency) of what the rule picks for all apps, as many clusters as each was given; room is taken no notice of. */
export function topScorers(input: PlaceInput, sizes: readonly number[]): number {
  const { clusters, latencyModel } = input.fleet;
  const { baseMilliseconds, per1000KilometersMilliseconds } = latencyModel;
  const origins = (input.demand as Demand | undefined)?.origins ?? [];
  let value = 0;
  for (const [index, app] of input.apps.entries()) {
    const { chooseFrom } = app.policy.constraints;
    const open = clusters.filter((one) => chooseFrom?.some((match) => matches(match, one)) ?? true);
    const far = origins.map((origin) => open.map((one) => kilometersBetween(origin, one)));
    const scores = open.map(() => 0);
    for (const [u, { requestsPerSecond }] of origins.entries()) {
      const nearest = indexOfLeast(far[u] ?? []);
      scores[nearest] = (scores[nearest] ?? 0) + requestsPerSecond;
    }
    const ranked = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
    const top = ranked.slice(0, sizes[index]);
    for (const [u, { requestsPerSecond }] of origins.entries()) {
      const kilometers = Math.min(...top.map((c) => far[u]?.[c] ?? 0));
      const thousands = kilometers / 1000;
      value += requestsPerSecond * (baseMilliseconds + per1000KilometersMilliseconds * thousands);
    }
  }
  return value;
}

function indexOfLeast(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) < (values[best] ?? 0)) best = i;
  return best;
}
