/** What a Prometheus-compatible server answered: JSON text in, numbered series out, every oddity an EdgeError. */
import { EdgeError } from '../../../constructs/parsing';

/** One series: its labels, and its values by time (seconds since 1970). */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: number])[];
}
/** A whole answer: every value is finite and not negative. */
export interface Answer {
  /** Address without credentials, or the name of a file. */
  readonly from: string;
  readonly series: readonly Series[];
  /** `warnings` and `infos` of the server, and what partial answers say. */
  readonly warnings: readonly string[];
  /** Why the server itself calls the answer incomplete. */
  readonly partial?: string;
  /** How far the clock of the server is from ours, in words; absent while they agree, and for recorded answers. */
  readonly skew?: string;
}

/** Where an answer came from, for its errors. */
export interface QueryDescription {
  /** Address without credentials, or the name of a file. */
  readonly from: string;
  /** Path in the user's document. */
  readonly path: string;
  /** matrix: a range query; vector: an instant query; either: a recorded answer. */
  readonly expected: 'matrix' | 'vector' | 'either';
}

/** As in the Demand document. */
const maxRequestsPerSecond = 1e15;

type Json = Readonly<Record<string, unknown>>;

/** Reads the JSON of /api/v1/query or /api/v1/query_range; throws an EdgeError (SourceFailed) naming what is odd. */
export function parseAnswer(text: string, description: QueryDescription): Answer {
  const body = jsonOf(text, description);
  if (body.status === 'error') throw refused(body, description);
  const data = body.data;
  if (body.status !== 'success' || !isJson(data) || !Array.isArray(data.result)) {
    throw failed(
      description,
      `${description.from} answered JSON without status "success" and data.result; this is not Prometheus' query API`,
      'Give the address under which /api/v1/query answers.',
    );
  }
  expectType(data.resultType, description);
  const read = data.result.map((item) => seriesOf(item, description));
  const series = read.filter(({ values }) => values.length > 0);
  if (read.length > 0 && series.length === 0) throw allNumberless(description);
  const partial = partialityOf(body, data);
  return {
    from: description.from,
    series: series.map(({ labels, values }) => ({ labels, values })),
    warnings: [...warningsOf(body, partial), ...numberlessWarning(read)],
    ...(partial === undefined ? {} : { partial }),
  };
}

/** Prometheus' own error object as an EdgeError, or undefined when `text` is something else. */
export function tryPrometheusError(
  text: string,
  description: QueryDescription,
): EdgeError | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isJson(body) && body.status === 'error' ? refused(body, description) : undefined;
  } catch {
    return undefined;
  }
}

/** A series in words, as Prometheus writes it. */
export function describeSeries(labels: Series['labels']): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${clip(value, 80)}"`);
  return `{${parts.join(', ')}}`;
}

/** The title of a web page, or the beginning of any other text, for error messages. */
export function describeBody(text: string): string {
  if (text.trim() === '') return 'an empty body';
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim();
  if (title) return `a web page titled "${clip(title, 80)}"`;
  if (/^\s*<(!doctype|html)/i.test(text)) return 'a web page';
  return `"${clip(text.replace(/\s+/g, ' ').trim(), 120)}"`;
}

function jsonOf(text: string, description: QueryDescription): Json {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    const cut = /^\s*\{/.test(text);
    throw failed(
      description,
      cut
        ? `${description.from} answered JSON that breaks off after ${text.length} characters`
        : `${description.from} answered ${describeBody(text)}; expected JSON`,
      cut
        ? 'Try again; if it stays, look for a proxy that limits the size or time of answers.'
        : 'Give the address of the query API itself, and the credentials a login page asks for.',
      cause,
    );
  }
  if (isJson(body)) return body;
  throw failed(
    description,
    `${description.from} answered ${clip(text, 60)}; expected a JSON object`,
    'Give the address under which /api/v1/query answers.',
  );
}

function refused(body: Json, description: QueryDescription): EdgeError {
  const type = typeof body.errorType === 'string' ? `${body.errorType}: ` : '';
  const error = typeof body.error === 'string' ? body.error : 'no reason given';
  const isQuery = body.errorType === 'bad_data' && description.expected !== 'either';
  return failed(
    isQuery ? { ...description, path: `${description.path}.query` } : description,
    `${description.from} refused the query: ${type}${clip(error, 400)}`,
    isQuery
      ? 'Correct the query.'
      : 'Narrow the query or give the server more time, then try again.',
  );
}

function expectType(type: unknown, description: QueryDescription): void {
  if (
    description.expected === 'either'
      ? type === 'matrix' || type === 'vector'
      : type === description.expected
  )
    return;
  const expected = description.expected === 'either' ? 'matrix or vector' : description.expected;
  const single = type === 'scalar' || type === 'string';
  throw failed(
    description,
    `${description.from} answered a ${String(type)}${single ? ', one value without labels' : ''}; expected a ${expected}`,
    single
      ? 'Group the query by a label that says where requests come from, e.g. sum by (geohash) (...).'
      : type === 'matrix'
        ? 'Take the [range] off the outermost selector: wrap it in rate(...).'
        : 'Use a query that gives one value per series and time.',
  );
}

/** A series as it was read; some of its values may have been no numbers. */
interface ReadSeries extends Series {
  /** Values that are NaN, which is how Prometheus writes 0 / 0, and values a hair below 0. */
  readonly numberless: number;
  readonly belowZero: number;
}

