/** Identity: a cluster is told by its UID or its address, not by the contexts that lead to it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFleet } from '../../constructs/model/fleet-document';
import { type DiscoverOptions, discoverFleet } from '../../providers/sources/fleet/discover';
import type { Connect } from '../../providers/sources/fleet/observation/api-reading';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-identity-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A context: its server, and what is behind it: a UID, nothing that tells one, or a status. */
interface Behind {
  readonly server?: string;
  readonly uid?: string;
  readonly status?: number;
  readonly region?: string;
  readonly more?: object;
}
const nodesIn = (region: string) => ({
  items: [
    {
      metadata: { name: 'n', labels: { 'topology.kubernetes.io/region': region } },
      spec: {},
      status: {
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
  ],
});

function discover(contexts: Readonly<Record<string, Behind>>, more: Partial<DiscoverOptions> = {}) {
  const entries = Object.entries(contexts);
  const kubeconfig = {
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: 'u' } })),
    clusters: entries.map(
      ([name, { server = `https://${name.replace(/\W/g, '')}.example`, more: also }]) => ({
        name,
        cluster: { server, ...also },
      }),
    ),
    users: [{ name: 'u', user: { token: 't' } }],
  };
  writeFileSync(join(folder, 'config'), JSON.stringify(kubeconfig));
  const connect: Connect = async ({ access: { context = '' } }) => ({
    get: async (path) => {
      const { status = 200, uid, region = 'fra1' } = contexts[context] ?? {};
      if (path.startsWith('/api/v1/namespaces/kube-system')) {
        if (uid === undefined) return { status: 403, text: '' };
        return { status: 200, text: JSON.stringify({ metadata: { uid } }) };
      }
      if (status !== 200) return { status, text: '' };
      const body = path.startsWith('/api/v1/nodes') ? nodesIn(region) : { items: [] };
      return { status: 200, text: JSON.stringify(body) };
    },
    close: () => undefined,
  });
  const now = '2026-11-21T05:30:00Z';
  return discoverFleet({ kubeconfig: 'config', folder, now, connect, ...more });
}
const listed = async (contexts: Readonly<Record<string, Behind>>, more = {}) => {
  const { fleet, warnings } = await discover(contexts, more);
  const clusters = fleet.clusters.map(({ name, access }) => `${name} by ${access?.context}`);
  return { clusters, warnings: warnings.join('\n') };
};

describe('contexts that lead to one cluster are one cluster', () => {
  const same = 'https://one.example:6443';
  it.each<[string, Readonly<Record<string, Behind>>, readonly string[]]>([
    ['by the UID', { a: { uid: 'u1' }, b: { uid: 'u1' } }, ['a by a']],
    [
      'by the UID, three of them',
      { a: { uid: 'u1' }, b: { uid: 'u1' }, c: { uid: 'u1' } },
      ['a by a'],
    ],
    [
      'by the server, where no UID may be read',
      { a: { server: same }, b: { server: same } },
      ['a by a'],
    ],
    [
      'by a server written in two ways',
      { a: { server: `${same}/` }, b: { server: 'https://ONE.example:6443' } },
      ['a by a'],
    ],
    [
      'by the server, where one of them may not look',
      { a: { server: same, status: 403 }, b: { server: same, uid: 'u1' } },
      ['b by b'],
    ],
    [
      'by the server, where none may look',
      { a: { server: same, status: 403 }, b: { server: same, status: 401 }, c: { uid: 'u2' } },
      ['c by c'],
    ],
  ])('%s', async (_, contexts, clusters) => {
    const found = await listed(contexts);
    expect(found.clusters).toEqual(clusters);
    const [first, second] = Object.keys(contexts);
    expect(found.warnings).toContain(`"${first}" and "${second}"`);
    expect(found.warnings).toContain('lead to one cluster');
  });

  it('under the name that a person gave, reached by who may look', async () => {
    const overlay = { clusters: [{ name: 'frankfurt', context: 'b', usdPerHour: 3 }] };
    const contexts = {
      a: { server: same, uid: 'u1' },
      b: { server: same, status: 403 },
    };
    const { fleet } = await discover(contexts, { overlay });
    expect(fleet.clusters).toMatchObject([
      { name: 'frankfurt', uid: 'u1', usdPerHour: 3, access: { context: 'a' } },
    ]);
  });
});

