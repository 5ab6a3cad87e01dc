/** Certificates for loopback: one authority, a server and a client signed by it, made by openssl for one test run. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** Makes certificates in `folder`, valid for so many days: the server is who `names` say, the client who `subject` says. */
export function makeCertificates(
  folder: string,
  subject = '/CN=client',
  names: readonly string[] = ['IP:127.0.0.1', 'DNS:metrics.test'],
  days = 1,
): Certificates {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = (name: string, ...more: string[]) => {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', ...curve, '-keyout', `${name}.key`, ...more);
  };
  key('ca', '-x509', '-days', `${days}`, '-subj', '/CN=littoral test authority', '-out', 'ca.pem');
  writeFileSync(path('server.ext'), `subjectAltName=${names.join(',')}\n`);
  writeFileSync(path('client.ext'), 'extendedKeyUsage=clientAuth\n');
  for (const [name, who] of [
    ['server', '/CN=server'],
    ['client', subject],
  ] as const) {
    key(name, '-subj', who, '-out', `${name}.csr`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', `${days}`];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  }
  return {
    ca: path('ca.pem'),
    serverCert: path('server.pem'),
    serverKey: path('server.key'),
    clientCert: path('client.pem'),
    clientKey: path('client.key'),
  };
}
