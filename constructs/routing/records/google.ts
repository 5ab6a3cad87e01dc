/** Google Cloud DNS record sets as data: one item per region of Google. */
import type { RoutingTable } from '../routing-table';
import { type AddressType, typedTargets } from './targets';

/** A record set, with the arguments of `google_dns_record_set`. */
export interface GoogleRecordSet {
  /** The host and the type. */
  readonly key: string;
  /** With a final dot. */
  readonly name: string;
  /** Type of the answers. */
  readonly type: AddressType;
  /** How long resolvers keep an answer, in seconds. */
  readonly ttl: number;
  /** What is answered where. */
  readonly routingPolicy: {
    /** One item per region. */
    readonly geo: readonly {
      /** Name of the region, e.g. europe-west3. */
      readonly location: string;
      /** All of them are answered. */
      readonly rrdatas: readonly string[];
    }[];
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
