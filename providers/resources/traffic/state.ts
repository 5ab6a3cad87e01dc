/** State: what was published, as it was last seen; a cache of what the DNS server has. */
import { EdgeError, z } from '../../../constructs/parsing';
import type { RoutingTable } from '../../../constructs/routing';
import type { Rrset } from '../../dns/powerdns/client';
import { markerContent, markerOf, readMarker, targetText } from '../../dns/powerdns/marker';
import { type PublishedHost, renderedFor } from '../../dns/powerdns/publication';
import { type PowerDnsSettings, powerDnsSchema } from '../../dns/powerdns/settings';
import type { TrafficProps } from './props';

/** What is kept of a resource; never a key. */
export interface TrafficState {
  readonly app: string;
  readonly owner: string;
  /** Where it was written; absent: nowhere, the records are data. */
  readonly powerdns?: PowerDnsSettings;
  readonly zone?: string;
  /** Every host with its answering records and the text of its marker. */
  readonly hosts: readonly StoredHost[];
  /** Names of clusters by their addresses as markers write them, for words about answers. */
  readonly names: Readonly<Record<string, string>>;
}

/** A host as the state keeps it. */
export interface StoredHost {
  readonly host: string;
  readonly rrsets: readonly Rrset[];
  /** Of the marker; absent: there is none. */
  readonly markerText?: string;
}

const storedHost = z.strictObject({
  host: z.string(),
  rrsets: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      ttl: z.number(),
      contents: z.array(z.string()),
    }),
  ),
  markerText: z.string().optional(),
});
const stateSchema = z.strictObject({
  app: z.string(),
  owner: z.string(),
  powerdns: powerDnsSchema.optional(),
  zone: z.string().optional(),
  hosts: z.array(storedHost),
  names: z.record(z.string(), z.string()),
});

/** A state as it was kept. Throws an EdgeError for one that cannot be read: without it nobody knows which records are ours. */
export function readTrafficState(kept: unknown): TrafficState {
  const read = stateSchema.safeParse(kept);
  if (read.success) return read.data as TrafficState;
  throw new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary:
      'the state of the traffic cannot be read: another version of littoral wrote it, or somebody changed it',
    remedy: 'Use the version that wrote it, or a newer one.',
  });
}

/** For the state. */
export function stored({ host, rrsets, markerText }: PublishedHost): StoredHost {
  return { host, rrsets, ...(markerText === undefined ? {} : { markerText }) };
}

/** As it was read. */
export function published({ host, rrsets, markerText }: StoredHost): PublishedHost {
  const marker = markerText === undefined ? undefined : readMarker(markerText);
  return { host, rrsets, marker, markerText };
}

/** What is there of each host of the props, as far as the state tells. */
export function publishedFor(
  { table }: TrafficProps,
  prior: TrafficState | undefined,
): readonly PublishedHost[] {
  return table.hosts.map((host) =>
    published(prior?.hosts.find((one) => one.host === host) ?? { host, rrsets: [] }),
  );
}

/** Hosts that the state has and the props no longer. */
export function leavingHosts(
  { table }: TrafficProps,
  prior: TrafficState | undefined,
): readonly PublishedHost[] {
  return (prior?.hosts ?? []).filter(({ host }) => !table.hosts.includes(host)).map(published);
}

/** The hosts of records that others write: a marker and nothing else. */
export function hostsAsData({ table, owner }: TrafficProps): readonly StoredHost[] {
  const markerText = markerContent(markerOf(table, owner));
  return table.hosts.map((host) => ({ host, rrsets: [], markerText }));
}

/** The state that publishing leaves when nobody else writes. Throws EdgeErrors where an answer has no address. */
export function expectedTraffic(props: TrafficProps): TrafficState {
  const { table, owner, powerdns } = props;
  const base = { app: table.app, owner, names: namesOf(props, undefined) };
  if (powerdns === undefined) return { ...base, hosts: hostsAsData(props) };
  const rendered = renderedFor(table);
  const hosts = hostsAsData(props).map((one) => ({
    ...one,
    rrsets: rendered.filter(({ name }) => name === `${one.host}.`),
  }));
  return { ...base, powerdns, hosts };
}

/** Names of the clusters of the props; those of the state stay known. */
export function namesOf(
  { table }: TrafficProps,
  prior: TrafficState | undefined,
): TrafficState['names'] {
  return { ...prior?.names, ...namesByTarget(table.targets) };
}

/** Names of clusters by their addresses as markers write them; several where they share addresses. */
export function namesByTarget(targets: RoutingTable['targets']): TrafficState['names'] {
  const names = new Map<string, string[]>();
  for (const cluster of Object.keys(targets).sort()) {
    const target = targetText({ targets }, cluster);
    names.set(target, [...(names.get(target) ?? []), cluster]);
  }
  return Object.fromEntries([...names].map(([target, all]) => [target, all.join(' or ')]));
}
