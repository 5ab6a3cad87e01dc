/** Plain records: every answer of the slot default, to everybody, in any DNS. */
import type { RoutingTable } from '../routing-table';
import { type AddressType, typedTargets } from './targets';

/** One RRset of addresses. */
export interface PlainRecord {
  /** Name without a final dot. */
  readonly name: string;
  /** Type of the answers. */
  readonly type: AddressType;
  /** How long resolvers keep an answer. */
  readonly ttlSeconds: number;
  /** Sorted, each once: several clusters may share an address. */
  readonly values: readonly string[];
}

/** One A and one AAAA RRset per host, or one CNAME. Throws EdgeErrors where an answer has no address, or several are names. */
export function plainRecords(table: RoutingTable): readonly PlainRecord[] {
  const types = typedTargets(table);
  return table.hosts.flatMap((host) =>
    types.map(({ type, slots }) => {
      const values = slots.flatMap(({ answers }) => answers.flatMap((one) => one.values));
      return {
        name: host,
        type,
        ttlSeconds: table.ttlSeconds,
        values: [...new Set(values)].sort(),
      };
    }),
  );
}
