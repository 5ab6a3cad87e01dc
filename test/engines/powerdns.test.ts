/** A real PowerDNS: it sees the country of every client network, and answers each of them as the routing table says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routingOf } from '../../constructs/routing';
import { openPowerDns } from '../../providers/dns/powerdns/client';
import {
  planPublication,
  planRemoval,
  type Wanted,
} from '../../providers/dns/powerdns/publication';
import { readPublished, writePlan } from '../../providers/dns/powerdns/publish';
import { powerDnsSchema } from '../../providers/dns/powerdns/settings';
import { ask, type QuestionType } from '../../providers/dns/question/ask';
import { sites, type Users, world } from '../routing/world';
import { countryNetworks, unmapped } from '../testbed/country-networks';
import { apiKey, type PowerDns, startPowerDns, whyNoPowerDns, zone } from '../testbed/powerdns';

const missing = whyNoPowerDns();
if (missing !== undefined && !process.env.CI) process.stderr.write(`skipped: ${missing}\n`);
const whenInstalled = missing === undefined || process.env.CI ? describe : describe.skip;

/** Requests from every country, at its place in the public list, with numbers that differ. */
const everywhere: readonly Users[] = readFileSync(
  join(__dirname, '../../data/countries.csv'),
  'utf8',
)
  .trim()
  .split('\n')
  .slice(1)
  .map((line, index) => {
    // The name may hold commas within quotes; the last three fields never do.
    const [country = ''] = line.split(',');
    const [latitude, longitude] = line.split(',').slice(-3).map(Number);
    return {
      name: country.toLowerCase(),
      country,
      latitude: latitude ?? 0,
      longitude: longitude ?? 0,
      requestsPerSecond: 1 + ((index * 37) % 100),
    };
  });

const moreSites = [
  ...sites,
  { name: 'gru', country: 'BR', region: 'south-america', latitude: -23.4, longitude: -46.5 },
  { name: 'jnb', country: 'ZA', region: 'africa', latitude: -26.1, longitude: 28.2 },
  { name: 'syd', country: 'AU', region: 'oceania', latitude: -33.9, longitude: 151.2 },
];