function seriesOf(item: unknown, description: QueryDescription): ReadSeries {
  if (!isJson(item) || !isJson(item.metric)) {
    throw failed(
      description,
      `${description.from} answered a series without labels object "metric"`,
      'Give the address under which /api/v1/query answers.',
    );
  }
  const labels = Object.fromEntries(
    Object.entries(item.metric).map(([name, value]) => [name, String(value)]),
  );
  const points = item.values ?? (item.value === undefined ? undefined : [item.value]);
  const isEmpty = !Array.isArray(points) || points.length === 0;
  const histograms = [item.histograms ?? []].flat();
  const native =
    item.histogram !== undefined ||
    (isEmpty ? item.histograms !== undefined : histograms.length > 0);
  if (!Array.isArray(points) || isEmpty || native) {
    throw failed(
      description,
      `${description.from} answered ${describeSeries(labels)} ${native ? 'with native histograms' : 'without values'}; expected numbers`,
      native
        ? 'Count the histogram: histogram_count(rate(...)).'
        : 'Run the query there by hand and correct it.',
    );
  }
  const all = points.map((point) => pointOf(point, labels, description));
  const numbers = all.filter(([, value]) => !Number.isNaN(value));
  return {
    labels,
    values: numbers.map(([time, value]) => [time, Math.max(0, value)]),
    numberless: all.length - numbers.length,
    belowZero: numbers.filter(([, value]) => value < 0).length,
  };
}

/** Subtracting rates leaves this much below 0 by rounding. */
const hair = 1e-3;
/** Seconds since 1970 at the end of the year 9999. */
const lastSecond = 253_402_300_799;

function checkTime(
  time: unknown,
  labels: Series['labels'],
  description: QueryDescription,
): asserts time is number {
  if (typeof time === 'number' && time >= 0 && time <= lastSecond) return;
  const isLarge = typeof time === 'number' && time > lastSecond;
  const unit = isLarge && time < 1e14 ? 'milliseconds' : isLarge ? 'nanoseconds' : undefined;
  throw failed(
    description,
    `${description.from} answered the time ${clip(String(time), 40)} for ${describeSeries(labels)}; expected seconds since 1970${unit === undefined ? '' : `, and these look like ${unit}`}`,
    'Give the address of the query API itself, whose times are in seconds; correct a recorded answer.',
  );
}

function allNumberless(description: QueryDescription): EdgeError {
  return failed(
    description,
    `${description.from} answered NaN for every series; expected numbers of requests/s`,
    'Guard divisions in the query, e.g. (a / b) >= 0, or use rate() of a counter.',
  );
}

/** What was taken for 0 or passed over, so that one odd value does not hold up all others. */
function numberlessWarning(read: readonly ReadSeries[]): readonly string[] {
  const odd = read.filter(({ numberless }) => numberless > 0);
  const below = read.filter(({ belowZero }) => belowZero > 0);
  const [first, second] = [odd[0], below[0]];
  return [
    ...(first === undefined
      ? []
      : [
          `${odd.length} of the series have values that are NaN, which are passed over, such as ${describeSeries(first.labels)}; guard divisions in the query`,
        ]),
    ...(second === undefined
      ? []
      : [
          `${below.length} of the series have values a hair below 0, which count as 0, such as ${describeSeries(second.labels)}`,
        ]),
  ];
}

function pointOf(
  point: unknown,
  labels: Series['labels'],
  description: QueryDescription,
): [number, number] {
  const [time, text] = Array.isArray(point) ? point : [];
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  checkTime(time, labels, description);
  if (text === 'NaN' || (value >= -hair && value <= maxRequestsPerSecond)) return [time, value];
  throw failed(
    description,
    `${description.from} answered ${clip(String(text), 40)} for ${describeSeries(labels)}; expected a finite number of requests/s, 0 or more`,
    value < 0
      ? 'Use rate() of a counter; a negative rate comes from deriv() or from subtracting.'
      : 'Guard divisions in the query, e.g. (a / b) >= 0, or use rate() of a counter.',
  );
}

function warningsOf(body: Json, partial: string | undefined): readonly string[] {
  const all = [...textsIn(body.warnings), ...textsIn(body.infos)];
  const said = [...new Set(all)].map((text) => `the metrics server says: ${clip(text, 300)}`);
  if (partial === undefined) return said;
  return [
    ...said,
    `the metrics are incomplete${said.length === 0 ? ` (${partial})` : ''}: no cluster is left on them, unless partialDemand is allowed`,
  ];
}

/** Keys by which Thanos, VictoriaMetrics, Mimir and their proxies say that some stores did not answer. */
const partialKeys = ['isPartial', 'is_partial', 'partial', 'partialResponse', 'partial_response'];

/** Why the answer is incomplete: a flag, or a warning. A note about how the query is written is none. */
function partialityOf(body: Json, data: Json): string | undefined {
  const stats = [body.stats, data.stats].filter(isJson);
  const flag = partialKeys.find((key) =>
    [body, data, ...stats].some((one) => one[key] === true || one[key] === 'true'),
  );
  const notes = textsIn(body.infos).filter((text) => !/^PromQL info:/i.test(text));
  const [first] = [...textsIn(body.warnings), ...notes];
  if (first !== undefined) return clip(first, 200);
  return flag === undefined ? undefined : `the server says ${flag}`;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string' && value !== '') return [value];
  return Array.isArray(value) ? value.map(String) : [];
}

function failed(
  description: QueryDescription,
  summary: string,
  remedy: string,
  cause?: unknown,
): EdgeError {
  return new EdgeError({ code: 'SourceFailed', path: description.path, summary, remedy, cause });
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
