/** Constraints on how the chosen clusters lie to each other: groups, distance, other apps. */
import { z } from 'zod';
import { amountSchema, type Cluster, nameSchema } from '../../model/fleet';
import { kilometersBetween } from '../../model/geography';
import { type ConstraintRule, constraint, twentiethsBelow, without } from './row';

const spreadSchema = z.strictObject({
  by: z
    .union([
      z.enum(['region', 'country', 'provider']),
      z.strictObject({ label: z.string().min(1) }),
    ])
    .describe('What makes a group; a cluster without it is in the group `none`.'),
  minGroups: z.int().min(1).optional().describe('Groups with a chosen cluster.'),
  maxPerGroup: z.int().min(1).optional().describe('Chosen clusters in any group.'),
  maxSkew: z.int().min(1).optional().describe('Most less fewest chosen clusters over all groups.'),
});
type Spread = z.output<typeof spreadSchema>;
const limitKeys = ['minGroups', 'maxPerGroup', 'maxSkew'] as const;

/** Over how many groups the chosen clusters are spread. */
export const spread = constraint({
  doc: 'Spreads the chosen clusters over regions, countries, providers or the values of a label.',
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
        maxPerGroup: element.maxPerGroup ?? Number.POSITIVE_INFINITY,
        maxSkew: element.maxSkew ?? Number.POSITIVE_INFINITY,
        path: `spread[${index}]`,
        names: [...names.keys()],
      };
    }),
  }),
  violatedBy: (elements, cluster, chosen) => {
    for (const { by, maxPerGroup } of elements) {
      const name = groupOf(by, cluster);
      const there = chosen.filter((other) => groupOf(by, other) === name).length;
      if (maxPerGroup !== undefined && there >= maxPerGroup) {
        return `${byWords(by)} ${name} already has ${there}`;
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

function groupOf(by: Spread['by'], cluster: Cluster): string {
  if (typeof by === 'string') return cluster[by] ?? 'none';
  return Object.hasOwn(cluster.labels, by.label) ? cluster.labels[by.label] : 'none';
}

function byWords(by: Spread['by']): string {
  return typeof by === 'string' ? by : `label ${by.label}`;
}

/** How far apart chosen clusters are. */
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

/** Apps this one follows. */
export const together = constraint({
  doc: 'Every chosen cluster is also chosen by each of these apps.',
  schema: z.array(nameSchema).default([]),
  link: 'together',
  rules: (apps) =>
    apps.map((app, index) => ({
      path: `[${index}]`,
      words: `together with ${app}`,
      without: without(apps, index),
      relaxations: [],
    })),
});

/** Apps this one avoids. */
export const apart = constraint({
  doc: 'No chosen cluster is also chosen by any of these apps.',
  schema: z.array(nameSchema).default([]),
  link: 'apart',
  rules: (apps) =>
    apps.map((app, index) => ({
      path: `[${index}]`,
      words: `apart from ${app}`,
      without: without(apps, index),
      relaxations: [],
    })),
});
