/** Records of other providers in Pulumi: each after the clusters serve, and before the old ones are cleaned. */
import * as aws from '@pulumi/aws';
import * as cloudflare from '@pulumi/cloudflare';
import * as gcp from '@pulumi/gcp';
import * as ns1 from '@pulumi/ns1';
import type * as pulumi from '@pulumi/pulumi';
import { type Placement, type Release, Retirement, Traffic } from '../../providers/pulumi';

/** What a move begins with: a Placement, and a Release whose rollout has `retire: 'later'`. */
export interface Move {
  readonly app: string;
  readonly placement: Placement;
  readonly release: Release;
}

const tableOf = ({ app, placement }: Move) =>
  placement.routing.apply((routing) => routing[app] ?? '');

/** Waits until new clusters serve; what depends on it comes after. The records are known in a preview. */
function trafficOf<System extends 'route53-geolocation' | 'cloudflare-geo' | 'ns1' | 'google'>(
  move: Move,
): Traffic<System> {
  return new Traffic<System>(move.app, { table: tableOf(move) }, { dependsOn: [move.release] });
}

/** Cleans the clusters that left, after the records. */
function retired(move: Move, records: pulumi.Output<pulumi.Resource[]>): Retirement {
  const { app, release } = move;
  return new Retirement(
    app,
    { release: release.state, leaving: release.leaving, table: tableOf(move) },
    { dependsOn: records },
  );
}

/** Route 53, `exposure.dns.system: route53-geolocation`. */
export function route53(move: Move, zoneId: string): Retirement {
  const traffic = trafficOf<'route53-geolocation'>(move);
  const made = traffic.records.apply(({ records, healthChecks }) => {
    const checks = new Map(
      Object.entries(healthChecks).map(([key, { key: _, ...args }]) => [
        key,
        new aws.route53.HealthCheck(key, args).id,
      ]),
    );
    return Object.entries(records).map(([key, one]) => {
      const { name, type, ttl, setIdentifier, geolocationRoutingPolicy: place = {} } = one;
      const id = checks.get(one.healthCheck ?? '');
      return new aws.route53.Record(
        key,
        {
          ...{ zoneId, name, type, ttl, setIdentifier, records: [...one.records] },
          geolocationRoutingPolicies: [place],
          ...(id === undefined ? {} : { healthCheckId: id }),
        },
        { dependsOn: [traffic] },
      );
    });
  });
  return retired(move, made);
}

/** Cloudflare, `exposure.dns.system: cloudflare-geo`. */
export function balancedByCloudflare(move: Move, accountId: string, zoneId: string): Retirement {
  const traffic = trafficOf<'cloudflare-geo'>(move);
  const made = traffic.records.apply(({ pools, loadBalancers }) => {
    const ids = new Map(
      Object.entries(pools).map(([key, { name, minimumOrigins, origins }]) => {
        const args = { accountId, name, minimumOrigins, origins: [...origins] };
        return [key, new cloudflare.LoadBalancerPool(key, args).id];
      }),
    );
    const idsOf = (keys: readonly string[]) => keys.flatMap((key) => ids.get(key) ?? []);
    return Object.values(loadBalancers).map((one) => {
      const { name, proxied, ttl, steeringPolicy, locationStrategy } = one;
      const countryPools = Object.fromEntries(
        Object.entries(one.countryPools).map(([country, keys]) => [country, idsOf(keys)]),
      );
      const [fallbackPool = ''] = idsOf([one.fallbackPool]);
      return new cloudflare.LoadBalancer(
        name,
        {
          ...{ zoneId, name, proxied, ttl, steeringPolicy, locationStrategy },
          ...{ defaultPools: idsOf(one.defaultPools), fallbackPool, countryPools },
        },
        { dependsOn: [traffic] },
      );
    });
  });
  return retired(move, made);
}

/** NS1, `exposure.dns.system: ns1`. */
export function answeredByNs1(move: Move, zone: string): Retirement {
  const traffic = trafficOf<'ns1'>(move);
  const made = traffic.records.apply(({ records }) =>
    Object.entries(records).map(([key, one]) => {
      const { domain, type, ttl, useClientSubnet } = one;
      const [regions, answers, filters] = [[...one.regions], [...one.answers], [...one.filters]];
      const args = { zone, domain, type, ttl, useClientSubnet, regions, answers, filters };
      return new ns1.Record(key, args, { dependsOn: [traffic] });
    }),
  );
  return retired(move, made);
}

/** Google Cloud DNS, `exposure.dns.system: google`. */
export function answeredByGoogle(move: Move, managedZone: string): Retirement {
  const traffic = trafficOf<'google'>(move);
  const made = traffic.records.apply(({ recordSets }) =>
    Object.entries(recordSets).map(([key, { name, type, ttl, routingPolicy }]) => {
      const { geo, enableGeoFencing } = routingPolicy;
      const geos = geo.map(({ location, rrdatas }) => ({ location, rrdatas: [...rrdatas] }));
      const args = { managedZone, name, type, ttl, routingPolicy: { enableGeoFencing, geos } };
      return new gcp.dns.RecordSet(key, args, { dependsOn: [traffic] });
    }),
  );
  return retired(move, made);
}
