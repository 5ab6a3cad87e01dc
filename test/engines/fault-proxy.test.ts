/** The fault proxy in front of a real API server: each fault, over both protocols, and what the server saw of it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { type Answer, ask } from '../testbed/ask';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed, type TestbedCluster } from '../testbed/clusters';
import type { FaultProxy } from '../testbed/fault-proxy';
import { type Fault, script, seeded } from '../testbed/faults';
import { until } from '../testbed/process';

const missing = whyNoClusters();
if (missing !== undefined && !process.env.CI) process.stderr.write(`skipped: ${missing}\n`);
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const maps = '/api/v1/namespaces/default/configmaps';

whenPossible(`a fault proxy${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let cluster: TestbedCluster;
  let proxy: FaultProxy;

  beforeAll(async () => {
    testbed = await startClusters(['faulty'], { apiOnly: true, faults: true });
    cluster = testbed.cluster('faulty');
    if (cluster.proxy === undefined) throw new Error('no proxy');
    proxy = cluster.proxy;
  });
  afterAll(() => testbed?.stop());
  beforeEach(() => {
    proxy.use();
    proxy.forget();
  });

  const caller = () => ({
    server: proxy.server,
    ca: readFileSync(cluster.ca, 'utf8'),
    token: cluster.adminToken,
  });
  /** Whether the server stored it, asked past the proxy. */
  const isStored = async (name: string) =>
    (await cluster.ask('GET', `${maps}/${name}`)).status === 200;
  const first = (fault: Fault) => proxy.use(script({ fault, method: 'POST', nth: 1 }));

  test('kubeconfigs point at it, and the certificate in them is good there', async () => {
    expect(readFileSync(cluster.kubeconfig, 'utf8')).toContain(proxy.server);
    expect(readFileSync(testbed.kubeconfig, 'utf8')).toContain(proxy.server);
    const { certificate, key } = certificateIn(testbed.kubeconfig);
    const answer = await overHttp2(caller(), 'GET', maps, undefined, { cert: certificate, key });
    expect(answer.status).toBe(200);
    const nobody = await overHttp2({ ...caller(), token: '' }, 'GET', maps);
    expect(nobody.status).toBe(403);
  });

  describe.each([
    ['1.1', ask],
    ['2', overHttp2],
  ] as const)('over HTTP/%s', (protocol, call) => {
    const letter = protocol === '2' ? 'b' : 'a';
    const create = (name: string) => call(caller(), 'POST', maps, map(name));

    test('passes requests on and writes them down', async () => {
      const name = `${letter}-plain`;
      expect(await create(name)).toMatchObject({ status: 201, body: { metadata: { name } } });
      await call(caller(), 'GET', `${maps}/${name}`);
      expect(proxy.requests()).toEqual([
        { index: 1, method: 'POST', path: maps, protocol, status: 201 },
        { index: 2, method: 'GET', path: `${maps}/${name}`, protocol, status: 200 },
      ]);
    });

    test('passes on a DELETE with a body that does not say its length', async () => {
      const name = `${letter}-gone`;
      await create(name);
      const options = { preconditions: { uid: 'another' } };
      const refused = await call(caller(), 'DELETE', `${maps}/${name}`, options);
      expect(refused.status).toBe(409);
      expect((await call(caller(), 'DELETE', `${maps}/${name}`)).status).toBe(200);
    });

    test('delay: the answer comes, later', async () => {
      first({ kind: 'delay', milliseconds: 300 });
      const started = Date.now();
      expect((await create(`${letter}-late`)).status).toBe(201);
      expect(Date.now() - started).toBeGreaterThanOrEqual(295);
    });

    test('cut-before: the connection breaks, nothing was stored', async () => {
      first({ kind: 'cut-before' });
      await expect(create(`${letter}-before`)).rejects.toThrow();
      expect(await isStored(`${letter}-before`)).toBe(false);
      expect((await create(`${letter}-before`)).status).toBe(201);
    });

    test('cut-after: the connection breaks, it was stored', async () => {
      first({ kind: 'cut-after' });
      await expect(create(`${letter}-after`)).rejects.toThrow();
      expect(await isStored(`${letter}-after`)).toBe(true);
      expect(proxy.requests()).toMatchObject([{ fault: 'cut-after', status: 201 }]);
    });

    test('cut-body: the answer begins and breaks', async () => {
      first({ kind: 'cut-body', afterBytes: 20 });
      await expect(create(`${letter}-body`)).rejects.toMatchObject(
        protocol === '2' ? { begun: expect.stringMatching(/^.{20}$/) } : { message: 'aborted' },
      );
      expect(await isStored(`${letter}-body`)).toBe(true);
    });

    test('status: an answer of its own, with Retry-After', async () => {
      first({ kind: 'status', status: 429, retryAfterSeconds: 1 });
      expect(await create(`${letter}-busy`)).toMatchObject({
        status: 429,
        body: { kind: 'Status', reason: 'TooManyRequests', code: 429 },
      });
      for (const status of [500, 503]) {
        first({ kind: 'status', status });
        expect((await create(`${letter}-busy`)).status).toBe(status);
      }
      expect(await isStored(`${letter}-busy`)).toBe(false);
    });
  });

  test('hold: a watch opens and nothing comes; without it events come', async () => {
    const { events, close } = watch(caller(), `${maps}?watch=true`);
    await until(() => events().length > 0);
    close();
    proxy.use(script({ fault: { kind: 'hold' }, path: 'watch=true' }));
    const held = watch(caller(), `${maps}?watch=true`);
    await until(() => held.status() === 200);
    await cluster.ask('POST', maps, map('unseen'));
    await new Promise((next) => setTimeout(next, 500));
    expect(held.events()).toEqual('');
    held.close();
  });

  test('a client that leaves a watch keeps its connection', async () => {
    const session = connect(proxy.server, { ca: caller().ca });
    const headers = { authorization: `Bearer ${cluster.adminToken}` };
    const watching = session.request({ ...headers, ':path': `${maps}?watch=true` });
    await once(watching, 'response');
    watching.close(constants.NGHTTP2_CANCEL);
    await new Promise((next) => setTimeout(next, 200));
    const reading = session.request({ ...headers, ':path': maps }).resume();
    const [head] = (await once(reading, 'response')) as [IncomingHttpHeaders];
    expect(head[':status']).toBe(200);
    setImmediate(() => session.destroy());
  });

  test('silence: no answer, though the connection stays', async () => {
    proxy.use(script({ fault: { kind: 'silence' } }));
    const held = watch(caller(), maps);
    await new Promise((next) => setTimeout(next, 500));
    expect(held.status()).toBeUndefined();
    expect(held.isOpen()).toBe(true);
    held.close();
  });

  test('a lost API server looks lost through it', async () => {
    await cluster.stop();
    await expect(ask(caller(), 'GET', maps)).rejects.toThrow();
    await cluster.start();
    expect((await ask(caller(), 'GET', maps)).status).toBe(200);
  });

  test('a seed chooses the same requests every time', async () => {
    const hits = async () => {
      proxy.forget();
      proxy.use(seeded(7, 0.4, [{ kind: 'status', status: 503 }]));
      for (let i = 0; i < 10; i += 1) await ask(caller(), 'GET', maps);
      return proxy.requests().flatMap(({ fault, index }) => (fault ? [index] : []));
    };
    const chosen = await hits();
    expect(chosen.length).toBeGreaterThan(0);
    expect(chosen.length).toBeLessThan(10);
    expect(await hits()).toEqual(chosen);
  });
});

