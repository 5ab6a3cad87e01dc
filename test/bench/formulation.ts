/** The question as a mixed-integer program for general solvers: the strong formulation, written once for all of them. */
import type { AppProblem, SetRule } from '../../constructs/optimizer/problem/problem';

/** A row of a program: coefficients of columns, and what their sum must be. */
export interface ProgramRow {
  readonly terms: readonly (readonly [column: number, coefficient: number])[];
  readonly relation: '<=' | '=' | '>=';
  readonly limit: number;
}

/** Minimise `costs` over columns that are not negative. The first `opens` columns, and every whole pair, are 0 or 1. */
export interface Program {
  readonly costs: readonly number[];
  /** By column: whether it is 0 or 1. */
  readonly isBinary: (column: number) => boolean;
  readonly rows: readonly ProgramRow[];
  /** Paid in any case. */
  readonly constant: number;
}

/** Whether the columns and rows of a problem with so many legal pairs can be written down. */
export const MOST_PAIRS = 1_000_000;

/** `limits`: requests/s that each cluster has room for. Throws for rules that have no line here. */
export function programOf(problem: AppProblem, limits: Float64Array): Program {
  const { clusters, origins } = problem;
  const costs = [...problem.openCost];
  const pairs = pairsOf(problem, costs);
  const firstExtra = costs.length;
  const rows: ProgramRow[] = [];
  const byOrigin = Array.from({ length: origins }, (): [number, number][] => []);
  for (const { column, cluster, origin } of pairs) {
    byOrigin[origin]?.push([column, 1]);
    rows.push({ terms: [[column, 1], [cluster, -1]], relation: '<=', limit: 0 }); // biome-ignore format: one line a row
  }
  for (const terms of byOrigin) rows.push({ terms, relation: '=', limit: 1 });
  for (let c = 0; c < clusters; c++) {
    if (problem.allowed[c] !== 1) rows.push({ terms: [[c, 1]], relation: '=', limit: 0 });
  }
  for (const rule of problem.rules) rows.push(...rowsOf(rule, costs));
  rows.push(...roomOf(problem, limits, pairs));
  refuse(problem);
  const isWhole = problem.capacity === 'whole' && limits.some(Number.isFinite);
  const isBinary = (column: number) => column < clusters || column >= firstExtra || isWhole;
  return { costs, isBinary, rows, constant: problem.constantCost };
}

interface Pair {
  readonly column: number;
  readonly cluster: number;
  readonly origin: number;
}

/** A column for every legal pair, after those of the clusters. */
function pairsOf({ clusters, origins, allowed, cost }: AppProblem, costs: number[]): Pair[] {
  const pairs: Pair[] = [];
  for (let cluster = 0; cluster < clusters; cluster++) {
    for (let origin = 0; origin < origins && allowed[cluster] === 1; origin++) {
      const each = cost[cluster * origins + origin];
      if (each < Number.POSITIVE_INFINITY) {
        pairs.push({ column: costs.length, cluster, origin });
        costs.push(each);
      }
    }
  }
  return pairs;
}

/** Rules about the set; groups that must be used get a column each. */
function rowsOf(rule: SetRule, costs: number[]): ProgramRow[] {
  if (rule.kind === 'exclusion') throw new Error('distances between clusters have no rows here');
  if (rule.kind === 'count') {
    const terms = [...rule.members.keys()].filter((c) => rule.members[c] === 1).map(one);
    return [...atLeast(terms, rule.min), ...atMost(terms, rule.max)];
  }
  if (Number.isFinite(rule.maxSkew)) throw new Error('a skew has no rows here');
  const members = Array.from({ length: rule.groups }, (_, group) =>
    [...rule.group.keys()].filter((c) => rule.group[c] === group).map(one),
  );
  const rows = members.flatMap((terms) => atMost(terms, rule.maxPerGroup));
  if (rule.minGroups <= 1) return rows;
  const used = members.map((terms) => {
    const column = costs.push(0) - 1;
    rows.push({ terms: [[column, 1], ...terms.map(([c]) => [c, -1] as const)], relation: '<=', limit: 0 }); // biome-ignore format: one line a row
    return one(column);
  });
  return [...rows, ...atLeast(used, rule.minGroups)];
}

const one = (column: number) => [column, 1] as const;
type Terms = ProgramRow['terms'];
const atMost = (terms: Terms, limit: number): ProgramRow[] =>
  limit < terms.length ? [{ terms, relation: '<=', limit }] : [];
const atLeast = (terms: Terms, limit: number): ProgramRow[] =>
  limit > 0 ? [{ terms, relation: '>=', limit }] : [];

/** What a chosen cluster serves at least and at most. */
function roomOf(
  { requestsPerSecond, threshold, capacity, headroom }: AppProblem,
  limits: Float64Array,
  pairs: readonly Pair[],
): ProgramRow[] {
  const load = Array.from(limits, (): [number, number][] => []);
  for (const { column, cluster, origin } of pairs)
    load[cluster]?.push([column, requestsPerSecond[origin]]);
  return load.flatMap((terms, c) => {
    const room = capacity === 'none' ? Number.POSITIVE_INFINITY : limits[c] * (1 - headroom);
    const rows: ProgramRow[] = [];
    if (Number.isFinite(room))
      rows.push({ terms: [...terms, [c, -room]], relation: '<=', limit: 0 });
    if (threshold[c] > 0)
      rows.push({ terms: [...terms, [c, -threshold[c]]], relation: '>=', limit: 0 });
    return rows;
  });
}

function refuse(problem: AppProblem): void {
  const { budget, survive, nearShare, maxChanges, implicitCosts: many } = problem;
  if (budget || survive || nearShare || many || Number.isFinite(maxChanges))
    throw new Error('a rule of this policy has no rows here');
}

/** The program in the format that CPLEX began and every solver reads. */
export function lpText({ costs, isBinary, rows }: Program): string {
  const lines = ['Minimize', ' cost:'];
  costs.forEach((cost, column) => {
    if (cost !== 0) lines.push(signed(cost, column));
  });
  lines.push('Subject To');
  for (const [index, { terms, relation, limit }] of rows.entries()) {
    const sum = terms.map(([column, coefficient]) => signed(coefficient, column)).join('');
    lines.push(` r${index}:${sum} ${relation} ${limit}`);
  }
  lines.push('Binaries');
  for (const column of costs.keys()) if (isBinary(column)) lines.push(` x${column}`);
  return `${lines.join('\n')}\nEnd\n`;
}

const signed = (coefficient: number, column: number) =>
  ` ${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)} x${column}`;
