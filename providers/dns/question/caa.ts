/** CAA: whether the records of a host let an authority issue its certificate, by RFC 8659 and, for the challenge, RFC 8657. */
import { type CaaRecord, Resolver } from 'node:dns';
import { promisify } from 'node:util';

/** Records of a name; none where there are none. Rejects where nobody answers. */
export type CaaLookup = (name: string) => Promise<readonly CaaRecord[]>;

/** What an authority wants to do. */
export interface Issuing {
  /** Domain of the authority, as records name it: letsencrypt.org. */
  readonly authority: string;
  /** `dns-01` or `http-01`; undefined where there is none. */
  readonly challenge: string | undefined;
}

const nothingCodes = new Set(['ENODATA', 'ENOTFOUND']);

/** By the resolver of this machine, or by the servers that are given. */
export function caaLookup(servers: readonly string[] = []): CaaLookup {
  const resolver = new Resolver({ timeout: 2000, tries: 3 });
  if (servers.length > 0) resolver.setServers(servers);
  const resolveCaa = promisify(resolver.resolveCaa.bind(resolver));
  return async (name) => {
    try {
      return await resolveCaa(name);
    } catch (error) {
      if (nothingCodes.has((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  };
}

/** Why the authority may not issue for a host, or undefined when it may. Rejects where nobody answers. */
export async function caaTrouble(
  host: string,
  { authority, challenge }: Issuing,
  lookup: CaaLookup,
): Promise<string | undefined> {
  const isWild = host.startsWith('*.');
  const labels = host.replace(/^\*\./, '').split('.');
  // The nearest name that has records counts, and no other: not the host's own where it has none.
  for (let from = 0; from < labels.length; from++) {
    const name = labels.slice(from).join('.');
    const records = await lookup(name);
    if (records.length === 0) continue;
    return troubleOf(records, { name, isWild, authority, challenge });
  }
  return undefined;
}

function troubleOf(
  records: readonly CaaRecord[],
  {
    name,
    isWild,
    authority,
    challenge,
  }: Issuing & { readonly name: string; readonly isWild: boolean },
): string | undefined {
  const unknown = records.find(
    (one) => one.critical > 0 && !Object.keys(one).some((key) => knownTags.has(key)),
  );
  if (unknown !== undefined) return `${name} has a critical CAA record of an unknown kind`;
  const valuesOf = (tag: 'issue' | 'issuewild') => records.flatMap((one) => one[tag] ?? []);
  const wild = valuesOf('issuewild');
  const values = isWild && wild.length > 0 ? wild : valuesOf('issue');
  if (values.length === 0) return undefined;
  const own = values.map(parsed).filter(({ domain }) => domain === authority.toLowerCase());
  if (own.length === 0) {
    const known = values.map((value) => parsed(value).domain);
    const others = known.filter((one) => one !== '').join(', ') || 'nobody';
    return `CAA records of ${name} let ${others} issue, and not ${authority}`;
  }
  const isMet = own.some(
    ({ methods }) =>
      methods === undefined || challenge === undefined || methods.includes(challenge),
  );
  return isMet
    ? undefined
    : `CAA records of ${name} let ${authority} issue, and not by ${challenge}`;
}

const knownTags = new Set(['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone']);

/** `letsencrypt.org; validationmethods=dns-01,http-01`; an empty domain is nobody. */
function parsed(value: string): { readonly domain: string; readonly methods?: readonly string[] } {
  const [domain = '', ...parameters] = value.split(';').map((part) => part.trim());
  const methods = parameters
    .map((part) => /^validationmethods\s*=\s*(.*)$/.exec(part)?.[1])
    .find((found) => found !== undefined);
  const base = { domain: domain.toLowerCase().replace(/\.$/, '') };
  return methods === undefined
    ? base
    : { ...base, methods: methods.split(',').map((one) => one.trim()) };
}
