/** Proxies of the environment: every connection takes the way that Go's programs would take. */
import type { ClusterError } from '../../providers/clusters/errors';
import { faultOf } from '../../providers/clusters/errors';
import { proxyFor } from '../../providers/proxy/environment';
import { readPrometheusDemand } from '../../providers/sources/demand/prometheus';
import {
  type FakeServer,
  type Ground,
  makeGround,
  openFake,
  removeGround,
  startFake,
  writeKubeconfig,
} from '../clusters/fake-server';
import { type ConnectProxy, startConnectProxy } from '../connect-proxy';
import { startSocksProxy } from '../socks-proxy';
import { startMetricsServer, steady } from '../sources/metrics-server';

describe('which proxy leads to an address', () => {
  const both = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' };
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['https://a.example', {}, undefined],
    ['https://a.example', both, 'http://secure:1'],
    ['http://a.example', both, 'http://plain:2'],
    ['http://a.example', { HTTPS_PROXY: 'http://secure:1' }, undefined],
    ['https://a.example', { https_proxy: 'http://small:1' }, 'http://small:1'],
    [
      'https://a.example',
      { https_proxy: 'http://small:1', HTTPS_PROXY: 'http://large:1' },
      'http://large:1',
    ],
    ['https://a.example', { HTTPS_PROXY: '', https_proxy: 'http://small:1' }, 'http://small:1'],
    ['https://a.example', { HTTPS_PROXY: 'bare:3128' }, 'http://bare:3128'],
    ['https://a.example', { HTTPS_PROXY: 'https://tls:1' }, 'https://tls:1'],
    ['https://a.example', { ALL_PROXY: 'http://all:1' }, undefined],
    ['http://a.example', { HTTP_PROXY: 'http://cgi:1', REQUEST_METHOD: 'GET' }, undefined],
    ['https://localhost:6443', both, undefined],
    ['https://127.0.0.1:6443', both, undefined],
    ['https://127.8.9.1:6443', both, undefined],
    ['https://[::1]:6443', both, undefined],
    ['https://localhost.example', both, 'http://secure:1'],
  ])('%s with %j', (target, environment, expected) => {
    const found = proxyFor(new URL(target), environment);
    expect(found?.url.origin).toBe(expected === undefined ? undefined : new URL(expected).origin);
  });

  it.each<[string, string, boolean]>([
    ['*', 'https://a.example', true],
    ['a.example', 'https://a.example', true],
    ['a.example', 'https://A.EXAMPLE.', true],
    ['A.Example', 'https://a.example', true],
    ['a.example', 'https://b.a.example', true],
    ['a.example', 'https://ba.example', false],
    ['.a.example', 'https://a.example', false],
    ['.a.example', 'https://b.a.example', true],
    ['*.a.example', 'https://b.a.example', true],
    ['*.a.example', 'https://a.example', false],
    ['a.example:6443', 'https://a.example:6443', true],
    ['a.example:6443', 'https://a.example', false],
    ['a.example:443', 'https://a.example', true],
    ['a.example:80', 'http://a.example', true],
    ['x, a.example ,y', 'https://a.example', true],
    [',,', 'https://a.example', false],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/8', 'https://ten.example', false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3:6443', 'https://10.1.2.3:6443', true],
    ['10.1.2.3:6443', 'https://10.1.2.3:443', false],
    ['fd00::/8', 'https://[fd12::1]:6443', true],
    ['fd12::1', 'https://[fd12::1]', true],
    ['[fd12::1]:6443', 'https://[fd12:0::1]:6443', true],
    ['[fd12::1]:6443', 'https://[fd12::1]', false],
    ['bücher.example', 'https://b%C3%BCcher.example', true],
    ['example', 'https://a.example', true],
    ['10.0.0.0/33', 'https://10.0.0.1', false],
  ])('NO_PROXY %s lets %s through directly: %s', (without, target, direct) => {
    const secure = { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://p:1' };
    expect(proxyFor(new URL(target), { ...secure, NO_PROXY: without }) === undefined).toBe(direct);
    expect(proxyFor(new URL(target), { ...secure, no_proxy: without }) === undefined).toBe(direct);
  });

  it('of another kind is refused without its password', () => {
    const environment = { HTTPS_PROXY: 'socks5://me:planted@p:1' };
    const refused = () => proxyFor(new URL('https://a.example'), environment);
    expect(refused).toThrow('HTTPS_PROXY is of the kind socks5://, expected http:// or https://');
    expect(refused).not.toThrow('planted');
  });
});

