/**
 * Clusters that exclude each other as cliques: of clusters that are all too near to each other at most one is chosen.
 * One such inequality says more than those of its pairs together (Padberg, Mathematical Programming 5, 1973). Every pair is in
 * some clique as long as there are not more than MOST of them for each cluster.
 */
import type { Row } from './inequality';
import type { AppProblem, SetRule } from './problem';

/** Cliques per cluster, at the most. */
const MOST = 2;

type Exclusion = Extract<SetRule, { kind: 'exclusion' }>;

/** At most one of each clique, named `apartKilometers[i]`. */
export function cliqueRows(app: AppProblem, rule: Exclusion): Row[] {
  return cliquesOf(app, rule).map((members, index) => ({
    name: `apartKilometers[${index}]`,
    members: Int32Array.from(members),
    sign: -1,
    limit: -1,
  }));
}

/** Greedy and maximal: one around every pair that no earlier one covers. */
function cliquesOf(app: AppProblem, { near }: Exclusion): number[][] {
  const { clusters, allowed } = app;
  const isCovered = new Uint8Array(clusters * clusters);
  const cliques: number[][] = [];
  for (let a = 0; a < clusters; a++) {
    if (allowed[a] === 0) continue;
    const around = neighboursOf(app, near, a);
    for (const b of around) {
      if (b < a || isCovered[a * clusters + b] === 1) continue;
      if (cliques.length >= MOST * clusters) return cliques;
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

/** Takes in whoever leaves most of the others possible, until nobody is near to all members. */
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
