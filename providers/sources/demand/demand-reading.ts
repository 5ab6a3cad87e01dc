/** From a metrics answer to a Demand: averages, places, and whether too little came back; pure. */
import type { Demand } from '../../../constructs/model/demand';
import { EdgeError } from '../../../constructs/parsing';
import type { Answer } from './answer';
import { countedOnce } from './label-meanings';
import { type Labels, locate } from './origins';
import type { PrometheusSource } from './prometheus-config';
import { prometheusPath } from './prometheus-document';
import { averagesOf } from './windows';

/** Which time the numbers are of. */
export interface DemandWindow {
  /** ISO 8601: the oldest and newest values used; the newest is `demand.observedAt`. */
  readonly from: string;
  /** ISO 8601: the newest value used. */
  readonly until: string;
  /** Values of each series that were averaged; 1 for an instant query. */
  readonly steps: number;
  /** True when the window was stretched because the traffic is low. */
  readonly stretched: boolean;
  /** Requests per second of all origins together. */
  readonly requestsPerSecond: number;
}
/** A Demand, what to know about it, and its window. */
export interface MeasuredDemand extends DemandReading {
  readonly window: DemandWindow;
}
/** What reading a source gives. */
export interface DemandReading {
  readonly demand: Demand;
  /** What to know about it, without secrets. */
  readonly warnings: readonly string[];
  /** Undefined for a document, which says itself when it was observed. */
  readonly window?: DemandWindow;
}
/** How to read an answer. */
export interface ReadingOptions {
  readonly source: Pick<PrometheusSource, 'maxLostShare' | 'minOriginsShare' | 'validForSeconds'>;
  readonly labels?: Labels | undefined;
  /** The demand of the last time, to notice when most of it is gone. */
  readonly previous?: Pick<Demand, 'origins'> | undefined;
  /** Seconds before the newest value that count. Default: all. */
  readonly lastSeconds?: number;
  readonly stretched?: boolean;
  /** ISO 8601: when a live source was asked. Default: the answer was recorded, and is of its own time. */
  readonly readAt?: string;
}

/** The Demand in an answer. Throws an EdgeError when series cannot be placed or too few of them came. */
export function demandIn(answer: Answer, options: ReadingOptions): MeasuredDemand {
  const { source, labels, previous, lastSeconds, stretched = false, readAt } = options;
  const { skew } = answer;
  if (answer.series.length === 0 && skew !== undefined) {
    throw failed(
      `${answer.from} answered no series, and its clock is ${skew} the clock here`,
      'Set both clocks right.',
    );
  }
  if (answer.series.length === 0) {
    throw failed(
      `${answer.from} answered no series; expected one for each place requests come from`,
      'Run the query there by hand; correct its metric name or selectors.',
    );
  }
  const counted = countedOnce(answer.series);
  const averages = averagesOf(counted.series, lastSeconds);
  const { maxLostShare } = source;
  const located = locate(averages.series, { labels, maxLostShare, path: prometheusPath });
  const count = located.origins.length;
  const before = previous?.origins.length ?? 0;
  if (count < before * source.minOriginsShare) {
    throw failed(
      `got ${count} origins where the last time had ${before}; expected at least ${Math.ceil(before * source.minOriginsShare)}`,
      'Check that all exporters are scraped; if it is true, set minOriginsShare: 0 once.',
    );
  }
  const until = isoInstant(averages.newestSeconds);
  return {
    demand: {
      observedAt: until,
      validForSeconds: source.validForSeconds,
      ...(readAt === undefined ? {} : { readAt }),
      ...(answer.partial === undefined ? {} : { partial: answer.partial }),
      origins: located.origins,
    },
    warnings: [
      ...skewWarning(answer),
      ...ageWarning(answer, averages.newestSeconds, options),
      ...counted.warnings,
      ...answer.warnings,
      ...located.warnings,
    ],
    window: {
      from: isoInstant(averages.oldestSeconds),
      until,
      steps: averages.steps,
      stretched,
      requestsPerSecond: averages.totalRequestsPerSecond,
    },
  };
}

function skewWarning({ from, skew }: Answer): readonly string[] {
  if (skew === undefined) return [];
  return [`the clock of ${from} is ${skew} the clock here; its requests are not those of now`];
}

/** Clocks that are set by a network differ by less. */
const mostAheadSeconds = 300;

/** Said where it is read, too: whoever reads it may not be who places by it. */
function ageWarning(
  { from }: Answer,
  newestSeconds: number,
  { readAt, source }: ReadingOptions,
): readonly string[] {
  if (readAt === undefined) return [];
  const age = Date.parse(readAt) / 1000 - newestSeconds;
  if (age < -mostAheadSeconds) {
    return [
      `the newest value of ${from} is of ${isoInstant(newestSeconds)}, ${Math.round(-age / 60)} min after it was asked for: a clock is wrong`,
    ];
  }
  if (age <= source.validForSeconds) return [];
  return [
    `the newest value of ${from} is of ${isoInstant(newestSeconds)}, ${Math.round(age / 60)} min before it was asked for: it is stale`,
  ];
}

/** Seconds since 1970 as ISO 8601; milliseconds only where there are some. */
export function isoInstant(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString().replace('.000Z', 'Z');
}

function failed(summary: string, remedy: string): EdgeError {
  return new EdgeError({ code: 'SourceFailed', path: prometheusPath, summary, remedy });
}
