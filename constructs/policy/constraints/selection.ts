/** Constraints on which clusters may be chosen at all: by attribute, taint and signal. */

import { amountSchema, type Cluster, type Signal, type Taint } from '../../model/fleet';
import { describeMatch, matches, matchSchema } from '../../model/match';
import { z } from '../../parsing';
import {
  absentNamesOfMatches,
  constraint,
  type EligibilityContext,
  namesOfMatches,
  without,
} from './row';

/** Clusters that are never chosen; no other rule overrides it. */
export const mustNotInclude = constraint({
  doc: 'No chosen cluster matches any element; beats everything else.',
  schema: z.array(matchSchema).default([]),
  names: absentNamesOfMatches,
  stage: 'policy',
  cluster: (elements, cluster) => {
    const hit = elements.find((element) => matches(element, cluster));
    return hit && `mustNotInclude ${describeMatch(hit)}`;
  },
  rules: (elements) =>
    elements.map((element, index) => ({
      path: `[${index}]`,
      words: `mustNotInclude ${describeMatch(element)}`,
      without: without(elements, index),
      relaxations: [],
    })),
});

/** The only clusters that may be chosen. */
export const chooseFrom = constraint({
  doc: 'Only clusters that match some element are chosen. Default: all.',
  schema: z.array(matchSchema).min(1).optional(),
  names: (elements = []) => namesOfMatches(elements),
  stage: 'policy',
  cluster: (elements, cluster) =>
    elements === undefined || elements.some((element) => matches(element, cluster))
      ? undefined
      : `is not in chooseFrom ${elements.map(describeMatch).join('; ')}`,
  rules: (elements) =>
    elements === undefined
      ? []
      : [
          {
            path: '',
            words: `chooseFrom ${elements.map(describeMatch).join('; ')}`,
            without: undefined,
            relaxations: [],
          },
        ],
});

const tolerationSchema = z
  .strictObject({
    key: z.string().min(1).optional().describe('Left out with Exists: any key.'),
    operator: z
      .enum(['Equal', 'Exists'])
      .default('Equal')
      .describe('Equal: key and value are the same. Exists: the key is enough.'),
    value: z.string().optional().describe('Value of the taint.'),
    effect: z
      .enum(['NoPlace', 'PreferNoPlace', 'Evict'])
      .optional()
      .describe('Left out: any effect.'),
    tolerationSeconds: amountSchema
      .optional()
      .describe('With Evict: how long what is there may stay.'),
  })
  .describe("Kubernetes' form.");

type Toleration = z.output<typeof tolerationSchema>;

/** The taint an unreachable cluster is treated as having. */
const unreachableTaint: Taint = {
  key: 'littoral.dev/unreachable',
  value: '',
  effect: 'Evict',
};
/** How long an app stays on an unreachable cluster without a toleration: Kubernetes' own default. */
const UNREACHABLE_SECONDS = 300;

/** Taints of clusters that this app tolerates. */
export const tolerations = constraint({
  doc: "Taints this app tolerates, in Kubernetes' form, with tolerationSeconds.",
  schema: z.array(tolerationSchema).default([]),
  stage: 'taints',
  cluster: (list, cluster, context) => {
    for (const taint of cluster.taints) {
      if (taint.effect === 'PreferNoPlace') continue;
      const why = untolerated(taint, list, cluster, context);
      if (why !== undefined) return why;
    }
    return undefined;
  },
  rules: (_, { clusters }) =>
    clusters.every(({ taints }) => taints.length === 0)
      ? []
      : [
          {
            path: '',
            words: 'taints that no toleration matches',
            without: [{ operator: 'Exists' as const }],
            relaxations: [],
          },
        ],
});

/** True when the cluster has a PreferNoPlace taint that is not tolerated: it is taken only when ties remain. */
export function isReluctant(list: readonly Toleration[], cluster: Cluster): boolean {
  return cluster.taints.some(
    (taint) => taint.effect === 'PreferNoPlace' && !list.some((one) => tolerates(one, taint)),
  );
}

/** Milliseconds since the epoch until which the app may stay on an unreachable cluster. */
export function unreachableUntil(
  list: readonly Toleration[],
  cluster: Cluster,
  now: number,
): number {
  const since = cluster.since === undefined ? now : Date.parse(cluster.since);
  const matching = list.filter((one) => tolerates(one, unreachableTaint));
  if (matching.length === 0) return since + UNREACHABLE_SECONDS * 1000;
  return since + longest(matching) * 1000;
}

