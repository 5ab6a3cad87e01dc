/** A small HTTP proxy on loopback: tunnels and passes on, by names that only it knows, and writes down what it was asked. */
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A running proxy. */
export interface ConnectProxy {
  readonly url: string;
  /** As `CONNECT host:port` or `GET http://host/path`. */
  readonly asked: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
  readonly close: () => Promise<void>;
}

/** Starts a proxy that knows these names, each with a port on loopback; or one that answers everything with a status. */
export async function startConnectProxy(
  names: Readonly<Record<string, number>>,
  status?: number,
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = (what: string, { headers }: IncomingMessage) => {
    asked.push(what);
    authorizations.push(headers['proxy-authorization']);
  };
  const server = createServer((incoming, response) => {
    note(`${incoming.method} ${incoming.url}`, incoming);
    const target = new URL(incoming.url ?? '');
    const port = names[target.hostname];
    if (status !== undefined || port === undefined) {
      response.writeHead(status ?? 502).end();
      return;
    }
    const { method, headers } = incoming;
    const path = `${target.pathname}${target.search}`;
    const passed = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(passed);
  });
  server.on('connect', (incoming, socket: Socket) => {
    note(`CONNECT ${incoming.url}`, incoming);
    const port = names[(incoming.url ?? '').replace(/:\d+$/, '')];
    socket.on('error', () => undefined);
    if (status !== undefined || port === undefined) {
      socket.end(`HTTP/1.1 ${status ?? 502} No\r\n\r\n`);
      return;
    }
    const through = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      through.pipe(socket);
      socket.pipe(through);
    });
    sockets.add(through);
    through.on('error', () => socket.destroy());
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
