/** Interruption: how a dynamic provider learns that Pulumi was told to stop, which Pulumi's own server of such providers keeps to itself. */
import type { IncomingHttpHeaders } from 'node:http2';
import { Server } from 'node:net';

/** Path of the request by which Pulumi tells a provider to stop; part of its public protocol (`provider.proto`). */
const CANCEL = '/pulumirpc.ResourceProvider/Cancel';

/**
 * A signal that is given once Pulumi asks this process to stop, at the first Ctrl-C. Pulumi's server answers that request
 * itself and calls no code of a provider, so the request is seen where it arrives: at the HTTP/2 server that listens
 * in this process. Where none is found the signal is never given, and what is under way ends by its own deadlines.
 */
export function interruption(): AbortSignal {
  const stop = new AbortController();
  for (const server of listening()) {
    server.prependListener('stream', (_stream: unknown, headers: IncomingHttpHeaders) => {
      if (headers[':path'] === CANCEL) stop.abort();
    });
  }
  return stop.signal;
}

/** The servers of this process. Node has no public list of them; where this one is gone there are none. */
function listening(): readonly Server[] {
  const { _getActiveHandles: handles } = process as unknown as {
    readonly _getActiveHandles?: () => readonly unknown[];
  };
  const all = handles?.call(process) ?? [];
  return all.filter((one): one is Server => one instanceof Server);
}
