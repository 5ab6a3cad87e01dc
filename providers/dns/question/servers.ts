/** Servers: which server answers for a host: the one that is named, else one of those that the zone of the host names. */
import { resolve4, resolve6, resolveNs } from 'node:dns/promises';
import { isIP } from 'node:net';
import { EdgeError } from '../../../constructs/parsing';
import type { DnsServer } from './ask';

/** Reads ADDRESS or ADDRESS:PORT, with brackets around an IPv6 address that has a port. Throws an EdgeError. */
export function namedServer(text: string): DnsServer {
  const [, bracketed, plain, port = '53'] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:]+|[0-9a-fA-F:.]+?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const whole = isIP(text) === 0 ? (bracketed ?? plain ?? '') : text;
  const number = isIP(text) === 0 ? Number(port) : 53;
  if (isIP(whole) !== 0 && number > 0 && number < 65_536) return { address: whole, port: number };
  throw new EdgeError({
    code: 'InvalidDocument',
    path: '--dns',
    summary: `got ${JSON.stringify(text)}, expected an address such as 192.0.2.53 or [2001:db8::53]:5353`,
    remedy: 'Write the address of the server that answers for the hosts.',
  });
}

/** Addresses of all servers that the smallest zone around the host names, sorted. Throws an EdgeError. */
export async function authoritativeServers(host: string): Promise<readonly string[]> {
  const labels = host.replace(/^\*\./, '').split('.');
  for (let from = 0; from < labels.length - 1; from++) {
    const names = await resolveNs(labels.slice(from).join('.')).catch(() => []);
    const found = await Promise.all(
      names.flatMap((name) => [
        resolve4(name).catch((): string[] => []),
        resolve6(name).catch((): string[] => []),
      ]),
    );
    const addresses = [...new Set(found.flat())].sort();
    if (addresses.length > 0) return addresses;
  }
  throw new EdgeError({
    code: 'SourceFailed',
    path: 'nameservers',
    summary: `no server that answers for ${host} is known to the resolver of this machine`,
    remedy: 'Give nameservers: their addresses, such as ["192.0.2.53"].',
  });
}

/** A server that the smallest zone around the host names, found by the resolver of this machine. Throws an EdgeError. */
export async function authoritativeServer(host: string): Promise<DnsServer> {
  const labels = host.replace(/^\*\./, '').split('.');
  for (let from = 0; from < labels.length - 1; from++) {
    const [name] = (await resolveNs(labels.slice(from).join('.')).catch(() => [])).sort();
    if (name === undefined) continue;
    const [address] = await resolve4(name).catch(() => resolve6(name).catch(() => []));
    if (address !== undefined) return { address, port: 53 };
  }
  throw new EdgeError({
    code: 'SourceFailed',
    path: '--dns',
    summary: `no server that answers for ${host} is known to the resolver of this machine`,
    remedy: 'Add --dns ADDRESS of the server that answers for it.',
  });
}
