/** A certificate that lives as long as the process: X.509 in DER, which node:crypto can sign but not build. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and the certificate that belongs to it. */
export interface Identity {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
  /** DER. */
  readonly der: Buffer;
}

const day = 86_400_000;
/** Clocks of one machine agree, but not to the second across containers. */
const toleratedSkew = 3_600_000;

const tags = { integer: 2, bits: 3, octets: 4, id: 6, utf8: 12, time: 24, sequence: 48, set: 49 };
const ids = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  subjectAlternativeName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuthentication: '2b06010505070301',
  clientAuthentication: '2b06010505070302',
};

/** A new P-256 identity for `localhost`, self-signed, valid from an hour before `now` (milliseconds) for 30 days. */
export function newIdentity(now: number): Identity {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signature = sequence(id(ids.ecdsaWithSha256));
  const name = sequence(der(tags.set, sequence(id(ids.commonName), der(tags.utf8, 'localhost'))));
  const body = sequence(
    explicit(0, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, serialNumber()),
    signature,
    name,
    sequence(time(now - toleratedSkew), time(now + 30 * day)),
    name,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, extensions()),
  );
  const signed = sign('sha256', body, pair.privateKey);
  const certificate = sequence(body, signature, bits(signed));
  return {
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(certificate),
    der: certificate,
  };
}

/** Terraform trusts exactly this certificate, as its own authority, for the name localhost. */
function extensions(): Buffer {
  const isTrue = Buffer.from([1, 1, 0xff]);
  const localhost = der(0x82, 'localhost');
  // Digital signature, key encipherment, certificate signing.
  const usage = bits(Buffer.from([0b1010_0100]), 2);
  return sequence(
    extension(ids.basicConstraints, sequence(isTrue)),
    extension(ids.keyUsage, usage),
    extension(
      ids.extendedKeyUsage,
      sequence(id(ids.serverAuthentication), id(ids.clientAuthentication)),
    ),
    extension(ids.subjectAlternativeName, sequence(localhost)),
  );
}

const extension = (oid: string, value: Buffer) => sequence(id(oid), der(tags.octets, value));
const sequence = (...parts: readonly Buffer[]) => der(tags.sequence, Buffer.concat(parts));
const id = (hex: string) => der(tags.id, Buffer.from(hex, 'hex'));
const explicit = (number: number, value: Buffer) => der(0xa0 + number, value);
const bits = (value: Buffer, unusedBits = 0) =>
  der(tags.bits, Buffer.concat([Buffer.from([unusedBits]), value]));

/** Positive, without a leading zero byte. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  return serial;
}

/** GeneralizedTime: 20261121053000Z. */
const time = (milliseconds: number) =>
  der(tags.time, `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`);

function der(tag: number, content: Buffer | string): Buffer {
  const body = Buffer.from(content);
  const length = body.length;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
