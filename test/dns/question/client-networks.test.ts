/** The GeoIP database of a DNS server says from which networks users of a country ask. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientNetworks } from '../../../providers/dns/question/client-networks';
import { countryNetworks, networksOf, unmapped } from '../../testbed/country-networks';
import { mmdb } from '../../testbed/mmdb';

const folder = mkdtempSync(join(tmpdir(), 'littoral-geoip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('client networks', () => {
  it('are found for every country that the database has, and lead back to it', () => {
    writeFileSync(join(folder, 'all.mmdb'), mmdb(networksOf(countryNetworks), 'Country'));
    const networks = clientNetworks('all.mmdb', folder);
    const countries = countryNetworks.map(({ country }) => country);
    const found = networks.of([...countries, 'XX']);
    expect([...found.keys()].sort()).toEqual([...countries].sort());
    for (const { country, ipv4, ipv6 } of countryNetworks) {
      expect(found.get(country)).toEqual({ address: ipv4, prefixLength: 24 });
      expect(networks.countryOf(found.get(country)?.address ?? '')).toBe(country);
      expect(networks.countryOf(ipv6)).toBe(country);
    }
    expect(networks.countryOf(unmapped)).toBeUndefined();
    expect(networks.of([]).size).toBe(0);
  });

  it('are never smaller than what a resolver tells of a client', () => {
    const data = { country: { iso_code: 'DE' } };
    const small = { network: '203.0.113.8/30', data };
    writeFileSync(join(folder, 'small.mmdb'), mmdb([small], 'Country'));
    expect(clientNetworks('small.mmdb', folder).of(['DE']).size).toBe(0);
    const wide = { network: '204.0.0.0/9', data };
    writeFileSync(join(folder, 'wide.mmdb'), mmdb([small, wide], 'Country'));
    expect(clientNetworks('wide.mmdb', folder).of(['DE']).get('DE')).toEqual({
      address: '204.0.0.0',
      prefixLength: 24,
    });
  });

  it('need a database', () => {
    writeFileSync(join(folder, 'none.mmdb'), 'nothing');
    expect(() => clientNetworks('none.mmdb', folder)).toThrow(/it is no MaxMind database/);
    expect(() => clientNetworks('missing.mmdb', folder)).toThrow(/ENOENT/);
  });
});
