/** What a container writes: its log, once or for as long as it runs, without a line lost or twice when the connection breaks. */

import { pause } from '../deadline';
import { ClusterError } from '../errors';
import type { ApiServer } from './api-server';
import { queryOf } from './objects';
import { refusalError, statusOf } from './status';
import { linesOf, readRefusal } from './streaming';

/** One container of a pod. */
export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}
/** Which part of its log. */
export interface LogOptions {
  /** Go on as long as the container runs. Default: false. */
  readonly follow?: boolean;
  /** The last so many lines. Default: all. */
  readonly tailLines?: number;
  /** Only what is younger, in seconds. Default: all. */
  readonly sinceSeconds?: number;
  /** Of the container before the last restart. Default: false. */
  readonly previous?: boolean;
  readonly signal: AbortSignal;
}
/** A line and when the container wrote it, as the node's clock says. */
export interface LogLine {
  /** RFC 3339 with nanoseconds; empty where the node did not say. */
  readonly time: string;
  readonly text: string;
}

/** Breaks in a row, without a line between them, after which it is over. */
const mostBreaks = 8;

/** The lines of a container, oldest first. Ends with the container, or with `signal`. Throws a ClusterError. */
export async function* readLog(
  server: ApiServer,
  ref: ContainerRef,
  options: LogOptions,
): AsyncGenerator<LogLine> {
  const { signal, follow = false } = options;
  let last = '';
  let withLast = 0;
  for (let breaks = 0; !signal.aborted; ) {
    // The server takes whole seconds: what it repeats of them, and as many lines of the last instant as came, are left out.
    const [known, knownLines] = [instant(last), withLast];
    let repeated = 0;
    try {
      for await (const line of linesSince(server, ref, options, last)) {
        breaks = 0;
        const at = instant(line.time);
        if (at !== '' && at < known) continue;
        if (at !== '' && at === known && ++repeated <= knownLines) continue;
        if (at !== '') {
          withLast = at === instant(last) ? withLast + 1 : 1;
          last = line.time;
        }
        yield line;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      const isBroken = !(error instanceof ClusterError) || error.unreachable;
      breaks += 1;
      if (!follow || !isBroken || breaks > mostBreaks) throw error;
      await pause(Math.min(5000, 100 * 2 ** breaks), signal);
    }
  }
}

async function* linesSince(
  server: ApiServer,
  { namespace, pod, container }: ContainerRef,
  { follow = false, tailLines, sinceSeconds, previous = false, signal }: LogOptions,
  last: string,
): AsyncGenerator<LogLine> {
  const subject = `the log of ${container} in Pod ${namespace}/${pod}`;
  const description = {
    cluster: server.name,
    verb: 'read',
    subject,
    kind: 'Pod',
    apiVersion: 'v1',
  };
  const isFirst = last === '';
  const query = queryOf({
    container,
    timestamps: 'true',
    follow: follow ? 'true' : undefined,
    previous: previous ? 'true' : undefined,
    tailLines: isFirst ? tailLines?.toString() : undefined,
    sinceSeconds: isFirst ? sinceSeconds?.toString() : undefined,
    // Without its fraction: to the server a time is whole seconds.
    sinceTime: isFirst ? undefined : last.replace(/\.\d+/, ''),
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log${query}`;
  const answer = await server.stream({ method: 'GET', path, safe: true, description }, signal);
  if (answer.status !== 200) {
    const status = statusOf(await readRefusal(answer));
    const { redact, source } = server;
    throw refusalError({ httpStatus: answer.status, status, description, redact, source });
  }
  for await (const line of linesOf(answer)) yield logLine(line);
}

/** Texts that sort as the instants do: nodes leave out zeros at the end of a fraction. */
function instant(time: string): string {
  const [, whole = '', fraction = ''] =
    /^([^.Z+]+?)(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return whole === '' ? '' : `${whole}.${fraction.padEnd(9, '0')}`;
}

function logLine(line: string): LogLine {
  const [, time = '', text = line] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) (.*)$/s.exec(line) ?? [];
  return { time, text };
}
