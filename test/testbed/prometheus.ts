/** A real Prometheus on loopback: free port, data in a temporary folder, scraping every second. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificates } from './certificates';
import { type Engine, freePort, type StartOptions, startEngine } from './process';

/** The one user of a Prometheus with basic authentication. */
export const prometheusUser = { username: 'ann', password: 'loopback only' };
/** bcrypt of that password, at the lowest cost. */
const passwordHash = '$2b$04$abcdefghijklmnopqrstuu8hJypNFkRSg0Pnw24EVEMj4b5Kjk2H6';

/** How to start it. */
export interface PrometheusOptions {
  /** host:port of what it scrapes. */
  readonly targets: readonly string[];
  /** Asks for prometheusUser. */
  readonly basic?: boolean;
  /** Serves TLS and asks for a client certificate. */
  readonly certificates?: Certificates;
  /** Where its own folder is made. Default: the system's place for temporary files. */
  readonly folder?: string;
  /** Told of the process, for a watchdog. */
  readonly watch?: StartOptions['watch'];
}
/** A running Prometheus. */
export interface Prometheus extends Engine {
  readonly url: string;
}

/** Starts Prometheus and waits until it is ready. End it with `stop`; its folder goes with it. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { targets, basic = false, certificates } = options;
  const folder = mkdtempSync(join(options.folder ?? tmpdir(), 'littoral-prometheus-engine-'));
  const config = join(folder, 'prometheus.yml');
  const web = join(folder, 'web.yml');
  const jobs = [{ job_name: 'shop', static_configs: [{ targets }] }];
  const global = { scrape_interval: '1s', scrape_timeout: '1s' };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ global, scrape_configs: jobs }));
  writeFileSync(
    web,
    JSON.stringify({
      ...(basic ? { basic_auth_users: { [prometheusUser.username]: passwordHash } } : {}),
      ...(certificates ? { tls_server_config: tlsConfig(certificates) } : {}),
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const url = `${certificates ? 'https' : 'http'}://${address}`;
  const args = [
    `--config.file=${config}`,
    `--web.config.file=${web}`,
    `--web.listen-address=${address}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
  ];
  const ready = () => isReady(`${url}/-/ready`, options);
  const engine = await startEngine('prometheus', args, ready, { watch: options.watch });
  return {
    ...engine,
    url,
    stop: async () => {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function tlsConfig(certificates: Certificates): object {
  return {
    cert_file: certificates.serverCert,
    key_file: certificates.serverKey,
    client_ca_file: certificates.ca,
    client_auth_type: 'RequireAndVerifyClientCert',
  };
}

function isReady(url: string, { basic, certificates }: PrometheusOptions): Promise<boolean> {
  const auth = basic ? { auth: `${prometheusUser.username}:${prometheusUser.password}` } : {};
  const tls = certificates && {
    ca: readFileSync(certificates.ca),
    cert: readFileSync(certificates.clientCert),
    key: readFileSync(certificates.clientKey),
  };
  return new Promise((resolve, reject) => {
    const request = tls
      ? requestHttps(url, { ...auth, ...tls })
      : requestHttp(url, { ...auth, agent: new HttpAgent({ keepAlive: false }) });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', reject);
    request.end();
  });
}
