/** A small exporter: counters that rise at known rates, in the text format that Prometheus scrapes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running exporter. */
export interface Exporter {
  /** host:port, as a scrape target. */
  readonly target: string;
  readonly close: () => Promise<void>;
}

/** Serves http_requests_total{app, geohash}; each counter has risen by its rate times the seconds since the start. */
export async function startExporter(
  app: string,
  ratesByGeohash: Readonly<Record<string, number>>,
): Promise<Exporter> {
  const started = Date.now();
  const server = createServer((_request, response) => {
    const seconds = (Date.now() - started) / 1000;
    const lines = Object.entries(ratesByGeohash).map(
      ([geohash, rate]) =>
        `http_requests_total{app="${app}",geohash="${geohash}"} ${rate * seconds}`,
    );
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`# TYPE http_requests_total counter\n${lines.join('\n')}\n`);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
