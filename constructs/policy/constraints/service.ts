/** Constraints on how demand is served: residency, latency, capacity, budget and losses. */

import type { Sizing } from '../../model/app/workload';
import { amountSchema } from '../../model/fleet';
import { describeMatch, matches, matchSchema, originMatchSchema } from '../../model/match';
import { z } from '../../parsing';
import { hourlyPricesOf } from './money';
import { constraint, type RuleContext, stepsAbove, without } from './row';

/** Clusters that may serve the requests of some origins. */
export const residency = constraint({
  doc: 'Demand of the origins that match is served only on the clusters that match.',
  schema: z
    .array(z.strictObject({ origins: originMatchSchema, clusters: matchSchema }))
    .default([]),
  pair: (elements, origin, cluster) =>
    elements.every(
      (element) => !matches(element.origins, origin) || matches(element.clusters, cluster),
    ),
  names: (elements) =>
    elements.flatMap(({ origins, clusters }, index) => [
      { path: [index, 'clusters'], match: clusters },
      { path: [index, 'origins'], origins },
    ]),
  originClass: (elements, origin) =>
    elements.map((element) => (matches(element.origins, origin) ? '1' : '0')).join(''),
  rules: (elements) =>
    elements.map((element, index) => ({
      path: `[${index}]`,
      words: `residency of ${describeMatch(element.origins)} on ${describeMatch(element.clusters)}`,
      without: without(elements, index),
      relaxations: [],
    })),
});

/** Upper bound on the latency of a share of the demand. */
export const latency = constraint({
  doc: 'This share of the demand is served within so many milliseconds.',
  schema: z
    .strictObject({
      milliseconds: amountSchema.describe('Round trip.'),
      share: z.number().gt(0).max(1).default(1).describe('Share of the requests.'),
    })
    .optional(),
  pair: (limit, _origin, _cluster, milliseconds) =>
    limit === undefined || limit.share < 1 || milliseconds <= limit.milliseconds,
  compile: (limit, { milliseconds }) => {
    if (limit === undefined || limit.share >= 1) return {};
    const within = Uint8Array.from(milliseconds, (ms) => (ms <= limit.milliseconds ? 1 : 0));
    return { nearShare: { within, share: limit.share } };
  },
  needsAllPairs: {
    rank: 0,
    path: (limit) => (limit !== undefined && limit.share < 1 ? '.share' : undefined),
  },
  withMargin: (limit, margin) =>
    limit && {
      milliseconds: limit.milliseconds * (1 + margin),
      share: 1 - Math.min(1, (1 - limit.share) * (1 + margin)),
    },
  rules: (limit) =>
    limit === undefined
      ? []
      : [
          {
            path: '',
            words: `latency ${limit.milliseconds} ms for ${limit.share * 100} % of requests`,
            without: undefined,
            relaxations: stepsAbove(limit.milliseconds).map((milliseconds) => ({
              words: `latency ${milliseconds} ms`,
              value: { ...limit, milliseconds },
            })),
          },
        ],
});

const capacitySchema = z.union([
  z.literal(false).describe('Lifts allocatable and requestsPerSecond.'),
  z.strictObject({
    assignment: z
      .enum(['split', 'whole'])
      .default('split')
      .describe('split: an origin may be divided. whole: each origin has one cluster.'),
    headroom: z.number().min(0).lt(1).default(0).describe('Share of every limit that stays free.'),
  }),
]);

