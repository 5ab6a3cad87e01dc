/** Coverage: which hosts the names of a certificate are for, by RFC 6125 as browsers read it. */

/**
 * Whether a name of a certificate is for a host. `*` stands for exactly one whole label, the first; a host that is a
 * wildcard itself is covered by the same wildcard alone, since no list of names holds all that it stands for.
 */
export function coversHost(name: string, host: string): boolean {
  const [given, wanted] = [plain(name), plain(host)];
  if (given === wanted) return true;
  if (!given.startsWith('*.') || wanted.startsWith('*.')) return false;
  const rest = given.slice(1);
  const label = wanted.slice(0, -rest.length);
  return wanted.endsWith(rest) && label !== '' && !label.includes('.');
}

/** Hosts that none of the names is for, in their order. */
export function uncoveredHosts(
  hosts: readonly string[],
  names: readonly string[],
): readonly string[] {
  return hosts.filter((host) => !names.some((name) => coversHost(name, host)));
}

const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');
