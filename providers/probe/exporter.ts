/** Exporter: whether an address serves a host as seen from elsewhere, asked of a blackbox exporter of Prometheus that runs there. */
import {
  codeOf,
  type ExchangeLimits,
  exchange,
  openConnections,
  TooLarge,
  TooSlow,
} from '../exchange/exchange';
import { type Environment, ProxyMistake } from '../proxy/environment';
import { endpointText, type ProbeQuestion } from './probe';

/** An answer of an exporter has some thousand bytes. */
const MOST_BYTES = 1024 * 1024;
/** Added to the time of the probe, for the way to the exporter. */
const GRACE_MILLISECONDS = 5000;

/**
 * Undefined when the exporter at `point` sees it serve; else why not. `point` is the address of its probe with a module,
 * such as https://HOST:9115/probe?module=http_2xx; the module judges the certificate.
 */
export async function probeFrom(
  point: string,
  question: ProbeQuestion,
  environment: Environment,
): Promise<string | undefined> {
  const { timeoutMilliseconds } = question;
  const limits: ExchangeLimits = {
    timeoutMilliseconds: timeoutMilliseconds + GRACE_MILLISECONDS,
    retries: 0,
    maxBodyBytes: MOST_BYTES,
    sleep: async () => undefined,
    random: () => 0,
  };
  const connections = openConnections({}, GRACE_MILLISECONDS, environment);
  // The exporter ends its probe half a second before the time that a Prometheus would wait.
  const seconds = String(timeoutMilliseconds / 1000 + 0.5);
  const headers = { 'x-prometheus-scrape-timeout-seconds': seconds };
  try {
    const url = questionUrl(point, question);
    const { status, text } = await exchange({ method: 'GET', url, headers }, limits, connections);
    if (status !== 200) return `the exporter answers ${status}: ${firstLine(text)}`;
    return verdictOf(text, question);
  } catch (error) {
    return `the exporter cannot be asked (${whyNot(error)})`;
  } finally {
    await connections.destroy();
  }
}

function questionUrl(point: string, { isSecure, address, port, path = '/', host }: ProbeQuestion) {
  const url = new URL(point);
  const scheme = isSecure ? 'https' : 'http';
  url.searchParams.set('target', `${scheme}://${endpointText(address, port)}${path}`);
  url.searchParams.set('hostname', host);
  return url;
}

/** The module says which statuses are well; one that the probe does not name is not, whatever the module says. */
function verdictOf(
  text: string,
  { path = '/', statuses = [200] }: ProbeQuestion,
): string | undefined {
  const success = metric(text, 'probe_success');
  const status = metric(text, 'probe_http_status_code') ?? 0;
  if (success === undefined) return 'the exporter answers with something else than a probe';
  if (status > 0 && !statuses.includes(status)) return `${path} answers ${status}`;
  if (success === 1 && status > 0) return undefined;
  if (success === 1) return 'the module of the exporter does not ask by HTTP';
  return status > 0
    ? `${path} answers ${status}, which its module takes for a failure`
    : 'no connection, or no valid certificate';
}

function metric(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

const firstLine = (text: string) => text.trim().split('\n')[0]?.slice(0, 200) ?? '';

function whyNot(error: unknown): string {
  if (error instanceof TooSlow) return 'no answer in time';
  if (error instanceof TooLarge) return 'an answer of more than 1 MB';
  if (error instanceof ProxyMistake) return error.message;
  return codeOf(error) ?? 'the connection failed';
}
