/** Reads Demand from a Prometheus-compatible server (also Thanos and Mimir), or from an answer one of them gave. */
import { setTimeout as wait } from 'node:timers/promises';
import { EdgeError } from '../../../constructs/parsing';
import type { ExchangeLimits } from '../../exchange/exchange';
import { readTextFile, resolvePath } from '../files/text-file';
import { readPlaces } from '../places/named-places';
import { type Answer, parseAnswer } from './answer';
import { readCredentials } from './credentials';
import { demandIn, isoInstant, type MeasuredDemand, type ReadingOptions } from './demand-reading';
import { countedOnce } from './label-meanings';
import type { Labels } from './origins';
import { openPrometheus, type PrometheusClient } from './prometheus-client';
import type { PrometheusSource } from './prometheus-config';
import { parsePrometheus, prometheusPath } from './prometheus-document';
import type { ReadContext } from './source';
import { averagesOf, type Window, windowEnding } from './windows';

/** Reads the demand that `source` (the object of `demand.prometheus`) names. Throws EdgeError or EdgeErrors without secrets. */
export async function readPrometheusDemand(
  source: Readonly<Record<string, unknown>>,
  context: ReadContext,
): Promise<MeasuredDemand> {
  const parsed = parsePrometheus(source, context.file === undefined ? {} : { file: context.file });
  const options: ReadingOptions = {
    source: parsed,
    labels: labelsOf(parsed, context.folder),
    previous: context.previous,
  };
  if (parsed.answer !== undefined) {
    const answer = readAnswer(parsed.answer, context);
    return demandIn(answer, { ...options, lastSeconds: parsed.windowSeconds });
  }
  const { url = '', query = '' } = parsed;
  const credentials = readCredentials(parsed, context);
  const client = openPrometheus({
    url,
    credentials,
    limits: limitsOf(parsed, context),
    environment: context.environment,
  });
  try {
    const readAt = isoInstant(secondsOf(context.now));
    return await askFor(client, { ...parsed, query }, { ...options, readAt }, context);
  } finally {
    await client.close();
  }
}

async function askFor(
  client: PrometheusClient,
  source: PrometheusSource & { readonly query: string },
  options: ReadingOptions,
  context: ReadContext,
): Promise<MeasuredDemand> {
  const nowSeconds = secondsOf(context.now);
  const timeout = `${source.timeoutSeconds}s`;
  const { query } = source;
  if (source.mode === 'instant') {
    const answer = await client.ask('vector', { query, time: String(nowSeconds), timeout });
    return demandIn(answer, options);
  }
  const range = async (seconds: number): Promise<Answer> => {
    const window = windowEnding(nowSeconds, seconds, source.stepSeconds);
    return client.ask('matrix', { query, timeout, ...inWords(window) });
  };
  const recent = await range(source.windowSeconds);
  const total = averagesOf(countedOnce(recent.series).series).totalRequestsPerSecond;
  const isEnough = total >= (context.stretchBelowRequestsPerSecond ?? 40);
  if (isEnough || source.stretchSeconds <= source.windowSeconds) return demandIn(recent, options);
  return demandIn(await range(source.stretchSeconds), { ...options, stretched: true });
}

function inWords(window: Window): Readonly<Record<string, string>> {
  return {
    start: String(window.fromSeconds),
    end: String(window.untilSeconds),
    step: String(window.stepSeconds),
  };
}

function readAnswer(path: string, { folder, file }: ReadContext): Answer {
  const key = `${prometheusPath}.answer`;
  const mentioned = file === undefined ? { path: key } : { path: key, file };
  const text = readTextFile(resolvePath(path, folder), mentioned);
  return parseAnswer(text, { from: path, path: key, expected: 'either' });
}

/** Which label says what, with the places of a file read. */
export function labelsOf({ labels }: PrometheusSource, folder: string): Labels | undefined {
  const origins = labels?.origins;
  if (labels === undefined) return undefined;
  if (typeof origins !== 'string') return { ...labels, origins };
  return { ...labels, origins: readPlaces(resolvePath(origins, folder)) };
}

/** Time, attempts and size of one question. */
export function limitsOf(source: PrometheusSource, context: ReadContext): ExchangeLimits {
  return {
    timeoutMilliseconds: source.timeoutSeconds * 1000,
    retries: source.retries,
    maxBodyBytes: context.maxBodyBytes ?? 64 * 1024 * 1024,
    sleep: context.sleep ?? ((milliseconds) => wait(milliseconds)),
    random: Math.random,
  };
}

function secondsOf(now: string): number {
  const milliseconds = Date.parse(now);
  if (Number.isFinite(milliseconds)) return milliseconds / 1000;
  throw new EdgeError({
    code: 'InvalidDocument',
    path: 'now',
    summary: `got ${JSON.stringify(now)}, expected an instant with a zone`,
    remedy: 'Write it like 2026-11-21T05:30:00Z.',
  });
}
