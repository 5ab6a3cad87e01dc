/** Proxies of the environment: which one leads to an address, by the rules of Go's httpproxy, which kubectl and Prometheus' tools follow. */
import { BlockList, isIP } from 'node:net';

/** Variables by name; those of the process or of a test. */
export type Environment = Readonly<Record<string, string | undefined>>;
/** A proxy and what named it. */
export interface ProxyChoice {
  readonly url: URL;
  /** Such as HTTPS_PROXY; for messages. */
  readonly from: string;
}

/** A variable names a proxy that cannot be used. The text has no password. */
export class ProxyMistake extends Error {
  constructor(
    readonly variable: string,
    readonly why: string,
  ) {
    super(`${variable} ${why}`);
    this.name = 'ProxyMistake';
  }
}

/** The proxy for an address, or undefined for a direct way. This machine itself is never reached by a proxy. Throws ProxyMistake. */
export function proxyFor(target: URL, environment: Environment): ProxyChoice | undefined {
  const names =
    target.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const from = names.find((name) => environment[name]);
  const written = from === undefined ? undefined : environment[from];
  // A CGI program gets HTTP_PROXY from a header of its caller.
  if (from === undefined || written === undefined) return undefined;
  if (from === 'HTTP_PROXY' && environment.REQUEST_METHOD) return undefined;
  const without = environment.NO_PROXY || environment.no_proxy || '';
  if (isExcluded(target, without)) return undefined;
  return { url: proxyAddress(written, from), from };
}

/** The header by which a proxy knows who asks; undefined where its address has no user. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** The address of a proxy, which may be written without its scheme. `kinds`: what else than HTTP is understood. Throws ProxyMistake. */
export function proxyAddress(written: string, from: string, kinds: readonly string[] = []): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
  if (!URL.canParse(text)) {
    throw new ProxyMistake(from, 'is no address of the form http://host:port');
  }
  const url = new URL(text);
  const known = ['http:', 'https:', ...kinds];
  if (known.includes(url.protocol)) return url;
  const expected = `${known.slice(0, -1).join('//, ')}// or ${known.at(-1)}//`;
  throw new ProxyMistake(from, `is of the kind ${url.protocol}//, expected ${expected}`);
}

/** Whether NO_PROXY, or that it is this machine, lets an address be reached directly. */
function isExcluded(target: URL, without: string): boolean {
  const host = target.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  return without
    .split(',')
    .map((rule) => rule.trim().toLowerCase())
    .some((rule) => rule !== '' && matchesRule(rule, host, port));
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 4 ? host.startsWith('127.') : family === 6 && /^(0*:)*:?0*1$/.test(host);
}

/** `*`, a CIDR, an address, or a name with its subdomains; the last two with a port or without. */
function matchesRule(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true;
  const [, network = '', bits = ''] = /^(.*)\/(\d+)$/.exec(rule) ?? [];
  if (isIP(network) !== 0) return isWithin(host, network, Number(bits));
  const { name, port: wanted } = splitPort(rule);
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(name) !== 0) return isWithin(host, name, isIP(name) === 4 ? 32 : 128);
  if (name === '') return false;
  const plain = asciiOf(name.replace(/^\*(?=\.)/, ''));
  return plain.startsWith('.')
    ? host.endsWith(plain)
    : host === plain || host.endsWith(`.${plain}`);
}

function splitPort(rule: string): { readonly name: string; readonly port: string | undefined } {
  const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(rule);
  if (bracketed !== null) return { name: bracketed[1] ?? '', port: bracketed[2] };
  if (isIP(rule) === 6) return { name: rule, port: undefined };
  const [, name = rule, port] = /^(.*):(\d+)$/.exec(rule) ?? [];
  return { name, port };
}

/** A name in the letters that addresses have. */
function asciiOf(name: string): string {
  const [, dot = '', rest = ''] = /^(\.?)(.*)$/.exec(name) ?? [];
  return URL.canParse(`http://${rest}`) ? dot + new URL(`http://${rest}`).hostname : name;
}

function isWithin(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, kind);
  return list.check(host, kind);
}
