/** Certificates are counted before they are asked for; the limits are those that Let's Encrypt publishes. */
import { type CertificateRequest, issuanceMistakes } from '../../constructs/certificates';
import { issuanceWarnings } from '../../constructs/certificates/issuance';

const now = Date.parse('2026-11-30T12:00:00Z');
const day = 24 * 3600 * 1000;
const clusters = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);
const asked = (
  count: number,
  names: (cluster: string) => readonly string[],
  more: Partial<CertificateRequest> = {},
): readonly CertificateRequest[] =>
  clusters(count).map((cluster) => ({
    cluster,
    authority: 'letsencrypt',
    names: names(cluster),
    ...more,
  }));
const shop = () => ['shop.example.com', '*.shop.example.com'];
const saying = (requests: readonly CertificateRequest[]) =>
  issuanceMistakes(requests, now).map(({ summary }) => summary);

describe('the same names', () => {
  it('are issued five times in seven days, and not six times', () => {
    expect(saying(asked(5, shop))).toEqual([]);
    const [mistake] = issuanceMistakes(asked(6, shop), now);
    expect(mistake).toMatchObject({ code: 'GuardStopped', path: 'exposure.tls.issuer' });
    expect(mistake?.summary).toBe(
      "Let's Encrypt issues 5 certificates for the same names in seven days, and 6 are asked for (*.shop.example.com shop.example.com, in c0, c1, c2, c3, c4, c5)",
    );
    expect(mistake?.remedy).toMatch(/perCluster.*exposure\.tls\.secret/);
  });

  it('are the same in any order and however often they are written', () => {
    const mixed = clusters(6).map((cluster, index) => ({
      cluster,
      authority: 'letsencrypt',
      names: index % 2 === 0 ? shop() : [...shop(), ...shop()].reverse(),
    }));
    expect(saying(mixed)).toHaveLength(1);
  });

  it('count with those of the last seven days, and not with older ones', () => {
    const older = asked(9, shop, { issuedAtMilliseconds: now - 8 * day });
    const recent = asked(4, shop, { issuedAtMilliseconds: now - 6 * day });
    expect(saying([...older, ...asked(5, shop)])).toEqual([]);
    expect(saying([...recent, ...asked(1, shop)])).toEqual([]);
    expect(saying([...recent, ...asked(2, shop)])).toMatchObject([
      expect.stringMatching(/2 are asked for .*after 4 in the seven days before this/),
    ]);
    expect(saying([...older, ...recent, ...recent])).toEqual([]);
  });

  it('count for each authority, and where an authority has no limits not at all', () => {
    expect(saying(asked(100, shop, { authority: 'other' }))).toEqual([]);
    expect(saying([...asked(5, shop), ...asked(5, shop, { authority: 'other' })])).toEqual([]);
  });

  it('are warned of where more clusters renew them than one week issues', () => {
    expect(issuanceWarnings(asked(5, shop, { issuedAtMilliseconds: 0 }))).toEqual([]);
    expect(issuanceWarnings(asked(6, shop, { issuedAtMilliseconds: 0 }))).toMatchObject([
      expect.stringMatching(/^6 clusters have a certificate of Let's Encrypt each/),
    ]);
  });
});

describe('names that differ by cluster', () => {
  const named = (domain: string) => (cluster: string) => [
    `shop.${domain}`,
    `${cluster}.cluster.shop.${domain}`,
  ];

  it('are issued fifty times under a registered domain, and not fifty-one times', () => {
    expect(saying(asked(50, named('example.co.uk')))).toEqual([]);
    expect(saying(asked(51, named('example.co.uk')))).toEqual([
      "Let's Encrypt issues 50 new certificates under example.co.uk in seven days, and 51 are asked for",
    ]);
    // co.uk is a suffix: two registered domains.
    const two = [...asked(30, named('example.co.uk')), ...asked(30, named('example2.co.uk'))];
    expect(saying(two)).toEqual([]);
  });

  it('count with new ones of the last seven days; the same names again are a renewal', () => {
    const issuedAtMilliseconds = now - day;
    const before = asked(50, named('example.com'), { issuedAtMilliseconds });
    expect(saying([...before, ...asked(1, () => ['other.example.com'])])).toMatchObject([
      expect.stringMatching(/1 are asked for, after 50 in/),
    ]);
    expect(saying([...before, ...asked(3, named('example.com'))])).toEqual([]);
    const old = asked(50, named('example.com'), { issuedAtMilliseconds: now - 30 * day });
    expect(saying([...old, ...asked(1, () => ['other.example.com'])])).toEqual([]);
  });

  it('count under private suffixes as the authority counts them', () => {
    const mine = (cluster: string) => [`${cluster}.me.github.io`];
    const theirs = (cluster: string) => [`${cluster}.them.github.io`];
    expect(saying([...asked(30, mine), ...asked(30, theirs)])).toEqual([]);
    expect(saying(asked(51, mine))).toEqual([expect.stringMatching(/under me\.github\.io/)]);
  });
});
