/** NS1 records as data: answers in groups of countries, and the filters that choose among them. */
import type { RoutingTable, Slot } from '../routing-table';
import { type AddressType, type SlotTargets, typedTargets, weightsOf } from './targets';

/** A record, with the arguments of `ns1_record`. */
export interface Ns1Record {
  /** The host and the type. */
  readonly key: string;
  /** The host. */
  readonly domain: string;
  /** Type of the answers. */
  readonly type: AddressType;
  /** How long resolvers keep an answer, in seconds. */
  readonly ttl: number;
  /** Users are where their client subnet is, not their resolver. */
  readonly useClientSubnet: true;
  /** Sorted by name: in another order Terraform would see a change for ever. */
  readonly regions: readonly {
    /** The slot. */
    readonly name: string;
    /** Country, state or province; nothing for everybody else. */
    readonly meta: Readonly<Record<string, string>>;
  }[];
  /** Those of every slot, then what comes next on failure. */
  readonly answers: readonly {
    /** An address or a name. */
    readonly answer: string;
    /** The slot. */
    readonly region: string;
    /** Whether it is up, its priority and its weight. */
    readonly meta: Readonly<Record<string, string>>;
  }[];
  /** Run in this order. */
  readonly filters: readonly {
    /** Name of the filter. */
    readonly filter: string;
    /** Its settings; absent without any. */
    readonly config?: Readonly<Record<string, string>>;
  }[];
}

const MOST_WEIGHT = 1000;

/** One record per host and type. Throws EdgeErrors where an answer has no address. */
export function ns1Records(table: RoutingTable): readonly Ns1Record[] {
  const types = typedTargets(table);
  return table.hosts.flatMap((host) =>
    types.map(({ type, slots }): Ns1Record => {
      const sorted = [...slots].sort((a, b) => (a.slot.key < b.slot.key ? -1 : 1));
      return {
        key: `${host}-${type}`,
        domain: host,
        type,
        ttl: table.ttlSeconds,
        useClientSubnet: true,
        regions: sorted.map(({ slot }) => ({ name: slot.key, meta: placeOf(slot) })),
        answers: sorted.flatMap(answersOf),
        filters: filtersOf(table),
      };
    }),
  );
}

function placeOf({ kind, code }: Slot): Readonly<Record<string, string>> {
  if (kind === 'default') return {};
  const [country, subdivision] = code.split('-');
  if (subdivision === undefined) return { country };
  return country === 'US' ? { us_state: subdivision } : { ca_province: subdivision };
}

/** The slot's own answers have priority 1, what comes next 2, 3 and so on. */
function answersOf({ slot, answers, failover }: SlotTargets): Ns1Record['answers'] {
  const region = slot.key;
  const weights = weightsOf(
    answers.map(({ share }) => share),
    MOST_WEIGHT,
  );
  const own = answers.flatMap(({ values }, index) =>
    values.map((answer) => ({
      answer,
      region,
      meta: { up: 'true', priority: '1', weight: String(weights[index]) },
    })),
  );
  const next = failover.flatMap((values, index) =>
    values.map((answer) => ({
      answer,
      region,
      meta: { up: 'true', priority: String(index + 2), weight: '1' },
    })),
  );
  return [...own, ...next];
}

/** With residency the place is looked at first: when none of its answers is up, nothing is answered rather than a wrong cluster. */
function filtersOf({ hasResidency }: RoutingTable): Ns1Record['filters'] {
  const up = { filter: 'up' };
  const byCountry = { filter: 'geofence_country', config: { remove_no_location: 'true' } };
  const chosen = [
    { filter: 'priority' },
    { filter: 'weighted_shuffle' },
    { filter: 'select_first_n', config: { N: '1' } },
  ];
  return hasResidency ? [byCountry, up, ...chosen] : [up, byCountry, ...chosen];
}
