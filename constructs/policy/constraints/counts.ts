/** Constraints on how many clusters are chosen, and on how little a chosen one may serve. */
import { amountSchema } from '../../model/fleet';
import {
  canonicalMatch,
  countedMatchSchema,
  describeMatch,
  matches,
  matchSchema,
} from '../../model/match';
import { type Path, z } from '../../parsing';
import {
  constraint,
  namesOfMatches,
  type PlacedRule,
  type RuleContext,
  twentiethsBelow,
  without,
} from './row';

/** Hard lower bound on the number of chosen clusters. */
export const minClusters = constraint({
  doc: 'At least this many clusters are chosen.',
  schema: z.int().min(1).max(10000).default(2),
  compile: (min, { clusters }) => ({
    rules: [count(new Uint8Array(clusters.length).fill(1), min, Infinity, true)],
  }),
  contradictions: (min, { constraints: { maxClusters: max }, at, contradict }) => {
    if (min <= max) return;
    const rule = { path: at('minClusters'), words: `minClusters ${min}` };
    const remedy = `Lower minClusters to at most ${max}, or raise maxClusters to ${min}.`;
    contradict(rule, 'is above', placedMaximum(max, at), remedy);
  },
  // Every app needs one cluster, so that is what remains without the rule.
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
  contradictions: (max, { constraints: { survive }, at, contradict }) => {
    if (survive < max) return;
    const rule = { path: at('survive'), words: `survive ${survive}` };
    const remedy = `Raise maxClusters to at least ${survive + 1}, or lower survive.`;
    contradict(rule, 'leaves no cluster of', placedMaximum(max, at), remedy);
  },
  allowsExchange: true,
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

/** A cluster leaves below this share of minRequestsPerSecond, unless exitRequestsPerSecond says otherwise. */
const EXIT_SHARE = 0.8;

/** Requests/s from which a cluster enters, and below which it leaves. */
export function loadThresholds(min: number, stability: RuleContext['stability']) {
  const { enterRequestsPerSecond: enter, exitRequestsPerSecond: exit } = stability;
  return { enter: enter ?? min, exit: exit ?? EXIT_SHARE * min };
}

/** Lower bound on the requests/s that each chosen cluster serves. */
export const minRequestsPerSecond = constraint({
  doc: 'Every chosen cluster serves at least this many requests/s. Gives way only to minClusters and mustInclude.',
  schema: amountSchema.default(20),
  compile: (min, { clusters, stability, isStatic, previous }) => {
    if (isStatic) return {};
    const { enter, exit } = loadThresholds(min, stability);
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

/** Clusters that must be among the chosen ones. */
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
  names: namesOfMatches,
  contradictions: (elements, { constraints: { maxClusters: max, mustNotInclude }, ...context }) => {
    const { at, contradict } = context;
    for (const [index, { count: least, ...match }] of elements.entries()) {
      if (least <= max) continue;
      const words = `mustInclude ${describeMatch(match)} with count ${least}`;
      const rule = { path: at('mustInclude', index, 'count'), words };
      const remedy = `Lower the count to at most ${max}, or raise maxClusters to ${least}.`;
      contradict(rule, 'is above', placedMaximum(max, at), remedy);
    }
    const forbidden = new Map(
      mustNotInclude.map((match, index) => [canonicalMatch(match), index] as const),
    );
    for (const [index, { count: _, ...match }] of elements.entries()) {
      const other = forbidden.get(canonicalMatch(match));
      if (other === undefined) continue;
      const words = describeMatch(match);
      contradict(
        { path: at('mustInclude', index), words: `mustInclude ${words}` },
        'is the same as',
        { path: at('mustNotInclude', other), words: `mustNotInclude ${words}` },
        'Remove it from one of the two.',
      );
    }
  },
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

/** Clusters that are all among the chosen ones, as many as there are. */
export const mustIncludeEvery = constraint({
  doc: 'Every cluster that matches any element and may be chosen is chosen; maxClusters still holds.',
  // Without a default: one would change the digest of every app, and locks made before would no longer be its own.
  schema: z.array(matchSchema).optional(),
  compile: (elements = [], { clusters, allowed }) => ({
    rules: elements.map((element, index) => {
      const members = Uint8Array.from(clusters, (cluster, c) =>
        allowed[c] === 1 && matches(element, cluster) ? 1 : 0,
      );
      const every = members.reduce((sum, one) => sum + one, 0);
      return { ...count(members, every, Infinity, true), path: `mustIncludeEvery[${index}]` };
    }),
  }),
  names: (elements = []) => namesOfMatches(elements),
  rules: (elements = []) =>
    elements.map((element, index) => ({
      path: `[${index}]`,
      words: `mustIncludeEvery ${describeMatch(element)}`,
      without: without(elements, index),
      relaxations: [],
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

/** The rule maxClusters at its place, for contradictions with it. */
export function placedMaximum(max: number, at: (...steps: Path) => Path): PlacedRule {
  return { path: at('maxClusters'), words: `maxClusters ${max}` };
}
