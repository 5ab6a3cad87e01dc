/** littoral traffic where it was called wrongly, or nothing can be published. */
import { caller } from './calling';

const apiVersion = 'littoral.dev/v1alpha1';
const app = (more: object = {}) => ({
  apiVersion,
  kind: 'EdgeApp',
  name: 'shop',
  workload: {
    image: 'shop:1',
    port: 8080,
    resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    requestsPerSecondPerReplica: 100,
  },
  policy: { constraints: { minClusters: 1, maxClusters: 1, minRequestsPerSecond: 0 } },
  exposure: {
    hosts: ['shop.example.com'],
    gateway: { class: 'edge' },
    dns: { system: 'powerdns-lua' },
  },
  ...more,
});
const cluster = {
  name: 'fra',
  latitude: 50.1,
  longitude: 8.7,
  region: 'europe',
  country: 'DE',
  ingress: { ipv4: ['192.0.2.1'] },
};
const start = (changes: { readonly app?: object; readonly cluster?: object } = {}) =>
  caller({
    'app.yaml': JSON.stringify(app(changes.app)),
    'fleet.yaml': JSON.stringify({
      apiVersion,
      kind: 'Fleet',
      clusters: [{ ...cluster, ...changes.cluster }],
    }),
    'demand.yaml': JSON.stringify({
      apiVersion,
      kind: 'Demand',
      observedAt: '2026-11-21T05:00:00Z',
      origins: [{ name: 'de', country: 'DE', latitude: 52, longitude: 13, requestsPerSecond: 9 }],
    }),
    key: 'planted-key\n',
  });
const inputs = '--app app.yaml --fleet fleet.yaml --demand demand.yaml';

describe('littoral traffic', () => {
  it('shows what DNS is to answer where no server is named', async () => {
    const { code, out, err } = await start().call(`traffic plan ${inputs}`);
    expect({ code, err }).toEqual({ code: 10, err: '' });
    expect(out).toContain('shop   DNS can send 100 % of the requests to their cluster');
    expect(out).toContain('DE: fra, 9 requests/s');
  });

  it('gives the table as a document', async () => {
    const { out } = await start().call(`traffic plan ${inputs} --json`);
    const [{ table }] = JSON.parse(out) as [{ table: { hosts: string[]; slots: object[] } }];
    expect(table.hosts).toEqual(['shop.example.com']);
    expect(table.slots[0]).toMatchObject({ key: 'default' });
  });

  it.each([
    [`traffic`, 'ACTION: is missing'],
    [`traffic show ${inputs}`, 'got "show", expected plan, apply or delete'],
    [`traffic apply ${inputs} --yes`, '--powerdns: is missing'],
    [`traffic plan ${inputs} --zone example.com`, '--powerdns: is missing'],
    [`traffic plan ${inputs} --max-moved most`, 'got "most", expected a share such as 50%'],
    [`traffic plan ${inputs} --max-moved 150%`, 'got "150%", expected a share such as 50%'],
    [`traffic plan ${inputs} --ready soon`, 'got "soon", expected seconds'],
    [
      `apply --app app.yaml --fleet fleet.yaml --retire never --yes`,
      'got "never", expected now, later or after-dns',
    ],
    [`traffic plan ${inputs} --powerdns ftp://x`, 'such as http://127.0.0.1:8081'],
    [`traffic plan ${inputs} --powerdns http://127.0.0.1:9`, 'PDNS_API_KEY is not set'],
    [
      `traffic plan ${inputs} --powerdns http://127.0.0.1:9 --api-key-file none`,
      'none cannot be read',
    ],
    [
      `traffic delete --app app.yaml --fleet fleet.yaml --powerdns http://127.0.0.1:9`,
      'PDNS_API_KEY',
    ],
  ])('%s says %s', async (line, says) => {
    const { code, out, err } = await start().call(line);
    expect(code).toBeGreaterThan(0);
    expect(code).toBeLessThan(10);
    expect(err).toContain(says);
    expect(err).not.toContain('this is a bug');
    expect(out + err).not.toContain('planted-key');
  });

  it('says which server does not answer, and never its key', async () => {
    const line = `traffic plan ${inputs} --powerdns http://127.0.0.1:9 --api-key-file key`;
    const { code, out, err } = await start().call(line);
    expect(code).toBe(1);
    expect(err).toContain('the PowerDNS API at http://127.0.0.1:9 cannot be asked (ECONNREFUSED)');
    expect(out + err).not.toContain('planted-key');
  });

  it('refuses an app without exposure, and a cluster without an address', async () => {
    const bare = await start({ app: { exposure: undefined } }).call(`traffic plan ${inputs}`);
    expect(bare.err).toContain('got no app with exposure');
    const line = `traffic plan ${inputs} --powerdns http://127.0.0.1:9 --api-key-file key`;
    const homeless = start({ cluster: { ingress: undefined } });
    const { code, err } = await homeless.call(line);
    expect(code).toBeGreaterThan(0);
    expect(err).not.toContain('this is a bug');
  });
});
