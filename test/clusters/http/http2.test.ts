/** When HTTP/2 requests and connections are ended: never while frames are being read, which corrupts the heap of the process. */
import { executionAsyncResource } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type Http2Session,
  type Http2Stream,
} from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../../providers/clusters/http/connection';
import { shakeHands } from '../../../providers/clusters/http/handshake';
import { http2Over } from '../../../providers/clusters/http/http2';
import { type FakeServer, makeGround, removeGround, startFake } from '../fake-server';

const ground = makeGround();
let server: FakeServer;
beforeEach(async () => {
  server = await startFake(ground, ({ path }) =>
    path === '/open' ? { lines: [{ n: 1 }], open: true } : { body: { n: 1 } },
  );
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.stop();
});
afterAll(() => removeGround(ground));

const open = async (): Promise<Connection> => {
  const ca = readFileSync(ground.certificates.ca);
  const url = new URL(server.url);
  const { socket } = await shakeHands({ url, trust: { ca }, connectMilliseconds: 5000 });
  return http2Over(url, socket);
};
const get = (connection: Connection, path: string, signal = new AbortController().signal) =>
  connection.send({ method: 'GET', path, headers: {} }, signal);
const read = async (body: AsyncIterable<Buffer>): Promise<string> => {
  let text = '';
  for await (const chunk of body) text += chunk;
  return text;
};

/** From what client sessions and streams that were still open are ended, from now on. */
async function watchEnds(): Promise<readonly string[]> {
  const found: string[] = [];
  const session: ClientHttp2Session = connect(server.url, {
    ca: readFileSync(ground.certificates.ca),
  });
  const stream: ClientHttp2Stream = session.request({ ':path': '/' });
  stream.resume();
  await new Promise((closed) => stream.once('close', closed));
  await new Promise<void>((closed) => session.close(closed));
  const where = (): string => executionAsyncResource().constructor.name;
  const spy = (example: object, name: string, isOpen: (target: object) => boolean): void => {
    let owner = example as Record<string, (...given: unknown[]) => unknown>;
    while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
    const real = owner[name] as (...given: unknown[]) => unknown;
    jest.spyOn(owner, name).mockImplementation(function (this: object, ...given: unknown[]) {
      if (isOpen(this)) found.push(where());
      return real.apply(this, given);
    });
  };
  const isClient = (one: Http2Session | undefined): boolean =>
    one?.type === constants.NGHTTP2_SESSION_CLIENT;
  // A session that was closed is destroyed by Node, when its last stream has ended.
  const isOpenSession = (one: object): boolean =>
    isClient(one as Http2Session) && !(one as Http2Session).closed;
  const isOpenStream = (one: object): boolean =>
    isClient((one as Http2Stream).session) && !(one as Http2Stream).closed;
  for (const name of ['close', 'destroy']) spy(session, name, isOpenSession);
  for (const name of ['close', '_destroy']) spy(stream, name, isOpenStream);
  return found;
}

/** What a caller does as soon as an answer lets him, which is while its frames are being read. */
const moves: Readonly<Record<string, (connection: Connection) => Promise<unknown>>> = {
  'closes the connection when an answer is read': async (connection) => {
    await get(connection, '/open');
    await read((await get(connection, '/')).body);
    connection.close();
  },
  'closes the connection in the middle of an answer': async (connection) => {
    const { body } = await get(connection, '/open');
    for await (const _ of body) {
      connection.close();
      return;
    }
  },
  'retires the connection when an answer is read': async (connection) => {
    await read((await get(connection, '/')).body);
    connection.retire();
  },
  'stops reading': async (connection) => {
    for await (const _ of (await get(connection, '/open')).body) return;
  },
  'fails while reading': async (connection) => {
    const { body } = await get(connection, '/open');
    body.destroy(new Error('enough'));
  },
  'gives up when the head has come': async (connection) => {
    const giveUp = new AbortController();
    const { body } = await get(connection, '/open', giveUp.signal);
    giveUp.abort(new Error('enough'));
    await expect(read(body)).rejects.toThrow('enough');
  },
};

it.each(Object.entries(moves))('%s: it ends after the frames are read', async (_, move) => {
  const connection = await open();
  await read((await get(connection, '/')).body);
  const found = await watchEnds();
  await move(connection);
  await sleep(50);
  expect(found.length).toBeGreaterThan(0);
  expect([...new Set(found)]).toEqual(['Immediate']);
  connection.close();
  expect(connection.ended()).toBe(true);
});

it('sends nothing for who has given up, nor on a connection that is about to end', async () => {
  const connection = await open();
  const given = AbortSignal.abort(new Error('enough'));
  await expect(get(connection, '/', given)).rejects.toThrow('enough');
  connection.close();
  await expect(get(connection, '/')).rejects.toMatchObject({ refused: true });
  await sleep(50);
  expect(server.seen).toEqual([]);
});

it('a retired connection brings what was asked for, and no more', async () => {
  const connection = await open();
  const asked = get(connection, '/');
  connection.retire();
  await expect(get(connection, '/')).rejects.toMatchObject({ refused: true });
  expect(await read((await asked).body)).toBe('{"n":1}');
});

it('an answer that is cut off is an error, also for who reads it later or never', async () => {
  const connection = await open();
  const [read1, unread] = [await get(connection, '/open'), await get(connection, '/open')];
  server.cut();
  await expect(read(read1.body)).rejects.toThrow('the answer was cut off');
  await sleep(20);
  expect(unread.body.errored).not.toBeNull();
});

it('a reader slower than the network gets everything', async () => {
  const large = 'x'.repeat(3_000_000);
  await server.stop();
  server = await startFake(ground, () => ({ body: large }));
  const connection = await open();
  const { body } = await get(connection, '/');
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length % 7 === 0) await sleep(1);
  }
  expect(length).toBe(large.length);
  connection.close();
});
