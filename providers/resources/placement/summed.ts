/** Summed: numbers by cluster of several apps as those of all together; loaded by every call, so it loads nothing. */

/** What all apps have at each cluster together, of numbers by cluster. */
export function summed(
  apps: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [cluster, number] of apps.flatMap(Object.entries<number>)) {
    sums.set(cluster, Math.round(((sums.get(cluster) ?? 0) + number) * 1000) / 1000);
  }
  return Object.fromEntries(sums);
}
