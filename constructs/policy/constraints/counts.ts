/** Constraints on how many clusters are chosen, and on how little a chosen one may serve. */
import { z } from 'zod';
import { amountSchema } from '../../model/fleet';
import { countedMatchSchema, describeMatch, matches } from '../../model/match';
import { constraint, twentiethsBelow, without } from './row';

/** Hard lower bound on the number of chosen clusters. */
export const minClusters = constraint({
  doc: 'At least this many clusters are chosen.',
  schema: z.int().min(1).max(10000).default(2),
  compile: (min, { clusters }) => ({
    rules: [count(new Uint8Array(clusters.length).fill(1), min, Infinity, true)],
  }),
  // An app is somewhere, so one cluster is what remains when the rule is taken back.
  rules: (min) =>
    min === 1
      ? []
      : [
          {
            path: '',
            words: `minClusters ${min}`,
            without: 1,
            relaxations: range(min - 1, 1).map((fewer) => ({
              words: `minClusters ${fewer}`,
              value: fewer,
            })),
          },
        ],
});

/** Hard upper bound on the number of chosen clusters. */
export const maxClusters = constraint({
  doc: 'At most this many clusters are chosen.',
  schema: z.int().min(1).max(10000).default(5),
  compile: (max, { clusters }) => ({
    rules: [count(new Uint8Array(clusters.length).fill(1), 0, max, false)],
  }),
  violatedBy: (max, _, chosen) =>
    chosen.length >= max ? `all ${max} places of maxClusters are taken` : undefined,
  rules: (max, { clusters }) => [
    {
      path: '',
      words: `maxClusters ${max}`,
      without: 10000,
      relaxations: (clusters.length > max
        ? range(max + 1, Math.min(clusters.length, max + 20))
        : []
      ).map((more) => ({
        words: `maxClusters ${more}`,
        value: more,
      })),
    },
  ],
});

/** What a chosen cluster must serve; the sentence the product began with. */
export const minRequestsPerSecond = constraint({
  doc: 'Every chosen cluster serves at least this many requests/s. Gives way only to minClusters and mustInclude.',
  schema: amountSchema.default(20),
  compile: (min, { clusters, stability, isStatic, previous }) => {
    if (isStatic) return {};
    const enter = stability.enterRequestsPerSecond ?? min;
    const exit = stability.exitRequestsPerSecond ?? 0.8 * min;
    return {
      threshold: Float64Array.from(clusters, (_, cluster) =>
        previous[cluster] === 1 ? exit : enter,
      ),
    };
  },
  rules: (min, { stability }) =>
    Math.max(min, stability.enterRequestsPerSecond ?? 0) === 0
      ? []
      : [
          {
            path: '',
            words: `minRequestsPerSecond ${min}`,
            without: 0,
            relaxations: twentiethsBelow(min).map((less) => ({
              words: `minRequestsPerSecond ${less}`,
              value: less,
            })),
            clears: ['enterRequestsPerSecond', 'exitRequestsPerSecond'] as const,
          },
        ],
});

/** Places that must be among the chosen. */
export const mustInclude = constraint({
  doc: 'For each element at least `count` chosen clusters match; one cluster may serve several elements.',
  schema: z.array(countedMatchSchema).default([]),
  compile: (elements, { clusters }) => ({
    rules: elements.map((element, index) => ({
      ...count(
        Uint8Array.from(clusters, (cluster) => (matches(element, cluster) ? 1 : 0)),
        element.count,
        Infinity,
        true,
      ),
      path: `mustInclude[${index}]`,
    })),
  }),
  rules: (elements) =>
    elements.map((element, index) => ({
      path: `[${index}]`,
      words: `mustInclude ${element.count} of ${describeMatch(element)}`,
      without: without(elements, index),
      relaxations: range(element.count - 1, 1).map((fewer) => ({
        words: `mustInclude ${fewer} of ${describeMatch(element)}`,
        value: elements.map((other, i) => (i === index ? { ...other, count: fewer } : other)),
      })),
    })),
});

function count(members: Uint8Array, min: number, max: number, keepsThin: boolean) {
  return { kind: 'count' as const, members, min, max, keepsThin };
}

/** Whole numbers from `from` to `to`, in either direction; downwards only when `to` is below. */
function range(from: number, to: number): number[] {
  const step = to >= from ? 1 : -1;
  const length = Math.abs(to - from) + 1;
  const downToNothing = from < 1;
  return downToNothing ? [] : Array.from({ length }, (_, i) => from + i * step);
}
