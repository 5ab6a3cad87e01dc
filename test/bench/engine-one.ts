/** One case of the engine bench, in a process of its own: so that memory is its own, and no case warms up another. */

import { type AppProblem, costAt } from '../../constructs/optimizer/problem/problem';
import { ListDescent } from '../../constructs/optimizer/uncapacitated/list-descent';
import { candidateListsFor } from '../../constructs/optimizer/uncapacitated/pairs';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { verify } from '../../constructs/verification';
import type { EngineCase } from './engine-case';
import { engineCases } from './engine-cases';
import { compiledOf } from './engine-input';

/** What was measured; seconds are of the processor, which other load does not change much. */
export interface Measured {
  readonly value: number;
  /** By the measure of the case, where it has one. */
  readonly judged: number;
  readonly gap: number;
  readonly seconds: number;
  readonly wallSeconds: number;
  /** The first good answer, before anything is proved; not for several apps. */
  readonly answer?: {
    readonly seconds: number;
    readonly value: number;
    /** The rule of thumb: the clusters nearest to most requests. Null where it leaves somebody without a legal cluster. */
    readonly topValue: number | null;
  };
  readonly megabytes: number;
  readonly workUnits: number;
  readonly verified: boolean;
  readonly verifySeconds: number;
}

function timed<T>(work: () => T): {
  readonly result: T;
  readonly seconds: number;
  readonly wall: number;
} {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, seconds: (user + system) / 1e6, wall: (performance.now() - wall) / 1e3 };
}

function measure(one: EngineCase): Measured {
  const input = one.input();
  const placed = timed(() => place(input));
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const decision = placed.result;
  const size = decision.apps[0]?.clusters.length ?? 1;
  const checked = timed(() => verify(decision, input).valid);
  return {
    value: decision.objective.value,
    judged: one.judged?.(decision) ?? decision.objective.value,
    gap: decision.objective.gap,
    seconds: placed.seconds,
    wallSeconds: placed.wall,
    ...(input.apps.length === 1 && { answer: firstAnswer(input, size) }),
    megabytes,
    workUnits: decision.engine.workUnits,
    verified: checked.result,
    verifySeconds: checked.seconds,
  };
}

/** Compiling, lists, greedy and swaps, on cells where those come first: what there is before the proof begins. */
function firstAnswer(input: PlaceInput, size: number): Measured['answer'] {
  const { result, seconds } = timed(() => {
    const { problem } = compiledOf(input);
    const asked = coarsestOf(problem);
    const descent = new ListDescent(asked, candidateListsFor(asked), { spent: 0, allowed: 1e10 });
    return { problem, open: descent.improve(descent.greedy()) };
  });
  const { problem, open } = result;
  return { seconds, value: costOfSet(problem, open), topValue: topScorers(problem, size) };
}

/** Cells, or cells of cells, of the same clusters. */
function coarsestOf(problem: AppProblem): AppProblem {
  const coarser = problem.implicitCosts?.coarsening?.coarser();
  if (coarser === undefined) return problem;
  const { implicitCosts: _, ...rest } = problem;
  return coarsestOf({ ...rest, ...coarser });
}

/** What a set costs when every origin goes to the cheapest of it; room is taken no notice of. */
function costOfSet(problem: AppProblem, open: readonly number[]): number {
  let value = problem.constantCost;
  for (const c of open) value += problem.openCost[c] ?? 0;
  for (let u = 0; u < problem.origins; u++) {
    let best = Number.POSITIVE_INFINITY;
    for (const c of open) best = Math.min(best, costAt(problem, c, u));
    value += best;
  }
  return value;
}

/** Score each cluster by the requests nearest to it, take as many of the best as the engine took. */
function topScorers(problem: AppProblem, size: number): number {
  const { origins, clusters, requestsPerSecond } = problem;
  const scores = new Float64Array(clusters);
  const lists = candidateListsFor(problem);
  const nearest = new Int32Array(origins).fill(-1);
  const least = new Float64Array(origins).fill(Number.POSITIVE_INFINITY);
  for (let c = 0; c < clusters; c++) {
    for (let k = lists.start[c] ?? 0; k < (lists.start[c + 1] ?? 0); k++) {
      const u = lists.origin[k] ?? 0;
      if ((lists.cost[k] ?? 0) >= (least[u] ?? 0)) continue;
      least[u] = lists.cost[k] ?? 0;
      nearest[u] = c;
    }
  }
  for (const [u, c] of nearest.entries())
    if (c >= 0) scores[c] = (scores[c] ?? 0) + (requestsPerSecond[u] ?? 0);
  const ranked = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return costOfSet(problem, ranked.slice(0, size));
}

const found = engineCases().find(({ name }) => name === process.argv[2]);
if (found !== undefined) process.stdout.write(`${JSON.stringify(measure(found))}\n`);
