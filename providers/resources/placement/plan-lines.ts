/** Plan lines: a decision as the short lines that plans show. */
import type {
  AppDecision,
  ClusterDecision,
  PlacementDecision,
} from '../../../constructs/model/decision';
import { counted, signed, threeDigits, usd } from '../../../constructs/model/numbers';
import { costPhrase, latencyPhrase, proof, servedBy } from '../../../constructs/placement';

/** One app of a plan. */
export interface PlacedApp {
  readonly app: string;
  readonly satisfied: boolean;
  /** Names, sorted. */
  readonly clusters: readonly string[];
  /** Replicas by cluster, of all components together. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Requests/s that it is to serve, by cluster. */
  readonly requestsPerSecond: Readonly<Record<string, number>>;
  /** (value - bound) / max(|value|, 1); 0 is proved optimal. */
  readonly gap: number;
  readonly summary: string;
  /** One line per cluster: `+` added, `=` kept, `-` dropped; in that order, then by name. None where the app stays as it is. */
  readonly changes: readonly string[];
  /** Who serves whom: by origin, its clusters with the share of its requests that each answers. */
  readonly origins: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly warnings: readonly string[];
}

/** One app of a decision over a fleet of `fleetSize` clusters. */
export function placedApp(app: AppDecision, fleetSize: number): PlacedApp {
  const { clusters, dropped, satisfied, objective, warnings } = app;
  const by = <T>(value: (cluster: ClusterDecision) => T) =>
    Object.fromEntries(clusters.map((cluster) => [cluster.name, value(cluster)]));
  const lines = (change: 'added' | 'kept', mark: string) =>
    clusters.filter((one) => one.change === change).map((one) => `${mark} ${clusterLine(one)}`);
  return {
    app: app.app,
    satisfied,
    clusters: clusters.map(({ name }) => name),
    replicas: by(({ replicas }) => replicas),
    // More digits than anybody reads would be a change in every plan.
    requestsPerSecond: by((one) => Math.round(one.requestsPerSecond * 1000) / 1000),
    gap: objective.gap,
    summary: appSummary(app, fleetSize),
    changes: [
      ...lines('added', '+'),
      ...lines('kept', '='),
      ...dropped.map(({ name, reason }) => `- ${name}  ${reason}`),
    ],
    origins: originsOf(app),
    warnings,
  };
}

/** Nothing in a decision that was kept compact. */
function originsOf({ assignments }: AppDecision): PlacedApp['origins'] {
  // Maps: an origin may be called anything, `__proto__` too.
  const origins = new Map<string, [cluster: string, share: number][]>();
  for (const { origin, cluster, share } of assignments) {
    if (cluster === null) continue;
    const shares = origins.get(origin) ?? [];
    shares.push([cluster, share]);
    origins.set(origin, shares);
  }
  return Object.fromEntries(
    [...origins].map(([origin, shares]) => [origin, Object.fromEntries(shares)]),
  );
}

/** All apps in one line, as `12 apps on 40 clusters: 3 move, 9 stay; +1.20 USD/h; proved optimal`; the only app's line when there is one. */
export function summaryOf(
  { apps, objective, inputs }: PlacementDecision,
  placed: readonly PlacedApp[],
): string {
  const [only] = placed;
  if (only !== undefined && placed.length === 1) return only.summary;
  const clusters = new Set(placed.flatMap((one) => one.clusters)).size;
  const kinds = apps.map(courseOf);
  const counts = courses.flatMap((course) => {
    const count = kinds.filter((one) => one === course).length;
    return count === 0 ? [] : [`${count} ${course}`];
  });
  const delta = usd(apps.reduce((sum, { cost }) => sum + cost.delta, 0));
  // Against nothing, the costs of what runs already would be said to be added.
  const isNews = inputs.previous !== null && /[1-9]/.test(delta);
  const cost = isNews ? [`${signed(delta)} USD/h`] : [];
  const certain = kinds.includes('not satisfied') ? [] : [proof(objective.gap)];
  const where = `${counted(apps.length, 'app')} on ${counted(clusters, 'cluster')}`;
  return [`${where}: ${counts.join(', ')}`, ...cost, ...certain].join('; ');
}

/** Worst first. */
const courses = ['not satisfied', 'move', 'placed', 'stay'] as const;

/** `move`: clusters come or go; `placed`: it had none before; `stay`: the same clusters, whatever their replicas. */
function courseOf({ satisfied, clusters, dropped }: AppDecision): (typeof courses)[number] {
  if (!satisfied) return 'not satisfied';
  const added = clusters.filter(({ change }) => change === 'added').length;
  if (dropped.length === 0 && added === clusters.length && added > 0) return 'placed';
  return added + dropped.length > 0 ? 'move' : 'stay';
}

function appSummary(app: AppDecision, fleetSize: number): string {
  if (!app.satisfied) return app.conflict?.summary ?? 'no placement satisfies the policy';
  const served = servedBy(app);
  return [
    `${app.clusters.length} of ${counted(fleetSize, 'cluster')}`,
    served > 0 ? `${threeDigits(served)} requests/s` : undefined,
    latencyPhrase(app),
    costPhrase(app),
    proof(app.objective.gap),
  ]
    .filter((phrase) => phrase !== undefined)
    .join(', ');
}

function clusterLine({ name, requestsPerSecond, replicas, reason }: ClusterDecision): string {
  const load = requestsPerSecond > 0 ? `${threeDigits(requestsPerSecond)} requests/s on ` : '';
  return `${name}  ${load}${counted(replicas, 'replica')}; ${reason}`;
}
