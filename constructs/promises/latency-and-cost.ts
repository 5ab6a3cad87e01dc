/** Promises about what users wait and what is paid. */
import type { AppDecision } from '../model/decision';
import { amountSchema } from '../model/fleet';
import { counted, milliseconds, percent, usd } from '../model/numbers';
import { z } from '../parsing';
import { type Measurement, withoutPlacement } from './measurement';
import { promise } from './row';

/** Which latency of all requests of an app, in the words of the decision. */
export const percentileSchema = z
  .enum(['mean', 'p50', 'p95', 'p99'])
  .default('p95')
  .describe('mean of all requests, or what 50, 95 or 99 of 100 take at most. Default p95.');
/** Mean or percentile. */
export type Percentile = z.output<typeof percentileSchema>;

/** The latency of an app in a decision or in a scenario. */
export function latencyAt(
  latency: Pick<AppDecision['latency'], 'meanMilliseconds' | 'p50' | 'p95' | 'p99'>,
  percentile: Percentile,
): number {
  return percentile === 'mean' ? latency.meanMilliseconds : latency[percentile];
}

/** Upper bound on the latency of each app. */
export const latency = promise({
  doc: 'Requests of each app take at most so many milliseconds.',
  schema: z.strictObject({
    percentile: z
      .enum(['mean', 'p50', 'p95', 'p99', 'max'])
      .default('p95')
      .describe(
        'mean of all requests, what 50, 95 or 99 of 100 take at most, or max of any origin. Default p95.',
      ),
    milliseconds: amountSchema.describe('At most so many milliseconds.'),
  }),
  words: (value) => `${value.percentile} at most ${milliseconds(value.milliseconds)}`,
  measure: (value, { apps }) =>
    apps.map((app): Measurement => {
      const limits = { limit: value.milliseconds, relation: 'atMost', unit: 'ms' } as const;
      if (!app.satisfied) return withoutPlacement(app, value.milliseconds, 'ms');
      const farthest = farthestOf(app);
      const where = `app ${app.app}`;
      if (farthest === undefined) {
        const note = 'no requests are assigned';
        return { where, received: null, ...limits, note, holdsWithout: true };
      }
      const received =
        value.percentile === 'max'
          ? farthest.milliseconds
          : latencyAt(app.latency, value.percentile);
      const note = `farthest: ${farthest.origin} to ${farthest.cluster}, ${milliseconds(farthest.milliseconds)}`;
      return { where, received, ...limits, note };
    }),
});

/** The origin that waits longest for its cluster; undefined where nothing is assigned. */
function farthestOf({ assignments }: AppDecision) {
  let farthest: { origin: string; cluster: string; milliseconds: number } | undefined;
  for (const { origin, cluster, milliseconds: taken } of assignments) {
    if (cluster === null || taken === null) continue;
    if (farthest !== undefined && farthest.milliseconds >= taken) continue;
    farthest = { origin, cluster, milliseconds: taken };
  }
  return farthest;
}

/** Upper bound on what all apps cost together. */
export const usdPerHour = promise({
  doc: 'All apps of the promise together cost at most so many US dollars per hour.',
  schema: amountSchema.describe('US dollars per hour of clusters, replicas and egress, at most.'),
  words: (limit) => `at most ${usd(limit)} USD/h`,
  measure: (limit, { apps }) => {
    const unplaced = apps.filter(({ satisfied }) => !satisfied);
    if (unplaced.length > 0) return unplaced.map((app) => withoutPlacement(app, limit, 'USD/h'));
    const received = apps.reduce((sum, { cost }) => sum + cost.usdPerHour, 0);
    const dearest = [...apps].sort((a, b) => b.cost.usdPerHour - a.cost.usdPerHour)[0];
    const where = apps.length === 1 ? `app ${apps[0]?.app}` : `${apps.length} apps`;
    const note =
      apps.length < 2 || dearest === undefined
        ? {}
        : { note: `most: ${dearest.app}, ${usd(dearest.cost.usdPerHour)} USD/h` };
    return [{ where, received, limit, relation: 'atMost', unit: 'USD/h', ...note }];
  },
});

/** Upper bound on how far a decision may be from the best. */
export const gap = promise({
  doc: 'The objective of all apps is proved to be within this share of the best.',
  schema: z.number().min(0).max(1).describe('Share of 1; 0: proved the best.'),
  words: (limit) => `proved within ${percent(limit)} of the best`,
  measure: (limit, { decision }) => [
    {
      where: 'all apps',
      received: decision.objective.gap,
      limit,
      relation: 'atMost',
      unit: 'share',
    },
  ],
});

/** Upper bound on moves against the decision before. */
export const changes = promise({
  doc: 'So many clusters are added and dropped at most, all apps of the promise together.',
  schema: z.int().min(0).describe('Clusters added and dropped against the previous decision.'),
  words: (limit) => `at most ${counted(limit, 'cluster')} added or dropped`,
  measure: (limit, { apps }) => {
    const moves = apps.flatMap(({ clusters, dropped }) => [
      ...clusters.filter(({ change }) => change === 'added').map(({ name }) => `+${name}`),
      ...dropped.map(({ name }) => `-${name}`),
    ]);
    const note = moves.length === 0 ? {} : { note: moves.slice(0, 12).join(' ') };
    const where = apps.length === 1 ? `app ${apps[0]?.app}` : `${apps.length} apps`;
    return [{ where, received: moves.length, limit, relation: 'atMost', unit: 'changes', ...note }];
  },
});
