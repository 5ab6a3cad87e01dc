/** Metrics: what a loop does, in the text format of Prometheus, and the server that hands it out. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EdgeError } from '../../constructs/parsing';

/** One metric: its kind, what it says, and its values by labels. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly values: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** The text format 0.0.4. */
export function metricsText(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, type, help, values }) => [
    `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...values.map(({ labels = {}, value }) => `${name}${labelsText(labels)} ${numberText(value)}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const escaped = (text: string) =>
    text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return all.length === 0 ? '' : `{${all.join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

/** Serves /metrics, and /healthz with 200 or 503. Throws an EdgeError where it cannot listen. */
export async function serveMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  metrics: () => readonly Metric[],
  isHealthy: () => boolean,
): Promise<{ readonly port: number; readonly stop: () => void }> {
  const server = createServer(({ method, url }, response) => {
    const [path] = (url ?? '').split('?');
    const isRead = method === 'GET' || method === 'HEAD';
    const [status, body] = !isRead
      ? [405, 'only GET\n']
      : path === '/metrics'
        ? [200, metricsText(metrics())]
        : path === '/healthz'
          ? isHealthy()
            ? [200, 'ok\n']
            : [503, 'no step has ended for three intervals\n']
          : [404, 'see /metrics and /healthz\n'];
    response.writeHead(status as number, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(body);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (cause) {
    throw new EdgeError({
      code: 'SourceFailed',
      path: '--metrics',
      summary: `cannot listen on ${host}:${port} (${(cause as NodeJS.ErrnoException).code})`,
      remedy: 'Name an address of this machine and a free port, such as --metrics 0.0.0.0:9464.',
      cause,
    });
  }
  server.unref();
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}