/** Seconds until the first taint of the cluster evicts what is there; undefined when none does, or none after a while. */
export function evictionSeconds(
  list: readonly Toleration[],
  cluster: Pick<Cluster, 'taints'>,
): number | undefined {
  const waits = cluster.taints
    .filter(({ effect }) => effect === 'Evict')
    .map((taint) => list.filter((one) => tolerates(one, taint)))
    .filter((matching) => matching.length > 0)
    .map(longest)
    .filter((seconds) => seconds !== Number.POSITIVE_INFINITY);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

function untolerated(
  taint: Taint,
  list: readonly Toleration[],
  cluster: Cluster,
  context: EligibilityContext,
): string | undefined {
  const name = `taint ${taint.key}${taint.value === '' ? '' : `=${taint.value}`}:${taint.effect}`;
  const matching = list.filter((one) => tolerates(one, taint));
  const isPrevious = context.isPrevious(cluster.name);
  if (taint.effect === 'NoPlace') {
    return matching.length > 0 || isPrevious ? undefined : `${name} is not tolerated`;
  }
  if (matching.length === 0) return `${name} is not tolerated`;
  const seconds = longest(matching);
  if (seconds === Number.POSITIVE_INFINITY) return undefined;
  if (!isPrevious) return `${name} is tolerated only for what is already there`;
  const since = cluster.since === undefined ? context.now : Date.parse(cluster.since);
  return context.now < since + seconds * 1000
    ? undefined
    : `${name} was tolerated for ${seconds} s, which have passed`;
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.key === undefined) return toleration.operator === 'Exists';
  if (toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === taint.value;
}

function longest(matching: readonly Toleration[]): number {
  return Math.max(...matching.map((one) => one.tolerationSeconds ?? Number.POSITIVE_INFINITY));
}

const signalsSchema = z
  .record(
    z.string(),
    z.strictObject({
      min: z.number().optional().describe('Not less.'),
      max: z.number().optional().describe('Not more.'),
      leaveMin: z
        .number()
        .optional()
        .describe('A cluster that stands leaves under this. Default: leaveMargin under min.'),
      leaveMax: z
        .number()
        .optional()
        .describe('A cluster that stands leaves over this. Default: leaveMargin over max.'),
      missing: z
        .enum(['reject', 'ignore'])
        .default('reject')
        .describe('What a missing signal means.'),
    }),
  )
  .default({});
/** Limits by name of the signal. */
type Signals = z.output<typeof signalsSchema>;

/** Limits on named signals of a cluster. */
export const signals = constraint({
  doc: 'Limits on named signals of a cluster: min, max, and what a missing one means.',
  schema: signalsSchema,
  names: (limits) => Object.keys(limits).map((name) => ({ path: [name], signal: name })),
  contradictions: (limits, { at, contradict }) => {
    for (const [name, { min, max, leaveMin, leaveMax }] of Object.entries(limits)) {
      const rule = (key: string, value: number) => ({
        path: at('signals', name, key),
        words: `${key} ${value}`,
      });
      if (leaveMin !== undefined && min !== undefined && leaveMin > min) {
        const remedy = 'Lower leaveMin or raise min.';
        contradict(rule('leaveMin', leaveMin), 'is above', rule('min', min), remedy);
      }
      if (leaveMax !== undefined && max !== undefined && leaveMax < max) {
        const remedy = 'Raise leaveMax or lower max.';
        contradict(rule('leaveMax', leaveMax), 'is below', rule('max', max), remedy);
      }
      if (min === undefined || max === undefined || min <= max) continue;
      contradict(rule('min', min), 'is above', rule('max', max), 'Lower min or raise max.');
    }
  },
  withMargin: (limits, margin) =>
    Object.keys(limits).length === 0 ? undefined : signalsWithMargin(limits, margin),
  stage: 'signals',
  cluster: (limits, cluster, { now }) => {
    for (const name of Object.keys(limits).sort()) {
      const { min, max, missing } = limits[name];
      const value = validSignal(cluster, name, now);
      if (value === undefined) {
        if (missing === 'reject') return `${name} is missing or expired`;
      } else if (min !== undefined && value < min)
        return `${name} is ${value}, policy asks for ${min}`;
      else if (max !== undefined && value > max) return `${name} is ${value}, policy allows ${max}`;
    }
    return undefined;
  },
  rules: (limits) =>
    Object.keys(limits)
      .sort()
      .map((name) => ({
        path: `.${name}`,
        words: `signals ${name} ${limitWords(limits[name])}`,
        without: Object.fromEntries(Object.entries(limits).filter(([other]) => other !== name)),
        relaxations: [],
      })),
});

/** A missing signal is no reason to leave: when a metrics server fails, no app moves. */
function signalsWithMargin(limits: Signals, margin: number): Signals {
  const relaxed = Object.entries(limits).map(([name, { min, max, leaveMin, leaveMax }]) => {
    const range = {
      ...(min !== undefined && { min: leaveMin ?? min - margin * Math.abs(min) }),
      ...(max !== undefined && { max: leaveMax ?? max + margin * Math.abs(max) }),
    };
    return [name, { ...range, missing: 'ignore' as const }] as const;
  });
  return Object.fromEntries(relaxed);
}

/** The value of a signal at `now` (milliseconds since the epoch), or undefined when it is missing or expired. */
export function validSignal(cluster: Cluster, name: string, now: number): number | undefined {
  const signal: Signal | undefined = Object.hasOwn(cluster.signals, name)
    ? cluster.signals[name]
    : undefined;
  if (signal === undefined) return undefined;
  return now <= Date.parse(signal.observedAt) + signal.validForSeconds * 1000
    ? signal.value
    : undefined;
}

function limitWords({ min, max }: { min?: number | undefined; max?: number | undefined }): string {
  const words = [];
  if (min !== undefined) words.push(`at least ${min}`);
  if (max !== undefined) words.push(`at most ${max}`);
  return words.length === 0 ? 'present' : words.join(' and ');
}
