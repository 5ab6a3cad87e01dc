/** A small exporter: counters that rise at known rates, in the text format that Prometheus scrapes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running exporter. */
export interface Exporter {
  /** host:port, as a scrape target. */
  readonly target: string;
  /** From now on the counters rise at these rates, on from where they stand. */
  readonly setRates: (ratesByGeohash: Readonly<Record<string, number>>) => void;
  readonly close: () => Promise<void>;
}

/** Serves http_requests_total{app, geohash}; each counter starts at 0 and rises by its rate every second. */
export async function startExporter(
  app: string,
  ratesByGeohash: Readonly<Record<string, number>>,
): Promise<Exporter> {
  let rates = ratesByGeohash;
  let until = Date.now();
  const totals = new Map<string, number>();
  const count = () => {
    const now = Date.now();
    for (const [geohash, rate] of Object.entries(rates)) {
      totals.set(geohash, (totals.get(geohash) ?? 0) + (rate * (now - until)) / 1000);
    }
    until = now;
  };
  const server = createServer((_request, response) => {
    count();
    const lines = [...totals].map(
      ([geohash, total]) => `http_requests_total{app="${app}",geohash="${geohash}"} ${total}`,
    );
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`# TYPE http_requests_total counter\n${lines.join('\n')}\n`);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    setRates: (next) => {
      count();
      rates = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
