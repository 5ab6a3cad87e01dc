/** One context of a kubeconfig: reached by its own certificate, token and authority, and by no other. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ApiReply,
  connectApi,
} from '../../../../providers/sources/fleet/observation/api-reading';
import { makeCertificates } from '../../../testbed/certificates';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-context-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(context: string, path: string): Promise<ApiReply> {
  const server = await connectApi(
    { name: context, access: { kubeconfig: join(folder, 'kubeconfig'), context } },
    5000,
  );
  try {
    return await server.get(path, AbortSignal.timeout(5000));
  } finally {
    server.close();
  }
}

it('reads by the certificate, the token and the authority of a context', async () => {
  const pem = makeCertificates(folder);
  const secure = createServer(
    {
      ca: readFileSync(pem.ca),
      cert: readFileSync(pem.serverCert),
      key: readFileSync(pem.serverKey),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => response.end(`${request.url} ${request.headers.authorization}`),
  );
  const plain = createPlainServer((request, response) => {
    response.statusCode = 503;
    response.end(request.url);
  });
  const listen = (server: typeof plain | typeof secure) =>
    new Promise<number>((ready) => {
      server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));
    });
  const [securePort, plainPort] = [await listen(secure), await listen(plain)];
  const cluster = (name: string, server: string, more = '') =>
    `- {name: ${name}, cluster: {server: "${server}"${more}}}`;
  const text = `apiVersion: v1
kind: Config
clusters:
${cluster('secure', `https://127.0.0.1:${securePort}`, `, certificate-authority: ${pem.ca}`)}
${cluster('untrusted', `https://127.0.0.1:${securePort}`)}
${cluster('plain', `http://127.0.0.1:${plainPort}/base/`)}
users:
- {name: token, user: {token: t0ken, client-certificate: ${pem.clientCert}, client-key: ${pem.clientKey}}}
contexts:
- {name: secure, context: {cluster: secure, user: token}}
- {name: untrusted, context: {cluster: untrusted, user: token}}
- {name: plain, context: {cluster: plain, user: token}}
`;
  writeFileSync(join(folder, 'kubeconfig'), text);
  try {
    const [trusted, untrusted, open] = await Promise.all([
      ask('secure', '/readyz?verbose'),
      ask('untrusted', '/readyz').catch((error: Error) => error.message),
      ask('plain', '/readyz'),
    ]);
    expect(trusted).toEqual({ status: 200, text: '/readyz?verbose Bearer t0ken' });
    expect(untrusted).toMatch(
      /untrusted cannot be reached: its certificate is signed by an unknown/,
    );
    expect(open).toEqual({ status: 503, text: '/base/readyz' });
  } finally {
    secure.close();
    plain.close();
  }
}, 30_000);
