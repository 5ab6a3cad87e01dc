/** Targets: the addresses behind the clusters of a table, and what must hold of them before a record is written. */
import type { Ingress } from '../../model/ingress';
import { EdgeError, throwAll } from '../../parsing';
import type { RoutingTable, Slot } from '../routing-table';
import { vocabularies } from '../vocabularies';

/** Kinds of records that answer with a target. */
export type AddressType = 'A' | 'AAAA' | 'CNAME';

/** The answers of one slot in one record type, as addresses or names. */
export interface SlotTargets {
  readonly slot: Slot;
  /** Addresses of the answers, each with the share of its cluster. */
  readonly answers: readonly { readonly values: readonly string[]; readonly share: number }[];
  /** Addresses of each cluster of the failover list that has any of this type. */
  readonly failover: readonly (readonly string[])[];
}

/** One record type with the answers of every slot. */
export interface TypedTargets {
  readonly type: AddressType;
  readonly slots: readonly SlotTargets[];
}

/** A table with addresses that were read from clusters; what the fleet gives by hand stays. */
export function withTargets(
  table: RoutingTable,
  observed: Readonly<Record<string, Ingress>>,
): RoutingTable {
  return { ...table, targets: { ...observed, ...table.targets } };
}

/** A name with an alias has nothing else: not at the apex of a zone, and not two of them in plain records. */
function aliasErrors({ hosts, zone, slots, system, targets }: RoutingTable): readonly EdgeError[] {
  const refuse = (path: string, summary: string, remedy: string) =>
    new EdgeError({ code: 'GuardStopped', path, summary, remedy });
  const errors: EdgeError[] = [];
  const apex = hosts.find((host) => host === zone);
  if (apex !== undefined) {
    errors.push(
      refuse(
        'hosts',
        `${apex} is the apex of its zone and cannot be an alias, but clusters have hostnames alone`,
        'Give clusters addresses by ingress in the fleet, or use a subdomain.',
      ),
    );
  }
  const names = new Set(slots[0].answers.map(({ cluster }) => targets[cluster]?.hostname));
  if (system === 'round-robin' && names.size > 1) {
    errors.push(
      refuse(
        'targets',
        `plain records cannot have ${names.size} aliases for one name`,
        'Give clusters addresses by ingress in the fleet, or use another DNS system.',
      ),
    );
  }
  return errors;
}

const valuesOf = (target: Ingress | undefined, type: AddressType): readonly string[] => {
  if (target === undefined) return [];
  if (type === 'A') return target.ipv4;
  if (type === 'AAAA') return target.ipv6;
  return target.hostname === undefined ? [] : [`${target.hostname}.`];
};

/**
 * Record types with the answers of every slot. A type is written for all slots or for none: a slot without addresses of
 * a type that others have would answer nothing to some users. Throws EdgeErrors naming every cluster that is short.
 */
export function typedTargets(table: RoutingTable): readonly TypedTargets[] {
  checkTable(table);
  const types = typesOf(table);
  throwAll(types.length === 0 ? [withoutAddress(table)] : []);
  if (types.includes('CNAME')) throwAll(aliasErrors(table));
  return types.map((type) => ({
    type,
    slots: table.slots.map((slot) => ({
      slot,
      answers: slot.answers.map(({ cluster, share }) => ({
        values: valuesOf(table.targets[cluster], type),
        share,
      })),
      failover: slot.failover
        .map((cluster) => valuesOf(table.targets[cluster], type))
        .filter((values) => values.length > 0),
    })),
  }));
}

/** Every cluster that slots name, with all of its addresses, or its name. Throws EdgeErrors naming those that have none and would be answered first. */
export function targetsWithAddress(
  table: RoutingTable,
): readonly { readonly cluster: string; readonly values: readonly string[] }[] {
  const answered = new Set(table.slots.flatMap(({ answers }) => answers.map((one) => one.cluster)));
  const named = new Set([...answered, ...table.slots.flatMap(({ failover }) => failover)]);
  const all = [...named].sort().map((cluster) => {
    const { ipv4 = [], ipv6 = [], hostname } = table.targets[cluster] ?? {};
    const addresses = [...ipv4, ...ipv6];
    const values = addresses.length > 0 || hostname === undefined ? addresses : [hostname];
    return { cluster, values };
  });
  const short = all.filter(({ cluster, values }) => answered.has(cluster) && values.length === 0);
  throwAll(short.map(({ cluster }) => missing(cluster)));
  return all.filter(({ values }) => values.length > 0);
}

