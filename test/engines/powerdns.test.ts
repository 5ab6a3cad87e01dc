/** A real PowerDNS: that it sees the country of a client network, which all else here rests on. */
import { ask } from '../../providers/dns/query/ask';
import { countryNetworks, unmapped } from '../testbed/country-networks';
import { type PowerDns, startPowerDns, whyNoPowerDns, zone } from '../testbed/powerdns';

const missing = whyNoPowerDns();
if (missing !== undefined && !process.env.CI) process.stderr.write(`skipped: ${missing}\n`);
const whenInstalled = missing === undefined || process.env.CI ? describe : describe.skip;

whenInstalled(`a real PowerDNS${missing === undefined ? '' : `: ${missing}`}`, () => {
  let server: PowerDns;
  beforeAll(async () => {
    server = await startPowerDns();
  });
  afterAll(() => server?.stop());

  it('knows the country and the continent of every client network', async () => {
    await server.api('PATCH', `/api/v1/servers/localhost/zones/${zone}.`, {
      rrsets: [
        {
          name: `where.${zone}.`,
          type: 'LUA',
          ttl: 1,
          changetype: 'REPLACE',
          records: [{ content: `TXT "countryCode() .. ' ' .. continentCode()"`, disabled: false }],
        },
      ],
    });
    const seenFrom = async (address: string, prefixLength: number) => {
      const subnet = { address, prefixLength };
      const answer = await ask({ host: `where.${zone}`, type: 'TXT', subnet }, server.server);
      return answer.data;
    };
    for (const { country, continent, ipv4, ipv6 } of countryNetworks) {
      const expected = [`${country} ${continent}`.toLowerCase()];
      expect(await seenFrom(ipv4, 24)).toEqual(expected);
      expect(await seenFrom(ipv6, 48)).toEqual(expected);
    }
    expect(await seenFrom(unmapped, 24)).toEqual(['-- --']);
  });
});