describe('contexts that lead to several clusters stay several', () => {
  it.each<[string, Readonly<Record<string, Behind>>]>([
    ['by the UID', { a: { uid: 'u1' }, b: { uid: 'u2' } }],
    [
      'by the UID, behind one address of a tunnel',
      {
        a: { server: 'https://127.0.0.1:1', uid: 'u1' },
        b: { server: 'https://127.0.0.1:1', uid: 'u2' },
      },
    ],
    ['by the server', { a: {}, b: {} }],
    ['by the port', { a: { server: 'https://x.example:1' }, b: { server: 'https://x.example:2' } }],
    [
      'by the path, as behind Rancher',
      {
        a: { server: 'https://x.example/k8s/clusters/c-1' },
        b: { server: 'https://x.example/k8s/clusters/c-2' },
      },
    ],
    [
      'by the proxy',
      {
        a: { server: 'https://10.0.0.1', more: { 'proxy-url': 'http://p1:1' } },
        b: { server: 'https://10.0.0.1', more: { 'proxy-url': 'http://p2:1' } },
      },
    ],
    [
      'by the name of the certificate',
      {
        a: { server: 'https://10.0.0.1', more: { 'tls-server-name': 'a' } },
        b: { server: 'https://10.0.0.1', more: { 'tls-server-name': 'b' } },
      },
    ],
  ])('%s', async (_, contexts) => {
    expect((await listed(contexts)).clusters).toEqual(['a by a', 'b by b']);
  });
});

describe('the fleet of the last time', () => {
  it('gives a cluster its name back when its context was renamed', async () => {
    const previous = (await discover({ fra: { uid: 'u1' } })).fleet;
    const { clusters, warnings } = await listed({ 'admin@fra': { uid: 'u1' } }, { previous });
    expect(clusters).toEqual(['fra by admin@fra']);
    expect(warnings).toContain('leads to fra of the last time (UID u1); it keeps that name');
  });

  it('lends nothing to another cluster of the same name', async () => {
    const known = (await discover({ fra: { uid: 'u1' } })).fleet;
    const previous = { clusters: known.clusters.map((one) => ({ ...one, usdPerHour: 7 })) };
    const { fleet, warnings } = await discover({ fra: { uid: 'u2' } }, { previous });
    expect(fleet.clusters).toMatchObject([{ name: 'fra', uid: 'u2', usdPerHour: 0 }]);
    expect(warnings.join()).toContain(
      'fra is another cluster than the last time (UID u2, then u1)',
    );
  });

  it('is missed where no context leads to one of its clusters any more', async () => {
    const previous = (await discover({ fra: { uid: 'u1' }, ams: { uid: 'u2' } })).fleet;
    const gone = await listed({ fra: { uid: 'u1' } }, { previous });
    expect(gone.warnings).toBe(
      'ams was in the fleet of the last time, and no context leads to it any more: it is left out, and what runs there counts as gone',
    );
    const contexts = { fra: { uid: 'u1' }, ams: { uid: 'u2' } };
    const asked = await listed(contexts, { previous, contexts: ['fra'] });
    expect(asked.warnings).toMatch(/^ams was .* its context is not asked this time/);
  });
});

describe('an overlay that matches nothing', () => {
  it.each([
    [{ name: 'fraa' }, 'the overlay speaks of fraa, to which no context leads. Write fra.'],
    [
      { name: 'x', context: 'frb' },
      'the overlay speaks of frb, to which no context leads. Write fra.',
    ],
    [
      { name: 'tokyo' },
      'the overlay speaks of tokyo, to which no context leads. Contexts are: fra.',
    ],
  ])('is said: %j', async (entry, words) => {
    expect((await listed({ fra: {} }, { overlay: { clusters: [entry] } })).warnings).toBe(words);
  });

  it('is not said of a context that is not asked this time', async () => {
    const overlay = { clusters: [{ name: 'ams', usdPerHour: 1 }] };
    const { warnings } = await listed({ fra: {}, ams: {} }, { overlay, contexts: ['fra'] });
    expect(warnings).toBe('');
  });
});

it('clusters of one short name are told apart by the regions and accounts of their ARNs', async () => {
  const arn = (region: string, account = '123456789012', name = 'prod') =>
    `arn:aws:eks:${region}:${account}:cluster/${name}`;
  const contexts = {
    [arn('eu-central-1')]: { uid: '1' },
    [arn('us-east-1')]: { uid: '2' },
    [arn('us-east-1', '123456789012', 'edge')]: { uid: '3' },
  };
  const { fleet } = await discover(contexts);
  expect(fleet.clusters.map(({ name }) => name)).toEqual([
    'edge',
    'prod-eu-central-1',
    'prod-us-east-1',
  ]);
  const accounts = { [arn('us-east-1', '1')]: { uid: '1' }, [arn('us-east-1', '2')]: { uid: '2' } };
  const two = await discover(accounts);
  expect(two.fleet.clusters.map(({ name }) => name)).toEqual([
    'prod-us-east-1-1',
    'prod-us-east-1-2',
  ]);
});

it('amounts of capacity that a person states stand in the place of what the nodes of today have; others stay', async () => {
  const allocatable = { cpuMillicores: 64000 };
  const overlay = { clusters: [{ name: 'fra', allocatable }] };
  const { fleet } = await discover({ fra: {} }, { overlay });
  const [{ allocatable: found } = {}] = fleet.clusters;
  expect(found).toEqual({ ...found, ...allocatable });
  expect(found?.memoryMebibytes).toBeGreaterThan(0);
  expect(parseFleet({ clusters: [...fleet.clusters] }).clusters).toHaveLength(1);
});