/** What must hold of every table, whoever made it. Throws EdgeErrors. */
export function checkTable({ slots, system }: RoutingTable): void {
  const errors: EdgeError[] = [];
  const refuse = (path: string, summary: string, remedy: string) =>
    errors.push(new EdgeError({ code: 'GuardStopped', path, summary, remedy }));
  const { keys } = vocabularies[system];
  const needsDefault = keys.by === 'places' || keys.by === 'nothing';
  if (slots.length === 0 || (needsDefault && !slots.some(({ kind }) => kind === 'default'))) {
    refuse(
      'slots',
      'got a table without the slot default, so users of no slot would get no answer',
      'Compute the table with routingOf.',
    );
  }
  slots.forEach(({ key, answers }, index) => {
    const sum = answers.reduce((total, { share }) => total + share, 0);
    if (answers.length > 0 && answers.every(({ share }) => share > 0) && Math.abs(sum - 1) < 1e-6)
      return;
    refuse(
      `slots[${index}].answers`,
      `got slot ${key} with ${answers.length} answers whose shares add up to ${sum}, expected at least one, and 1`,
      'Compute the table with routingOf.',
    );
  });
  throwAll(errors);
}

function typesOf(table: RoutingTable): readonly AddressType[] {
  const names = [
    ...new Set(table.slots.flatMap(({ answers }) => answers.map((one) => one.cluster))),
  ];
  const without = names.filter((name) => {
    const target = table.targets[name];
    return (['A', 'AAAA', 'CNAME'] as const).every((type) => valuesOf(target, type).length === 0);
  });
  throwAll(without.map((name) => missing(name)));
  const haveAll = (type: AddressType) =>
    names.every((name) => valuesOf(table.targets[name], type).length > 0);
  const addresses = (['A', 'AAAA'] as const).filter(haveAll);
  return addresses.length > 0 || !haveAll('CNAME') ? addresses : ['CNAME'];
}

function missing(name: string): EdgeError {
  return new EdgeError({
    code: 'GuardStopped',
    path: `targets.${name}`,
    summary: `cluster ${name} is to be answered, but has no address`,
    remedy: 'Give the cluster ingress in the fleet, or wait until its gateway has an address.',
  });
}

function withoutAddress({ slots, targets }: RoutingTable): EdgeError {
  const names = [...new Set(slots.flatMap(({ answers }) => answers.map((one) => one.cluster)))];
  const list = names.slice(0, 6).map((name) => `${name}: ${kindsOf(targets[name])}`);
  const more = names.length > 6 ? `, ${names.length - 6} more` : '';
  return new EdgeError({
    code: 'GuardStopped',
    path: 'targets',
    summary: `no record type has an answer in every cluster (${list.join(', ')}${more})`,
    remedy: 'Give every cluster IPv4 addresses, or every one IPv6, or every one a hostname.',
  });
}

function kindsOf(target: Ingress | undefined): string {
  const kinds = [
    ...(valuesOf(target, 'A').length > 0 ? ['ipv4'] : []),
    ...(valuesOf(target, 'AAAA').length > 0 ? ['ipv6'] : []),
    ...(target?.hostname === undefined ? [] : ['hostname']),
  ];
  return kinds.join(' and ');
}

/** Whole weights for shares, each at least 1 and at most `most`; equal shares get equal weights. */
export function weightsOf(shares: readonly number[], most: number): readonly number[] {
  const largest = Math.max(...shares);
  if (shares.every((share) => share === largest)) return shares.map(() => 1);
  return shares.map((share) => Math.max(1, Math.round((share / largest) * most)));
}