const map = (name: string) => ({ metadata: { name }, data: { words: 'some' } });

function certificateIn(kubeconfig: string): { certificate: string; key: string } {
  const text = readFileSync(kubeconfig, 'utf8');
  const field = (name: string) => {
    const [, value = ''] = new RegExp(`${name}: (\\S+)`).exec(text) ?? [];
    return Buffer.from(value, 'base64').toString();
  };
  return { certificate: field('client-certificate-data'), key: field('client-key-data') };
}

/** As `ask`, with what had arrived in `begun` when it fails, on a connection of its own over HTTP/2; with a client certificate instead of a token when one is given. */
function overHttp2(
  { server, ca, token }: { server: string; ca: string; token: string },
  method: string,
  path: string,
  body?: unknown,
  identity?: { cert: string; key: string },
): Promise<Answer> {
  const session = connect(server, { ca, ...identity });
  return new Promise<Answer>((resolve, reject) => {
    session.on('error', reject);
    const headers = {
      ':method': method,
      ':path': path,
      'content-type': 'application/json',
      ...(token === '' || identity ? {} : { authorization: `Bearer ${token}` }),
    };
    const stream = session.request(headers, { endStream: body === undefined });
    if (body !== undefined) stream.end(JSON.stringify(body));
    let status: number | undefined;
    let begun = '';
    let isWhole = false;
    stream.setEncoding('utf8');
    stream.on('response', (head) => {
      status = head[':status'];
    });
    stream.on('data', (chunk: string) => {
      begun += chunk;
    });
    stream.on('end', () => {
      isWhole = true;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (status === undefined || !isWhole || stream.rstCode !== 0) {
        reject(Object.assign(new Error('cut'), { begun }));
      } else resolve({ status, body: JSON.parse(begun) });
    });
  }).finally(() => setImmediate(() => session.destroy()));
}

/** A request that stays open. */
function watch({ server, ca, token }: { server: string; ca: string; token: string }, path: string) {
  const session = connect(server, { ca });
  session.on('error', () => undefined);
  const stream = session.request({ ':path': path, authorization: `Bearer ${token}` });
  let status: number | undefined;
  let events = '';
  stream.on('response', (head) => {
    status = head[':status'];
  });
  stream.on('data', (chunk: Buffer) => {
    events += chunk.toString();
  });
  stream.on('error', () => undefined);
  return {
    status: () => status,
    events: () => events,
    isOpen: () => !stream.closed,
    close: () => setImmediate(() => session.destroy()),
  };
}
