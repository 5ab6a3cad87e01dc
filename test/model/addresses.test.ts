/** Addresses in documents: a wrong one is told with what is expected there. */
import { parseFleet } from '../../constructs';
import { isInside } from '../../constructs/model/addresses';
import { edgeErrorsOf } from '../../constructs/parsing';
import { parseEdgeApp } from '../../constructs/policy';

const sentences = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return (edgeErrorsOf(thrown) ?? [])
      .map(({ path, summary }) => `${path}: ${summary}`)
      .join('; ');
  }
  return 'nothing';
};
const cluster = { name: 'fra', latitude: 50, longitude: 8, region: 'europe', country: 'DE' };
const fleet = (ingress: object) =>
  sentences(() => parseFleet({ clusters: [{ ...cluster, ingress }] } as never));
const app = (protection: object) =>
  sentences(() =>
    parseEdgeApp({
      name: 'shop',
      workload: {
        image: 'shop:1',
        port: 80,
        resources: { cpuMillicores: 1, memoryMebibytes: 1 },
        requestsPerSecondPerReplica: 1,
      },
      exposure: {
        hosts: ['shop.example.com'],
        gateway: { class: 'edge', controller: 'haproxy' },
        dns: { system: 'round-robin' },
        protection: { trustedProxies: 0, ...protection },
      },
    }),
  );

it.each(['300.1.1.1', '2001:db8::g', 'fra.example.com'])('an IPv6 address is not %s', (text) => {
  expect(fleet({ ipv6: [text] })).toBe(
    `clusters[0].ingress.ipv6[0]: got "${text}" (text), expected an IPv6 address such as 2001:db8::1`,
  );
});

it('an IPv4 address is not an IPv6 address', () => {
  expect(fleet({ ipv4: ['2001:db8::1'] })).toMatch(/expected an IPv4 address such as 192.0.2.1/);
});

it.each(['10.0.0.0/33', '2001:db8::/129', 'everybody'])('a block is not %s', (text) => {
  expect(app({ deny: [text] })).toMatch(
    /protection\.deny\[0\]: got .*, expected a block such as 192.0.2.0\/24 or a block such as 2001:db8::\/32/,
  );
});

it.each([
  ['10.1.9.0/24', '10.1.0.0/16', true],
  ['10.1.9.7/32', '10.1.9.6/31', true],
  ['10.0.0.0/1', '0.0.0.0/0', true],
  ['10.1.0.0/16', '10.1.0.0/16', false],
  ['10.0.0.0/8', '10.1.0.0/16', false],
  ['10.2.0.0/24', '10.1.0.0/16', false],
  ['2001:db8:1::/48', '2001:db8::/32', true],
  ['2001:db9::/48', '2001:db8::/32', false],
  ['::1/128', '::/0', true],
  ['fe80::1:0:0:1/128', 'fe80:0:0:0:1::/80', true],
  ['::ffff:10.1.0.0/112', '::ffff:a00:0/104', true],
  ['2001:db8::/32', '0.0.0.0/0', false],
  ['10.0.0.0/8', '::/0', false],
])('%s is inside %s: %s', (block, outer, expected) => {
  expect(isInside(block, outer)).toBe(expected);
});
