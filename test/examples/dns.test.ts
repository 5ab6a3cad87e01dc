/** The examples for records of other providers: what they read is there, for each DNS system, and in Pulumi each step comes after the one before. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { DnsSystem } from '../../constructs/model/app/exposure';
import { dnsEndpoint } from '../../constructs/routing';
import type { Placement, Release, Retirement } from '../../providers/pulumi';
import { parseTraffic } from '../../providers/resources/traffic';
import { trafficValues } from '../../providers/terraform/resources/traffic-values';
import { tableFor } from '../routing/world';

const folder = join(__dirname, '../../examples/dns');
const probed = { exposure: { probe: { path: '/healthz' } } };

type Plain = Readonly<Record<string, unknown>>;

function recordsFor(system: DnsSystem): Plain {
  const props = parseTraffic({ table: tableFor(system, probed) });
  return trafficValues(props, { lines: [] }).records as Plain;
}

it.each<DnsSystem>(['round-robin', 'route53-geolocation', 'route53-geoproximity'])(
  'for %s have the spec of a DNSEndpoint in the words of its definition, as Terraform gives them',
  (system) => {
    const { dns_endpoint } = recordsFor(system);
    const { spec } = dnsEndpoint(tableFor(system, probed), 'dns');
    expect(JSON.parse(JSON.stringify(dns_endpoint))).toEqual(JSON.parse(JSON.stringify(spec)));
  },
);

describe('the records that examples/dns/main.tf reads', () => {
  const text = readFileSync(join(folder, 'main.tf'), 'utf8');
  const blocks = text.split(/^(?=resource )/m).slice(1);
  const blockOf = (type: string) =>
    blocks.find((one) => one.startsWith(`resource "${type}"`)) ?? '';

  it.each<[string, DnsSystem]>([
    ['aws_route53_record', 'route53-geolocation'],
    ['aws_route53_health_check', 'route53-geolocation'],
    ['cloudflare_load_balancer_pool', 'cloudflare-geo'],
    ['cloudflare_load_balancer', 'cloudflare-geo'],
    ['ns1_record', 'ns1'],
    ['google_dns_record_set', 'google'],
  ])('are there for %s, in every record', (type, system) => {
    const block = blockOf(type);
    const [, part = ''] = /for_each\s+= littoral_traffic\.shop\.records\.(\w+)/.exec(block) ?? [];
    const all = Object.values(recordsFor(system)[part] as Plain) as Plain[];
    expect(all.length).toBeGreaterThan(0);
    // What stands in `try` may be missing.
    const paths = [...block.replace(/try\([^\n]*\)/g, '').matchAll(/each\.value((?:\.\w+)+)/g)];
    expect(paths.length).toBeGreaterThan(2);
    for (const [, path = ''] of paths) {
      const steps = path.slice(1).split('.');
      for (const one of all) {
        const found = steps.reduce<unknown>((value, step) => (value as Plain)?.[step], one);
        expect({ path, found }).not.toEqual({ path, found: undefined });
      }
    }
  });

  it('are known by slots, so that a move changes them in place', () => {
    const { records } = recordsFor('route53-geolocation') as { readonly records: Plain };
    expect(Object.keys(records)).toEqual(
      expect.arrayContaining(['default-A', 'default-AAAA', 'continent-EU-A']),
    );
    expect(Object.keys(records).filter((key) => /fra|iad|sin/.test(key))).toEqual([]);
  });
});

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Plain;
  readonly after: readonly string[];
}
const mockMade: Made[] = [];

// Stand-ins for packages that are not installed: they note what they were given, and after what.
jest.mock('@pulumi/aws', () => mockPackage('aws', ['Record', 'HealthCheck'], 'route53'), {
  virtual: true,
});
jest.mock(
  '@pulumi/cloudflare',
  () => mockPackage('cloudflare', ['LoadBalancer', 'LoadBalancerPool']),
  {
    virtual: true,
  },
);
jest.mock('@pulumi/ns1', () => mockPackage('ns1', ['Record']), { virtual: true });
jest.mock('@pulumi/gcp', () => mockPackage('gcp', ['RecordSet'], 'dns'), { virtual: true });

function mockPackage(name: string, classes: readonly string[], inside?: string): object {
  const sdk = jest.requireActual<typeof import('@pulumi/pulumi')>('@pulumi/pulumi');
  const all = classes.map((type) => {
    const made = class extends sdk.CustomResource {
      constructor(id: string, args: Plain, opts: { readonly dependsOn?: object[] } = {}) {
        super(`${name}:index:${type}`, id, args as pulumi.Inputs, opts as never);
        const after = (opts.dependsOn ?? []).map((one) => one.constructor.name);
        mockMade.push({ type: `${name}.${type}`, name: id, inputs: args, after });
      }
    };
    return [type, made] as const;
  });
  const found = Object.fromEntries(all);
  return inside === undefined ? found : { [inside]: found };
}

describe('examples/dns/pulumi.ts', () => {
  beforeEach(async () => {
    mockMade.length = 0;
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
      call: () => ({}),
    });
  });

  const moveFor = (system: DnsSystem) => {
    const table = JSON.stringify(tableFor(system, probed));
    const placement = { routing: pulumi.output({ shop: table }) } as unknown as Placement;
    const state = { release: 'shop', namespace: 'shop', decision: '', fleet: '', objects: '' };
    const release = Object.assign(new pulumi.ComponentResource('test:index:Release', 'shop'), {
      state: pulumi.output(JSON.stringify({ ...state, clusters: [] })),
      leaving: pulumi.output([]),
    });
    return { app: 'shop', placement, release: release as unknown as Release };
  };

  it.each<[string, DnsSystem, (move: ReturnType<typeof moveFor>) => Retirement, number, string]>([
    ['route53', 'route53-geolocation', (move) => example().route53(move, 'Z1'), 10, 'aws.Record'],
    [
      'cloudflare',
      'cloudflare-geo',
      (move) => example().balancedByCloudflare(move, 'a', 'z'),
      1,
      'cloudflare.LoadBalancer',
    ],
    ['ns1', 'ns1', (move) => example().answeredByNs1(move, 'example.com'), 2, 'ns1.Record'],
    ['google', 'google', (move) => example().answeredByGoogle(move, 'zone'), 2, 'gcp.RecordSet'],
  ])(
    'makes the records of %s, each after the traffic',
    async (_name, system, make, least, type) => {
      make(moveFor(system));
      await new Promise((next) => setTimeout(next, 200));
      const records = mockMade.filter((one) => one.type === type);
      expect(records.length).toBeGreaterThanOrEqual(least);
      expect(new Set(records.flatMap(({ after }) => after))).toEqual(new Set(['Traffic']));
      expect(JSON.stringify(mockMade.map(({ inputs }) => inputs))).toContain('192.0.2.');
    },
  );
});

/** Loaded late: the stand-ins have to be there before. */
function example() {
  return require('../../examples/dns/pulumi') as typeof import('../../examples/dns/pulumi');
}
