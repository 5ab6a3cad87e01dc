/** littoral resolve and the endpoints of littoral status: the routing table and a live server, side by side. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DnsDouble, dnsDouble } from '../dns/question/server-double';
import { countryNetworks, networksOf } from '../testbed/country-networks';
import { mmdb } from '../testbed/mmdb';
import { caller } from './calling';

const apiVersion = 'littoral.dev/v1alpha1';
const host = 'shop.example.com';
const app = {
  apiVersion,
  kind: 'EdgeApp',
  name: 'shop',
  workload: {
    image: 'shop:1',
    port: 8080,
    resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    requestsPerSecondPerReplica: 100,
  },
  policy: { constraints: { minClusters: 2, maxClusters: 2, minRequestsPerSecond: 0 } },
  exposure: {
    hosts: [host, '*.shop.example.com'],
    gateway: { class: 'edge' },
    dns: { system: 'powerdns-lua' },
  },
};
const at = (name: string, country: string, latitude: number, longitude: number, last: number) => ({
  ...{ name, country, region: country, latitude, longitude },
  ingress: { ipv4: [`127.0.0.${last}`] },
});
const origin = (country: string, latitude: number, longitude: number) => ({
  ...{ name: `users-${country}`, country, latitude, longitude, requestsPerSecond: 50 },
});
const files = {
  'app.yaml': JSON.stringify(app),
  'fleet.yaml': JSON.stringify({
    apiVersion,
    kind: 'Fleet',
    clusters: [at('fra', 'DE', 50, 8, 71), at('sin', 'SG', 1, 103, 72)],
  }),
  'demand.yaml': JSON.stringify({
    apiVersion,
    kind: 'Demand',
    observedAt: '2026-11-21T05:00:00Z',
    origins: [origin('DE', 52, 13), origin('JP', 35, 139)],
  }),
};
const inputs = '--app app.yaml --fleet fleet.yaml --demand demand.yaml';

describe('littoral resolve', () => {
  let server: DnsDouble;
  /** By country. */
  let answers: Record<string, string> = {};
  beforeAll(async () => {
    server = await dnsDouble(({ name, type, subnet = '' }) => {
      const network = countryNetworks.find(({ ipv4 }) => subnet.startsWith(`${ipv4}/`));
      const data = answers[network?.country ?? ''];
      if (type !== 'A' || data === undefined) return {};
      return { answers: [{ type: 'A', name, ttl: 60, data }] };
    });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    answers = { DE: '127.0.0.71', JP: '127.0.0.72' };
    server.received.length = 0;
  });
  const there = () => {
    const made = caller(files);
    writeFileSync(join(made.folder, 'geo.mmdb'), mmdb(networksOf(countryNetworks), 'Country'));
    const dns = `--dns 127.0.0.1:${server.port} --geoip geo.mmdb`;
    return {
      ...made,
      from: (where: string, more = dns) =>
        made.call(`resolve ${host} ${inputs} --from ${where} ${more}`),
      dns,
    };
  };

  it('asks as users of a country, of an origin, of an address, and finds what was assigned', async () => {
    const { from } = there();
    const de = await from('country=de');
    expect(de).toMatchObject({ code: 0, err: '' });
    expect(de.out).toMatch(/shop\.example\.com from DE\n +table +fra \(.*127\.0\.0\.71\n/);
    expect(de.out).toMatch(/live +fra, for 60 s +127\.0\.0\.71\n +as assigned\n/);
    // The addresses stand under each other, to be compared.
    const [, above = '', below = ''] = de.out.split('\n');
    expect(below.indexOf('127.0.0.71')).toBe(above.indexOf('127.0.0.71'));
    const [network] = countryNetworks.filter(({ country }) => country === 'DE');
    expect(server.received[0]?.subnet).toBe(`${network?.ipv4}/24`);
    expect((await from('users-JP')).out).toMatch(/from JP\n +table +sin/);
    const address = network?.ipv4.replace(/0$/, '9') ?? '';
    expect((await from(address)).out).toMatch(/from DE\n +table +fra/);
    expect((await from('10.1.2.3')).out).toMatch(/from 10\.1\.2\.3, which .* no country\n/);
    expect((await from(`${network?.ipv4}/25`)).code).toBe(0);
    expect(server.received.at(-1)?.subnet).toBe(`${network?.ipv4}/25`);
  });

  it('ends with 10 where something else is answered, and with 1 where nothing is', async () => {
    const { from } = there();
    answers = { DE: '127.0.0.72', JP: '203.0.113.7' };
    const second = await from('country=DE');
    expect(second.code).toBe(10);
    expect(second.out).toMatch(/sin.*\n +a second choice/);
    const foreign = await from('country=JP --json');
    expect(foreign.code).toBe(10);
    expect(JSON.parse(foreign.out)).toMatchObject({
      place: 'JP',
      verdict: 'elsewhere',
      clusters: ['203.0.113.7'],
      assigned: [{ cluster: 'sin', share: 1 }],
    });
    expect((await from('country=FR')).out).toMatch(/no answer for users/);
    const silent = await from('country=DE', '--dns 127.0.0.1:1 --geoip geo.mmdb');
    expect(silent.code).toBe(1);
    expect(silent.out).toMatch(/the server gave no answer/);
  });

  it('reads the table alone, and hosts of a wildcard', async () => {
    const { from, call } = there();
    expect(await from('country=JP', '--offline')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/table +sin/),
    });
    expect(server.received).toEqual([]);
    const wild = await call(`resolve EU.Shop.example.com. ${inputs} --from country=JP --offline`);
    expect(wild.code).toBe(0);
  });

  it.each([
    ['country=DE', '', /nothing says from which network users of DE ask/],
    ['country=DE', '--subnet 300.1.1.1', /--subnet.*expected a network/s],
    ['198.51.100.7', '', /nothing says in which country 198\.51\.100\.7 is/],
    ['berlin', '--offline', /got "berlin", expected country=DE/],
    ['country=DE', '--dns dns.example --geoip geo.mmdb', /expected an address such as/],
    ['country=DE', '--geoip none.mmdb', /none\.mmdb cannot be read \(ENOENT\)/],
  ])('refuses --from %s with %s', async (where, more, text) => {
    const { code, err } = await there().from(where, more);
    expect(code).not.toBe(0);
    expect(err).toMatch(text);
    expect(err).not.toContain('    at ');
  });

  it('knows the hosts of the apps alone', async () => {
    const { err, code } = await there().call(`resolve www.example.com ${inputs} --from country=DE`);
    expect(code).toBe(2);
    expect(err).toMatch(/no app has the host www\.example\.com/);
  });

  it('is asked by status for every country of the demand, with the addresses of all clusters', async () => {
    const { call, dns } = there();
    await call(`place ${inputs} -o lock.json`);
    answers.JP = '127.0.0.71';
    const line = `status ${inputs} --decision lock.json ${dns}`;
    const shown = await call(line);
    expect(shown.code).toBe(5);
    expect(shown.out).toMatch(/DE +shop\.example\.com +fra +as assigned/);
    expect(shown.out).toMatch(/JP +\*\.shop\.example\.com +fra +a second choice/);
    expect(shown.out).toMatch(/sin +shop\.example\.com +127\.0\.0\.72 +(ECONNREFUSED|serves)/);
    const document = JSON.parse((await call(`${line} --json`)).out) as {
      readonly shop: { readonly clusters: object[]; readonly endpoints: object };
    };
    expect(document.shop.clusters).toHaveLength(2);
    expect(document.shop.endpoints).toMatchObject({
      answers: [
        { place: 'DE', verdict: 'assigned' },
        { place: 'DE', verdict: 'assigned' },
        { place: 'JP', verdict: 'secondChoice' },
        { place: 'JP', verdict: 'secondChoice' },
      ],
    });
    const without = await call(`status ${inputs} --decision lock.json`);
    expect(without.out).toMatch(/DNS was not asked: --geoip/);
  });
});
