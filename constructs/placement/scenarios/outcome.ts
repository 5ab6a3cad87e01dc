/** Outcome: the result of a scenario for one app, in the numbers that scenarios are compared by. */
import type { AppDecision } from '../../model/decision';
import type { Candidate } from '../../optimizer';
import type { CompiledApp } from '../compile/compile';
import { latencyOf, usdPerHour } from '../explain/statistics';

/** One app in one scenario, beside its base. */
export interface ScenarioApp {
  /** Name of the app. */
  readonly app: string;
  /** Whether every rule of its policy holds in the scenario. */
  readonly satisfied: boolean;
  /** Names of the clusters it would be on, and which of them it enters and leaves; gone ones are left, too. */
  readonly clusters: readonly string[];
  /** Clusters that the app enters. */
  readonly added: readonly string[];
  /** Clusters that the app leaves. */
  readonly dropped: readonly string[];
  /** Its part of the objective. */
  readonly value: number;
  /** Latency of all requests of the app in the scenario. */
  readonly latency: {
    /** Mean over all requests, in milliseconds. */
    readonly meanMilliseconds: number;
    /** Half of all requests take at most this many milliseconds. */
    readonly p50: number;
    /** 95 of 100 requests take at most this many milliseconds. */
    readonly p95: number;
    /** 99 of 100 requests take at most this many milliseconds. */
    readonly p99: number;
  };
  /** US dollars per hour of clusters, replicas and egress. */
  readonly usdPerHour: number;
}

/** An outcome with the loads that it takes from other apps. */
export interface Outcome {
  readonly app: ScenarioApp;
  /** Positions of its clusters, ascending, and the requests/s each serves. */
  readonly open: readonly number[];
  readonly load: Float64Array;
}

/** The outcome of a set; undefined: of none. `before`: names of the base's clusters. */
export function outcomeOf(
  compiled: CompiledApp,
  best: Candidate | undefined,
  before: readonly string[],
): Outcome {
  const { app, fleet } = compiled;
  if (best === undefined) {
    return { app: unsatisfiedApp(app.name), open: [], load: new Float64Array(0) };
  }
  const { assigned, value } = best.evaluated;
  const clusters = best.open.map((cluster) => fleet.clusters[cluster].name);
  const result = {
    app: app.name,
    satisfied: true,
    clusters,
    ...movesOf(clusters, before),
    value,
    latency: latencyOf(compiled, assigned),
    usdPerHour: usdPerHour(compiled, assigned),
  };
  return { app: result, open: best.open, load: assigned.load };
}

/** The same of a decision. */
export function scenarioAppOf(one: AppDecision, before: readonly string[]): ScenarioApp {
  if (!one.satisfied) return unsatisfiedApp(one.app);
  const clusters = one.clusters.map(({ name }) => name);
  const { meanMilliseconds, p50, p95, p99 } = one.latency;
  return {
    app: one.app,
    satisfied: true,
    clusters,
    ...movesOf(clusters, before),
    value: one.objective.value,
    latency: { meanMilliseconds, p50, p95, p99 },
    usdPerHour: one.cost.usdPerHour,
  };
}

/** The outcome of an app without a legal set: like its decision, it has no value and no move. */
function unsatisfiedApp(app: string): ScenarioApp {
  return {
    app,
    satisfied: false,
    clusters: [],
    added: [],
    dropped: [],
    value: 0,
    latency: { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 },
    usdPerHour: 0,
  };
}

function movesOf(clusters: readonly string[], before: readonly string[]) {
  const [had, has] = [new Set(before), new Set(clusters)];
  return {
    added: clusters.filter((name) => !had.has(name)),
    dropped: before.filter((name) => !has.has(name)),
  };
}
