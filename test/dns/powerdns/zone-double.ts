/** A zone in memory that behaves as the API of PowerDNS does: names apart, a write is one transaction. */
import type { PowerDnsClient, Rrset, RrsetChange } from '../../../providers/dns/powerdns/client';

/** The double. */
export interface Zone extends PowerDnsClient {
  /** What is there, by name and type. */
  readonly rrsets: Map<string, Rrset>;
  /** Transactions so far. */
  readonly written: (readonly RrsetChange[])[];
  /** Called after each transaction, before it is answered: what others do meanwhile. */
  meanwhile: () => void;
}

/** An empty zone. */
export function zoneDouble(): Zone {
  const rrsets = new Map<string, Rrset>();
  const zone: Zone = {
    rrsets,
    written: [],
    meanwhile: () => undefined,
    exists: async () => true,
    read: async (name) => [...rrsets.values()].filter((one) => one.name === name),
    write: async (changes) => {
      for (const one of changes) {
        const key = `${one.name} ${one.type}`;
        if (one.change === 'DELETE') rrsets.delete(key);
        else
          rrsets.set(key, { name: one.name, type: one.type, ttl: one.ttl, contents: one.contents });
      }
      zone.written.push(changes);
      zone.meanwhile();
    },
    close: async () => undefined,
  };
  return zone;
}
