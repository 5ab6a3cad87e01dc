/** Decisions to print, as small as a test allows. */
import type { AppDecision, PlacementDecision } from '../../constructs/model/decision';

type Cluster = AppDecision['clusters'][number];

export function cluster(
  name: string,
  requestsPerSecond: number,
  replicas: number,
  change: Cluster['change'],
  reason: string,
): Cluster {
  return { name, requestsPerSecond, replicas, since: '2026-11-21T05:30:00Z', change, reason };
}

const nothing = { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 };

export function app(name: string, changes: Partial<AppDecision> = {}): AppDecision {
  return {
    app: name,
    satisfied: true,
    clusters: [],
    dropped: [],
    rejected: [],
    assignments: [],
    objective: { value: 100, bound: 100, gap: 0, terms: { latency: 100 } },
    latency: nothing,
    cost: { usdPerHour: 0, delta: 0 },
    churnCurve: [],
    warnings: [],
    ...changes,
  };
}

export function decision(
  apps: readonly AppDecision[],
  changes: Partial<PlacementDecision> = {},
): PlacementDecision {
  return {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'PlacementDecision',
    now: '2026-11-21T05:30:00Z',
    objective: { value: 100, bound: 100, gap: 0 },
    apps: [...apps],
    prices: [],
    certificate: {},
    inputs: {
      fleet: 'sha256:f',
      demand: null,
      apps: 'sha256:a',
      previous: null,
      observedAt: '2026-11-21T05:30:00Z',
    },
    engine: { version: '0.1.0', workUnits: 1 },
    digest: 'sha256:0123456789abcdef',
    ...changes,
  };
}

/** An app that moves: one cluster in, one out, warned and not proved. */
export const moving = app('shop', {
  clusters: [
    cluster('fra', 412, 9, 'kept', 'serves 23 origins, berlin first; residency europe needs it'),
    cluster('iad', 301.2, 7, 'kept', 'serves 18 origins, new-york first'),
    cluster('sin', 120, 3, 'added', 'mean latency of its origins 188 -> 41 ms'),
  ],
  dropped: [{ name: 'ams', reason: 'would serve 12.2 requests/s, policy asks for 20' }],
  rejected: [
    {
      rule: 'objective',
      reason: 'the objective would be {} higher with it',
      clusters: ['arn', 'ath', 'bog', 'bom', 'cgk', 'cpt'],
      numbers: [12, 12, 13, 14, 15, 16.5],
    },
    { rule: 'spread', reason: 'provider aws already has 2', clusters: ['eze'] },
  ],
  objective: { value: 100, bound: 99.6, gap: 0.004, terms: { latency: 100 } },
  latency: {
    meanMilliseconds: 38.1,
    p50: 31,
    p95: 81,
    p99: 120,
    before: { meanMilliseconds: 61, p50: 44, p95: 150, p99: 188 },
  },
  cost: { usdPerHour: 4.1, delta: 0.62 },
  churnCurve: [
    { changes: 0, value: 125 },
    { changes: 2, value: 100 },
  ],
  warnings: ['the demand is 2 hours old and was valid for 30 minutes'],
});

export const stuck = app('cart', {
  satisfied: false,
  objective: { value: 0, bound: 0, gap: 0, terms: {} },
  conflict: {
    summary: 'minClusters 4 and mustNotInclude region asia cannot both hold: 3 clusters remain',
    rules: [
      {
        path: 'policy.constraints.minClusters',
        rule: 'at least 4 clusters',
        relaxation: 'minClusters 3',
      },
      {
        path: 'policy.constraints.mustNotInclude[0]',
        rule: 'no cluster in region asia',
        relaxation: 'remove it',
      },
    ],
  },
});
