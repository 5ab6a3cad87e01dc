/** Alike: clusters that go through the same are shown once, with all their names, and values that differ are counted. */
import type { ClusterPlan, FieldChange, ObjectPlan } from '../../resources/release';

/** Clusters of one step with the same objects that change in the same way; values of fields may differ. */
export type Alike = readonly [ClusterPlan, ...ClusterPlan[]];

/** Fewer than this are shown one by one. */
const leastTogether = 4;

/** In the order of the first of each. */
export function alikeOf(clusters: readonly ClusterPlan[]): readonly Alike[] {
  const groups = new Map<string, [ClusterPlan, ...ClusterPlan[]]>();
  for (const one of clusters) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group): readonly Alike[] =>
    group.length < leastTogether ? group.map((one): Alike => [one]) : [group],
  );
}

function keyOf({ name, step, reason = '', objects }: ClusterPlan): string {
  const what = objects.map(({ ref, change, fields, reason: why, drifted }) => {
    return [ref, change, fields.map(({ path }) => path), why, drifted];
  });
  return JSON.stringify([step, reason.replaceAll(name, ''), what]);
}

/** At most four of `count` names (five when these are all), then how many more. */
export function listed(names: readonly string[], count = names.length): string {
  const shown = names.slice(0, count <= 5 ? 5 : 4);
  const rest = count - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** An object of all clusters of a group. */
export interface Merged {
  /** With the fields of which all have the same values. */
  readonly object: ObjectPlan;
  /** The others, with their values as `2 -> 3 on 12, 2 -> 4 on 5, others on 3`. */
  readonly differing: readonly { readonly path: string; readonly texts: string }[];
}

/** The objects of a group, in their order. */
export function mergedObjects(
  group: Alike,
  textOf: (change: Omit<FieldChange, 'path'>) => string,
): readonly Merged[] {
  const [first] = group;
  return first.objects.map((object, index) => {
    const all = group.map(({ objects }) => objects[index] ?? object);
    const values = object.fields.map(({ path }, at) => {
      const texts = all.map(({ fields }) => textOf(fields[at] ?? { path }));
      return { path, field: object.fields[at], texts };
    });
    const same = values.filter(({ texts }) => new Set(texts).size === 1);
    const differing = values.filter(({ texts }) => new Set(texts).size > 1);
    return {
      object: { ...object, fields: same.flatMap(({ field }) => field ?? []) },
      differing: differing.map(({ path, texts }) => ({ path, texts: countsOf(texts) })),
    };
  });
}

const mostValues = 3;

function countsOf(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, mostValues);
  const rest = sorted.slice(mostValues).reduce((sum, [, count]) => sum + count, 0);
  const parts = shown.map(([text, count]) => `${text} on ${count}`);
  return [...parts, ...(rest > 0 ? [`others on ${rest}`] : [])].join(', ');
}
