/** An interruption of Pulumi is seen at the server that it asks, by one path alone. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { interruption } from '../../providers/pulumi/runtime/interruption';

describe('an interruption', () => {
  let server: Http2Server;
  let session: ClientHttp2Session;
  beforeEach(async () => {
    server = createServer();
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    session.close();
    server.close();
    await once(server, 'close');
  });

  const ask = async (path: string) => {
    const stream = session.request({ ':method': 'POST', ':path': path });
    stream.resume();
    await once(stream, 'end');
  };

  it('is given when Pulumi asks to cancel, and the server still answers', async () => {
    const signal = interruption();
    await ask('/pulumirpc.ResourceProvider/Cancel');
    expect(signal.aborted).toBe(true);
  });

  it('is not given by any other request', async () => {
    const signal = interruption();
    for (const call of ['Create', 'Delete', 'GetPluginInfo', 'Cancelled']) {
      await ask(`/pulumirpc.ResourceProvider/${call}`);
    }
    expect(signal.aborted).toBe(false);
  });
});
