/** Reading a log over connections that break: no line is lost, none comes twice. */

import { type LogLine, readLog } from '../../../providers/clusters/api/logs';
import { openApiServer } from '../../../providers/clusters/api/open';
import {
  type FakeServer,
  makeGround,
  type Reply,
  removeGround,
  startFake,
  writeKubeconfig,
} from '../fake-server';

const ground = makeGround();
afterAll(() => removeGround(ground));
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const ref = { namespace: 'shop', pod: 'web-1', container: 'app' };
const at = (fraction: string, text: string) => `2026-01-01T00:00:07${fraction}Z ${text}\n`;

async function serve(replies: readonly Reply[]) {
  let next = 0;
  const server: FakeServer = await startFake(
    ground,
    () => replies[Math.min(next++, replies.length - 1)] as Reply,
  );
  const kubeconfig = writeKubeconfig(ground, server.url);
  const access = { kubeconfig, context: 'edge' };
  const api = await openApiServer({ name: 'fra', access }, { folder: ground.folder });
  ends.push(() => api.close(), server.stop);
  return { server, api };
}

/** Reads all lines; `onLine` may break connections. */
async function read(
  lines: AsyncGenerator<LogLine>,
  onLine: (text: string) => void = () => undefined,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { text } of lines) {
    texts.push(text);
    onLine(text);
  }
  return texts;
}

describe('the log of a container', () => {
  it('goes on where the connection broke: fractions without their zeros, and two lines of one instant', async () => {
    const before = at('.1', 'a') + at('.12', 'b') + at('.12', 'c');
    const after = at('.1', 'a') + at('.12', 'b') + at('.12', 'c') + at('.12', 'd') + at('.9', 'e');
    const { server, api } = await serve([{ text: before, open: true }, { text: after }]);
    const { signal } = new AbortController();
    const texts = await read(readLog(api, ref, { follow: true, signal }), (text) => {
      if (text === 'c') server.cut();
    });
    expect(texts).toEqual(['a', 'b', 'c', 'd', 'e']);
    const queries = server.seen.map(({ path }) => new URLSearchParams(path.split('?')[1]));
    expect(queries[0]?.get('sinceTime')).toBeNull();
    expect(queries[1]?.get('sinceTime')).toBe('2026-01-01T00:00:07Z');
  });

  it('asks for the last lines only once, and keeps the text of a line as it is', async () => {
    const odd = 'no time, 2026-01-01T00:00:00Z inside  ';
    const { server, api } = await serve([{ text: at('', 'x') + odd, open: false }]);
    const { signal } = new AbortController();
    const texts = await read(readLog(api, ref, { tailLines: 5, sinceSeconds: 60, signal }));
    expect(texts).toEqual(['x', odd]);
    expect(server.seen[0]?.path).toContain('tailLines=5');
    expect(server.seen[0]?.path).toContain('sinceSeconds=60');
  });

  it('ends with the words of the server when it refuses', async () => {
    const body = { kind: 'Status', reason: 'BadRequest', message: 'container app is waiting' };
    const { api } = await serve([{ status: 400, body }]);
    const { signal } = new AbortController();
    await expect(read(readLog(api, ref, { follow: true, signal }))).rejects.toThrow(/is waiting/);
  });
});
