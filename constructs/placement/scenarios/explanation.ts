/** Explain: why a cluster was or was not chosen, by running the real placement again with it forbidden or required. */
import type { AppDecision, PlacementDecision } from '../../model/decision';
import { rejectionOf } from '../../model/rejections';
import { EdgeError, nearest } from '../../parsing';
import { type EdgeApp, givenDemand, type PlaceInput } from '../../policy';
import { atClockOf } from '../compile/demand-selection';
import { place } from '../decide/place';

/** What one cluster means to one app. */
export interface ClusterExplanation {
  /** Name of the app. */
  readonly app: string;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Whether the decision chooses the cluster, drops it, or rejects it. */
  readonly status: 'chosen' | 'dropped' | 'rejected';
  /** The sentence of the decision. */
  readonly reason: string;
  /** The rule that keeps it out. */
  readonly rule?: string;
  /** Requests per second of the app that the cluster serves; 0 if it is not chosen. */
  readonly requestsPerSecond: number;
  /** Origins served there, most requests first. */
  readonly origins: readonly {
    /** Name of the origin. */
    readonly origin: string;
    /** Requests per second from this origin that the cluster serves. */
    readonly requestsPerSecond: number;
    /** Latency from the origin to the cluster. */
    readonly milliseconds: number;
  }[];
  /** The other choice: without a chosen cluster, or with one that was not chosen. */
  readonly otherwise: {
    /** The question that the other choice answers. */
    readonly question: string;
    /** Whether the policy can be satisfied with the other choice. */
    readonly satisfied: boolean;
    /** Objective of the other choice less this one. */
    readonly delta: number;
    /** Clusters that the other choice has in addition. */
    readonly added: readonly string[];
    /** Clusters that the other choice does not have. */
    readonly dropped: readonly string[];
    /** The conflict, when the other choice cannot be. */
    readonly conflict?: string;
  };
}

/** A decision with the clusters asked about. */
export interface Explanation {
  /** The decision that is explained. */
  readonly decision: PlacementDecision;
  /** One explanation for each app and cluster in question. */
  readonly clusters: readonly ClusterExplanation[];
}

/** See the door. */
export function explain(input: PlaceInput, cluster?: string, app?: string): Explanation {
  const decision = place(input);
  const names = input.fleet.clusters.map(({ name }) => name);
  if (cluster !== undefined) requireKnownName('cluster', cluster, names);
  if (app !== undefined)
    requireKnownName(
      'app',
      app,
      input.apps.map(({ name }) => name),
    );
  const apps = decision.apps.filter((one) => app === undefined || one.app === app);
  return {
    decision,
    clusters: apps.flatMap((one) => {
      if (!one.satisfied) return [];
      const names = cluster === undefined ? one.clusters.map(({ name }) => name) : [cluster];
      return names.map((name) => explainOne(input, decision, one, name));
    }),
  };
}

function explainOne(
  input: PlaceInput,
  decision: PlacementDecision,
  app: AppDecision,
  cluster: string,
): ClusterExplanation {
  const chosen = app.clusters.find(({ name }) => name === cluster);
  const dropped = app.dropped.find(({ name }) => name === cluster);
  const rejected = rejectionOf(decision, app, cluster);
  return {
    app: app.app,
    cluster,
    status: chosen ? 'chosen' : dropped ? 'dropped' : 'rejected',
    reason: (chosen ?? dropped ?? rejected)?.reason ?? 'is not part of this decision',
    ...(rejected === undefined ? {} : { rule: rejected.rule }),
    requestsPerSecond: chosen?.requestsPerSecond ?? 0,
    origins: originsOf(input, app, cluster),
    otherwise: oppositeChoice(input, decision, app, cluster, chosen !== undefined),
  };
}

function originsOf(input: PlaceInput, app: AppDecision, cluster: string) {
  const rates = new Map<string, number>();
  for (const demand of demandsOf(input, app.app)) {
    for (const origin of demand.origins) rates.set(origin.name, origin.requestsPerSecond);
  }
  return app.assignments
    .filter((one) => one.cluster === cluster)
    .map(({ origin, share, milliseconds }) => ({
      origin,
      requestsPerSecond: share * (rates.get(origin) ?? 0),
      milliseconds: milliseconds ?? 0,
    }))
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond);
}

function demandsOf(input: PlaceInput, app: string) {
  const edgeApp = input.apps.find(({ name }) => name === app);
  const demand = edgeApp && givenDemand(edgeApp, input);
  return demand === undefined ? [] : [demand];
}

/** Runs the placement with the opposite choice for this cluster, everything else as it is. */
function oppositeChoice(
  input: PlaceInput,
  decision: PlacementDecision,
  app: AppDecision,
  cluster: string,
  isChosen: boolean,
): ClusterExplanation['otherwise'] {
  const changed = (edgeApp: EdgeApp): EdgeApp => {
    if (edgeApp.name !== app.app) return edgeApp;
    const { constraints } = edgeApp.policy;
    const match = { name: cluster };
    const other = isChosen
      ? { mustNotInclude: [...constraints.mustNotInclude, match] }
      : { mustInclude: [...constraints.mustInclude, { ...match, count: 1 }] };
    const stability = {
      ...edgeApp.policy.stability,
      minGain: 0,
      minDwellSeconds: 0,
      leaveMargin: 0,
      freeze: [],
    };
    return {
      ...edgeApp,
      policy: { ...edgeApp.policy, constraints: { ...constraints, ...other }, stability },
    };
  };
  const result = place({ ...atClockOf(input, decision.now), apps: input.apps.map(changed) });
  const after = result.apps.find((one) => one.app === app.app) as AppDecision;
  const before = new Set(app.clusters.map(({ name }) => name));
  const now = new Set(after.clusters.map(({ name }) => name));
  return {
    question: isChosen ? `without ${cluster}` : `with ${cluster}`,
    satisfied: after.satisfied,
    delta: after.satisfied ? result.objective.value - decision.objective.value : 0,
    added: [...now].filter((name) => !before.has(name)).sort(),
    dropped: after.satisfied ? [...before].filter((name) => !now.has(name)).sort() : [],
    ...(after.conflict === undefined ? {} : { conflict: after.conflict.summary }),
  };
}

function requireKnownName(what: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const near = nearest(name, names);
  throw new EdgeError({
    code: 'UnknownName',
    path: what,
    summary: `there is no ${what} ${name.slice(0, 60)}`,
    remedy:
      near === undefined ? `Use one of: ${names.slice(0, 8).join(', ')}.` : `Did you mean ${near}?`,
  });
}