describe('a cluster behind a proxy', () => {
  let ground: Ground;
  let server: FakeServer;
  let proxy: ConnectProxy | undefined;
  const found = { kind: 'ConfigMap', metadata: { name: 'c' } };
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'c' };
  beforeAll(async () => {
    ground = makeGround();
    server = await startFake(ground, () => ({ body: found }), 'http/1.1');
  });
  afterAll(async () => {
    await server.stop();
    removeGround(ground);
  });
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });
  /** The name in the certificate of the tests; only the proxy knows where it is. */
  const name = 'metrics.test';
  const start = async (status?: number) => {
    proxy = await startConnectProxy({ [name]: Number(new URL(server.url).port) }, status);
    return proxy;
  };
  const ask = async (environment: Readonly<Record<string, string>>, cluster: object = {}) => {
    const authority = { 'certificate-authority': ground.certificates.ca };
    writeKubeconfig(ground, `https://${name}:6443`, undefined, { ...authority, ...cluster });
    const client = await openFake(ground, { environment, connectSeconds: 3 });
    try {
      return await client.get(ref);
    } finally {
      await client.close();
    }
  };
  const failure = async (step: Promise<unknown>): Promise<ClusterError> =>
    step.then(
      () => Promise.reject(new Error('nothing failed')),
      (error: ClusterError) => error,
    );

  it('is reached by the SOCKS5 proxy that the kubeconfig names, which looks its name up', async () => {
    const socks = await startSocksProxy({ [name]: Number(new URL(server.url).port) }, true);
    try {
      const url = `socks5://me:planted@127.0.0.1:${socks.port}`;
      expect(await ask({}, { 'proxy-url': url })).toMatchObject(found);
      expect(socks.asked[0]).toBe(`${name}:6443`);
      expect(socks.users[0]).toBe('me:planted');
    } finally {
      await socks.close();
    }
  });

  it('is not reached by a SOCKS5 proxy that does not know it, or is not there, and the error says so without its password', async () => {
    const socks = await startSocksProxy({});
    const url = `socks5://me:planted@127.0.0.1:${socks.port}`;
    const unknown = await failure(ask({}, { 'proxy-url': url }));
    await socks.close();
    const gone = await failure(ask({}, { 'proxy-url': url }));
    for (const error of [unknown, gone]) {
      expect(error.summary).toMatch(/cannot be reached|gave no answer/);
      expect(JSON.stringify([error, error.summary, error.remedy])).not.toContain('planted');
    }
    expect(unknown.summary).toContain(`(proxy-url) does not reach ${name}:6443 (HostUnreachable)`);
    expect(gone.summary).toContain('(proxy-url) cannot be reached (ECONNREFUSED)');
  });

  it('is reached by the one that the environment names', async () => {
    const { url, asked } = await start();
    expect(await ask({ HTTPS_PROXY: url })).toMatchObject(found);
    expect(asked).toEqual([`CONNECT ${name}:6443`]);
  });

  it('is reached by the one that the kubeconfig names first', async () => {
    const { url, asked } = await start();
    expect(await ask({ HTTPS_PROXY: 'http://127.0.0.1:1' }, { 'proxy-url': url })).toMatchObject(
      found,
    );
    expect(await ask({ HTTPS_PROXY: url }, { 'proxy-url': '' })).toMatchObject(found);
    expect(asked).toHaveLength(2);
  });

  it('shows the proxy who asks', async () => {
    const { url, authorizations } = await start();
    const address = url.replace('http://', 'http://me:p%40ss@');
    await ask({ HTTPS_PROXY: address });
    const sent = Buffer.from(`${authorizations[0]}`.replace('Basic ', ''), 'base64').toString();
    expect(sent).toBe('me:p@ss');
  });

  it.each<[number, string, RegExp]>([
    [407, 'misconfigured', /asks for a user name and a password/],
    [403, 'misconfigured', /does not let us through to metrics\.test:6443 \(403\)/],
    [502, 'unreachable', /answers 502 for metrics\.test:6443/],
    [504, 'unreachable', /answers 504/],
  ])('is told from one whose proxy answers %d', async (status, fault, words) => {
    const { url } = await start(status);
    const error = await failure(ask({ HTTPS_PROXY: url.replace('http://', 'http://me:planted@') }));
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('planted');
    expect(faultOf(error)).toBe(fault);
  });

  it('is told from one whose proxy does not run', async () => {
    const error = await failure(ask({ HTTPS_PROXY: 'http://127.0.0.1:1' }));
    expect(error.message).toMatch(/the proxy 127\.0\.0\.1:1 \(HTTPS_PROXY\) cannot be reached/);
    expect(faultOf(error)).toBe('misconfigured');
  });
});

describe('metrics behind a proxy', () => {
  const now = '2026-11-21T05:31:10Z';
  const query = 'sum by (geohash) (rate(x[5m]))';
  const reading = (environment: Readonly<Record<string, string>>) =>
    readPrometheusDemand(
      { url: 'http://metrics.test:9090', query, retries: 0, timeoutSeconds: 3 },
      { now, folder: '/', environment },
    );

  it('are read by it, plain requests without a tunnel', async () => {
    const server = await startMetricsServer(steady({ u33d: 100 }));
    const proxy = await startConnectProxy({ 'metrics.test': Number(new URL(server.url).port) });
    try {
      const { demand } = await reading({ http_proxy: proxy.url });
      expect(demand.origins).toHaveLength(1);
      expect(proxy.asked).toEqual(['POST http://metrics.test:9090/api/v1/query_range']);
    } finally {
      await proxy.close();
      await server.close();
    }
  });

  it.each([
    [
      { HTTP_PROXY: 'http://127.0.0.1:1' },
      /the proxy 127\.0\.0\.1:1 \(HTTP_PROXY\) cannot be reached/,
    ],
    [{ HTTP_PROXY: 'socks5://x:1' }, /HTTP_PROXY is of the kind socks5/],
  ])('that does not work are not read: %j', async (environment, words) => {
    await expect(reading(environment)).rejects.toThrow(words);
  });
});
