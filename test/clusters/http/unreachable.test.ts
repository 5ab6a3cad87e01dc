/** Why no answer came: a server that accepts connections and says nothing does not answer, whichever of our clocks ends first. */
import { createServer, type Server } from 'node:net';
import { sourceOfContext } from '../../../providers/clusters/auth/access-source';
import { withDeadline } from '../../../providers/clusters/deadline';
import { transportTo } from '../../../providers/clusters/http/transport';
import { brokenBy } from '../../../providers/clusters/http/unreachable';

let silent: Server;
let host: string;
beforeAll(async () => {
  silent = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(silent.address() as { readonly port: number }).port}`;
});
afterAll(() => void silent.close());

it.each([
  ['that of the request', 5_000, 50],
  ['that of the connection', 50, 5_000],
])('%s', async (_, connectMilliseconds, deadline) => {
  const url = new URL(`https://${host}`);
  const transport = transportTo(() => ({ url, trust: {}, connectMilliseconds }));
  const thrown = await withDeadline(deadline, undefined, (signal) =>
    transport.protocol(signal).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  transport.close();
  const { why, sent, passing } = brokenBy(thrown, {
    address: host,
    source: sourceOfContext('fra'),
  });
  expect({ why, sent, passing }).toEqual({
    why: `${host} does not answer`,
    sent: false,
    passing: false,
  });
});
