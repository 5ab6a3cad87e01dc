/** Records as data: what is written for each DNS system, and what is never written. */

import { parse as readYaml } from 'yaml';
import type { EdgeErrors } from '../../../constructs';
import {
  azureRecords,
  checkTable,
  cloudflareRecords,
  dnsEndpoint,
  gdnsdFiles,
  geoipZone,
  googleRecordSets,
  ns1Records,
  plainRecords,
  powerDnsLua,
  type RoutingTable,
  route53Records,
  withTargets,
} from '../../../constructs/routing';
import { tableFor } from '../world';

const probed = {
  exposure: {
    hosts: ['shop.example.com'],
    tls: { issuer: { name: 'le' } },
    probe: { path: '/healthz', intervalSeconds: 30 },
  },
};
const ipv4 = { fra: '192.0.2.1', iad: '192.0.2.2', sin: '192.0.2.3' };

it('writes Route 53 records by slot, with everybody else as country *', () => {
  const { records, healthChecks } = route53Records(tableFor('route53-geolocation', probed));
  const byKey = new Map(records.map((one) => [one.key, one]));
  expect(byKey.size).toBe(records.length);
  expect(byKey.get('default-A')?.geolocationRoutingPolicy).toEqual({ country: '*' });
  expect(byKey.get('continent-EU-A')).toMatchObject({
    geolocationRoutingPolicy: { continent: 'EU' },
    setIdentifier: 'continent-EU',
    records: [ipv4.fra],
    healthCheck: ipv4.fra,
  });
  expect(byKey.get('continent-EU-AAAA')?.records).toEqual(['2001:db8::1']);
  expect(healthChecks).toHaveLength(6);
  expect(healthChecks[0]).toMatchObject({ type: 'HTTPS', port: 443, requestInterval: 30 });
});

it('keeps within the records that Route 53 has for a name', () => {
  expect(tableFor('route53-geolocation').slots.length).toBeLessThanOrEqual(100);
});

it('checks no record whose larger place residency forbids', () => {
  const constraints = {
    residency: [{ origins: { region: 'europe' }, clusters: { region: 'europe' } }],
  };
  const { records } = route53Records(tableFor('route53-geolocation', { ...probed, constraints }));
  const europe = records.filter(({ setIdentifier }) => setIdentifier === 'continent-EU');
  expect(europe.map(({ healthCheck }) => healthCheck)).toEqual([undefined, undefined]);
});

it('writes geoproximity with coordinates as text and no negative bias', () => {
  const { records } = route53Records(tableFor('route53-geoproximity'));
  for (const { geoproximityRoutingPolicy: policy } of records) {
    expect(policy?.coordinates.latitude).toMatch(/^-?\d+\.\d\d$/);
    expect(policy?.bias).toBeGreaterThanOrEqual(0);
  }
});

it('wants the blocks of every country with a slot for IP-based routing', () => {
  const table = tableFor('route53-cidr');
  expect(() => route53Records(table)).toThrow(/got no blocks for [A-Z]{2}/);
  const countries = table.slots.flatMap(({ kind, code }) => (kind === 'country' ? [code] : []));
  const prefixes = Object.fromEntries(countries.map((code) => [code, ['192.0.2.0/24']]));
  const { records, locations } = route53Records(table, prefixes);
  expect(locations.map(({ name }) => name.length).every((length) => length <= 16)).toBe(true);
  expect(records.find(({ key }) => key === 'default-A')?.cidrRoutingPolicy).toEqual({
    locationName: '*',
  });
});

it('writes Cloudflare pools, and lists them by country in the order of failover', () => {
  const { pools, loadBalancers, monitor } = cloudflareRecords(tableFor('cloudflare-geo', probed));
  expect(pools.map(({ key }) => key)).toEqual(['fra', 'iad', 'sin']);
  const [balancer] = loadBalancers;
  expect(balancer?.countryPools.US?.[0] ?? balancer?.defaultPools[0]).toBe('iad');
  const keys = new Set(pools.map(({ key }) => key));
  const lists = [...Object.values(balancer?.countryPools ?? {}), balancer?.defaultPools ?? []];
  for (const list of lists) expect(list.every((key) => keys.has(key))).toBe(true);
  expect(monitor).toMatchObject({ type: 'https', expectedCodes: '200' });
});

it('writes NS1 groups sorted by name, each answer in a group that is there', () => {
  const [record] = ns1Records(tableFor('ns1'));
  const names = (record?.regions ?? []).map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  expect(record?.answers.every(({ region }) => names.includes(region))).toBe(true);
  expect(record?.regions.find(({ name }) => name === 'default')?.meta).toEqual({});
});

it('writes an item for every region of Google', () => {
  const [set] = googleRecordSets(tableFor('google'));
  const at = (location: string) =>
    set?.routingPolicy.geo.find((one) => one.location === location)?.rrdatas;
  expect(at('europe-west3')).toEqual([ipv4.fra]);
  expect(at('us-east4')).toEqual([ipv4.iad]);
  expect(at('asia-southeast1')).toEqual([ipv4.sin]);
});

it('nests profiles in Azure, because a place there does not climb', () => {
  const { endpoints, children } = azureRecords(tableFor('azure'));
  expect(endpoints.find(({ key }) => key === 'default')?.geoMappings).toEqual(['WORLD']);
  expect(children.map(({ key }) => key)).toEqual(endpoints.map(({ key }) => key));
  for (const child of children) {
    expect(child.endpoints.length).toBeGreaterThan(1);
    expect(new Set(child.endpoints.map(({ target }) => target)).size).toBe(child.endpoints.length);
  }
});

