/** Whether CAA records let an authority issue; each row is a zone and what RFC 8659 says of it. */
import type { CaaRecord } from 'node:dns';
import { caaLookup, caaTrouble } from '../../../providers/dns/question/caa';
import { dnsDouble } from './server-double';

type Zone = Readonly<Record<string, readonly CaaRecord[]>>;
const record = (tag: string, value: string, critical = 0) =>
  ({ critical, [tag]: value }) as unknown as CaaRecord;
const issue = (value: string) => record('issue', value);
const authority = 'letsencrypt.org';
const trouble = (zone: Zone, host: string, challenge?: string) =>
  caaTrouble(host, { authority, challenge }, async (name) => zone[name] ?? []);

const rows: readonly (readonly [string, Zone, string, string | undefined, RegExp | undefined])[] = [
  ['no record', {}, 'shop.example.com', undefined, undefined],
  ['its own', { 'example.com': [issue(authority)] }, 'shop.example.com', 'dns-01', undefined],
  [
    'another’s',
    { 'example.com': [issue('ca.example')] },
    'shop.example.com',
    undefined,
    /of example\.com let ca\.example issue, and not letsencrypt\.org/,
  ],
  [
    'the nearest name alone',
    { 'example.com': [issue(authority)], 'shop.example.com': [issue(';')] },
    'shop.example.com',
    undefined,
    /of shop\.example\.com let nobody issue/,
  ],
  [
    'one of several',
    { com: [issue('ca.example'), issue('LetsEncrypt.org.')] },
    'a.com',
    '',
    undefined,
  ],
  [
    'nothing about issuing',
    { com: [record('iodef', 'mailto:a@b.example')] },
    'a.com',
    '',
    undefined,
  ],
  ['a wildcard by issue', { com: [issue(authority)] }, '*.a.com', undefined, undefined],
  [
    'a wildcard by issuewild, which outranks issue',
    { com: [issue(authority), record('issuewild', 'ca.example')] },
    '*.a.com',
    undefined,
    /let ca\.example issue/,
  ],
  [
    'no wildcard by issuewild',
    { com: [issue(authority), record('issuewild', ';')] },
    'a.com',
    undefined,
    undefined,
  ],
  [
    'its challenge',
    { com: [issue(`${authority}; validationmethods=http-01,dns-01`)] },
    'a.com',
    'dns-01',
    undefined,
  ],
  [
    'another challenge',
    { com: [issue(`${authority}; validationmethods=http-01`)] },
    'a.com',
    'dns-01',
    /and not by dns-01/,
  ],
  [
    'an unknown critical record',
    { com: [record('future', 'x', 128)] },
    'a.com',
    '',
    /unknown kind/,
  ],
];

describe('CAA records', () => {
  it.each(rows)('with %s', async (_, zone, host, challenge, expected) => {
    const found = await trouble(zone, host, challenge || undefined);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(expected);
  });

  it('are asked of a real server, and nobody’s silence is a yes', async () => {
    const server = await dnsDouble(({ name, type }) => {
      if (type !== 'CAA' || name !== 'example.com') return {};
      const data = { flags: 0, tag: 'issue', value: 'ca.example' } as const;
      return { answers: [{ type: 'CAA', name, ttl: 60, data }] };
    });
    const lookup = caaLookup([`127.0.0.1:${server.port}`]);
    const issuing = { authority, challenge: 'dns-01' };
    expect(await caaTrouble('shop.example.com', issuing, lookup)).toMatch(/let ca\.example issue/);
    expect(await caaTrouble('shop.example.org', issuing, lookup)).toBeUndefined();
    await server.stop();
    await expect(caaTrouble('shop.example.com', issuing, lookup)).rejects.toThrow();
  });
});
