/** Talks to the HTTP API of a PowerDNS: reads the records of names, replaces RRsets in one transaction; every failure is an EdgeError without the key. */
import { EdgeError } from '../../../constructs/parsing';
import {
  type Connections,
  codeOf,
  type ExchangeLimits,
  exchange,
  openConnections,
  type Question,
  type Reply,
  TooLarge,
  TooSlow,
} from '../../exchange/exchange';
import { ProxyMistake } from '../../proxy/environment';
import { readAuthorities } from '../../sources/files/referenced-file';
import { type PowerDnsSettings, readApiKey, type SecretWorld } from './settings';

/** The records of one name and type. */
export interface Rrset {
  /** With a dot at the end, lower case. */
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** As PowerDNS writes them. */
  readonly contents: readonly string[];
}

/** An RRset to put in place of what is there, or to delete. */
export type RrsetChange =
  | (Rrset & { readonly change: 'REPLACE' })
  | { readonly change: 'DELETE'; readonly name: string; readonly type: string };

/** An open client; close it. */
export interface PowerDnsClient {
  /** Whether the server has the zone. */
  readonly exists: () => Promise<boolean>;
  /** RRsets of one name, none when there are none. */
  readonly read: (name: string) => Promise<readonly Rrset[]>;
  /** All of it or nothing: one request is one transaction. */
  readonly write: (changes: readonly RrsetChange[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

const limits: Omit<ExchangeLimits, 'retries'> = {
  timeoutMilliseconds: 15_000,
  // A server that does not know rrset_name answers with its whole zone.
  maxBodyBytes: 64 * 1024 * 1024,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/** Opens a client for one zone; nothing is sent before the first call. Throws EdgeError for a key that cannot be read. */
export function openPowerDns(
  settings: PowerDnsSettings,
  zone: string,
  world: SecretWorld,
): PowerDnsClient {
  const key = readApiKey(settings, world);
  const ca = readAuthorities(settings.caFile, world.folder, 'powerdns.caFile');
  const { timeoutMilliseconds } = limits;
  const tls = ca === undefined ? {} : { ca };
  const connections = openConnections(tls, timeoutMilliseconds, world.environment);
  const zoneId = `${zone.replaceAll('/', '=2F')}.`;
  const base = `${settings.url.replace(/\/+$/, '')}/api/v1/servers/${settings.server}/zones/${zoneId}`;
  const call = { base, zone, key, connections };
  return {
    exists: () => exists(call),
    read: (name) => read(call, name),
    write: (changes) => write(call, changes),
    close: connections.destroy,
  };
}

interface Call {
  readonly base: string;
  readonly zone: string;
  readonly key: string;
  readonly connections: Connections;
}

interface ApiRrset {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly ttl?: unknown;
  readonly records?: readonly { readonly content?: unknown; readonly disabled?: unknown }[];
}

async function exists(call: Call): Promise<boolean> {
  const reply = await exchangeWith(call, 'GET', '?rrsets=false');
  if (reply.status === 404) return false;
  if (isGood(reply)) return true;
  throw refused(reply, call);
}

async function read(call: Call, name: string): Promise<readonly Rrset[]> {
  const reply = await send(call, 'GET', `?rrset_name=${encodeURIComponent(name)}`);
  const rrsets = rrsetsIn(reply, call);
  return rrsets.flatMap((one) => {
    if (typeof one.name !== 'string' || one.name.toLowerCase() !== name.toLowerCase()) return [];
    const contents = (one.records ?? [])
      .filter(({ disabled }) => disabled !== true)
      .map(({ content }) => String(content));
    if (contents.length === 0) return [];
    return [
      { name: one.name.toLowerCase(), type: String(one.type), ttl: Number(one.ttl), contents },
    ];
  });
}

function rrsetsIn({ text }: Reply, { base }: Call): readonly ApiRrset[] {
  try {
    const { rrsets } = JSON.parse(text) as { readonly rrsets?: unknown };
    if (Array.isArray(rrsets)) return rrsets as readonly ApiRrset[];
  } catch {
    // Said below.
  }
  throw failed(
    `${new URL(base).origin} answered with something else than a zone`,
    'Point powerdns.url at the HTTP API of PowerDNS, without /api/v1.',
  );
}

async function write(call: Call, changes: readonly RrsetChange[]): Promise<void> {
  const rrsets = changes.map((one) =>
    one.change === 'DELETE'
      ? { name: one.name, type: one.type, changetype: 'DELETE', records: [] }
      : {
          name: one.name,
          type: one.type,
          ttl: one.ttl,
          changetype: 'REPLACE',
          records: one.contents.map((content) => ({ content, disabled: false })),
        },
  );
  await send(call, 'PATCH', '', JSON.stringify({ rrsets }));
}

const isGood = ({ status }: Reply) => status >= 200 && status < 300;

async function send(
  call: Call,
  method: Question['method'],
  query: string,
  body?: string,
): Promise<Reply> {
  const reply = await exchangeWith(call, method, query, body);
  if (isGood(reply)) return reply;
  throw refused(reply, call);
}

async function exchangeWith(
  { base, key, connections }: Call,
  method: Question['method'],
  query: string,
  body?: string,
): Promise<Reply> {
  const url = new URL(`${base}${query}`);
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const question = { method, url, headers, ...(body === undefined ? {} : { body }) };
  // A write that may have arrived is not sent again: somebody else may have written since.
  const retries = method === 'GET' ? 2 : 0;
  try {
    return await exchange(question, { ...limits, retries }, connections);
  } catch (error) {
    throw unreachable(error, url);
  }
}

function unreachable(error: unknown, url: URL): EdgeError {
  const why =
    error instanceof TooSlow
      ? `no answer within ${limits.timeoutMilliseconds / 1000} s`
      : error instanceof TooLarge
        ? 'an answer of more than 64 MB'
        : error instanceof ProxyMistake
          ? error.message
          : (codeOf(error) ?? 'the connection failed');
  return failed(
    `the PowerDNS API at ${url.origin} cannot be asked (${why})`,
    'Check powerdns.url, and that webserver and api are on in pdns.conf.',
    error,
  );
}

function refused({ status, text }: Reply, { zone, base, key }: Call): EdgeError {
  const at = new URL(base).origin;
  if (status === 401 || status === 403) {
    return failed(
      `the PowerDNS API at ${at} does not take the key (${status})`,
      'Give the api-key of pdns.conf in apiKeyEnv or apiKeyFile.',
    );
  }
  if (status === 404) {
    return failed(
      `the PowerDNS at ${at} has no zone ${zone}`,
      'Create the zone, or name another one in exposure.dns.zone or powerdns.zone.',
    );
  }
  const said = reason(text).replaceAll(key, '***');
  const isLua = /lua/i.test(said);
  return failed(
    `the PowerDNS at ${at} refused the change (${status}): ${said}`,
    isLua
      ? 'Set enable-lua-records=yes, and from version 5.1 enable-lua-record-updates=yes, in pdns.conf.'
      : 'Correct what it names, and try again.',
  );
}

function reason(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    if (typeof error === 'string') return error.slice(0, 300);
  } catch {
    // Not JSON: said as it is.
  }
  return text.trim().split('\n')[0]?.slice(0, 300) ?? '';
}

function failed(summary: string, remedy: string, cause?: unknown): EdgeError {
  return new EdgeError({ code: 'SourceFailed', path: 'powerdns', summary, remedy, cause });
}
