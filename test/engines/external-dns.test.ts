/** external-dns on one real hub: what a DNSEndpoint of a routing table says is what a real PowerDNS answers. */
import { dnsEndpoint, type RoutingTable } from '../../constructs/routing';
import { ask } from '../../providers/dns/question/ask';
import { recordsOf } from '../../providers/resources/traffic';
import { tableFor } from '../routing/world';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import {
  type ExternalDnsOptions,
  serveDnsEndpoints,
  startExternalDns,
  whyNoExternalDns,
} from '../testbed/external-dns';
import { type PowerDns, startPowerDns, whyNoPowerDns, zone } from '../testbed/powerdns';
import { until } from '../testbed/process';

const missing = whyNoClusters() ?? whyNoPowerDns() ?? whyNoExternalDns();
if (missing !== undefined) process.stderr.write(`skipped: ${missing}\n`);
const whenBuilt = missing === undefined ? describe : describe.skip;

const base = '/apis/externaldns.k8s.io/v1alpha1/namespaces/default/dnsendpoints';
const strict = '?fieldValidation=Strict';
/** A table of plain records on all of its clusters, or on those that are named. */
function plainTable(app: string, answering?: readonly string[]): RoutingTable {
  const table = tableFor('round-robin', {
    exposure: { hosts: [`${app}.${zone}`, `*.${app}.${zone}`] },
  });
  const slots = table.slots.map((slot) => {
    const kept = slot.answers.filter(({ cluster }) => answering?.includes(cluster) ?? true);
    return { ...slot, answers: kept.map((one) => ({ ...one, share: 1 / kept.length })) };
  }) as unknown as RoutingTable['slots'];
  return { ...table, app, slots };
}

whenBuilt(`external-dns${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let dns: PowerDns;
  beforeAll(async () => {
    [testbed, dns] = await Promise.all([
      startClusters(['hub'], { apiOnly: true }),
      startPowerDns(),
    ]);
    await serveDnsEndpoints(testbed.cluster('hub'));
  });
  afterAll(() => Promise.all([testbed?.stop(), dns?.stop()]));

  const hub = (method: string, path: string, body?: unknown) =>
    testbed.cluster('hub').ask(method, path, body);
  const answers = async (app: string, type: 'A' | 'TXT' = 'A') =>
    (await ask({ host: `${app}.${zone}`, type }, dns.server)).data.map(String).sort();
  const create = async (table: RoutingTable) => {
    const { status, body } = await hub('POST', `${base}${strict}`, dnsEndpoint(table, 'default'));
    expect({ status, body }).toMatchObject({ status: 201 });
  };
  const replace = async (table: RoutingTable) => {
    const { body } = await hub('GET', `${base}/${table.app}`);
    const object = { ...(body as object), ...{ spec: dnsEndpoint(table, 'default').spec } };
    expect((await hub('PUT', `${base}/${table.app}${strict}`, object)).status).toBe(200);
  };
  const running = async (options: ExternalDnsOptions, work: () => Promise<void>) => {
    const engine = await startExternalDns(testbed.cluster('hub'), dns, options);
    try {
      await work();
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${engine.log()}`);
    } finally {
      await engine.stop('SIGKILL');
    }
  };
  const ipv4 = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];

  it('has every DNSEndpoint taken by a real API server that refuses unknown fields', async () => {
    for (const system of ['route53-geolocation', 'route53-geoproximity', 'round-robin'] as const) {
      const table = { ...tableFor(system), app: system };
      const object = dnsEndpoint(table, 'default');
      const { status, body } = await hub('POST', `${base}${strict}&dryRun=All`, object);
      expect({ status, body }).toMatchObject({ status: 201, body: { spec: object.spec } });
      expect(recordsOf(table)).toMatchObject({ dnsEndpoint: object.spec });
    }
    const wrong = { ...dnsEndpoint(plainTable('wrong'), 'default'), spec: { endpoint: [] } };
    expect((await hub('POST', `${base}${strict}`, wrong)).status).toBe(400);
  });

  it('answers what the object says, also after a move, and keeps it when the object is lost unless told to follow', async () => {
    await create(plainTable('shop'));
    await running({ owner: 'littoral', policy: 'upsert-only' }, async () => {
      await until(async () => (await answers('shop')).join() === ipv4.join());
      await replace(plainTable('shop', ['sin']));
      await until(async () => (await answers('shop')).join() === '192.0.2.3');
      await until(async () => (await answers('any-name.shop')).join() === '192.0.2.3');
      expect((await answers('own-a-shop', 'TXT')).join()).toMatch(
        /heritage=external-dns,external-dns\/owner=littoral/,
      );
      await hub('DELETE', `${base}/shop`);
      // Once it has written another object it has also seen that this one is gone.
      await create(plainTable('later'));
      await until(async () => (await answers('later')).length === 3);
      expect(await answers('shop')).toEqual(['192.0.2.3']);
    });
    await running({ owner: 'littoral', policy: 'sync' }, async () => {
      await until(async () => (await answers('shop')).length === 0);
      expect(await answers('later')).toEqual(ipv4);
    });
  });

  it('leaves records of another owner alone', async () => {
    await create(plainTable('owned'));
    await running({ owner: 'littoral', policy: 'sync' }, () =>
      until(async () => (await answers('owned')).length === 3),
    );
    await replace(plainTable('owned', ['fra']));
    await create(plainTable('fresh'));
    await running({ owner: 'other', policy: 'sync' }, async () => {
      await until(async () => (await answers('fresh')).length === 3);
      expect(await answers('owned')).toEqual(ipv4);
    });
  });
});