/** Upper bounds on what replicas use and on requests/s, by cluster. */
export const capacity = constraint({
  doc: 'Replicas fit the allocatable that other apps leave, and requests/s the ceiling, with headroom (share).',
  schema: capacitySchema.prefault({}),
  compile: (value) =>
    value === false
      ? { capacity: 'none', headroom: 0 }
      : { capacity: value.assignment, headroom: value.headroom },
  needsAllPairs: {
    rank: 3,
    path: (value, isLimited) => (value !== false && isLimited ? '' : undefined),
  },
  withMargin: (value, margin) =>
    value === false || value.headroom === 0
      ? undefined
      : { ...value, headroom: 1 - Math.min(1, (1 - value.headroom) * (1 + margin)) },
  cluster: (value, cluster, { sizing }) => {
    const { allocatable } = cluster;
    if (value === false || allocatable === undefined) return undefined;
    const share = (1 - value.headroom) * (1 + 1e-9);
    const least = (use: (one: Sizing) => number) =>
      sizing.reduce((sum, one) => sum + one.minReplicas * use(one), 0);
    const needs = [
      ['cpuMillicores', least((one) => one.resources.cpuMillicores)],
      ['memoryMebibytes', least((one) => one.resources.memoryMebibytes)],
      ['pods', least(() => 1)],
    ] as const;
    const short = needs.find(([key, need]) => need > (allocatable[key] ?? Infinity) * share);
    return short && `has ${allocatable[short[0]]} ${short[0]}, the least replicas need ${short[1]}`;
  },
  rules: (value) => {
    if (value === false) return [];
    const { headroom, assignment } = value;
    const split = { assignment: 'split' as const, headroom: 0 };
    const nearer = [
      { if: headroom > 0, words: 'capacity headroom 0', value: { ...value, headroom: 0 } },
      { if: assignment === 'whole', words: 'capacity split, headroom 0', value: split },
    ];
    return [
      {
        path: '',
        words: `capacity of the clusters${headroom > 0 ? ` with headroom ${headroom}` : ''}`,
        without: false as const,
        relaxations: nearer.filter((one) => one.if),
      },
    ];
  },
});

/** Upper bound on the cost per hour. */
export const budget = constraint({
  doc: 'Chosen clusters, replicas and egress cost at most this.',
  schema: z.strictObject({ usdPerHour: amountSchema.describe('USD per hour.') }).optional(),
  compile: (limit, context) =>
    limit === undefined
      ? {}
      : { budget: { usdPerHour: limit.usdPerHour, ...hourlyPricesOf(context) } },
  needsAllPairs: { rank: 2, path: (limit) => (limit === undefined ? undefined : '') },
  // The optimizer relaxes this limit itself.
  withMargin: (limit) => limit,
  rules: (limit) =>
    limit === undefined
      ? []
      : [
          {
            path: '',
            words: `budget ${limit.usdPerHour} USD/h`,
            without: undefined,
            relaxations: stepsAbove(limit.usdPerHour).map((usdPerHour) => ({
              words: `budget ${usdPerHour} USD/h`,
              value: { usdPerHour },
            })),
          },
        ],
});

/** Losses of chosen clusters that the remaining ones must be able to serve. */
export const survive = constraint({
  doc: 'After the loss of any so many chosen clusters the others carry everything (capacity, latency, residency).',
  schema: z.int().min(0).max(100).default(0),
  compile: (clusters, context) => (clusters === 0 ? {} : { survive: afterLoss(clusters, context) }),
  needsAllPairs: { rank: 1, path: (clusters) => (clusters === 0 ? undefined : '') },
  // The optimizer relaxes this limit itself.
  withMargin: (clusters) => (clusters === 0 ? undefined : clusters),
  rules: (clusters) =>
    clusters === 0
      ? []
      : [
          {
            path: '',
            words: `survive ${clusters}`,
            without: 0,
            relaxations: Array.from({ length: clusters - 1 }, (_, i) => ({
              words: `survive ${clusters - 1 - i}`,
              value: clusters - 1 - i,
            })),
          },
        ],
});

function afterLoss(clusters: number, context: RuleContext) {
  const { latencyLimit: limit, origins, milliseconds, legal } = context;
  const outside = Float64Array.from(milliseconds, (ms, pair) => {
    if (legal[pair] === 0) return Number.POSITIVE_INFINITY;
    if (limit === undefined || ms <= limit.milliseconds) return 0;
    return origins[pair % origins.length].requestsPerSecond;
  });
  const names = origins.map(({ name }) => name);
  return { clusters, outside, share: limit?.share ?? 0, names };
}