whenInstalled(`a real PowerDNS${missing === undefined ? '' : `: ${missing}`}`, () => {
  let server: PowerDns;
  beforeAll(async () => {
    server = await startPowerDns();
  });
  afterAll(() => server?.stop());

  const answersTo = async (host: string, address: string, type: QuestionType = 'A') => {
    const subnet = { address, prefixLength: address.includes(':') ? 48 : 24 };
    return (await ask({ host, type, subnet }, server.server)).data;
  };
  const environment = { PDNS_API_KEY: apiKey };
  const client = () =>
    openPowerDns(powerDnsSchema.parse({ url: server.url }), zone, { folder: '/', environment });
  const patch = (rrset: object) =>
    server.api('PATCH', `/api/v1/servers/localhost/zones/${zone}.`, {
      rrsets: [{ ttl: 1, changetype: 'REPLACE', ...rrset }],
    });
  /** Everybody's answers as table and fit, for a host of its own. */
  const worldOf = (name: string) => {
    const exposure = {
      hosts: [`${name}.${zone}`],
      gateway: { class: 'edge' },
      dns: { system: 'powerdns-lua', zone, ttlSeconds: 1 },
    };
    const input = world({ sites: moreSites, users: everywhere, exposure });
    return { ...input, table: routingOf(input) };
  };
  const publish = async (more: Partial<Wanted> & Pick<Wanted, 'table'>) => {
    const api = client();
    try {
      const published = await readPublished(api, more.table.hosts);
      const rest = { owner: 'one', maxMovedShare: 1 };
      const plan = planPublication(published, {
        ...rest,
        allowOlder: false,
        takeOver: false,
        ...more,
      });
      if (plan.refusals.length === 0) await writePlan(api, plan);
      return plan;
    } finally {
      await api.close();
    }
  };

  it('knows the country and the continent of every client network', async () => {
    const content = `TXT "countryCode() .. ' ' .. continentCode()"`;
    await patch({ name: `where.${zone}.`, type: 'LUA', records: [{ content, disabled: false }] });
    const seenFrom = (address: string) => answersTo(`where.${zone}`, address, 'TXT');
    for (const { country, continent, ipv4, ipv6 } of countryNetworks) {
      const expected = [`${country} ${continent}`.toLowerCase()];
      expect(await seenFrom(ipv4)).toEqual(expected);
      expect(await seenFrom(ipv6)).toEqual(expected);
    }
    expect(await seenFrom(unmapped)).toEqual(['-- --']);
  });

  it('answers every country as the routing table says, in IPv4 and IPv6, and nothing is left to write', async () => {
    const { table, demand, decision } = worldOf('all');
    const assigned = new Map(
      decision.apps[0]?.assignments.map(({ origin, cluster }) => [origin, cluster]),
    );
    expect((await publish({ table })).hosts).toEqual([{ host: `all.${zone}`, step: 'create' }]);
    const slots = new Map(table.slots.map((slot) => [slot.key, slot]));
    const slotFor = (country: string, continent: string) =>
      slots.get(`country-${country}`) ??
      slots.get(`continent-${continent}`) ??
      slots.get('default');
    let matched = 0;
    let total = 0;
    for (const { country, continent, ipv4, ipv6 } of countryNetworks) {
      const answers = slotFor(country, continent)?.answers ?? [];
      const targets = answers.map(({ cluster }) => table.targets[cluster]);
      const [a, aaaa] = [
        await answersTo(`all.${zone}`, ipv4),
        await answersTo(`all.${zone}`, ipv6, 'AAAA'),
      ];
      expect({ country, a }).toEqual({ country, a: targets.flatMap((one) => one?.ipv4 ?? []) });
      expect({ country, aaaa }).toEqual({
        country,
        aaaa: targets.flatMap((one) => one?.ipv6 ?? []),
      });
      const origin = demand.origins.find((one) => one.country === country);
      if (origin === undefined) continue;
      total += origin.requestsPerSecond;
      const cluster = assigned.get(origin.name) ?? '';
      if (a.some((address) => table.targets[cluster]?.ipv4.includes(address))) {
        matched += origin.requestsPerSecond;
      }
    }
    expect(total).toBeGreaterThan(10_000);
    expect(matched / total).toBeCloseTo(table.fit.matchedShare, 9);
    const unknown = table.slots[0]?.answers.map(({ cluster }) => table.targets[cluster]);
    expect(await answersTo(`all.${zone}`, unmapped)).toEqual(unknown?.flatMap((one) => one?.ipv4));
    expect((await publish({ table })).writes).toEqual([]);
  });

  it('takes records of its owner away, and leaves those of others', async () => {
    const { table } = worldOf('gone');
    await publish({ table });
    await patch({
      name: `gone.${zone}.`,
      type: 'MX',
      records: [{ content: `10 mail.${zone}.`, disabled: false }],
    });
    const api = client();
    const removal = async (owner: string) =>
      planRemoval(await readPublished(api, table.hosts), owner);
    expect((await removal('two')).writes).toEqual([]);
    await writePlan(api, await removal('one'));
    expect(await api.read(`gone.${zone}.`)).toMatchObject([{ type: 'MX' }]);
    expect(await readPublished(api, table.hosts)).toMatchObject([
      { rrsets: [], marker: undefined },
    ]);
    await api.close();
  });

  it('leaves a record that somebody wrote by hand alone', async () => {
    const records = [{ content: '192.0.2.77', disabled: false }];
    await patch({ name: `hand.${zone}.`, type: 'A', records });
    const { refusals } = await publish({ table: worldOf('hand').table });
    expect(refusals.map(({ summary }) => summary)).toEqual([
      `hand.${zone} has A records that littoral did not write`,
    ]);
    expect(await answersTo(`hand.${zone}`, unmapped)).toEqual(['192.0.2.77']);
  });

  it('says what is wrong with key, zone, server and record, and never the key', async () => {
    const trying = async (settings: object, key: string, name = zone) => {
      const parsed = powerDnsSchema.parse({ url: server.url, ...settings });
      const api = openPowerDns(parsed, name, { folder: '/', environment: { PDNS_API_KEY: key } });
      try {
        await api.read(`shop.${name}.`);
        await api.write([
          {
            change: 'REPLACE',
            name: `x.${name}.`,
            type: 'A',
            ttl: 1,
            contents: ['not an address'],
          },
        ]);
        return 'nothing was thrown';
      } catch (error) {
        expect((error as Error).message).not.toMatch(/planted/);
        return (error as Error).message;
      } finally {
        await api.close();
      }
    };
    expect(await trying({}, 'planted-wrong')).toMatch(/does not take the key \(401\)/);
    expect(await trying({}, apiKey, 'other.test')).toMatch(/has no zone other\.test/);
    expect(await trying({ url: 'http://127.0.0.1:1' }, apiKey)).toMatch(/ECONNREFUSED/);
    expect(await trying({}, apiKey)).toMatch(/refused the change \(422\).*not an address/);
  });
});
