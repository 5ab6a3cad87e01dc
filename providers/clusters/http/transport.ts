/** The way to one API server: a single HTTP/2 connection where the server offers it, HTTP/1.1 otherwise. */
import { type Answer, type Connection, type Endpoint, type Exchange, NotSent } from './connection';
import { shakeHands } from './handshake';
import { http1To } from './http1';
import { http2Over } from './http2';

/** Opens connections when they are needed and keeps one. */
export interface Transport {
  /** Connects if need be. Rejects with NotSent when nothing went out. */
  readonly send: (exchange: Exchange, signal: AbortSignal) => Promise<Answer>;
  /** Connects if need be. */
  readonly protocol: (signal: AbortSignal) => Promise<Connection['protocol']>;
  /** The next request opens a new connection; running ones may end. */
  readonly retire: () => void;
  /** For good. */
  readonly close: () => void;
}

interface Held {
  readonly opening: Promise<Connection>;
  open?: Connection;
}

/** A transport to an endpoint; the endpoint is asked for anew with each connection. */
export function transportTo(endpoint: () => Endpoint): Transport {
  let current: Held | undefined;
  let closed = false;
  const hold = (): Held => {
    const held: Held = { opening: connect(endpoint()) };
    held.opening.then(
      (connection) => {
        held.open = connection;
      },
      () => {
        if (current === held) current = undefined;
      },
    );
    return held;
  };
  const open = async (signal: AbortSignal): Promise<Connection> => {
    if (closed) throw new NotSent(Object.assign(new Error('closed'), { code: 'CLOSED' }));
    if (current === undefined || current.open?.ended()) current = hold();
    return await Promise.race([current.opening, aborted(signal)]).catch((cause: unknown) => {
      throw new NotSent(cause);
    });
  };
  const leave = (end: (connection: Connection) => void): void => {
    current?.opening.then(end, () => undefined);
    current = undefined;
  };
  return {
    send: async (exchange, signal) => (await open(signal)).send(exchange, signal),
    protocol: async (signal) => (await open(signal)).protocol,
    retire: () => leave((connection) => connection.retire()),
    close: () => {
      closed = true;
      leave((connection) => connection.close());
    },
  };
}

async function connect(endpoint: Endpoint): Promise<Connection> {
  if (endpoint.url.protocol === 'http:' || endpoint.proxy !== undefined) return http1To(endpoint);
  const { socket, protocol } = await shakeHands(endpoint);
  if (protocol === 'h2') return http2Over(endpoint.url, socket);
  socket.destroy();
  return http1To(endpoint);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => reject(signal.reason);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
