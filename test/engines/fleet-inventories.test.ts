/** Fleets from the inventories of real hubs: discovered, placed on and applied to through what the hub knows, and by no other way. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { starter } from '../../providers/cli/commands/starter';
import { caller } from '../cli/calling';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
const { 'app.yaml': app = '', 'demand.yaml': demand = '' } = Object.fromEntries(starter);
const base64 = (text: string) => Buffer.from(text).toString('base64');

whenPossible(`inventories${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['hub', 'fra', 'iad']);
    const hub = testbed.cluster('hub');
    for (const name of ['argocd', 'karmada-cluster']) {
      await made(hub.ask('POST', '/api/v1/namespaces', { metadata: { name } }));
    }
  });
  afterAll(() => testbed?.stop());

  async function made(answer: ReturnType<Testbed['clusters'][number]['ask']>): Promise<void> {
    const { status, body } = await answer;
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  }
  /** A kubeconfig that leads to the hub alone. */
  function hubOnly(): string {
    const whole = parse(readFileSync(testbed.kubeconfig, 'utf8')) as Record<
      'contexts' | 'clusters',
      { readonly name: string }[]
    >;
    const [contexts, clusters] = [whole.contexts, whole.clusters].map((list) =>
      list.filter(({ name }) => name === 'hub'),
    );
    return JSON.stringify({ ...whole, contexts, clusters, 'current-context': 'hub' });
  }
  const authority = (name: string) => readFileSync(testbed.cluster(name).ca).toString('base64');
  const places = {
    fra: { latitude: '50.11', longitude: '8.68', country: 'DE' },
    iad: { latitude: '38.95', longitude: '-77.45', country: 'US' },
  };
  const annotations = (name: keyof typeof places) =>
    Object.fromEntries(
      Object.entries(places[name]).map(([key, value]) => [`littoral.dev/${key}`, value]),
    );

  it('of Argo CD lead to their clusters by the credentials of the hub, from discovery to what runs there', async () => {
    const hub = testbed.cluster('hub');
    for (const name of ['fra', 'iad'] as const) {
      const { server, adminToken } = testbed.cluster(name);
      const config = {
        bearerToken: adminToken,
        tlsClientConfig: { caData: authority(name) },
      };
      await made(
        hub.ask('POST', '/api/v1/namespaces/argocd/secrets', {
          metadata: {
            name: `cluster-${name}`,
            labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
            annotations: annotations(name),
          },
          data: {
            name: base64(name),
            server: base64(server),
            config: base64(JSON.stringify(config)),
          },
        }),
      );
    }
    const there = caller({ 'app.yaml': app, 'demand.yaml': demand, hub: hubOnly() });
    const discovered = await there.call('discover --from argo-cd --kubeconfig hub -o fleet.yaml');
    expect(discovered).toMatchObject({
      code: 0,
      err: 'wrote fleet.yaml: 2 clusters, 0 unreachable\n',
    });
    const text = readFileSync(`${there.folder}/fleet.yaml`, 'utf8');
    const { adminToken } = testbed.cluster('fra');
    expect(text).not.toContain(adminToken);
    const { clusters } = parse(text) as { clusters: Record<string, unknown>[] };
    const uid = async (name: string) => {
      const { body } = await testbed.cluster(name).ask('GET', '/api/v1/namespaces/kube-system');
      return (body as { metadata: { uid: string } }).metadata.uid;
    };
    expect(clusters).toEqual([
      expect.objectContaining({ name: 'fra', uid: await uid('fra'), country: 'DE' }),
      expect.objectContaining({ name: 'iad', uid: await uid('iad'), country: 'US' }),
    ]);
    expect(clusters[0]?.allocatable).toBeDefined();

    const inputs = '--app app.yaml --fleet fleet.yaml';
    expect(await there.call(`place ${inputs} -o shop.lock.json`)).toMatchObject({ code: 0 });
    const applied = await there.call(`apply ${inputs} --decision shop.lock.json --yes`);
    expect({ code: applied.code, out: applied.out, err: applied.err }).toMatchObject({ code: 0 });
    const path = '/apis/apps/v1/namespaces/shop/deployments/shop';
    const statuses = await Promise.all(
      ['fra', 'iad', 'hub'].map(
        async (name) => (await testbed.cluster(name).ask('GET', path)).status,
      ),
    );
    expect(statuses.slice(0, 2)).toContain(200);
    expect(statuses[2]).toBe(404);
    expect(`${applied.out}${applied.err}`).not.toContain(adminToken);

    await hub.ask('DELETE', '/api/v1/namespaces/argocd/secrets/cluster-iad');
    const later = await there.call('discover --from argo-cd --kubeconfig hub -o fleet.yaml');
    expect(later.err).toMatch(/iad was in the fleet .* stays as cordoned/);
    expect(readFileSync(`${there.folder}/fleet.yaml`, 'utf8')).toMatch(/state: cordoned/);
  });

  it('of Karmada lead there by the token of their Secret, and say why a cluster of theirs is silent', async () => {
    const hub = testbed.cluster('hub');
    await made(
      hub.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        metadata: { name: 'clusters.cluster.karmada.io' },
        spec: {
          group: 'cluster.karmada.io',
          scope: 'Cluster',
          names: { plural: 'clusters', kind: 'Cluster' },
          versions: [
            {
              name: 'v1alpha1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          ],
        },
      }),
    );
    const list = '/apis/cluster.karmada.io/v1alpha1/clusters';
    while ((await hub.ask('GET', list)).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { server, adminToken } = testbed.cluster('fra');
    await made(
      hub.ask('POST', '/api/v1/namespaces/karmada-cluster/secrets', {
        metadata: { name: 'fra' },
        data: { token: base64(adminToken), caBundle: authority('fra') },
      }),
    );
    const member = (name: keyof typeof places, apiEndpoint: string, status: string) =>
      hub.ask('POST', list, {
        apiVersion: 'cluster.karmada.io/v1alpha1',
        kind: 'Cluster',
        metadata: { name, annotations: annotations(name) },
        spec: {
          id: `uid-of-${name}`,
          apiEndpoint,
          syncMode: 'Push',
          ...(name === 'fra' ? { secretRef: { namespace: 'karmada-cluster', name } } : {}),
        },
        status: {
          conditions: [
            { type: 'Ready', status, lastTransitionTime: '2026-11-21T05:00:00Z', reason: 'Seen' },
          ],
        },
      });
    await made(member('fra', server, 'True'));
    await made(member('iad', 'https://nowhere.example:6443', 'Unknown'));
    const there = caller({ hub: hubOnly() });
    const { code, out, err } = await there.call('discover --from karmada --kubeconfig hub --json');
    expect(code).toBe(5);
    expect(err).toMatch(/fra: the Cluster of Karmada "fra" says that its UID is uid-of-fra, and/);
    expect(err).toMatch(
      /iad: nothing says how to reach it, so that what the inventory says is taken/,
    );
    const { clusters } = JSON.parse(out) as { clusters: Record<string, unknown>[] };
    expect(clusters).toEqual([
      expect.objectContaining({
        name: 'fra',
        access: expect.objectContaining({ secret: 'karmada-cluster/fra' }),
      }),
      expect.objectContaining({ name: 'iad', state: 'unreachable', since: '2026-11-21T05:00:00Z' }),
    ]);
  });

  it('are read by the commands of the page as they are written there', async () => {
    const regions = { hub: 'europe-west3', fra: 'eu-central-1', iad: 'us-east-1' };
    for (const [name, region] of Object.entries(regions)) {
      const { ask } = testbed.cluster(name);
      const { body } = await ask('GET', '/api/v1/nodes');
      for (const { metadata } of (body as { items: { metadata: { name: string } }[] }).items) {
        const labels = { 'topology.kubernetes.io/region': region };
        await ask('PATCH', `/api/v1/nodes/${metadata.name}`, { metadata: { labels } });
      }
    }
    const whole = parse(readFileSync(testbed.kubeconfig, 'utf8')) as {
      contexts: { readonly name: string }[];
    };
    const own = whole.contexts.filter(({ name }) => name in regions);
    const contexts = own.map((one) =>
      one.name === 'hub' ? { ...one, name: 'karmada-apiserver' } : one,
    );
    const there = caller({ config: JSON.stringify({ ...whole, contexts }) });
    const page = readFileSync('docs/fleets.md', 'utf8');
    const [, block = ''] = /```sh\n([^`]+)```/.exec(page) ?? [];
    const lines = block.split('\n').flatMap((line) => line.match(/^littoral ([^#]+)/)?.[1] ?? []);
    expect(lines).toHaveLength(2);
    const called = [];
    for (const line of lines) {
      called.push(await there.call(line.trim(), { env: { KUBECONFIG: 'config' } }));
    }
    expect(called.map(({ code, err }) => ({ code, last: err.split('\n').at(-2) }))).toEqual([
      { code: 0, last: 'wrote fleet.yaml: 3 clusters, 0 unreachable' },
      // Karmada lists neither itself nor a way to iad that answers.
      { code: expect.any(Number), last: expect.stringMatching(/^wrote fleet\.yaml: 3 clusters/) },
    ]);
    const { clusters } = parse(readFileSync(`${there.folder}/fleet.yaml`, 'utf8')) as {
      clusters: { readonly name: string; readonly state?: string }[];
    };
    const states = Object.fromEntries(clusters.map(({ name, state = 'ready' }) => [name, state]));
    expect(states).toEqual({
      fra: 'ready',
      iad: 'unreachable',
      'karmada-apiserver': 'cordoned',
    });
  });

  it('that a hub does not have, or does not show us, are named with the remedy', async () => {
    const there = caller({ hub: hubOnly(), all: readFileSync(testbed.kubeconfig, 'utf8') });
    const none = await there.call('discover --from ocm --kubeconfig hub');
    expect(none).toMatchObject({ code: 2 });
    expect(none.err).toMatch(/the hub hub does not serve managedclusters of cluster\.open/);
    const hidden = await there.call(
      'discover --from argo-cd --kubeconfig all --hub hub-restricted',
    );
    expect(hidden.code).toBe(1);
    expect(hidden.err).toMatch(
      /answers 403.*\n\s+Ask for the right to list secrets in all namespaces \(or name one\)/,
    );
    const typo = await there.call('discover --from argocd --kubeconfig hub');
    expect(typo).toMatchObject({ code: 2 });
    expect(typo.err).toMatch(/Write --from argo-cd\./);
  });
});
