/** SOCKS5 proxies, which a kubeconfig may name: the connection is made by the proxy, and names are looked up there, as kubectl does. */
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { ProxyChoice } from '../../proxy/environment';

/** True for a proxy that speaks SOCKS5. */
export function isSocks({ url }: ProxyChoice): boolean {
  return url.protocol === 'socks5:' || url.protocol === 'socks5h:';
}

/** Opens connections by the proxy; `tls` are the settings for servers with TLS. */
export function socksConnector(
  { url }: ProxyChoice,
  tls: object,
  connectMilliseconds: number,
): buildConnector.connector {
  return ({ hostname, port, protocol }, done) => {
    const isSecure = protocol === 'https:';
    const destination = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (isSecure ? 443 : 80)),
    };
    open(url, destination, connectMilliseconds).then((socket) => {
      if (!isSecure) return done(null, socket);
      const secured = connectTls({ ...tls, socket, ALPNProtocols: ['http/1.1'] });
      secured.once('secureConnect', () => done(null, secured));
      secured.once('error', (error) => done(error, null));
    }, refused(done));
  };
}

async function open(
  { hostname, port, username, password }: URL,
  destination: { readonly host: string; readonly port: number },
  timeout: number,
) {
  const { SocksClient } = await import('socks');
  const user = username === '' ? {} : { userId: decodeURIComponent(username) };
  const secret = username === '' ? {} : { password: decodeURIComponent(password) };
  const host = hostname.replace(/^\[|\]$/g, '');
  const proxy = { host, port: Number(port || 1080), type: 5 as const, ...user, ...secret };
  const { socket } = await SocksClient.createConnection({
    proxy,
    command: 'connect',
    destination,
    timeout,
  });
  return socket.setNoDelay(true);
}

/** The library's errors hold its options, and so a password: only code and text go on. */
function refused(done: buildConnector.Callback) {
  return (thrown: Error & { readonly code?: string }) => {
    const timedOut = /timed out/i.test(thrown.message);
    const code = timedOut ? 'ETIMEDOUT' : (/\bE[A-Z]{4,}\b/.exec(thrown.message)?.[0] ?? 'SOCKS');
    done(Object.assign(new Error(`SOCKS5: ${thrown.message}`), { code, refused: true }), null);
  };
}
