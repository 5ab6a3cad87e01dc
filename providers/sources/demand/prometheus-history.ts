/** Past demand from a Prometheus-compatible server: what a reading at each of many instants would have given, with few questions. */
import { EdgeError, edgeErrorsOf } from '../../../constructs/parsing';
import type { Answer } from './answer';
import { readCredentials } from './credentials';
import { demandIn, isoInstant, type MeasuredDemand, type ReadingOptions } from './demand-reading';
import { countedOnce } from './label-meanings';
import { labelsOf, limitsOf } from './prometheus';
import { openPrometheus, type PrometheusClient } from './prometheus-client';
import type { PrometheusSource } from './prometheus-config';
import { parsePrometheus, prometheusPath } from './prometheus-document';
import type { ReadContext } from './source';
import { averagesOf, type Window, windowEnding } from './windows';

/** Seconds of one question: short enough that 10,000 series fit into the largest answer. */
const CHUNK_SECONDS = 6 * 3600;

/** The reading of an instant, or why there is none. */
export interface PastReading {
  /** ISO 8601. */
  readonly at: string;
  readonly reading: MeasuredDemand | EdgeError;
}

/**
 * Readings at each of `instants` (seconds since 1970, ascending), each equal to one by `readPrometheusDemand` at that time. Throws
 * EdgeErrors where the configuration is wrong or the server fails; an instant without usable numbers is an error of its own.
 */
export async function readPrometheusHistory(
  source: Readonly<Record<string, unknown>>,
  instants: readonly number[],
  context: Omit<ReadContext, 'now' | 'previous'>,
  onReading: () => void = () => undefined,
): Promise<readonly PastReading[]> {
  const parsed = parsePrometheus(source, context.file === undefined ? {} : { file: context.file });
  const { url, query } = parsed;
  if (url === undefined || query === undefined) throw withoutServer();
  const client = openPrometheus({
    url,
    credentials: readCredentials(parsed, context),
    limits: limitsOf(parsed, { ...context, now: '' }),
    environment: context.environment,
  });
  try {
    const question = { ...parsed, query };
    const range = rangeOf(client, question);
    const options: ReadingOptions = { source: parsed, labels: labelsOf(parsed, context.folder) };
    const readings: PastReading[] = [];
    for (const seconds of instants) {
      const at = isoInstant(seconds);
      const recent =
        parsed.mode === 'instant' ? await instant(client, question, at) : await range(seconds);
      const stretched = parsed.mode === 'range' && isTooLittle(recent, parsed, context);
      const answer = stretched ? await stretchedRange(client, question, seconds) : recent;
      const reading = demandOr(() => demandIn(answer, { ...options, readAt: at, stretched }));
      readings.push({ at, reading });
      onReading();
    }
    return readings;
  } finally {
    await client.close();
  }
}

type Question = PrometheusSource & { readonly query: string };

function instant(client: PrometheusClient, { query, timeoutSeconds }: Question, at: string) {
  const time = String(Date.parse(at) / 1000);
  return client.ask('vector', { query, time, timeout: `${timeoutSeconds}s` });
}

function stretchedRange(client: PrometheusClient, source: Question, nowSeconds: number) {
  const { stretchSeconds, stepSeconds } = source;
  return ask(client, source, windowEnding(nowSeconds, stretchSeconds, stepSeconds));
}

function ask(client: PrometheusClient, { query, timeoutSeconds }: Question, window: Window) {
  return client.ask('matrix', {
    query,
    timeout: `${timeoutSeconds}s`,
    start: String(window.fromSeconds),
    end: String(window.untilSeconds),
    step: String(window.stepSeconds),
  });
}

/** As a reading would see it, a longer window is needed. */
function isTooLittle(
  { series }: Answer,
  { stretchSeconds, windowSeconds }: PrometheusSource,
  { stretchBelowRequestsPerSecond = 40 }: Pick<ReadContext, 'stretchBelowRequestsPerSecond'>,
): boolean {
  if (stretchSeconds <= windowSeconds) return false;
  const total = averagesOf(countedOnce(series).series).totalRequestsPerSecond;
  return total < stretchBelowRequestsPerSecond;
}

/** Answers for windows, cut from longer ones that are requested once. */
function rangeOf(client: PrometheusClient, source: Question) {
  let held: { readonly window: Window; readonly answer: Answer } | undefined;
  return async (nowSeconds: number): Promise<Answer> => {
    const window = windowEnding(nowSeconds, source.windowSeconds, source.stepSeconds);
    if (held === undefined || !isWithin(window, held.window)) {
      const steps = Math.ceil(CHUNK_SECONDS / window.stepSeconds);
      const untilSeconds = window.untilSeconds + steps * window.stepSeconds;
      const longer = { ...window, untilSeconds };
      held = { window: longer, answer: await ask(client, source, longer) };
    }
    return cut(held.answer, window);
  };
}

/** Whether a longer answer has values at exactly the times of the window. */
function isWithin(window: Window, longer: Window): boolean {
  const { fromSeconds, untilSeconds, stepSeconds } = window;
  const isInside = fromSeconds >= longer.fromSeconds && untilSeconds <= longer.untilSeconds;
  return isInside && (fromSeconds - longer.fromSeconds) % stepSeconds === 0;
}

/** The part of an answer that a question for the window would have given. */
function cut(answer: Answer, { fromSeconds, untilSeconds }: Window): Answer {
  const series = answer.series.flatMap((one) => {
    const values = one.values.filter(([time]) => time >= fromSeconds && time <= untilSeconds);
    return values.length === 0 ? [] : [{ ...one, values }];
  });
  return { ...answer, series };
}

/** No usable numbers at one instant are no reason to stop. */
function demandOr(read: () => MeasuredDemand): MeasuredDemand | EdgeError {
  try {
    return read();
  } catch (thrown) {
    const [first] = edgeErrorsOf(thrown) ?? [];
    if (first === undefined) throw thrown;
    return first;
  }
}

function withoutServer(): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: prometheusPath,
    summary:
      'got no url and query of a server, expected both: a recorded answer has one time alone',
    remedy: 'Give --prometheus URL, or record demands in a folder and give --demands FOLDER.',
  });
}
