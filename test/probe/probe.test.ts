/** A probe sees what a user would: certificate by SNI, status, silence. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { look, type ProbeQuestion, probe } from '../../providers/probe/probe';
import { makeCertificates } from '../testbed/certificates';

const listening = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

describe('a probe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-probe-'));
  const { ca, serverCert, serverKey } = makeCertificates(folder);
  const hosts: (string | undefined)[] = [];
  const secureHosts: (string | undefined)[] = [];
  const answer = (path: string | undefined) =>
    path === '/well' ? 200 : path === '/moved' ? 302 : 503;
  const plain = createHttp((request, response) => {
    hosts.push(request.headers.host);
    if (request.url === '/silent') return;
    response.writeHead(answer(request.url)).end();
  });
  const secure = createHttps(
    { cert: readFileSync(serverCert), key: readFileSync(serverKey) },
    (request, response) => {
      secureHosts.push(request.headers.host);
      response.writeHead(answer(request.url)).end();
    },
  );
  let ports: readonly number[] = [];
  beforeAll(async () => {
    ports = [await listening(plain), await listening(secure)];
  });
  afterAll(() => {
    for (const server of [plain, secure]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const question = (more: Partial<ProbeQuestion> = {}): ProbeQuestion => ({
    address: '127.0.0.1',
    port: ports[more.isSecure ? 1 : 0] ?? 0,
    host: 'metrics.test',
    isSecure: false,
    path: '/well',
    timeoutMilliseconds: 5000,
    ...more,
  });
  const authorities = readFileSync(ca, 'utf8');

  it('is content with the status that is expected, and names another', async () => {
    expect(await probe(question())).toBeUndefined();
    expect(hosts.at(-1)).toBe('metrics.test');
    expect(await probe(question({ path: '/ill' }))).toBe('/ill answers 503');
    expect(await probe(question({ path: '/moved' }))).toBe('/moved answers 302');
    expect(await probe(question({ path: '/moved', statuses: [200, 302] }))).toBeUndefined();
  });

  it('wants a certificate for the host, from an authority that is trusted', async () => {
    const secured = { isSecure: true, authorities };
    expect(await probe(question(secured))).toBeUndefined();
    expect(await probe(question({ ...secured, host: 'shop.test' }))).toMatch(/for other names/);
    expect(await probe(question({ isSecure: true }))).toMatch(/signed by nobody who is trusted/);
  });

  it('handshakes where there is no path to ask for', async () => {
    const { path: _, ...bare } = question({ isSecure: true, authorities });
    expect(await probe(bare)).toBeUndefined();
    expect(await probe({ ...bare, host: 'shop.test' })).toMatch(/for other names/);
    const { path: __, ...open } = question();
    expect(await probe(open)).toBeUndefined();
    expect(await probe({ ...open, port: 1 })).toBe('ECONNREFUSED');
  });

  it('tells which certificate was shown, also one that is not valid, and sends nothing to whom it does not trust', async () => {
    const secured = { isSecure: true, authorities };
    const { certificate, reason } = await look(question(secured));
    expect(reason).toBeUndefined();
    expect(certificate).toMatchObject({ names: ['127.0.0.1', 'metrics.test'] });
    expect(certificate?.issuer).toBe('littoral test authority');
    const days = (Date.parse(certificate?.notAfter ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(0.9);
    expect(days).toBeLessThan(1.1);
    const asked = secureHosts.length;
    const foreign = await look(question({ isSecure: true }));
    expect(foreign.reason).toMatch(/nobody who is trusted/);
    expect(foreign.certificate).toEqual(certificate);
    const other = await look(question({ ...secured, host: 'shop.test' }));
    expect(other.certificate).toEqual(certificate);
    expect(secureHosts).toHaveLength(asked);
    expect((await look(question())).certificate).toBeUndefined();
  });

  it('does not wait for ever', async () => {
    const silent = question({ path: '/silent', timeoutMilliseconds: 50 });
    expect(await probe(silent)).toBe('no answer within 0.05 s');
  });
});
