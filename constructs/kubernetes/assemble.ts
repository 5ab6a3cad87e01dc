/** Assemble: puts the objects of all clusters into one bundle that stores equal objects, and equal clusters, once. */

import { type Bundle, type BundleObject, sealBundle, type Variant } from '../model/app/bundle';
import type { Override } from '../model/app/workload';
import type { Cluster } from '../model/fleet';
import { matches } from '../model/match';
import { API_VERSION } from '../parsing';
import { byApplyOrder } from './kinds';
import type { Template } from './slots';

/** Objects and the names of the clusters that get them. No names: every cluster. */
export interface Group {
  readonly templates: readonly Template[];
  readonly clusters?: readonly string[];
}

/** Everything a bundle is made of. */
export interface Parts {
  readonly name: string;
  readonly namespace: string;
  readonly groups: readonly Group[];
  readonly overrides: readonly Override[];
  /** Sorted by name. Undefined: synthesized without a fleet. */
  readonly clusters: readonly Cluster[] | undefined;
  readonly warnings: readonly string[];
}

/** The sealed bundle. */
export function assemble(parts: Parts): Bundle {
  const { objects, lists } = pooled(parts.groups);
  const uses = new Map<number, number>();
  for (const list of lists) for (const one of list) uses.set(one, (uses.get(one) ?? 0) + 1);
  const isCommon = (one: number) => uses.get(one) === lists.length;
  const own = lists.map((list) => list.filter((one) => !isCommon(one)));
  const everyOverride = parts.overrides.map((_, index) => index);
  const chosen =
    parts.clusters === undefined
      ? { variants: [{ objects: own[0] ?? [], overrides: everyOverride }] }
      : variantsOf(parts, own, objects.some(wantsRegion));
  return sealBundle({
    apiVersion: API_VERSION,
    kind: 'Bundle',
    app: parts.name,
    namespace: parts.namespace,
    objects: [...objects],
    common: [...uses.keys()].filter(isCommon).sort((a, b) => a - b),
    overrides: [...parts.overrides],
    ...chosen,
    warnings: [...parts.warnings],
  });
}

interface Pool {
  /** Distinct objects in the order they are applied. */
  readonly objects: readonly BundleObject[];
  /** For each group the ascending positions of its objects. */
  readonly lists: readonly (readonly number[])[];
}

function pooled(groups: readonly Group[]): Pool {
  const found = new Map<string, number>();
  const objects: BundleObject[] = [];
  const raw = groups.map(({ templates }) =>
    templates.map((template) => {
      const object = objectOf(template);
      const key = JSON.stringify(object);
      const known = found.get(key);
      if (known !== undefined) return known;
      found.set(key, objects.length);
      return objects.push(object) - 1;
    }),
  );
  const order = objects.map((_, index) => index);
  order.sort((a, b) => byApplyOrder(objects[a]!.manifest, objects[b]!.manifest) || a - b);
  const position = new Map(order.map((old, index) => [old, index]));
  return {
    objects: order.map((old) => objects[old]!),
    lists: raw.map((list) => list.map((old) => position.get(old)!).sort((a, b) => a - b)),
  };
}

function objectOf({ manifest, slots, component }: Template): BundleObject {
  return {
    manifest,
    ...(component === undefined ? {} : { component }),
    ...(slots.length === 0 ? {} : { slots: [...slots] }),
  };
}

function wantsRegion({ slots = [] }: BundleObject): boolean {
  return slots.some((slot) =>
    ('fill' in slot ? [slot.fill] : slot.text).some(
      (part) => typeof part === 'object' && part.value === 'region',
    ),
  );
}

function variantsOf(
  { clusters = [], groups, overrides }: Parts,
  own: readonly (readonly number[])[],
  withRegion: boolean,
): Pick<Bundle, 'variants' | 'clusters'> {
  const groupOf = new Map(
    groups.flatMap((group, index) => (group.clusters ?? []).map((name) => [name, index])),
  );
  const variants: Variant[] = [];
  const known = new Map<string, number>();
  const entries = clusters.map((cluster): [string, number] => {
    const variant: Variant = {
      objects: [...own[groupOf.get(cluster.name) ?? 0]!],
      overrides: overrides.flatMap(({ match }, index) => (matches(match, cluster) ? index : [])),
      ...(withRegion ? { region: cluster.region } : {}),
    };
    const key = JSON.stringify(variant);
    const index = known.get(key) ?? variants.push(variant) - 1;
    known.set(key, index);
    return [cluster.name, index];
  });
  return { variants, clusters: Object.fromEntries(entries) };
}
