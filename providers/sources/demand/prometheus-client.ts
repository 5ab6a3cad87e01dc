/** Talks to the query API of a Prometheus-compatible server: questions in, answers out, every failure an EdgeError without secrets. */
import { STATUS_CODES } from 'node:http';
import { EdgeError } from '../../../constructs/parsing';
import {
  type Connections,
  codeOf,
  type ExchangeLimits,
  exchange,
  openConnections,
  type Question,
  type Reply,
  retryAfterMilliseconds,
  TooLarge,
  TooSlow,
} from '../../exchange/exchange';
import {
  type Environment,
  type ProxyChoice,
  ProxyMistake,
  proxyFor,
} from '../../proxy/environment';
import {
  type Answer,
  describeBody,
  parseAnswer,
  type QueryDescription,
  tryPrometheusError,
} from './answer';
import { type Credentials, withoutSecrets } from './credentials';
import { prometheusPath } from './prometheus-document';

/** Everything a client needs. */
export interface ClientOptions {
  /** Address without /api/v1. */
  readonly url: string;
  readonly credentials: Credentials;
  readonly limits: ExchangeLimits;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up. */
  readonly environment: Environment;
}
/** An open client; close it. */
export interface PrometheusClient {
  /** Asks /api/v1/query_range (matrix) or /api/v1/query (vector). */
  readonly ask: (
    expected: 'matrix' | 'vector',
    parameters: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

const maxRedirects = 3;

/** Opens a client; nothing is sent before `ask`. */
export function openPrometheus(options: ClientOptions): PrometheusClient {
  const { url, credentials, limits, environment } = options;
  const connections = openConnections(credentials.tls, limits.timeoutMilliseconds, environment);
  return {
    ask: async (expected, parameters) => {
      const description: QueryDescription = {
        from: new URL(url).origin,
        path: prometheusPath,
        expected,
      };
      try {
        const reply = await send(options, connections, description, parameters);
        const answer = parseAnswer(reply.text, description);
        const clean = (text: string) => withoutSecrets(text, credentials.secrets);
        const skew = skewIn(reply, Date.now());
        const warnings = answer.warnings.map(clean);
        const partial = answer.partial === undefined ? {} : { partial: clean(answer.partial) };
        return { ...answer, warnings, ...partial, ...(skew === undefined ? {} : { skew }) };
      } catch (error) {
        throw redacted(asEdgeError(error, description, options), credentials.secrets);
      }
    },
    close: connections.destroy,
  };
}

/** Clocks that agree within this much are right, and so is a cache in between. */
const fineSkewMilliseconds = 300_000;

/** How far the clock of whoever answered is from ours, as in "3 h ahead of"; undefined while they agree. */
function skewIn({ headers }: Reply, now: number): string | undefined {
  const ahead = Date.parse(String(headers.date)) - now;
  if (!(Math.abs(ahead) > fineSkewMilliseconds)) return undefined;
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  const span = minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `${span} ${ahead > 0 ? 'ahead of' : 'behind'}`;
}

async function send(
  { url, credentials, limits }: ClientOptions,
  connections: Connections,
  description: QueryDescription,
  parameters: Readonly<Record<string, string>>,
): Promise<Reply> {
  const form = new URLSearchParams(parameters).toString();
  const endpoint = apiUrl(url, description.expected === 'matrix' ? 'query_range' : 'query');
  let question = posted(endpoint, form, credentials);
  for (let redirects = 0; ; ) {
    const reply = await exchange(question, limits, connections);
    // Some proxies let only reading through, and say so in one of these ways.
    if ([403, 405, 501].includes(reply.status) && question.method === 'POST') {
      question = fetched(question.url, form, credentials);
      continue;
    }
    const location = reply.status >= 300 && reply.status < 400 ? reply.headers.location : undefined;
    if (typeof location !== 'string') {
      if (reply.status >= 200 && reply.status < 300) return reply;
      throw badStatus(reply, description, credentials);
    }
    redirects++;
    const target = redirectTarget(location, question.url, credentials, description, redirects);
    const keeps = reply.status === 307 || reply.status === 308;
    question =
      keeps && question.method === 'POST'
        ? posted(target, form, credentials)
        : fetched(target, form, credentials);
  }
}

function apiUrl(base: string, endpoint: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${endpoint}`;
  url.hash = '';
  return url;
}

function posted(url: URL, form: string, { headers }: Credentials): Question {
  const contentType = 'application/x-www-form-urlencoded';
  return { method: 'POST', url, body: form, headers: withOurs(headers, contentType) };
}

function fetched(url: URL, form: string, { headers }: Credentials): Question {
  const target = new URL(url);
  for (const [name, value] of new URLSearchParams(form)) target.searchParams.set(name, value);
  return { method: 'GET', url: target, headers: withOurs(headers) };
}

function withOurs(headers: Credentials['headers'], contentType?: string): Question['headers'] {
  return {
    accept: 'application/json',
    'user-agent': 'littoral',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...headers,
  };
}

/** Redirects stay on the server when the question carries anything that proves who asks. */
function redirectTarget(
  location: string,
  from: URL,
  { headers, tls }: Credentials,
  description: QueryDescription,
  redirects: number,
): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const where = target === undefined ? 'an address that is none' : target.origin;
  const trusted = headers.authorization ?? headers['x-scope-orgid'] ?? tls.cert;
  if (target === undefined || !/^https?:$/.test(target.protocol) || redirects > maxRedirects) {
    throw failed(
      description,
      `${description.from} redirects ${redirects > maxRedirects ? `more than ${maxRedirects} times` : `to ${where}`}`,
      'Give the address that answers the query API directly.',
      'url',
    );
  }
  if (target.origin !== from.origin && trusted !== undefined) {
    throw failed(
      description,
      `${description.from} redirects to another server, ${where}; credentials are not sent there`,
      `Set url to the address below ${where} that answers the query API, if you trust it.`,
      'url',
    );
  }
  target.username = '';
  target.password = '';
  return target;
}

function badStatus(
  reply: Reply,
  description: QueryDescription,
  { described }: Credentials,
): EdgeError {
  const status = `${reply.status} ${STATUS_CODES[reply.status] ?? ''}`.trim();
  if (reply.status === 407) {
    const remedy =
      'Write its user name and password into the variable: http://user:password@host:port.';
    return failed(
      description,
      `the proxy to ${description.from} answered ${status}`,
      remedy,
      'url',
    );
  }
  if (reply.status === 401 || reply.status === 403) {
    return failed(
      description,
      `${description.from} answered ${status} to a question ${described}`,
      'Give a bearerTokenFile, basic or tls.certFile that this server accepts, and the tenant if it has several.',
    );
  }
  if (reply.status === 429) {
    const pause = retryAfterMilliseconds(reply) / 1000;
    const wait = Number.isFinite(pause) && pause > 0 ? ` and asks to wait ${pause} s` : '';
    return failed(
      description,
      `${description.from} answered ${status}${wait}`,
      'Ask less often, or raise the limit there.',
    );
  }
  const own = tryPrometheusError(reply.text, description);
  if (own !== undefined) return own;
  const isMissing = reply.status === 404;
  return failed(
    description,
    `${description.from} answered ${status} with ${describeBody(reply.text)}; expected a query answer`,
    isMissing
      ? 'Add the path prefix of the query API to url, e.g. /prometheus for Mimir.'
      : 'Look into the log of that server, then try again.',
    isMissing ? 'url' : undefined,
  );
}

function asEdgeError(
  error: unknown,
  description: QueryDescription,
  { url, limits, environment }: ClientOptions,
): EdgeError {
  if (error instanceof EdgeError) return error;
  const from = description.from;
  if (error instanceof ProxyMistake) {
    return failed(description, error.message, 'Write it as http://host:port.', 'url');
  }
  const ofProxy = whyProxy(error, proxyFor(new URL(url), environment));
  if (ofProxy !== undefined) {
    const remedy = 'Correct the variable, or except the address in NO_PROXY.';
    return failed(description, `${from} cannot be reached: ${ofProxy}`, remedy, 'url');
  }
  if (error instanceof TooSlow) {
    return failed(
      description,
      `${from} did not answer within ${limits.timeoutMilliseconds / 1000} s`,
      'Raise timeoutSeconds, or use a recording rule to make the query cheaper.',
    );
  }
  if (error instanceof TooLarge) {
    return failed(
      description,
      `${from} answered more than ${Math.round(limits.maxBodyBytes / 1048576)} MiB`,
      'Group the query by fewer labels, or take longer steps.',
      'query',
    );
  }
  const code = codeOf(error) ?? (error instanceof Error ? error.name : 'unknown error');
  const isTls = /CERT|SSL|TLS|SELF_SIGNED|VERIFY|ERR_OSSL/.test(code);
  const isBroken = /RESET|EPIPE|SOCKET|MISMATCH|ABORTED/.test(code);
  return failed(
    description,
    isBroken
      ? `${from} broke the connection off before the answer was complete (${code})`
      : `${from} cannot be reached (${code})`,
    isTls
      ? 'Give the authority that signed its certificate as tls.caFile, and tls.serverName if the name differs.'
      : 'Check url, and that the server runs and may be reached from here.',
    isTls ? 'tls' : 'url',
    error,
  );
}

/** What the proxy did not do, in words; undefined where it is not known to be its failure. */
function whyProxy(error: unknown, proxy: ProxyChoice | undefined): string | undefined {
  if (proxy === undefined) return undefined;
  const name = `the proxy ${proxy.url.host} (${proxy.from})`;
  const text = error instanceof Error ? error.message : '';
  const [, status] = /Proxy response \((\d+)\)/.exec(text) ?? [];
  if (status === '407') return `${name} asks for a user name and a password`;
  if (status !== undefined) return `${name} answers ${status}`;
  const code = codeOf(error) ?? '';
  const isUnopened = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH)$/.test(code);
  return isUnopened || code === 'UND_ERR_CONNECT_TIMEOUT'
    ? `${name} cannot be reached (${code})`
    : undefined;
}

function redacted(error: EdgeError, secrets: readonly string[]): EdgeError {
  const summary = withoutSecrets(error.summary, secrets);
  const remedy = withoutSecrets(error.remedy, secrets);
  if (summary === error.summary && remedy === error.remedy) return error;
  return new EdgeError({ code: error.code, path: error.path, summary, remedy });
}

function failed(
  description: QueryDescription,
  summary: string,
  remedy: string,
  key?: string,
  cause?: unknown,
): EdgeError {
  const path = key === undefined ? description.path : `${description.path}.${key}`;
  return new EdgeError({ code: 'SourceFailed', path, summary, remedy, cause });
}
