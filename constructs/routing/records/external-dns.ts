/** DNSEndpoint objects for external-dns: plain records anywhere, and the policies of Route 53, which alone honours set identifiers. */
import { EdgeError } from '../../parsing';
import type { RoutingTable } from '../routing-table';
import { plainRecords } from './plain';
import { type Route53Record, route53Records } from './route53';

/** One record in the words of external-dns. */
export interface ExternalDnsEndpoint {
  /** The host. */
  readonly dnsName: string;
  /** A, AAAA or CNAME. */
  readonly recordType: string;
  /** How long resolvers keep an answer, in seconds. */
  readonly recordTTL: number;
  /** Addresses, or one name. */
  readonly targets: readonly string[];
  /** The slot; absent in plain records. */
  readonly setIdentifier?: string;
  /** The policy of Route 53; absent in plain records. */
  readonly providerSpecific?: readonly {
    /** Such as `aws/geolocation-country-code`. */
    readonly name: string;
    /** Its value. */
    readonly value: string;
  }[];
}

/** The object; one instance of external-dns in one cluster reads it. */
export interface DnsEndpoint {
  /** Version of the object. */
  readonly apiVersion: 'externaldns.k8s.io/v1alpha1';
  /** Kind of the object. */
  readonly kind: 'DNSEndpoint';
  /** Where the object is. */
  readonly metadata: {
    /** The app. */
    readonly name: string;
    /** As given. */
    readonly namespace: string;
  };
  /** What it says. */
  readonly spec: {
    /** Records, none of which is empty. */
    readonly endpoints: readonly ExternalDnsEndpoint[];
  };
}

/** The object of an app. Throws EdgeErrors for a system that external-dns cannot write, and where an answer has no address. */
export function dnsEndpoint(table: RoutingTable, namespace: string): DnsEndpoint {
  return {
    apiVersion: 'externaldns.k8s.io/v1alpha1',
    kind: 'DNSEndpoint',
    metadata: { name: table.app, namespace },
    spec: { endpoints: endpointsOf(table) },
  };
}

function endpointsOf(table: RoutingTable): readonly ExternalDnsEndpoint[] {
  const { system } = table;
  if (system === 'round-robin') {
    return plainRecords(table).map(({ name, type, ttlSeconds, values }) => ({
      dnsName: name,
      recordType: type,
      recordTTL: ttlSeconds,
      targets: values,
    }));
  }
  if (system === 'route53-geolocation' || system === 'route53-geoproximity') {
    return route53Records(table).records.map(endpointOf);
  }
  throw new EdgeError({
    code: 'InvalidDocument',
    path: 'exposure.dns.system',
    summary: `external-dns cannot write ${system}: it knows set identifiers for Route 53 alone`,
    remedy:
      'Use route53-geolocation, route53-geoproximity or round-robin, or write the records by another way.',
  });
}

function endpointOf(record: Route53Record): ExternalDnsEndpoint {
  return {
    dnsName: record.name,
    recordType: record.type,
    recordTTL: record.ttl,
    targets: record.records,
    setIdentifier: record.setIdentifier,
    providerSpecific: specifics(record).map(([name, value]) => ({ name: `aws/${name}`, value })),
  };
}

function specifics(record: Route53Record): readonly (readonly [string, string])[] {
  const { geolocationRoutingPolicy, geoproximityRoutingPolicy } = record;
  if (geoproximityRoutingPolicy !== undefined) {
    const { bias, coordinates } = geoproximityRoutingPolicy;
    return [
      ['geoproximity-coordinates', `${coordinates.latitude},${coordinates.longitude}`],
      ['geoproximity-bias', String(bias)],
    ];
  }
  const { continent, country, subdivision } = geolocationRoutingPolicy ?? {};
  const codes = { continent, country, subdivision };
  return Object.entries(codes).flatMap(([name, code]) =>
    code === undefined ? [] : [[`geolocation-${name}-code`, code] as const],
  );
}
