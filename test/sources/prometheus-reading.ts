/** Readings of demand from a scripted metrics server, with planted secrets and pauses that take no time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EdgeError, edgeErrorsOf } from '../../constructs/parsing/errors';
import type { MeasuredDemand } from '../../providers/sources/demand/demand-reading';
import { readPrometheusDemand } from '../../providers/sources/demand/prometheus';
import type { ReadContext } from '../../providers/sources/demand/source';
import { type MetricsServer, type Script, startMetricsServer } from './metrics-server';

export const token = 'planted-t0ken/with+signs';
export const password = 'planted p@ssword';
export const query = 'sum by (geohash) (rate(http_requests_total[5m]))';
/** Two origins with steady traffic. */
export const rates = { u33d: 30, dr5r: 15.5 };
const now = '2026-11-21T05:31:10Z';

/** What the tests of a file read from, in a folder with the secrets; each test begins without a server. */
export interface ScriptedMetrics {
  readonly folder: string;
  /** The last server that was started. */
  readonly server: MetricsServer | undefined;
  /** The pauses taken between questions, in milliseconds. */
  readonly slept: readonly number[];
  readonly start: (...scripts: readonly Script[]) => Promise<MetricsServer>;
  readonly context: (more?: Partial<ReadContext>) => ReadContext;
  /** Starts a server with these answers and reads from it. */
  readonly read: (
    scripts: readonly Script[],
    source?: Record<string, unknown>,
    more?: Partial<ReadContext>,
  ) => Promise<MeasuredDemand>;
}

/** Called once by a test file, which then cleans up after each test and at its end. */
export function scriptedMetrics(): ScriptedMetrics {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-prometheus-'));
  writeFileSync(join(folder, 'token'), `${token}\n`);
  writeFileSync(join(folder, 'password'), password);
  let server: MetricsServer | undefined;
  let slept: number[] = [];

  beforeEach(() => {
    slept = [];
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const start: ScriptedMetrics['start'] = async (...scripts) => {
    await server?.close();
    server = await startMetricsServer(...scripts);
    return server;
  };
  const context: ScriptedMetrics['context'] = (more = {}) => ({
    now,
    folder,
    environment: { TOKEN: token, PASSWORD: password },
    sleep: async (milliseconds) => void slept.push(milliseconds),
    ...more,
  });
  return {
    folder,
    get server() {
      return server;
    },
    get slept() {
      return slept;
    },
    start,
    context,
    read: async (scripts, source = {}, more = {}) => {
      const { url } = await start(...scripts);
      return readPrometheusDemand({ url, query, ...source }, context(more));
    },
  };
}

/** The one EdgeError a reading ends in; no secret may be in any of its texts. */
export async function failure(reading: Promise<unknown>): Promise<EdgeError> {
  const thrown = await reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  const errors = edgeErrorsOf(thrown) ?? [];
  if (errors.length !== 1) throw thrown;
  const error = errors[0] as EdgeError;
  const texts = [error.message, error.summary, error.remedy, error.stack, String(thrown)].join(
    '\n',
  );
  for (const secret of [
    token,
    password,
    encodeURIComponent(token),
    Buffer.from(`ann:${password}`).toString('base64'),
  ]) {
    expect(texts).not.toContain(secret);
  }
  return error;
}
