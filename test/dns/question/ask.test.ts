/** One question to one DNS server: over UDP, over TCP where it is cut off, and as if from a network. */
import { ask, NoAnswer } from '../../../providers/dns/question/ask';
import { namedServer } from '../../../providers/dns/question/servers';
import { type DnsDouble, dnsDouble, type Reply } from './server-double';

const host = 'shop.example.com';
const a = (data: string, ttl = 60) => ({ type: 'A', name: host, ttl, data }) as const;

describe('a question of DNS', () => {
  let server: DnsDouble | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  const serving = async (reply: Reply) => {
    server = await dnsDouble(reply);
    return server;
  };

  it('tells the network of the client, and no bits beyond it', async () => {
    const there = await serving(() => ({ answers: [a('192.0.2.2', 30), a('192.0.2.1')] }));
    const subnet = { address: '198.51.100.77', prefixLength: 24 };
    expect(await ask({ host, type: 'A', subnet }, there)).toEqual({
      code: 'NOERROR',
      data: ['192.0.2.1', '192.0.2.2'],
      ttlSeconds: 30,
    });
    await ask(
      { host, type: 'AAAA', subnet: { address: '2001:db8:1:2::3', prefixLength: 56 } },
      there,
    );
    await ask({ host, type: 'A' }, there);
    expect(there.received.map((one) => [one.type, one.subnet])).toEqual([
      ['A', '198.51.100.0/24'],
      ['AAAA', expect.stringMatching(/^2001:db8:1:.*\/56$/)],
      ['A', undefined],
    ]);
  });

  it('goes over TCP where the answer is cut off, and passes over answers to other questions', async () => {
    const there = await serving(() => ({ answers: [a('192.0.2.1')], truncated: true }));
    expect((await ask({ host, type: 'A' }, there)).data).toEqual(['192.0.2.1']);
    expect(there.received.map(({ overTcp }) => overTcp)).toEqual([false, true]);
    await there.stop();
    const forger = await serving(() => ({ answers: [a('192.0.2.1')], forged: true }));
    expect((await ask({ host, type: 'A' }, forger)).data).toEqual(['192.0.2.1']);
  });

  it('passes over answers whose addresses are cut off', async () => {
    const there = await serving(() => ({ answers: [a('192.0.2.1')], cutOff: true }));
    expect((await ask({ host, type: 'A' }, there)).data).toEqual(['192.0.2.1']);
  });

  it('says that there is nothing, and which code was answered', async () => {
    const there = await serving(({ type }) => ({ rcode: type === 'A' ? 3 : 2 }));
    expect(await ask({ host, type: 'A' }, there)).toMatchObject({ code: 'NXDOMAIN', data: [] });
    expect(await ask({ host, type: 'TXT' }, there)).toMatchObject({ code: 'SERVFAIL' });
  });

  it('writes a CAA record as a zone file does', async () => {
    const data = { flags: 128, tag: 'issue', value: 'letsencrypt.org' } as const;
    const there = await serving(() => ({
      answers: [{ type: 'CAA', name: host, ttl: 5, data: { ...data, issuerCritical: true } }],
    }));
    expect((await ask({ host, type: 'CAA' }, there)).data).toEqual(['128 issue "letsencrypt.org"']);
  });

  it('is asked again, and given up where nobody listens', async () => {
    let asked = 0;
    const there = await serving(() => (asked++ === 0 ? undefined : { answers: [a('192.0.2.1')] }));
    expect((await ask({ host, type: 'A' }, there)).data).toEqual(['192.0.2.1']);
    const nobody = { address: '127.0.0.1', port: there.port };
    await there.stop();
    server = undefined;
    await expect(ask({ host, type: 'A' }, nobody)).rejects.toThrow(NoAnswer);
  });
});

describe('the server of --dns', () => {
  it('is an address, with a port where one is written', () => {
    expect(namedServer('192.0.2.53')).toEqual({ address: '192.0.2.53', port: 53 });
    expect(namedServer('192.0.2.53:5353')).toEqual({ address: '192.0.2.53', port: 5353 });
    expect(namedServer('2001:db8::53')).toEqual({ address: '2001:db8::53', port: 53 });
    expect(namedServer('[2001:db8::53]:5353')).toEqual({ address: '2001:db8::53', port: 5353 });
    for (const text of ['dns.example', '192.0.2.53:99999', '192.0.2.53:', '', '192.0.2.300']) {
      expect(() => namedServer(text)).toThrow(/expected an address/);
    }
  });
});
