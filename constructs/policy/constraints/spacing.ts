/** Constraints on the chosen clusters relative to each other: groups, distance, and the clusters of other apps. */
import { amountSchema, type Cluster, nameSchema } from '../../model/fleet';
import { kilometersBetween } from '../../model/geography';
import { type Path, quoted, type Report, z } from '../../parsing';
import { placedMaximum } from './counts';
import {
  type ConstraintRule,
  type ContradictionContext,
  constraint,
  type NameUse,
  twentiethsBelow,
  without,
} from './row';

const spreadSchema = z.strictObject({
  by: z
    .union([
      z.enum(['region', 'country', 'city', 'provider']),
      z.strictObject({ label: z.string().min(1).describe('Name of a label of clusters.') }),
    ])
    .describe('What makes a group; a cluster without it is in the group `none`.'),
  minGroups: z.int().min(1).optional().describe('Groups with a chosen cluster, at least.'),
  maxGroups: z.int().min(1).optional().describe('Groups with a chosen cluster, at most.'),
  maxPerGroup: z.int().min(1).optional().describe('Chosen clusters in any group.'),
  maxSkew: z.int().min(1).optional().describe('Most less fewest chosen clusters over all groups.'),
});
type Spread = z.output<typeof spreadSchema>;
const limitKeys = ['minGroups', 'maxGroups', 'maxPerGroup', 'maxSkew'] as const;

/** Bounds on the chosen clusters per group. */
export const spread = constraint({
  doc: 'Spreads the chosen clusters over regions, countries, cities, providers or the values of a label, or keeps them within a few of these.',
  schema: z.array(spreadSchema).default([]),
  compile: (elements, { clusters, allowed }) => ({
    rules: elements.map((element, index) => {
      const names = new Map<string, number>();
      const group = new Int32Array(clusters.length).fill(-1);
      clusters.forEach((cluster, c) => {
        if (allowed[c] === 0) return;
        const name = groupOf(element.by, cluster);
        if (!names.has(name)) names.set(name, names.size);
        group[c] = names.get(name) ?? 0;
      });
      return {
        kind: 'groups',
        group,
        groups: names.size,
        minGroups: element.minGroups ?? 0,
        maxGroups: element.maxGroups ?? Number.POSITIVE_INFINITY,
        maxPerGroup: element.maxPerGroup ?? Number.POSITIVE_INFINITY,
        maxSkew: element.maxSkew ?? Number.POSITIVE_INFINITY,
        path: `spread[${index}]`,
        names: [...names.keys()],
      };
    }),
  }),
  names: (elements) =>
    elements.flatMap(({ by }, index) =>
      typeof by === 'string' ? [] : [{ path: [index, 'by', 'label'], label: by.label }],
    ),
  contradictions: (elements, context) => {
    for (const [index, element] of elements.entries()) spreadMistakes(element, index, context);
  },
  violatedBy: (elements, cluster, chosen, candidates) => {
    for (const { by, maxGroups, maxPerGroup, maxSkew } of elements) {
      const name = groupOf(by, cluster);
      const there = chosen.filter((other) => groupOf(by, other) === name).length;
      const used = new Set(chosen.map((other) => groupOf(by, other)));
      if (maxGroups !== undefined && there === 0 && used.size >= maxGroups) {
        return `${byWords(by)} ${name} would be one more than the ${maxGroups} of maxGroups`;
      }
      if (maxPerGroup !== undefined && there >= maxPerGroup) {
        return `${byWords(by)} ${name} already has ${there}`;
      }
      const emptiest = maxSkew === undefined ? undefined : leastUsed(by, chosen, candidates, name);
      if (maxSkew === undefined || emptiest === undefined) continue;
      if (there + 1 - emptiest.count > maxSkew) {
        return `${byWords(by)} ${name} would have ${there + 1} and ${emptiest.name} ${emptiest.count}, policy allows a difference of ${maxSkew}`;
      }
    }
    return undefined;
  },
  rules: (elements) => elements.flatMap((element, index) => spreadParts(elements, element, index)),
});

function spreadParts(
  elements: readonly Spread[],
  element: Spread,
  index: number,
): ConstraintRule<Spread[]>[] {
  return limitKeys.flatMap((key) => {
    const value = element[key];
    if (value === undefined) return [];
    const replaced = (limit: number | undefined) =>
      elements.map((other, i) => (i === index ? { ...other, [key]: limit } : other));
    const step = key === 'minGroups' ? -1 : 1;
    const steps = Array.from({ length: 10 }, (_, i) => value + step * (i + 1)).filter(
      (n) => n >= 1,
    );
    return [
      {
        path: `[${index}].${key}`,
        words: `spread by ${byWords(element.by)} ${key} ${value}`,
        without: replaced(undefined),
        relaxations: steps.map((limit) => ({
          words: `spread by ${byWords(element.by)} ${key} ${limit}`,
          value: replaced(limit),
        })),
      },
    ];
  });
}

