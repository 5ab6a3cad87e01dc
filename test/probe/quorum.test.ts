/** Vantage points see an address each in its own way; enough of them must see it well. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProbeQuestion } from '../../providers/probe/probe';
import { probeByQuorum, vantageOf } from '../../providers/probe/quorum';

const listening = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

describe('vantage points', () => {
  const asked: URL[] = [];
  /** What the exporter says by the module it is asked with. */
  const says: Readonly<Record<string, string>> = {
    well: 'probe_success 1\nprobe_http_status_code 200\n',
    ill: 'probe_success 0\nprobe_http_status_code 503\n',
    silent: 'probe_success 0\nprobe_http_status_code 0\n',
    strict: 'probe_success 0\nprobe_http_status_code 200\n',
    lax: 'probe_success 1\nprobe_http_status_code 404\n',
    tcp: 'probe_success 1\n',
    page: '<html>probe_success</html>',
  };
  const exporter = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://exporter');
    asked.push(url);
    const text = says[url.searchParams.get('module') ?? ''];
    response.writeHead(text === undefined ? 400 : 200).end(text ?? 'Unknown module "x"\n');
  });
  const app = createServer((_, response) => response.writeHead(200).end());
  let ports: readonly number[] = [];
  beforeAll(async () => {
    ports = [await listening(exporter), await listening(app)];
  });
  afterAll(() => {
    for (const server of [exporter, app]) {
      server.closeAllConnections();
      server.close();
    }
  });

  const point = (module: string) => `http://127.0.0.1:${ports[0]}/probe?module=${module}`;
  const ask = (points: readonly string[], quorum?: number, more: Partial<ProbeQuestion> = {}) => {
    const question: ProbeQuestion = {
      address: '127.0.0.1',
      port: ports[1] ?? 0,
      host: 'shop.test',
      isSecure: false,
      path: '/healthz?deep=1',
      timeoutMilliseconds: 2000,
      ...more,
    };
    return probeByQuorum(question, vantageOf({ vantagePoints: points, quorum }), {});
  };

  it('ask as a user would: by address, with the host, by HTTPS where users do', async () => {
    expect(await ask([point('well')], 1, { isSecure: true, address: '2001:db8::1' })).toBe(
      undefined,
    );
    expect(Object.fromEntries(asked.at(-1)?.searchParams ?? [])).toEqual({
      module: 'well',
      target: `https://[2001:db8::1]:${ports[1]}/healthz?deep=1`,
      hostname: 'shop.test',
    });
  });

  it('need a majority where no quorum is said', async () => {
    expect(await ask(['here', point('ill'), point('well')])).toBeUndefined();
    expect(await ask(['here', point('ill')])).toBe(
      `1 of 2 vantage points see it well, 2 must (127.0.0.1:${ports[0]}: /healthz?deep=1 answers 503)`,
    );
    expect(await ask(['here', point('ill')], 1)).toBeUndefined();
    expect(await ask(['here', point('well'), point('ill')], 3)).toMatch(/^2 of 3/);
  });

  it('say why they see it otherwise', async () => {
    const reason = async (module: string) => (await ask([point(module)])) ?? 'nothing';
    expect(await reason('silent')).toMatch(/no connection, or no valid certificate/);
    expect(await reason('strict')).toMatch(/answers 200, which its module takes for a failure/);
    expect(await reason('lax')).toMatch(/answers 404/);
    expect(await reason('tcp')).toMatch(/does not ask by HTTP/);
    expect(await reason('page')).toMatch(/something else than a probe/);
    expect(await reason('unknown')).toMatch(/the exporter answers 400: Unknown module "x"/);
    expect(await ask(['http://127.0.0.1:1/probe?token=planted'])).toMatch(/ECONNREFUSED/);
    expect(await ask(['http://127.0.0.1:1/probe?token=planted'])).not.toMatch(/planted/);
  });
});
