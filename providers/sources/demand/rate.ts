/** Rate: one number of requests/s by an instant query to a Prometheus-compatible server. */
import { setTimeout as wait } from 'node:timers/promises';
import { type CredentialContext, readCredentials } from './credentials';
import { openPrometheus } from './prometheus-client';
import { parsePrometheus } from './prometheus-document';

/** A server, as in `demand.prometheus`, and what to ask it. */
export interface RateQuestion {
  /** Address and credentials by reference; what else is there is for reading demand. */
  readonly server: Readonly<Record<string, unknown>>;
  readonly query: string;
}

/** Requests/s over all series of the answer; undefined where there is none: that is not zero. Throws EdgeErrors without secrets. */
export async function readRate(
  { server, query }: RateQuestion,
  context: CredentialContext,
): Promise<number | undefined> {
  const source = parsePrometheus({ ...server, query });
  const { url = '', timeoutSeconds, retries } = source;
  const client = openPrometheus({
    url,
    credentials: readCredentials(source, context),
    limits: {
      timeoutMilliseconds: timeoutSeconds * 1000,
      retries,
      maxBodyBytes: 1024 * 1024,
      sleep: (milliseconds) => wait(milliseconds),
      random: Math.random,
    },
    environment: context.environment,
  });
  try {
    const { series, partial } = await client.ask('vector', { query });
    if (series.length === 0 || partial !== undefined) return undefined;
    return series.reduce((sum, { values }) => sum + (values.at(-1)?.[1] ?? 0), 0);
  } finally {
    await client.close();
  }
}
