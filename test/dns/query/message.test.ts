/** DNS messages: what is written can be read by others, and what is no answer is refused. */
import * as fc from 'fast-check';
import { questionBytes, readMessage } from '../../../providers/dns/query/message';

/** An answer to `question`, with records after it. */
function answer(question: Buffer, records: readonly Buffer[], flags = 0x8400): Buffer {
  // Header and question, without the OPT record of 11 bytes.
  const bytes = Buffer.from(question.subarray(0, question.length - 11));
  bytes.writeUInt16BE(flags, 2);
  bytes.writeUInt16BE(records.length, 6);
  bytes.writeUInt16BE(0, 10);
  return Buffer.concat([bytes, ...records]);
}
/** A record of the name in the question. */
const record = (type: number, data: readonly number[], ttl = 30) =>
  Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, ttl, 0, data.length, ...data]);

describe('a DNS question', () => {
  it('has the bytes of RFC 1035, 6891 and 7871', () => {
    const subnet = { address: '198.51.100.255', prefixLength: 22 };
    expect(questionBytes(0x1234, { host: 'a.test', type: 'AAAA', subnet }).toString('hex')).toBe(
      '123401000001000000000001' + // header: recursion desired, one question, one additional
        '016104746573740000' + // a.test, root and the first byte of the type
        '1c0001' + // AAAA IN
        '00002904d000000000000b' + // OPT, 1232 bytes
        '0008000700011600c63364', // client subnet, IPv4, 22 bits: 198.51.100
    );
  });

  it('says an IPv6 network', () => {
    const subnet = { address: '2001:db8:5::', prefixLength: 48 };
    const bytes = questionBytes(1, { host: 'a.test', type: 'A', subnet });
    expect(bytes.toString('hex')).toMatch(/0008000a0002300020010db80005$/);
  });

  it('is refused for what no name can be', () => {
    for (const host of ['', 'a..b', `${'x'.repeat(64)}.test`, `${'x.'.repeat(127)}test`]) {
      expect(() => questionBytes(1, { host, type: 'A' })).toThrow(RangeError);
    }
  });
});

describe('a DNS answer', () => {
  const question = questionBytes(7, { host: 'shop.test', type: 'A' });

  it('gives addresses, names and texts', () => {
    const bytes = answer(question, [
      record(1, [192, 0, 2, 1]),
      record(28, [0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), 1]),
      record(5, [3, 0x77, 0x77, 0x77, 0xc0, 12]),
      record(16, [2, 0x68, 0x69, 1, 0x21]),
    ]);
    expect(readMessage(bytes)).toEqual({
      id: 7,
      isTruncated: false,
      code: 'NOERROR',
      host: 'shop.test',
      type: 1,
      records: [
        { type: 1, ttlSeconds: 30, data: '192.0.2.1' },
        { type: 28, ttlSeconds: 30, data: '2001:db8::1' },
        { type: 5, ttlSeconds: 30, data: 'www.shop.test' },
        { type: 16, ttlSeconds: 30, data: 'hi!' },
      ],
    });
  });

  it('tells a name that does not exist from one without records', () => {
    expect(readMessage(answer(question, [], 0x8403)).code).toBe('NXDOMAIN');
    expect(readMessage(answer(question, [])).code).toBe('NOERROR');
  });

  it('never hangs or reads beyond its bytes', () => {
    const good = answer(question, [record(1, [192, 0, 2, 1]), record(5, [0xc0, 12])]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(good.length),
        (changes, length) => {
          const bytes = Buffer.from(good);
          for (const [at, byte] of changes) bytes[at] = byte;
          try {
            readMessage(bytes.subarray(0, length));
          } catch (error) {
            expect((error as Error).name).toBe('RangeError');
          }
        },
      ),
    );
  });

  it('does not follow a name that points at itself', () => {
    const circle = Buffer.from([0xc0, 27, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0]);
    expect(() => readMessage(answer(question, [circle]))).toThrow('points forward');
  });
});
