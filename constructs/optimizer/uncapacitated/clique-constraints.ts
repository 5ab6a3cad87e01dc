/**
 * Clusters that exclude each other as cliques: at most one cluster of a clique is chosen.
 * A clique inequality is stronger than those of its pairs together (Padberg, Mathematical Programming 5, 1973). Every pair is in
 * some clique unless there are more than MAX_CLIQUES_PER_CLUSTER cliques per cluster.
 */

import type { AppProblem } from '../problem/problem';
import { MAX_CLIQUES_PER_CLUSTER } from '../single-app-options';
import type { LinearConstraint } from './inequality';

/**
 * At most one of each clique, named by its number. [a * clusters + b] = 1 in `conflicts` where two exclude each other in sets in
 * which no cluster may be below its minimum load.
 */
export function exclusionConstraints(
  app: AppProblem,
  conflicts: Uint8Array | undefined,
): LinearConstraint[] {
  const exclusions = app.rules.filter(({ kind }) => kind === 'exclusion');
  if (exclusions.length === 0 && conflicts === undefined) return [];
  const near = new Uint8Array(app.clusters * app.clusters);
  for (const rule of app.rules) {
    if (rule.kind === 'exclusion') for (let i = 0; i < near.length; i++) near[i] |= rule.near[i];
  }
  const rows: LinearConstraint[] = [];
  const add = (pairs: Uint8Array, isUsed: boolean) => {
    for (const clique of cliquesOf(app, pairs)) {
      const members = Int32Array.from(clique);
      rows.push({
        name: `cliques[${rows.length}]`,
        members,
        sign: -1,
        limit: -1,
        needsMinimumLoad: isUsed,
      });
    }
  };
  if (near.includes(1)) add(near, false);
  if (conflicts !== undefined) {
    add(
      conflicts.map((one, i) => one | near[i]),
      true,
    );
  }
  return rows;
}

/** Greedy and maximal: one around every pair that no earlier one covers. */
function cliquesOf(app: AppProblem, near: Uint8Array): number[][] {
  const { clusters, allowed } = app;
  const isCovered = new Uint8Array(clusters * clusters);
  const cliques: number[][] = [];
  for (let a = 0; a < clusters; a++) {
    if (allowed[a] === 0) continue;
    const around = neighboursOf(app, near, a);
    for (const b of around) {
      if (b < a || isCovered[a * clusters + b] === 1) continue;
      if (cliques.length >= MAX_CLIQUES_PER_CLUSTER * clusters) return cliques;
      const clique = grown(near, clusters, [a, b], around);
      for (const one of clique) for (const other of clique) isCovered[one * clusters + other] = 1;
      cliques.push(clique.sort((one, other) => one - other));
    }
  }
  return cliques;
}

function neighboursOf({ clusters, allowed }: AppProblem, near: Uint8Array, a: number): number[] {
  const around: number[] = [];
  for (let b = 0; b < clusters; b++) {
    if (b !== a && allowed[b] === 1 && near[a * clusters + b] === 1) around.push(b);
  }
  return around;
}

/** Grows a clique by the cluster that leaves most further candidates, until no candidate conflicts with all members. */
function grown(near: Uint8Array, clusters: number, pair: number[], around: number[]): number[] {
  const clique = [...pair];
  const [, second] = pair;
  let left = around.filter((c) => near[second * clusters + c] === 1);
  while (left.length > 0) {
    let best = left[0];
    let most = -1;
    for (const one of left) {
      let count = 0;
      for (const other of left) count += near[one * clusters + other];
      if (count > most) [best, most] = [one, count];
    }
    clique.push(best);
    left = left.filter((c) => near[best * clusters + c] === 1);
  }
  return clique;
}
