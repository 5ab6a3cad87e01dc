/** The cdktf example for records of Route 53, synthesized: each step depends on the one before, and slots without a place say nothing of it. */
import { App, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { LittoralPlacement } from '../../constructs/terraform';
import { movedWithRoute53 } from '../../examples/dns/cdktf';

/** Stands in for the package of the AWS provider, which is none of ours: writes what it is given as that does, and what it does not know is missing. */
jest.mock(
  '@cdktf/provider-aws/lib/route53-record',
  () => ({
    Route53Record: class extends TerraformResource {
      constructor(
        scope: Construct,
        id: string,
        private readonly config: Record<string, unknown> & { readonly forEach: never },
      ) {
        const { forEach } = config;
        super(scope, id, { terraformResourceType: 'aws_route53_record', forEach });
      }
      protected override synthesizeAttributes() {
        const { zoneId, name, type, ttl, records, setIdentifier, geolocationRoutingPolicy } =
          this.config;
        return {
          ...{ zone_id: zoneId, name, type, ttl, records, set_identifier: setIdentifier },
          geolocation_routing_policy: geolocationRoutingPolicy,
        };
      }
    },
  }),
  { virtual: true },
);

interface Synthesized {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
}

function synthesized() {
  const app = new App({ outdir: 'cdktf.out' });
  const stack = new TerraformStack(app, 'edge');
  const placement = new LittoralPlacement(stack, 'placement', { documents: ['{}'], fleet: '{}' });
  movedWithRoute53(stack, { app: 'shop', placement, fleet: '{}', zoneId: 'Z1' });
  return (stack.toTerraform() as Synthesized).resource;
}

const expression = (text: string) => ['$', '{', text, '}'].join('');

it('has a record for each slot between the traffic and the retirement', () => {
  const resource = synthesized();
  expect(resource.littoral_release?.release).toMatchObject({ rollout: { retire: 'later' } });
  expect(resource.littoral_traffic?.traffic?.depends_on).toEqual(['littoral_release.release']);
  expect(resource.aws_route53_record?.record).toMatchObject({
    for_each: expression('littoral_traffic.traffic.records.records'),
    name: expression('each.value.name'),
    records: expression('each.value.records'),
    set_identifier: expression('each.value.set_identifier'),
  });
  expect(resource.littoral_retirement?.retirement?.depends_on).toEqual([
    'aws_route53_record.record',
  ]);
});

it('leaves out the continent, country or subdivision that a slot does not have', () => {
  const { geolocation_routing_policy: policy } = synthesized().aws_route53_record?.record ?? {};
  const part = (key: string) =>
    expression(`lookup(each.value.geolocation_routing_policy, "${key}", null)`);
  expect(policy).toEqual({
    continent: part('continent'),
    country: part('country'),
    subdivision: part('subdivision'),
  });
});