function spreadMistakes(
  { by, minGroups, maxGroups, maxPerGroup, maxSkew }: Spread,
  index: number,
  { constraints: { maxClusters: max }, at, contradict, report }: ContradictionContext,
): void {
  if ([minGroups, maxGroups, maxPerGroup, maxSkew].every((one) => one === undefined)) {
    report({
      code: 'InvalidDocument',
      path: at('spread', index),
      summary: `got a spread without a limit, expected one of ${limitKeys.join(', ')}`,
      remedy: `Add one of ${limitKeys.join(', ')}.`,
    });
  }
  if (minGroups !== undefined && maxGroups !== undefined && minGroups > maxGroups) {
    const rule = (key: 'minGroups' | 'maxGroups', value: number) => ({
      path: at('spread', index, key),
      words: `spread by ${byWords(by)} with ${key} ${value}`,
    });
    const remedy = `Lower minGroups to at most ${maxGroups}, or raise maxGroups to ${minGroups}.`;
    contradict(rule('minGroups', minGroups), 'is above', rule('maxGroups', maxGroups), remedy);
  }
  if (minGroups === undefined || minGroups <= max) return;
  const words = `spread by ${byWords(by)} with minGroups ${minGroups}`;
  const rule = { path: at('spread', index, 'minGroups'), words };
  const remedy = `Lower minGroups to at most ${max}, or raise maxClusters to ${minGroups}.`;
  contradict(rule, 'is above', placedMaximum(max, at), remedy);
}

function groupOf(by: Spread['by'], cluster: Cluster): string {
  if (typeof by === 'string') return cluster[by] ?? 'none';
  return Object.hasOwn(cluster.labels, by.label) ? cluster.labels[by.label] : 'none';
}

/** The group other than `except` with the fewest chosen clusters. One pass over the candidates for each cluster that asks: 10^6 for 1,000 clusters. */
function leastUsed(
  by: Spread['by'],
  chosen: readonly Cluster[],
  candidates: readonly Cluster[],
  except: string,
): { readonly name: string; readonly count: number } | undefined {
  const counts = new Map(candidates.map((one) => [groupOf(by, one), 0]));
  for (const one of chosen) counts.set(groupOf(by, one), (counts.get(groupOf(by, one)) ?? 0) + 1);
  counts.delete(except);
  const [first, ...rest] = [...counts].map(([name, count]) => ({ name, count }));
  return rest.reduce<typeof first | undefined>(
    (least, one) => (least !== undefined && least.count <= one.count ? least : one),
    first,
  );
}

function byWords(by: Spread['by']): string {
  return typeof by === 'string' ? by : `label ${by.label}`;
}

/** Lower bound on the distance of chosen clusters. */
export const apartKilometers = constraint({
  doc: 'No two chosen clusters are closer than this many kilometres.',
  schema: amountSchema.optional(),
  compile: (least, { clusters, allowed }) => {
    if (least === undefined) return {};
    const near = new Uint8Array(clusters.length * clusters.length);
    // Quadratic in clusters, once per app: 1,000 clusters are 500,000 distances, about 30 ms.
    for (let a = 0; a < clusters.length; a++) {
      for (let b = 0; b < a; b++) {
        if (allowed[a] === 0 || allowed[b] === 0) continue;
        if (kilometersBetween(clusters[a], clusters[b]) >= least) continue;
        near[a * clusters.length + b] = 1;
        near[b * clusters.length + a] = 1;
      }
    }
    return { rules: [{ kind: 'exclusion', near }] };
  },
  violatedBy: (least, cluster, chosen) => {
    if (least === undefined) return undefined;
    const close = chosen.find((other) => kilometersBetween(cluster, other) < least);
    if (close === undefined) return undefined;
    const kilometers = Math.round(kilometersBetween(cluster, close));
    return `is ${kilometers} km from ${close.name}, policy asks for ${least} km`;
  },
  rules: (least) =>
    least === undefined
      ? []
      : [
          {
            path: '',
            words: `apartKilometers ${least}`,
            without: undefined,
            relaxations: twentiethsBelow(least).map((less) => ({
              words: `apartKilometers ${less}`,
              value: less,
            })),
          },
        ],
});

/** Apps that this one runs beside. */
export const together = constraint({
  doc: 'Every chosen cluster is also chosen by each of these apps.',
  schema: z.array(nameSchema).default([]),
  link: 'together',
  names: namesOfApps,
  contradictions: (apps, { constraints, app, at, contradict, report }) => {
    reportOwnName('together', apps, app, at, report);
    reportOwnName('apart', constraints.apart, app, at, report);
    for (const [index, name] of apps.entries()) {
      const other = constraints.apart.indexOf(name);
      if (other < 0) continue;
      contradict(
        { path: at('together', index), words: `together with ${quoted(name)}` },
        'excludes',
        { path: at('apart', other), words: `apart from ${quoted(name)}` },
        'Remove the app from one of the two.',
      );
    }
  },
  rules: (apps) =>
    apps.map((app, index) => ({
      path: `[${index}]`,
      words: `together with ${app}`,
      without: without(apps, index),
      relaxations: [],
    })),
});

/** Apps that this one never runs beside. */
export const apart = constraint({
  doc: 'No chosen cluster is also chosen by any of these apps.',
  schema: z.array(nameSchema).default([]),
  link: 'apart',
  names: namesOfApps,
  rules: (apps) =>
    apps.map((app, index) => ({
      path: `[${index}]`,
      words: `apart from ${app}`,
      without: without(apps, index),
      relaxations: [],
    })),
});

function namesOfApps(apps: readonly string[]): readonly NameUse[] {
  return apps.map((app, index) => ({ path: [index], app }));
}

function reportOwnName(
  key: 'together' | 'apart',
  apps: readonly string[],
  own: string | undefined,
  at: (...steps: Path) => Path,
  report: Report,
): void {
  const index = own === undefined ? -1 : apps.indexOf(own);
  if (index < 0 || own === undefined) return;
  report({
    code: 'Contradiction',
    path: at(key, index),
    summary: `got ${quoted(own)}, the app itself, expected another app`,
    remedy: `Remove ${quoted(own)} from ${key}.`,
    dependsOn: [['name']],
  });
}
