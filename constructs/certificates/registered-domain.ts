/** Registered domain: what a name was registered under, by the list of public suffixes. */
import { getDomain } from 'tldts';

/** With private suffixes, as authorities count; a suffix itself is its own. */
export function registeredDomain(name: string): string {
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}
