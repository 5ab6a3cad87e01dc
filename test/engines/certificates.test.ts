/** Certificates before users: cert-manager signs on real API servers, a real HAProxy shows what it signed, and DNS answers with a cluster only once that is valid. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../providers/dns/question/ask';
import { caller } from '../cli/calling';
import { whyNoClusters } from '../testbed/binaries';
import { buildCertManager, startCertManager, whyNoCertManager } from '../testbed/cert-manager';
import { makeCertificates } from '../testbed/certificates';
import { startClusters, type Testbed } from '../testbed/clusters';
import { countryNetworks, networksOf } from '../testbed/country-networks';
import { type Gateway, startGateway, whyNoGateway } from '../testbed/gateway';
import { mmdb } from '../testbed/mmdb';
import { apiKey, type PowerDns, startPowerDns, whyNoPowerDns, zone } from '../testbed/powerdns';
import { type Engine, until } from '../testbed/process';

const missing = whyNoClusters() ?? whyNoPowerDns() ?? whyNoGateway() ?? whyNoCertManager();
if (missing !== undefined && !process.env.CI) process.stderr.write(`skipped: ${missing}\n`);
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const names = ['fra', 'sin'] as const;
type Name = (typeof names)[number];
const addresses: Readonly<Record<Name, string>> = { fra: '127.33.0.1', sin: '127.33.0.2' };
const host = `shop.${zone}`;
const apiVersion = 'littoral.dev/v1alpha1';
const app = {
  apiVersion,
  kind: 'EdgeApp',
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    requestsPerSecondPerReplica: 100,
  },
  policy: { constraints: { minClusters: 2, maxClusters: 2, minRequestsPerSecond: 0 } },
  exposure: {
    hosts: [host],
    gateway: { kind: 'Ingress', class: 'edge' },
    tls: { issuer: { name: 'authority', challenge: 'none' } },
    probe: { path: '/healthz', timeoutSeconds: 2 },
    dns: { system: 'powerdns-lua', zone, ttlSeconds: 1 },
  },
};
const demand = {
  apiVersion,
  kind: 'Demand',
  observedAt: '2026-11-21T05:00:00Z',
  origins: [
    { name: 'de', country: 'DE', latitude: 52.5, longitude: 13.4, requestsPerSecond: 100 },
    { name: 'sg', country: 'SG', latitude: 1.3, longitude: 103.9, requestsPerSecond: 80 },
  ],
};

whenPossible(`certificates${missing === undefined ? '' : `: ${missing}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-authority-'));
  const signers: Engine[] = [];
  const gateways = new Map<Name, Gateway>();
  let testbed: Testbed;
  let dns: PowerDns;
  beforeAll(async () => {
    execFileSync('openssl', ['version']);
    makeCertificates(folder);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    await buildCertManager();
    [testbed, dns] = await Promise.all([startClusters(names), startPowerDns()]);
    const authority = { certificate: read('ca.pem'), key: read('ca.key') };
    for (const name of names)
      signers.push(await startCertManager(testbed.cluster(name), authority));
  });
  afterAll(async () => {
    await Promise.all([...gateways.values()].map((one) => one.stop()));
    await Promise.all(signers.map((one) => one.stop('SIGKILL')));
    await Promise.all([testbed?.stop(), dns?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** As a controller of gateways does: shows what the Secret has, once it is there. */
  async function serve(name: Name): Promise<void> {
    const path = '/api/v1/namespaces/shop/secrets/shop-tls';
    const secret = async () => {
      const { status, body } = await testbed.cluster(name).ask('GET', path);
      const { data = {} } = body as { readonly data?: Readonly<Record<string, string>> };
      return status === 200 ? data : {};
    };
    await until(async () => (await secret())['tls.crt'] !== undefined);
    const data = await secret();
    const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
    gateways.set(name, await startGateway(addresses[name], text('tls.crt') + text('tls.key')));
  }

  const answer = async (country: string) => {
    const network = countryNetworks.find((one) => one.country === country);
    const subnet = { address: network?.ipv4 ?? '', prefixLength: 24 };
    return (await ask({ host, type: 'A', subnet }, dns.server)).data;
  };

  it('are issued, shown and valid before DNS answers with a cluster; another one is refused', async () => {
    const fleet = testbed.fleetDocument() as { readonly clusters: readonly { name: Name }[] };
    const clusters = fleet.clusters.map((one) => ({
      ...one,
      ingress: { ipv4: [addresses[one.name]] },
    }));
    const there = caller({
      'app.yaml': JSON.stringify(app),
      'fleet.json': JSON.stringify({ ...fleet, clusters }),
      'demand.yaml': JSON.stringify(demand),
    });
    writeFileSync(join(there.folder, 'geo.mmdb'), mmdb(networksOf(countryNetworks), 'Country'));
    const inputs = '--app app.yaml --fleet fleet.json --demand demand.yaml';
    const call = (text: string) => there.call(text, { env: { PDNS_API_KEY: apiKey } });
    expect((await call(`place ${inputs} -o lock.json`)).code).toBe(0);
    const trust = `--endpoint-ca ${join(folder, 'ca.pem')}`;
    const apply = `apply ${inputs} --decision lock.json --powerdns ${dns.url} ${trust} --yes`;

    // What it shows first is signed by the same authority, and for another host.
    const foreign = join(folder, 'server');
    const pem = readFileSync(`${foreign}.pem`, 'utf8') + readFileSync(`${foreign}.key`, 'utf8');
    gateways.set('sin', await startGateway(addresses.sin, pem));
    const [early] = await Promise.all([call(`${apply} --ready 3`), serve('fra')]);
    expect(early.err).toMatch(/users are not sent to sin.*its certificate is for other names/);
    expect(early.code).toBe(5);
    expect(await answer('DE')).toEqual([]);

    await gateways.get('sin')?.stop();
    await serve('sin');
    const done = await call(`${apply} --ready 60`);
    expect({ code: done.code, err: done.err }).toMatchObject({ code: 0 });
    await until(async () => (await answer('SG'))[0] === addresses.sin);
    await until(async () => (await answer('DE'))[0] === addresses.fra);

    const live = `--dns 127.0.0.1:${dns.server.port} --geoip geo.mmdb`;
    const resolved = await call(
      `resolve ${host} ${inputs} --decision lock.json ${live} --from country=SG`,
    );
    expect(resolved).toMatchObject({
      code: 0,
      out: expect.stringMatching(/live +sin.*as assigned/s),
    });
    const status = await call(`status ${inputs} --decision lock.json ${live} ${trust} --json`);
    const { shop } = JSON.parse(status.out) as {
      readonly shop: {
        readonly clusters: readonly { readonly name: string; readonly certificates?: object }[];
        readonly endpoints: object;
      };
    };
    expect(shop.endpoints).toMatchObject({
      answers: [{ verdict: 'assigned' }, { verdict: 'assigned' }],
      addresses: names.map((cluster) => ({
        cluster,
        certificate: { names: [host], issuer: 'littoral test authority' },
      })),
    });
    for (const { name, certificates } of shop.clusters) {
      expect({ name, certificates }).toMatchObject({
        certificates: [
          { secret: 'shop-tls', issued: true, names: [host], renewalTime: expect.any(String) },
        ],
      });
    }
    expect(status.code).toBe(0);
    expect(status.out + done.out + early.err).not.toContain('PRIVATE KEY');
  });
});
