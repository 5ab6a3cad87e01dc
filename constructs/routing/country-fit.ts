/** Country fit: how well the answers of DNS express the assignment, country by country. */
import { byCodeUnits } from '../model/canonical';
import type { AssignedDemand } from './assigned-demand';
import type { Answered } from './fit';
import type { SlotAnswer } from './routing-table';

/** The users of one country. */
export interface CountryFit {
  /** ISO 3166-1 alpha-2; empty for origins whose country nobody knows. */
  readonly country: string;
  /** Requests per second from there. */
  readonly requestsPerSecond: number;
  /** Share of them that is answered with the assigned cluster, 0 to 1. */
  readonly matchedShare: number;
  /** What they are answered with, largest share first; the shares add up to 1. */
  readonly answers: readonly SlotAnswer[];
}

interface Sums {
  requests: number;
  matched: number;
  readonly answers: Map<number, number>;
}

/** Every country with requests, most requests first. */
export function countryFits(
  demand: AssignedDemand,
  answered: readonly Answered[],
): readonly CountryFit[] {
  const { origins, countries, sharesFrom, shareCluster, share, clusters } = demand;
  const sums = new Map<string, Sums>();
  origins.forEach(({ requestsPerSecond }, o) => {
    const country = countries[o] ?? '';
    let sum = sums.get(country);
    if (sum === undefined) {
      sum = { requests: 0, matched: 0, answers: new Map() };
      sums.set(country, sum);
    }
    sum.requests += requestsPerSecond;
    for (const [c, routed] of answered[o]) {
      sum.answers.set(c, (sum.answers.get(c) ?? 0) + requestsPerSecond * routed);
      for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
        if (shareCluster[s] === c) sum.matched += requestsPerSecond * routed * share[s];
      }
    }
  });
  return [...sums]
    .map(([country, { requests, matched, answers }]) => ({
      country,
      requestsPerSecond: requests,
      matchedShare: Math.min(1, matched / requests),
      answers: [...answers]
        .map(([c, rate]) => ({ cluster: clusters[c].name, share: rate / requests }))
        .sort((a, b) => b.share - a.share || byCodeUnits(a.cluster, b.cluster)),
    }))
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond || byCodeUnits(a.country, b.country));
}
