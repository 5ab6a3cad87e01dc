/** littoral credentials check: what each kubeconfig holds and until when, without a word of it. */

import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { makeCertificates } from '../testbed/certificates';
import { caller } from './calling';

const day = 24 * 3600;
const now = Math.floor(Date.now() / 1000);
const token = (days: number | undefined) => {
  const claims = {
    sub: 'system:serviceaccount:tools:littoral',
    iat: now - day,
    ...(days === undefined ? {} : { exp: now + days * day + 3600 }),
  };
  return `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.planted-signature`;
};
const exec = {
  apiVersion: 'client.authentication.k8s.io/v1',
  command: 'aws',
  args: ['planted-argument'],
};
const users = {
  soon: { token: token(5) },
  late: { token: token(200) },
  gone: { token: token(-3) },
  never: { token: token(undefined) },
  odd: { token: 'planted-opaque-token' },
  program: { exec },
  basic: { username: 'ana', password: 'planted-password' },
};
function there(more: Readonly<Record<string, object>> = {}, cluster: object = {}) {
  const all: Readonly<Record<string, object>> = { ...users, ...more };
  const names = Object.keys(all);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'any', cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
    contexts: names.map((name) => ({ name, context: { cluster: 'any', user: name } })),
    users: names.map((name) => ({ name, user: all[name] })),
  };
  const where = { latitude: 50, longitude: 8, region: 'europe', country: 'DE' };
  const clusters = names.map((name) => {
    return { name, ...where, access: { kubeconfig: 'kubeconfig', context: name } };
  });
  return caller({
    kubeconfig: stringify(kubeconfig),
    'fleet.yaml': stringify({ apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', clusters }),
  });
}

describe('littoral credentials check', () => {
  it('tells kind, subject and end of each, what ends soon, and no credential', async () => {
    const { code, out, err } = await there().call('credentials check --fleet fleet.yaml');
    expect([code, err]).toEqual([10, '']);
    expect(out).not.toMatch(/planted|eyJ/);
    expect(out).toMatch(/^ {2}soon +token +system:serviceaccount:tools:littoral +until \d{4}/m);
    expect(out).toMatch(/^ {2}! soon: the token expires in 5 days, on \d{4}-/m);
    expect(out).toMatch(/^ {2}! gone: the token has expired on /m);
    expect(out).toMatch(/^ {2}! never: the token never expires, or does not say when/m);
    expect(out).toMatch(/^ {2}program +program +aws/m);
    expect(out).not.toMatch(/! (late|program):/);
  });

  it('ends with 0 where nothing ends within the days that are asked for', async () => {
    const line = 'credentials check --fleet fleet.yaml --cluster soon --cluster late';
    expect((await there().call(`${line} --days 4`)).code).toBe(0);
    expect((await there().call(`${line} --days 6`)).code).toBe(10);
    const { out } = await there().call(`${line} --json`);
    expect(JSON.parse(out)).toMatchObject([
      { cluster: 'late', findings: [] },
      { cluster: 'soon', kind: 'token' },
    ]);
    expect(out).not.toMatch(/planted|eyJ/);
  });

  it('reads client certificates and authorities', async () => {
    const folder = there();
    const { ca, clientCert, clientKey } = makeCertificates(
      folder.folder,
      '/O=system:masters/CN=admin',
    );
    const paths = there(
      { pair: { 'client-certificate': clientCert, 'client-key': clientKey } },
      { 'certificate-authority-data': readFileSync(ca).toString('base64') },
    );
    const { code, out } = await paths.call('credentials check --fleet fleet.yaml --cluster pair');
    expect(code).toBe(10);
    expect(out).toMatch(/^ {2}pair +client certificate +O=system:masters, CN=admin/m);
    expect(out).toMatch(/the client certificate expires today or tomorrow/);
    expect(out).toMatch(/the authority of its server expires today or tomorrow/);
    expect(out).toMatch(/system:masters, which no role can narrow/);
    expect(out).not.toContain('PRIVATE');
  });

  it('says with --ask that a cluster does not answer', async () => {
    const { code, out } = await there().call(
      'credentials check --fleet fleet.yaml --cluster late --ask',
    );
    expect(code).toBe(5);
    expect(out).toMatch(/! late: /);
  });

  it.each([
    ['credentials --fleet fleet.yaml', /check or rotate: is missing/],
    ['credentials look --fleet fleet.yaml', /got "look"/],
    ['credentials check', /--fleet: is missing/],
    [
      'credentials check --fleet fleet.yaml --cluster ams',
      /got "ams", which the fleet does not have/,
    ],
    [
      'credentials rotate --fleet fleet.yaml --seconds 10',
      /expected a whole number of at least 600/,
    ],
    ['credentials rotate --fleet fleet.yaml --service-account ana', /expected NAMESPACE\/NAME/],
  ])('refuses %s', async (line, says) => {
    const { code, err } = await there().call(line);
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });
});
