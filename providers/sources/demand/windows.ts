/** Time windows of metrics: which range to ask for, and the average over what came back. */
import type { Series } from './answer';

/** A range to ask for; seconds since 1970. */
export interface Window {
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  readonly stepSeconds: number;
}
/** The average of one series over a window. */
export interface Average {
  readonly labels: Series['labels'];
  readonly requestsPerSecond: number;
}
/** Averages of all series, and the time of the newest value among them. */
export interface Averages {
  readonly series: readonly Average[];
  readonly totalRequestsPerSecond: number;
  readonly oldestSeconds: number;
  readonly newestSeconds: number;
  /** How many different times any series has a value at. */
  readonly steps: number;
}

/** A window asks for at most this many steps; a longer one takes longer steps. */
const maxSteps = 288;

/** The window of `seconds` that ends at `now`, aligned down to the step so that equal minutes ask equal questions. */
export function windowEnding(nowSeconds: number, seconds: number, stepSeconds: number): Window {
  const step = Math.max(stepSeconds, Math.ceil(seconds / maxSteps));
  const untilSeconds = Math.floor(nowSeconds / stepSeconds) * stepSeconds;
  // Whole steps back from the end: the server counts them from the start, and the newest value is to be in.
  const fromSeconds = untilSeconds - Math.floor(seconds / step) * step;
  return { fromSeconds, untilSeconds, stepSeconds: step };
}

/**
 * Averages each series over the steps at which any series has a value: a series that is silent for a while counts
 * as 0 there, while a gap of the whole server does not count at all. `lastSeconds` keeps only the newest part.
 */
export function averagesOf(series: readonly Series[], lastSeconds = Infinity): Averages {
  let newestSeconds = -Infinity;
  for (const { values } of series) {
    for (const [time] of values) newestSeconds = Math.max(newestSeconds, time);
  }
  const fromSeconds = newestSeconds - lastSeconds;
  const times = new Set<number>();
  const sums = series.map(({ labels, values }) => {
    let sum = 0;
    for (const [time, value] of values) {
      if (time < fromSeconds) continue;
      times.add(time);
      sum += value;
    }
    return { labels, sum };
  });
  const averages = sums.map(({ labels, sum }) => ({
    labels,
    requestsPerSecond: sum / Math.max(1, times.size),
  }));
  return {
    series: averages,
    totalRequestsPerSecond: averages.reduce((total, one) => total + one.requestsPerSecond, 0),
    oldestSeconds: [...times].reduce((oldest, time) => Math.min(oldest, time), newestSeconds),
    newestSeconds,
    steps: times.size,
  };
}
