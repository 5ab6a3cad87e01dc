/** Google Cloud DNS record sets as data: one item per region of Google. */
import type { RoutingTable } from '../routing-table';
import { type AddressType, typedTargets } from './targets';

/** A record set, with the arguments of `google_dns_record_set`. */
export interface GoogleRecordSet {
  /** The host and the type. */
  readonly key: string;
  /** With a final dot. */
  readonly name: string;
  readonly type: AddressType;
  readonly ttl: number;
  readonly routingPolicy: {
    readonly geo: readonly { readonly location: string; readonly rrdatas: readonly string[] }[];
    /** With residency users stay with their region even when it is not well. */
    readonly enableGeoFencing: boolean;
  };
}

/** One record set per host and type. Throws EdgeErrors where an answer has no address. */
export function googleRecordSets(table: RoutingTable): readonly GoogleRecordSet[] {
  const types = typedTargets(table);
  return table.hosts.flatMap((host) =>
    types.map(({ type, slots }): GoogleRecordSet => {
      const geo = slots.map(({ slot, answers }) => ({
        location: slot.code,
        rrdatas: answers.flatMap(({ values }) => values),
      }));
      return {
        key: `${host}-${type}`,
        name: `${host}.`,
        type,
        ttl: table.ttlSeconds,
        routingPolicy: { geo, enableGeoFencing: table.hasResidency },
      };
    }),
  );
}
