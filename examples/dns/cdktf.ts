/** Records of Route 53 in cdktf: one resource over all slots, between the release and its retirement. */
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Fn, ref, TerraformIterator, type TerraformStack } from 'cdktf';
import {
  type LittoralPlacement,
  LittoralRelease,
  LittoralRetirement,
  LittoralTraffic,
} from '../../constructs/terraform';

/** Where the app is placed, and which zone has its records. */
export interface Move {
  readonly app: string;
  readonly placement: LittoralPlacement;
  readonly fleet: string;
  readonly zoneId: string;
}

/** A move of an app whose records are in a zone of Route 53. */
export function movedWithRoute53(stack: TerraformStack, move: Move): LittoralRetirement {
  const { app, placement, fleet, zoneId } = move;
  const table = Fn.lookup(placement.routing, app);
  const release = new LittoralRelease(stack, 'release', {
    decision: placement.decision,
    fleet,
    document: Fn.lookup(placement.appDocuments, app),
    rollout: { retire: 'later' },
  });
  const traffic = new LittoralTraffic(stack, 'traffic', { table, dependsOn: [release] });
  const each = TerraformIterator.fromMap(traffic.records('records'));
  const policy = each.getMap('geolocation_routing_policy');
  // A slot has one of them; the provider refuses an empty text.
  const nothing = ref('null', stack);
  const record = new Route53Record(stack, 'record', {
    forEach: each,
    zoneId,
    name: each.getString('name'),
    type: each.getString('type'),
    ttl: each.getNumber('ttl'),
    records: each.getList('records'),
    setIdentifier: each.getString('set_identifier'),
    geolocationRoutingPolicy: {
      continent: Fn.lookup(policy, 'continent', nothing),
      country: Fn.lookup(policy, 'country', nothing),
      subdivision: Fn.lookup(policy, 'subdivision', nothing),
    },
  });
  return new LittoralRetirement(stack, 'retirement', {
    release: release.inventory,
    leaving: release.leaving,
    table,
    dependsOn: [record],
  });
}
