/** The TLS handshake with an API server: who it is, who we are, and which HTTP it speaks. */
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Endpoint } from './connection';

/** A socket after its handshake. */
export interface Handshake {
  readonly socket: TLSSocket;
  readonly protocol: 'h2' | 'http/1.1';
}

/** The TLS settings of an endpoint. */
export function tlsOf({ url, trust, cert, key }: Endpoint) {
  const host = hostOf(url);
  const servername = trust.servername ?? (isIP(host) === 0 ? host : undefined);
  return {
    ...trust,
    ...(servername === undefined ? {} : { servername }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Connects and agrees on a protocol. Rejects when that takes too long. */
export function shakeHands(endpoint: Endpoint): Promise<Handshake> {
  const { url, connectMilliseconds } = endpoint;
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...tlsOf(endpoint),
      host: hostOf(url),
      port: Number(url.port || 443),
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    const timer = setTimeout(() => {
      const seconds = connectMilliseconds / 1000;
      const error = new Error(`no connection within ${seconds} s`);
      socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    }, connectMilliseconds);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 30_000);
      resolve({ socket, protocol: socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1' });
    });
  });
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
