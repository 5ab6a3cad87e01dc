/** Publication: what to write so that hosts answer as a routing table says, and what forbids it; pure, from what was read. */
import { EdgeError } from '../../../constructs/parsing';
import {
  type AnswerChanges,
  answerChanges,
  checkTable,
  plainRecords,
  powerDnsLua,
  type RoutingTable,
} from '../../../constructs/routing';
import type { Rrset, RrsetChange } from './client';
import { type Marker, markerContent, markerName, markerOf } from './marker';

/** What is there for a host. */
export interface PublishedHost {
  readonly host: string;
  /** Records that answer users: LUA, A, AAAA, CNAME, ALIAS. */
  readonly rrsets: readonly Rrset[];
  readonly marker: Marker | undefined;
  /** The text of the marker as it is there. */
  readonly markerText: string | undefined;
}

/** What is to be. */
export interface Wanted {
  readonly table: RoutingTable;
  /** Who keeps the records: two owners never write the same host. */
  readonly owner: string;
  /** More than this share of the requests is not moved at once. From 0 to 1. */
  readonly maxMovedShare: number;
  /** Whether a decision may replace a newer one. */
  readonly allowOlder: boolean;
  /** Whether records of others are replaced. */
  readonly takeOver: boolean;
}

/** What happens to a host. */
export interface HostStep {
  readonly host: string;
  readonly step: 'create' | 'change' | 'keep' | 'delete' | 'take over';
}

/** What to do. */
export interface PublicationPlan extends AnswerChanges {
  readonly hosts: readonly HostStep[];
  /** One transaction; empty when all is as it is to be. */
  readonly writes: readonly RrsetChange[];
  /** Why nothing may be written; each stops all of it. */
  readonly refusals: readonly EdgeError[];
}

const answering = new Set(['A', 'AAAA', 'ALIAS', 'CNAME', 'LUA']);

/** Whether records of this type answer users who ask for an address. */
export function answersUsers(type: string): boolean {
  return answering.has(type);
}

/**
 * Plans; writes of one plan are valid together only. `rendered` are the records of the table. Throws EdgeErrors for a
 * table that may never be published.
 */
export function planPublication(
  published: readonly PublishedHost[],
  wanted: Wanted,
  rendered: readonly Rrset[] = renderedFor(wanted.table),
): PublicationPlan {
  const { table, owner } = wanted;
  checkTable(table);
  if (table.hosts.length === 0) throw withoutHosts();
  const marker = markerOf(table, owner);
  const steps = published.map((there) => {
    const own = rendered.filter(({ name }) => name === `${there.host}.`);
    return stepFor(there, own, marker);
  });
  const moves = largestOf(published, marker.slots, table.requestsByCountry);
  const writes = steps.flatMap((one) => one.writes);
  return {
    ...moves,
    hosts: steps.map(({ host, step }) => ({ host, step })),
    writes,
    refusals: writes.length === 0 ? [] : refusalsOf(published, wanted, moves),
  };
}

/** Hosts may answer differently, such as a new one; what moves most decides. */
function largestOf(
  published: readonly PublishedHost[],
  slots: Marker['slots'],
  requests: RoutingTable['requestsByCountry'],
): AnswerChanges {
  const marked = published.flatMap(({ marker }) => (marker === undefined ? [] : [marker.slots]));
  if (marked.length === 0) return answerChanges(undefined, slots, requests);
  return marked
    .map((before) => answerChanges(before, slots, requests))
    .reduce((most, one) => (one.movedShare > most.movedShare ? one : most));
}

/** Removes the records of hosts that this owner keeps; what others keep stays. */
export function planRemoval(
  published: readonly PublishedHost[],
  owner: string,
): Pick<PublicationPlan, 'hosts' | 'writes'> {
  const ours = published.filter(({ marker }) => marker?.owner === owner);
  return {
    hosts: ours.map(({ host }) => ({ host, step: 'delete' })),
    writes: ours.flatMap(({ host, rrsets }) => [
      ...rrsets.map(({ name, type }) => ({ change: 'DELETE', name, type }) as const),
      { change: 'DELETE', name: markerName(host), type: 'TXT' } as const,
    ]),
  };
}

