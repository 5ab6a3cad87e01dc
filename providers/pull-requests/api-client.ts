/** One request to the API of a forge: JSON in, JSON out, every failure an EdgeError without the token. */
import { EdgeError } from '../../constructs/parsing';
import { codeOf, exchange, openConnections, type Question } from '../exchange/exchange';
import type { Environment } from '../proxy/environment';

/** An open client; close it. */
export interface ApiClient {
  /** The answer as JSON. Throws EdgeError. */
  readonly ask: (method: Question['method'], path: string, body?: object) => Promise<unknown>;
  readonly end: () => Promise<void>;
}

const limits = {
  timeoutMilliseconds: 30_000,
  retries: 2,
  maxBodyBytes: 16 * 1024 * 1024,
  sleep: (milliseconds: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/** Opens a client of the API at `base`; nothing is sent before `ask`. */
export function openApi(
  base: string,
  headers: Readonly<Record<string, string>>,
  environment: Environment,
): ApiClient {
  const connections = openConnections({}, limits.timeoutMilliseconds, environment);
  return {
    ask: async (method, path, body) => {
      const url = new URL(`${base.replace(/\/+$/, '')}/${path}`);
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const sent = {
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': 'littoral',
        ...headers,
      };
      const reply = await exchange(
        { method, url, headers: sent, ...content },
        limits,
        connections,
      ).catch((cause: unknown) => {
        throw failed(url, `cannot be reached (${codeOf(cause) ?? 'no answer'})`, 'Try again.');
      });
      if (reply.status >= 200 && reply.status < 300)
        return reply.text === '' ? {} : JSON.parse(reply.text);
      const remedy = [401, 403, 404].includes(reply.status)
        ? 'Give the job a token that may write pull requests of this repository, and nothing else.'
        : 'Try again later.';
      throw failed(url, `answered ${reply.status} to ${method} ${url.pathname}`, remedy);
    },
    end: connections.destroy,
  };
}

function failed(url: URL, what: string, remedy: string): EdgeError {
  return new EdgeError({
    code: 'SourceFailed',
    path: 'pull request',
    summary: `${url.origin} ${what}`,
    remedy,
  });
}
