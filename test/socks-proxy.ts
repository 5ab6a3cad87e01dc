/** A small SOCKS5 proxy on loopback, as RFC 1928 and 1929 have it: it connects by names that only it knows, and writes down what it was asked. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A running proxy. */
export interface SocksProxy {
  readonly port: number;
  /** As `host:port`. */
  readonly asked: readonly string[];
  /** As `user:password`. */
  readonly users: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts a proxy that knows these names, each with a port on loopback. `asks`: for a user and a password. */
export async function startSocksProxy(
  names: Readonly<Record<string, number>>,
  asks = false,
): Promise<SocksProxy> {
  const asked: string[] = [];
  const users: string[] = [];
  const sockets = new Set<Socket>();
  const next = (socket: Socket) => new Promise<Buffer>((got) => socket.once('data', got));
  const serve = async (socket: Socket) => {
    await next(socket);
    socket.write(Buffer.from([5, asks ? 2 : 0]));
    if (asks) {
      const login = await next(socket);
      const length = login[1] ?? 0;
      users.push(`${login.subarray(2, 2 + length)}:${login.subarray(3 + length)}`);
      socket.write(Buffer.from([1, 0]));
    }
    const request = await next(socket);
    const length = request[4] ?? 0;
    const host = request.subarray(5, 5 + length).toString();
    asked.push(`${host}:${request.readUInt16BE(5 + length)}`);
    const port = request[3] === 3 ? names[host] : undefined;
    const answer = (code: number) => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
    if (port === undefined) {
      answer(4);
      return;
    }
    const out = connect(port, '127.0.0.1', () => {
      answer(0);
      socket.pipe(out).pipe(socket);
    });
    sockets.add(out);
    out.on('error', () => socket.destroy());
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket).catch(() => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    users,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
