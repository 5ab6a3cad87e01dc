/** Override match: an override for a region, label or name that no cluster has is a typing mistake, not a wish. */

import type { Override } from '../../model/app/workload';
import type { Cluster } from '../../model/fleet';
import { EdgeError, quoted, useOneOf } from '../../parsing';

const attributes = ['region', 'country', 'provider', 'city', 'name'] as const;

/** An error for every value in a match that no cluster of the fleet has. */
export function unknownValues(
  overrides: readonly Override[],
  clusters: readonly Cluster[],
): readonly EdgeError[] {
  const valuesOf = remembering((key: string) => {
    const label = key.startsWith('labels.') ? key.slice('labels.'.length) : undefined;
    const read = (cluster: Cluster) =>
      label === undefined ? cluster[key as 'name'] : cluster.labels[label];
    return [...new Set(clusters.flatMap((cluster) => read(cluster) ?? []))].sort();
  });
  return overrides.flatMap(({ match }, index) => {
    const wanted = [
      ...attributes.map((key) => [key, match[key]] as const),
      ...Object.entries(match.labels ?? {}).map(
        ([key, value]) => [`labels.${key}`, value] as const,
      ),
    ];
    return wanted.flatMap(([key, value]) =>
      [value ?? []]
        .flat()
        .filter((one) => !valuesOf(key).includes(one))
        .map((one) => unknown(`overrides[${index}].match.${key}`, one, valuesOf(key))),
    );
  });
}

function remembering<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

function unknown(path: string, value: string, known: readonly string[]): EdgeError {
  return new EdgeError({
    code: 'UnknownName',
    path,
    summary: `got ${quoted(value)}, which no cluster of the fleet has`,
    remedy: useOneOf(value, known),
  });
}
