/** A scripted metrics server on loopback: each test says how it answers, and reads what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}
/** How to answer one request. */
export type Script = (response: ServerResponse, asked: Asked) => void;
/** A running server. */
export interface MetricsServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
}

/** Answers the first request by the first script and so on; the last script answers all that follow. */
export async function startMetricsServer(...scripts: readonly Script[]): Promise<MetricsServer> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://loopback');
      const body = new URLSearchParams(Buffer.concat(chunks).toString());
      const one = {
        method: request.method ?? '',
        path: url.pathname,
        parameters: new URLSearchParams([...url.searchParams, ...body]),
        headers: request.headers,
      };
      asked.push(one);
      scripts[Math.min(asked.length, scripts.length) - 1]?.(response, one);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Answers with a status, a body and headers. */
export const answers =
  (status: number, body: string | object, headers: Record<string, string> = {}): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** A matrix with the same value at every step asked for, by geohash. */
export const steady =
  (rates: Readonly<Record<string, number>>, more: object = {}): Script =>
  (response, { parameters }) => {
    const number = (name: string) => Number(parameters.get(name));
    const times: number[] = [];
    for (let at = number('start'); at <= number('end'); at += number('step')) times.push(at);
    const result = Object.entries(rates).map(([geohash, rate]) => ({
      metric: { geohash },
      values: times.map((time) => [time, String(rate)]),
    }));
    answers(200, success('matrix', result, more))(response, {} as Asked);
  };

/** The body of a successful answer. */
export const success = (resultType: string, result: unknown, more: object = {}) => ({
  status: 'success',
  data: { resultType, result },
  ...more,
});
