/** Barred: the clusters that links keep an app from while other apps are where they are. */
import type { Problem } from '../../optimizer';

/** Positions, ascending; `sets`: where every app is now. */
export function clustersExcludedByLinks(
  { links, clusters }: Problem,
  a: number,
  sets: readonly (readonly number[])[],
): readonly number[] {
  const barred = new Set<number>();
  for (const { kind, app, other } of links) {
    if (kind === 'apart' && (app === a || other === a)) {
      for (const cluster of sets[app === a ? other : app]) barred.add(cluster);
    } else if (kind === 'together' && app === a) {
      for (let c = 0; c < clusters; c++) if (!sets[other].includes(c)) barred.add(c);
    }
  }
  return [...barred].sort((x, y) => x - y);
}

/** Apps by how long the chain of those is that they follow, so that whom others follow moves first. */
export function leadersFirst({ apps, links }: Problem): readonly number[] {
  const depth = apps.map(() => 0);
  for (let round = 0; round < apps.length; round++) {
    for (const { kind, app, other } of links) {
      if (kind === 'together') depth[app] = Math.max(depth[app], 1 + depth[other]);
    }
  }
  return [...apps.keys()].sort((a, b) => depth[a] - depth[b] || a - b);
}