it('writes maps of gdnsd with countries inside their continents', () => {
  const { plugin, zone } = gdnsdFiles(tableFor('gdnsd'));
  expect(plugin).toContain('datacenters => [fra, iad, sin]');
  expect(plugin).toMatch(/EU => \[fra, /);
  expect(plugin).toMatch(/AS => \{\n(.*\n)*\s+AE => \[/);
  expect(zone).toBe('shop.example.com. 60 DYNA geoip!shop');
});

it('writes records of the geoip backend that its services look for', () => {
  const { records, services } = geoipZone(tableFor('powerdns-geoip'));
  expect(services['shop.example.com']?.[2]).toBe('default.shop.example.com');
  expect(records['default.shop.example.com']).toBeDefined();
  expect(records['eu.continent.shop.example.com']).toEqual([
    { a: ipv4.fra },
    { aaaa: '2001:db8::1' },
  ]);
  expect(readYaml(JSON.stringify(records))).toEqual(records);
});

it('writes endpoints of external-dns for what it can write, and says what it cannot', () => {
  const { spec } = dnsEndpoint(tableFor('route53-geolocation'), 'shop');
  const everybody = spec.endpoints.find(({ setIdentifier }) => setIdentifier === 'default');
  expect(everybody?.providerSpecific).toEqual([
    { name: 'aws/geolocation-country-code', value: '*' },
  ]);
  const plain = dnsEndpoint(tableFor('round-robin'), 'shop').spec.endpoints;
  expect(plain[0]).toMatchObject({ recordType: 'A', targets: Object.values(ipv4) });
  expect(() => dnsEndpoint(tableFor('powerdns-lua'), 'shop')).toThrow(/cannot write powerdns-lua/);
});

it('keeps the parts of a Lua record within what PowerDNS joins, and the place before the answer', () => {
  const [rrset] = powerDnsLua(tableFor('powerdns-lua', probed));
  expect(rrset?.records.map(({ content }) => content.split(' ')[0])).toEqual(['A', 'AAAA']);
  for (const { content } of rrset?.records ?? []) {
    const parts = [...content.matchAll(/"([^"]*)"/g)].map(([, part = '']) => part);
    expect(parts.every((part) => part.length <= 255)).toBe(true);
    expect(parts.slice(0, -1).every((part) => part.endsWith(' '))).toBe(true);
    expect(parts.join('')).toContain('|+EU=');
  }
});

const table = tableFor('powerdns-lua');
const refusal = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (error) {
    return (error as EdgeErrors).message;
  }
};
const withFirst = (answers: RoutingTable['slots'][number]['answers']): RoutingTable => ({
  ...table,
  slots: table.slots.map((slot, index) => (index === 0 ? { ...slot, answers } : slot)),
});

it.each<[string, () => unknown, RegExp]>([
  [
    'a table without default',
    () => checkTable({ ...table, slots: table.slots.slice(1) }),
    /without the slot default/,
  ],
  ['a slot without answers', () => powerDnsLua(withFirst([])), /slot default with 0 answers/],
  [
    'a slot whose shares are all 0',
    () => powerDnsLua(withFirst([{ cluster: 'fra', share: 0 }])),
    /shares add up to 0/,
  ],
  [
    'a cluster without an address',
    () => powerDnsLua({ ...table, targets: {} }),
    /cluster fra is to be answered, but has no address/,
  ],
  [
    'clusters that have no kind of address in common',
    () =>
      plainRecords({
        ...table,
        targets: {
          fra: { ipv4: ['192.0.2.1'], ipv6: [] },
          iad: { ipv4: [], ipv6: ['2001:db8::2'] },
          sin: { ipv4: ['192.0.2.3'], ipv6: [] },
        },
      }),
    /no record type has an answer in every cluster/,
  ],
  [
    'an alias at the apex',
    () => {
      const named = { ipv4: [], ipv6: [], hostname: 'lb.example.net' };
      const targets = { fra: named, iad: named, sin: named };
      return powerDnsLua({ ...table, hosts: ['example.com'], zone: 'example.com', targets });
    },
    /apex of its zone/,
  ],
])('refuses %s', (_, work, words) => {
  expect(refusal(work)).toMatch(words);
});

it('leaves AAAA out wholly when one cluster has no IPv6', () => {
  const targets = { ...table.targets, iad: { ipv4: ['192.0.2.2'], ipv6: [] } };
  const types = plainRecords({ ...table, targets }).map(({ type }) => type);
  expect(types).toEqual(['A']);
});

it('answers an address once that several clusters share', () => {
  const anycast = { ipv4: ['192.0.2.9'], ipv6: [] };
  const targets = { fra: anycast, iad: anycast, sin: anycast };
  const [record] = plainRecords({ ...tableFor('round-robin'), targets });
  expect(record?.values).toEqual(['192.0.2.9']);
});

it('takes addresses that were read from clusters, but those of the fleet first', () => {
  const read = { ipv4: ['198.51.100.1'], ipv6: [] };
  const { targets } = withTargets(table, { fra: read, new: read });
  expect(targets.fra?.ipv4).toEqual([ipv4.fra]);
  expect(targets.new).toEqual(read);
});
