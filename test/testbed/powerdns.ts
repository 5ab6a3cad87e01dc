/** A real PowerDNS on loopback: zones in SQLite, client countries from a database made here, Lua records, the HTTP API. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../providers/dns/question/ask';
import { countryNetworks, networksOf } from './country-networks';
import { mmdb } from './mmdb';
import { onPath } from './path-lookup';
import { type Engine, freePort, startEngine } from './process';

/** The one zone. */
export const zone = 'littoral.test';
/** What the API asks for. */
export const apiKey = 'planted-api-key-of-loopback';

const schema = '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';

/** A running PowerDNS. */
export interface PowerDns extends Engine {
  /** Of its HTTP API. */
  readonly url: string;
  /** Where it answers DNS. */
  readonly server: { readonly address: string; readonly port: number };
  /** One call of the API as the owner of the server, for what littoral did not do. */
  readonly api: (method: string, path: string, body?: object) => Promise<unknown>;
}

/** Why PowerDNS cannot be used here; undefined when it can. */
export function whyNoPowerDns(): string | undefined {
  const missing = ['pdns_server', 'sqlite3'].find((name) => onPath(name) === undefined);
  if (missing !== undefined) return `${missing} is not installed`;
  return existsSync(schema) ? undefined : `${schema} is missing: install pdns-backend-sqlite3`;
}

/** Starts it with the zone, health checks of Lua records every second. End it with `stop`. */
export async function startPowerDns(): Promise<PowerDns> {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-powerdns-engine-'));
  const database = join(folder, 'zones.sqlite3');
  const { status, stderr } = spawnSync('sqlite3', [database], { input: readFileSync(schema) });
  if (status !== 0) throw new Error(`sqlite3 ended with ${status}: ${stderr}`);
  writeFileSync(join(folder, 'countries.mmdb'), mmdb(networksOf(countryNetworks), 'Country'));
  writeFileSync(join(folder, 'geoip.yaml'), 'domains: []\n');
  const [port, apiPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'pdns.conf'), configuration(folder, port, apiPort));
  const server = { address: '127.0.0.1', port };
  const url = `http://127.0.0.1:${apiPort}`;
  const api = (method: string, path: string, body?: object) => callApi(url, method, path, body);
  const answers = async () => {
    await api('GET', '/api/v1/servers/localhost');
    return (await ask({ host: zone, type: 'TXT' }, server)).code !== '';
  };
  const engine = await startEngine('pdns_server', [`--config-dir=${folder}`], answers);
  await api('POST', '/api/v1/servers/localhost/zones', {
    name: `${zone}.`,
    kind: 'Native',
    nameservers: [`ns.${zone}.`],
  });
  return {
    ...engine,
    url,
    server,
    api,
    stop: async () => {
      await engine.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function callApi(url: string, method: string, path: string, body?: object) {
  const reply = await fetch(`${url}${path}`, {
    method,
    headers: { 'x-api-key': apiKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function configuration(folder: string, port: number, apiPort: number): string {
  const settings: Readonly<Record<string, string | number>> = {
    launch: 'gsqlite3,geoip',
    'gsqlite3-database': join(folder, 'zones.sqlite3'),
    'geoip-database-files': `mmdb:${join(folder, 'countries.mmdb')}`,
    'geoip-zones-file': join(folder, 'geoip.yaml'),
    'edns-subnet-processing': 'yes',
    'enable-lua-records': 'yes',
    'lua-health-checks-interval': 1,
    'local-address': '127.0.0.1',
    'local-port': port,
    'socket-dir': folder,
    api: 'yes',
    'api-key': apiKey,
    webserver: 'yes',
    'webserver-address': '127.0.0.1',
    'webserver-port': apiPort,
    'cache-ttl': 0,
    'query-cache-ttl': 0,
    'negquery-cache-ttl': 0,
    'zone-cache-refresh-interval': 0,
    setuid: '',
    setgid: '',
    daemon: 'no',
    guardian: 'no',
    loglevel: 4,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