/** The records of a table, as they are compared and written. */
export function renderedFor(table: RoutingTable): readonly Rrset[] {
  if (table.system === 'powerdns-lua') {
    return powerDnsLua(table).map(({ name, type, ttl, records }) => ({
      name,
      type,
      ttl,
      contents: records.map(({ content }) => content),
    }));
  }
  if (table.system === 'round-robin') {
    return plainRecords(table).map(({ name, type, ttlSeconds, values }) => ({
      name: `${name}.`,
      type,
      ttl: ttlSeconds,
      contents: values,
    }));
  }
  throw new EdgeError({
    code: 'InvalidDocument',
    path: 'table.system',
    summary: `got a table for ${table.system}, expected powerdns-lua or round-robin, which PowerDNS can answer through its API`,
    remedy: 'Set exposure.dns.system to powerdns-lua.',
  });
}

function stepFor(
  { host, rrsets, marker, markerText }: PublishedHost,
  own: readonly Rrset[],
  wanted: Marker,
): HostStep & { readonly writes: readonly RrsetChange[] } {
  const text = markerContent(wanted);
  const isMarked = markerText === text;
  const isSame = rrsets.length === own.length && own.every((one) => rrsets.some(equals(one)));
  if (isSame && isMarked) return { host, step: 'keep', writes: [] };
  const stale = rrsets.filter(({ type }) => !own.some((one) => one.type === type));
  const name = markerName(host);
  const mark = { change: 'REPLACE', name, type: 'TXT', ttl: 60, contents: [text] } as const;
  const writes: readonly RrsetChange[] = [
    ...stale.map(({ name, type }) => ({ change: 'DELETE', name, type }) as const),
    ...own.map((one) => ({ change: 'REPLACE', ...one }) as const),
    mark,
  ];
  const isOurs = marker?.owner === wanted.owner;
  const step =
    rrsets.length === 0 && marker === undefined ? 'create' : isOurs ? 'change' : 'take over';
  return { host, step, writes };
}

const equals =
  (one: Rrset) =>
  (other: Rrset): boolean =>
    one.type === other.type &&
    one.ttl === other.ttl &&
    one.contents.length === other.contents.length &&
    // PowerDNS may change the case of names and gives records in any order.
    [...one.contents].sort().join('\n') === [...other.contents].sort().join('\n');

function refusalsOf(
  published: readonly PublishedHost[],
  { table, owner, maxMovedShare, allowOlder, takeOver }: Wanted,
  { movedShare }: AnswerChanges,
): readonly EdgeError[] {
  const refusals: EdgeError[] = [];
  for (const { host, rrsets, marker } of published) {
    if (marker === undefined && rrsets.length > 0 && !takeOver) {
      const types = rrsets.map(({ type }) => type).join(' and ');
      refusals.push(
        refusal(
          host,
          `${host} has ${types} records that littoral did not write`,
          'Delete them, or take them over with takeOver.',
        ),
      );
    }
    if (marker !== undefined && marker.owner !== owner && !takeOver) {
      const whose = `${host} is kept by ${marker.owner} for the app ${marker.app}, and not by ${owner}`;
      refusals.push(refusal(host, whose, 'Use another host, or take it over with takeOver.'));
    }
    if (marker?.owner === owner && marker.app !== table.app && !takeOver) {
      const whose = `${host} answers for the app ${marker.app}, and not for ${table.app}`;
      refusals.push(refusal(host, whose, 'Use another host, or take it over with takeOver.'));
    }
    const isOlder =
      marker !== undefined && Date.parse(marker.decidedAt) > Date.parse(table.now) && !allowOlder;
    if (isOlder) {
      const what = `${host} follows a decision of ${marker.decidedAt}, newer than this one of ${table.now}`;
      refusals.push(refusal(host, what, 'Decide again, or go back on purpose with allowOlder.'));
    }
  }
  if (movedShare > maxMovedShare + 1e-9) {
    const [moved, most] = [movedShare, maxMovedShare].map((share) => `${round(share * 100)} %`);
    refusals.push(
      refusal(
        'maxMovedShare',
        `${moved} of the requests would move to another cluster at once, more than ${most}`,
        'Move fewer at a time, or raise maxMovedShare for this change.',
      ),
    );
  }
  return refusals;
}

const round = (value: number) => Number(value.toFixed(1));

function refusal(path: string, summary: string, remedy: string): EdgeError {
  return new EdgeError({ code: 'GuardStopped', path, summary, remedy });
}

function withoutHosts(): EdgeError {
  return refusal(
    'table.hosts',
    'got a table without hosts, so everything published would be withdrawn',
    'Give the exposure its hosts; to withdraw records on purpose, destroy the resource.',
  );
}
