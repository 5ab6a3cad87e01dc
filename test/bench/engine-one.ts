/** One case of the engine bench, in a process of its own: so that memory is its own, and no case warms up another. */
import { equalTo, lessEq, solve } from 'yalps';
import type { Demand } from '../../constructs/model/demand';
import { compileApp, fullStability } from '../../constructs/placement/compile';
import type { PlaceInput } from '../../constructs/placement/input';
import { place } from '../../constructs/placement/place';
import { listsFor } from '../../constructs/placement/solver/bounded';
import { Descent } from '../../constructs/placement/solver/descent';
import { type AppProblem, costAt } from '../../constructs/placement/solver/problem';
import { verify } from '../../constructs/placement/verify';
import { type EngineCase, engineCases, inputOf } from './engine-cases';

/** What was measured; seconds are of the processor, which other load does not change much. */
export interface Measured {
  readonly value: number;
  readonly gap: number;
  readonly proof: string;
  readonly seconds: number;
  readonly wallSeconds: number;
  /** The first good answer, before anything is proved. */
  readonly answerSeconds: number;
  readonly answerValue: number;
  readonly megabytes: number;
  readonly workUnits: number;
  /** The rule of thumb: the clusters nearest to most requests. */
  readonly topValue: number | null;
  readonly general?: { readonly seconds: number; readonly value: number };
  readonly verified: boolean;
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
  const input = inputOf(one.build());
  const placed = timed(() => place(input));
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const { objective, certificate, engine } = placed.result;
  const answer = timed(() => firstAnswer(input));
  const { problem } = answer.result;
  const isHuge = problem.many !== undefined;
  return {
    value: objective.value,
    gap: objective.gap,
    proof: certificate.apps?.[0]?.kind ?? 'none',
    seconds: placed.seconds,
    wallSeconds: placed.wall,
    answerSeconds: answer.seconds,
    answerValue: answer.result.value,
    megabytes,
    workUnits: engine.workUnits,
    topValue: topScorers(problem, placed.result.apps[0]?.clusters.length ?? 1),
    ...(one.isSmall && { general: general(problem) }),
    verified: !isHuge && verify(placed.result, input).valid,
  };
}

/** Compiling, lists, greedy and swaps: what there is before the proof begins. */
function firstAnswer(input: PlaceInput): { readonly problem: AppProblem; readonly value: number } {
  const [app] = input.apps;
  if (app?.demand === undefined || !('inline' in app.demand)) throw new Error('no demand');
  const demand: Demand = app.demand.inline;
  const now = Date.parse(demand.observedAt);
  const compiled = compileApp(
    { app, fleet: input.fleet, demand, previous: undefined, now },
    1,
    fullStability,
  );
  const { problem } = compiled;
  const descent = new Descent(problem, listsFor(problem), { spent: 0, allowed: 1e10 });
  descent.improve(descent.greedy());
  return { problem, value: descent.value };
}

/** Score each cluster by the requests nearest to it, take as many of the best as the engine took. */
function topScorers(problem: AppProblem, size: number): number {
  const { origins, clusters, requestsPerSecond } = problem;
  const scores = new Float64Array(clusters);
  const lists = listsFor(problem);
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
  const chosen = ranked.slice(0, size);
  let value = problem.constantCost;
  for (const c of chosen) value += problem.openCost[c] ?? 0;
  for (let u = 0; u < origins; u++) {
    let best = Number.POSITIVE_INFINITY;
    for (const c of chosen) best = Math.min(best, costAt(problem, c, u));
    value += best;
  }
  return value;
}

/** The same question as a mixed-integer program for yalps; capacities are left out, as in the instances it is asked. */
function general(problem: AppProblem): { readonly seconds: number; readonly value: number } {
  const constraints = new Map<string, ReturnType<typeof equalTo> | ReturnType<typeof lessEq>>();
  const variables = new Map<string, Map<string, number>>();
  for (let u = 0; u < problem.origins; u++) constraints.set(`o${u}`, equalTo(1));
  for (let c = 0; c < problem.clusters; c++) {
    const links: [string, number][] = [];
    for (let u = 0; u < problem.origins; u++) {
      constraints.set(`l${u}.${c}`, lessEq(0));
      links.push([`l${u}.${c}`, -1]);
      const cost = problem.cost[c * problem.origins + u] ?? 0;
      variables.set(
        `x${u}.${c}`,
        new Map([
          ['cost', cost],
          [`o${u}`, 1],
          [`l${u}.${c}`, 1],
        ]),
      );
    }
    variables.set(`y${c}`, new Map([['cost', problem.openCost[c] ?? 0], ...links]));
  }
  const binaries = [...Array(problem.clusters).keys()].map((c) => `y${c}`);
  const asked = {
    direction: 'minimize' as const,
    objective: 'cost',
    constraints,
    variables,
    binaries,
  };
  const { result, seconds } = timed(() => solve(asked, { timeout: 60_000 }));
  return { seconds, value: result.result };
}

const wanted = process.argv[2];
const found = engineCases().find(({ name }) => name === wanted);
if (found !== undefined) process.stdout.write(`${JSON.stringify(measure(found))}\n`);
