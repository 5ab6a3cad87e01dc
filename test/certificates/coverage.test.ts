/** A name of a certificate is for a host as browsers read it; node's own check of servers is the oracle. */
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import fc from 'fast-check';
import { coversHost, uncoveredHosts } from '../../constructs/certificates';

const label = fc.constantFrom('a', 'b', 'shop', 'xn--bcher-kva', 'example', 'com');
const host = fc.array(label, { minLength: 3, maxLength: 5 }).map((labels) => labels.join('.'));
const name = fc.oneof(
  host,
  host.map((one) => `*.${one}`),
);
/** As node judges a server that shows a certificate for one name. */
const node = (covering: string, asked: string) =>
  checkServerIdentity(asked, {
    subject: {},
    subjectaltname: `DNS:${covering}`,
  } as unknown as PeerCertificate) === undefined;

describe('a name of a certificate', () => {
  it('is for the hosts for which node accepts it', () => {
    fc.assert(
      fc.property(name, host, (covering, asked) => {
        expect(coversHost(covering, asked)).toBe(node(covering, asked));
      }),
      { numRuns: 500 },
    );
  });

  it('stands with * for one whole label, and never for none, for two, or for itself with more', () => {
    expect(coversHost('*.example.com', 'shop.example.com')).toBe(true);
    expect(coversHost('*.EXAMPLE.com.', 'Shop.example.com')).toBe(true);
    expect(coversHost('*.example.com', 'example.com')).toBe(false);
    expect(coversHost('*.example.com', 'a.shop.example.com')).toBe(false);
    expect(coversHost('*.example.com', '*.example.com')).toBe(true);
    expect(coversHost('*.example.com', '*.shop.example.com')).toBe(false);
    expect(coversHost('shop.example.com', '*.example.com')).toBe(false);
    expect(coversHost('*.ample.com', 'x.example.com')).toBe(false);
  });

  it('is looked for by every host', () => {
    const hosts = ['example.com', 'shop.example.com', '*.example.com'];
    expect(uncoveredHosts(hosts, ['*.example.com'])).toEqual(['example.com']);
    expect(uncoveredHosts(hosts, [])).toEqual(hosts);
  });
});
