/** Labels that say what a series is and not where it comes from: buckets and quantiles are refused, replicas of a server counted once. */
import { byCodeUnits } from '../../../constructs/model/canonical';
import { EdgeError } from '../../../constructs/parsing';
import { describeSeries, type Series } from './answer';
import { prometheusPath } from './prometheus-document';

/** By these labels the replicas of one highly available server tell their equal series apart. */
const serverReplicas = [
  ...['prometheus_replica', '__replica__', '__prometheus_replica__', 'thanos_replica'],
  ...['rule_replica', 'receive_replica', 'thanos_ruler_replica', 'vmagent_replica'],
];

/** The series that count requests, each once, and what to know about it. Throws EdgeError for series that count something else. */
export function countedOnce(series: readonly Series[]): {
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
} {
  refuseBuckets(series);
  for (const label of serverReplicas) {
    const once = withoutReplicas(series, label);
    if (once === undefined) continue;
    const warning = `the series come from several replicas of one server (label ${label}); of each the fullest is counted. Group the query without ${label}.`;
    const rest = countedOnce(once);
    return { series: rest.series, warnings: [warning, ...rest.warnings] };
  }
  const isReplicated = withoutReplicas(series, 'replica') !== undefined;
  return {
    series,
    warnings: isReplicated
      ? [
          'series differ by the label replica alone and are added up; if it names replicas of Prometheus, group the query without it.',
        ]
      : [],
  };
}

function refuseBuckets(series: readonly Series[]): void {
  const quantile = series.find(({ labels }) => labels.quantile !== undefined);
  if (quantile !== undefined) {
    throw refused(
      `${describeSeries(quantile.labels)} is a quantile of a summary, not a number of requests`,
      'Use the counter beside it, whose name ends in _count.',
    );
  }
  const bucket = series.find(({ labels }) => labels.le !== undefined && !isWhole(labels.le));
  if (bucket === undefined) return;
  throw refused(
    `${describeSeries(bucket.labels)} is a bucket of a histogram; its requests are in the next bucket again`,
    'Use the counter beside it, whose name ends in _count, or select le="+Inf".',
  );
}

/** The last bucket of a histogram has every request. */
function isWhole(le: string): boolean {
  return /^\+?inf$/i.test(le);
}

/** For series that differ by `label` alone the one with most values, then with the larger sum; undefined where none do. */
function withoutReplicas(series: readonly Series[], label: string): readonly Series[] | undefined {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const rest = Object.entries(one.labels).filter(([name]) => name !== label);
    const key = JSON.stringify(rest.sort(([a], [b]) => byCodeUnits(a, b)));
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  if (groups.size === series.length) return undefined;
  const fullest = (group: readonly Series[]): Series =>
    group.reduce((best, one) => {
      const more = one.values.length - best.values.length || sumOf(one) - sumOf(best);
      return more > 0 ? one : best;
    });
  return [...groups.values()].map((group) => {
    const { labels, values } = fullest(group);
    const { [label]: _, ...rest } = labels;
    return { labels: rest, values };
  });
}

function sumOf({ values }: Series): number {
  return values.reduce((sum, [, value]) => sum + value, 0);
}

function refused(summary: string, remedy: string): EdgeError {
  return new EdgeError({ code: 'SourceFailed', path: `${prometheusPath}.query`, summary, remedy });
}
