/** What a server answers is held against what the table gives. */
import { answersFor, answersOf } from '../../constructs/routing';
import type { DnsAnswer, DnsQuestion } from '../../providers/dns/question/ask';
import { liveAnswer, tableAnswer } from '../../providers/endpoints/live-answers';
import { tableFor } from '../routing/world';

const table = tableFor('powerdns-lua', {});
const host = 'shop.example.com';
const subnet = { address: '198.51.100.0', prefixLength: 24 };
const given = tableAnswer(table, 'DE');
if (given === undefined) throw new Error('there is no answer');

/** A server that has these records. */
const having =
  (records: Readonly<Record<string, readonly string[]>>, code = 'NOERROR') =>
  async ({ type }: DnsQuestion): Promise<DnsAnswer> => {
    const data = records[type] ?? [];
    return { code, data, ttlSeconds: data.length === 0 ? undefined : 60 };
  };
const verdict = async (records: Readonly<Record<string, readonly string[]>>, code?: string) => {
  const live = await liveAnswer(table, host, given, subnet, having(records, code));
  return `${live.verdict}: ${live.clusters.join(' ')}`;
};
const fra = table.targets.fra;
const other = table.targets[given.failover[0] ?? ''];

describe('the table', () => {
  it('answers each place with the slot that catches it', () => {
    for (const place of ['DE', 'FR', 'JP', 'US', 'BR', 'default', 'subdivision-US-CA']) {
      const found = tableAnswer(table, place);
      const shares = found?.assigned.map(({ cluster, share }) => ({ target: cluster, share }));
      expect(shares).toEqual(answersFor(answersOf(table), place));
    }
    expect(given).toMatchObject({ place: 'DE', assigned: [{ cluster: 'fra' }] });
  });

  it('says nothing by country where users are told apart by distance', () => {
    expect(tableAnswer(tableFor('route53-geoproximity', {}), 'DE')).toBeUndefined();
  });
});

describe('a live answer', () => {
  it('is as assigned with every address of the cluster, in any spelling', async () => {
    const { ipv4 = [], ipv6 = [] } = fra ?? {};
    const spelled = ipv6.map((one) => one.replace('::', ':0:0:0:0:0:').toUpperCase());
    expect(await verdict({ A: ipv4, AAAA: ipv6 })).toBe('assigned: fra');
    expect(await verdict({ A: ipv4, AAAA: spelled })).toBe('assigned: fra');
  });

  it('lacks something where one kind of address is not answered', async () => {
    expect(await verdict({ A: fra?.ipv4 ?? [] })).toBe('nothing: fra');
    expect(await verdict({ AAAA: fra?.ipv6 ?? [] })).toBe('nothing: fra');
    expect(await verdict({}, 'NXDOMAIN')).toBe('nothing: ');
  });

  it('is a second choice, or elsewhere, or of nobody we know', async () => {
    const { ipv4 = [], ipv6 = [] } = other ?? {};
    expect(await verdict({ A: ipv4, AAAA: ipv6 })).toBe(`secondChoice: ${given.failover[0]}`);
    expect(await verdict({ A: ['203.0.113.9'] })).toBe('elsewhere: 203.0.113.9');
    expect(await verdict({ A: [...(fra?.ipv4 ?? []), '203.0.113.9'] })).toBe(
      'elsewhere: fra 203.0.113.9',
    );
  });

  it('is silent where the server refuses or does not answer', async () => {
    expect(await verdict({}, 'SERVFAIL')).toBe('silent: ');
    const failing = () => Promise.reject(new Error('no answer in time'));
    expect(await liveAnswer(table, host, given, subnet, failing)).toMatchObject({
      verdict: 'silent',
      reason: 'no answer in time',
    });
  });

  it('is the name of a load balancer where the cluster has one', async () => {
    const named = {
      ...table,
      targets: { ...table.targets, fra: { ipv4: [], ipv6: [], hostname: 'lb.example' } },
    };
    const reply = having({ CNAME: ['lb.example'] });
    expect(await liveAnswer(named, host, given, subnet, reply)).toMatchObject({
      verdict: 'assigned',
      clusters: ['fra'],
    });
  });
});
