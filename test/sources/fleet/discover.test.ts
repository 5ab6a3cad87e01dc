/** Discovery: contexts become clusters, with what their API servers say and what people add. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgeErrorsOf } from '../../../constructs/parsing/errors';
import { nameOf } from '../../../providers/sources/fleet/contexts';
import { type DiscoverOptions, discoverFleet } from '../../../providers/sources/fleet/discover';
import type { ApiReply, Connect } from '../../../providers/sources/fleet/observation/api-reading';
import { readOverlay } from '../../../providers/sources/fleet/overlay';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-kube-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = '2026-11-21T05:30:00Z';
const node = (
  name: string,
  more: { region?: string; cpu?: string; spec?: object; ready?: string } = {},
) => ({
  metadata: {
    name,
    labels: more.region === undefined ? {} : { 'topology.kubernetes.io/region': more.region },
  },
  spec: more.spec ?? {},
  status: {
    allocatable: { cpu: more.cpu ?? '4', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: more.ready ?? 'True' }],
  },
});
const pod = (nodeName: string, cpu: string, labels: Record<string, string> = {}) => ({
  metadata: { labels },
  spec: { nodeName, containers: [{ resources: { requests: { cpu, memory: '1Gi' } } }] },
});

/** Answers by path; a path without an answer is a 404. */
type Paths = Readonly<Record<string, ApiReply | object>>;
const serving =
  (contexts: Readonly<Record<string, Paths | Error | 'silent'>>, seen: string[] = []): Connect =>
  async ({ access: { context = '' } }) => {
    const paths = contexts[context] ?? {};
    if (paths instanceof Error) throw paths;
    return {
      get: async (path, signal) => {
        seen.push(`${context} ${path}`);
        if (paths === 'silent') {
          return new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason)),
          );
        }
        const reply = paths[path.split('?')[0] ?? ''];
        if (reply === undefined) return { status: 404, text: '' };
        if ('status' in reply && 'text' in reply) return reply as ApiReply;
        return { status: 200, text: JSON.stringify(reply) };
      },
      close: () => void seen.push(`${context} closed`),
    };
  };
const cluster = (nodes: readonly object[], pods: readonly object[] = []): Paths => ({
  '/readyz': { status: 200, text: 'ok' },
  '/api/v1/nodes': { items: nodes },
  '/api/v1/pods': { items: pods },
});

function discover(contexts: Parameters<typeof serving>[0], more: Partial<DiscoverOptions> = {}) {
  const names = Object.keys(contexts).map(
    (name) => `- {name: "${name}", context: {cluster: c, user: u}}`,
  );
  writeFileSync(
    join(folder, 'kubeconfig'),
    `apiVersion: v1\nkind: Config\ncontexts:\n${names.join('\n')}\nusers: [{name: u, user: {token: planted-token}}]\n`,
  );
  return discoverFleet({
    kubeconfig: 'kubeconfig',
    folder,
    now,
    connect: serving(contexts),
    ...more,
  });
}
const messages = async (step: Promise<unknown>): Promise<string> => {
  const thrown = await step.then(
    () => undefined,
    (error: unknown) => error,
  );
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) throw thrown ?? new Error('nothing was thrown');
  return errors.map((error) => error.message).join('\n');
};

describe('a cluster', () => {
  it('is where its nodes are, with what is left on them', async () => {
    const region = 'eu-central-1';
    const spec = { providerID: 'aws:///eu-central-1a/i-1' };
    const nodes = [node('n1', { region, spec }), node('n2', { region, spec, cpu: '3920m' })];
    const { fleet, warnings } = await discover({ fra: cluster(nodes, [pod('n1', '1500m')]) });
    expect(fleet.clusters).toEqual([
      expect.objectContaining({
        name: 'fra',
        latitude: 50.12,
        longitude: 8.68,
        region: 'europe',
        country: 'DE',
        city: 'Frankfurt am Main',
        provider: 'aws',
        allocatable: { cpuMillicores: 6420, memoryMebibytes: 15360, pods: 219 },
        state: 'ready',
        access: { kubeconfig: 'kubeconfig', context: 'fra' },
      }),
    ]);
    expect(warnings).toEqual([]);
  });

  it('keeps what littoral itself runs there as free', async () => {
    const ours = { 'app.kubernetes.io/managed-by': 'littoral' };
    const paths = cluster(
      [node('n', { region: 'fra1' })],
      [pod('n', '1', ours), pod('other', '1')],
    );
    const { fleet } = await discover({ fra: paths });
    expect(fleet.clusters[0]?.allocatable?.cpuMillicores).toBe(4000);
  });

  it('may be read without its pods', async () => {
    const seen: string[] = [];
    const contexts = { fra: cluster([node('n', { region: 'fra1' })], [pod('n', '1')]) };
    const { fleet } = await discover(contexts, {
      subtractOthers: false,
      connect: serving(contexts, seen),
    });
    expect(fleet.clusters[0]?.allocatable?.cpuMillicores).toBe(4000);
    expect(seen.filter((line) => line.includes('pods'))).toEqual([]);
    expect(seen.at(-1)).toBe('fra closed');
  });

  it('counts only nodes that take any pod', async () => {
    const region = 'fra1';
    const nodes = [
      node('ready', { region }),
      node('down', { region, ready: 'Unknown' }),
      node('cordoned', { region, spec: { unschedulable: true } }),
      node('control', { region, spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } }),
      node('preferred', { region, spec: { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] } }),
    ];
    const { fleet } = await discover({ fra: cluster(nodes) });
    expect(fleet.clusters[0]?.allocatable?.cpuMillicores).toBe(8000);
  });

  it('does not count nodes of Windows, where the pods of a workload cannot run', async () => {
    const labels = (os: string) => ({
      'kubernetes.io/os': os,
      'topology.kubernetes.io/region': 'fra1',
    });
    const of = (os: string) => ({ ...node(os), metadata: { name: os, labels: labels(os) } });
    const { fleet, warnings } = await discover({
      mixed: cluster([of('linux'), of('windows')], [pod('windows', '1')]),
    });
    expect(fleet.clusters[0]?.allocatable?.cpuMillicores).toBe(4000);
    expect(warnings).toEqual(['mixed: 1 of its 2 nodes runs Windows and is not counted']);
  });

  it('whose nodes are in several regions is where most are, and says so', async () => {
    const nodes = ['fra1', 'fra1', 'ams3', undefined].map((region, index) =>
      node(`n${index}`, region === undefined ? {} : { region }),
    );
    const { fleet, warnings } = await discover({ wide: cluster(nodes) });
    expect(fleet.clusters[0]?.country).toBe('DE');
    expect(warnings).toEqual([
      'wide: its nodes are in several regions, fra1 (2) and ams3 (1); the place of fra1 is taken',
    ]);
  });

  it('of which every node is cordoned is cordoned, and one without ready nodes is said to be', async () => {
    const spec = { unschedulable: true };
    const { fleet, warnings } = await discover({
      a: cluster([node('n', { region: 'fra1', spec })]),
      b: cluster([node('n', { region: 'fra1', ready: 'False' })]),
    });
    expect(fleet.clusters.map(({ state }) => state)).toEqual(['cordoned', 'ready']);
    expect(fleet.clusters[1]?.allocatable?.pods).toBe(0);
    expect(warnings).toEqual(['b: none of its 1 nodes takes pods']);
  });

  it('is read page by page', async () => {
    const page = (items: object[], next?: string) => ({ items, metadata: { continue: next } });
    let asked = 0;
    const connect: Connect = async () => ({
      get: async (path) => {
        if (!path.startsWith('/api/v1/nodes')) return { status: 200, text: '{"items":[]}' };
        const body =
          asked++ === 0
            ? page([node('a', { region: 'fra1' })], 'a&b')
            : page([node('b', { region: 'fra1' })]);
        if (asked === 2) expect(path).toContain('continue=a%26b');
        return { status: 200, text: JSON.stringify(body) };
      },
      close: () => undefined,
    });
    const { fleet } = await discover({ fra: {} }, { connect });
    expect(fleet.clusters[0]?.allocatable?.cpuMillicores).toBe(8000);
  });
});

describe('a cluster that cannot be read', () => {
  const overlay = {
    clusters: [{ name: 'fra', latitude: 50, longitude: 8, region: 'europe', country: 'DE' }],
  };
  const refused = Object.assign(new Error('planted-token'), { code: 'ECONNREFUSED' });

  const answering = (status: number) => ({ '/api/v1/nodes': { status, text: 'planted-token' } });
  it.each<[string, Parameters<typeof serving>[0][string], string, RegExp]>([
    [
      'refuses connections',
      refused,
      'unreachable',
      /: no connection \(ECONNREFUSED\)\. Check the net/,
    ],
    ['never answers', 'silent', 'unreachable', /: no answer within 0\.05 s\. Check the network/],
    [
      'is not ready',
      { '/readyz': { status: 500, text: '' } },
      'unreachable',
      /\/readyz answers 500/,
    ],
    ['is overloaded', answering(429), 'unreachable', /answers 429\. Look into the log/],
    ['breaks down', answering(503), 'unreachable', /answers 503/],
    ['does not know us', answering(401), 'forbidden', /nodes answers 401: .*\. Log in again/],
    ['does not let us', answering(403), 'forbidden', /nodes answers 403: .*\. Ask for the right/],
    [
      'does not let us see its pods',
      { ...cluster([node('n')]), '/api/v1/pods': { status: 403, text: '' } },
      'forbidden',
      /pods answers 403/,
    ],
    ['asks for the proxy', answering(407), 'misconfigured', /answers 407: the proxy asks/],
    ['sends us elsewhere', answering(302), 'misconfigured', /answers 302\. Correct server/],
    ['is no API server', answering(404), 'misconfigured', /answers 404\. Correct server/],
    [
      'answers a web page',
      { '/api/v1/nodes': { status: 200, text: '<html>' } },
      'misconfigured',
      /answers no list\. Correct server/,
    ],
    [
      'has a credential plugin that fails',
      new Error('planted-token'),
      'misconfigured',
      /its credentials cannot be used\. Log in/,
    ],
    [
      'has a name that nobody knows',
      Object.assign(new Error('planted-token'), { code: 'ENOTFOUND' }),
      'misconfigured',
      /\(ENOTFOUND\)\. Correct server/,
    ],
  ])(
    'is there since now, with whose failure it is, when it %s',
    async (_, paths, state, warning) => {
      const options = { overlay, deadlineSeconds: 0.05 };
      const { fleet, warnings } = await discover({ fra: paths }, options);
      expect(fleet.clusters).toMatchObject([{ name: 'fra', state, since: now, latitude: 50 }]);
      expect(warnings).toEqual([expect.stringMatching(warning)]);
      expect(warnings[0]).toMatch(new RegExp(`^fra is ${state}: `));
      expect(warnings.join()).not.toContain('planted');
    },
  );

  it('runs the clock of silence only while it is silent', async () => {
    const at = (hour: number) => `2026-11-20T0${hour}:00:00Z`;
    let previous = (await discover({ fra: cluster([node('n', { region: 'fra1' })]) })).fleet;
    const seen: string[] = [];
    const steps = [refused, refused, answering(403), answering(403), answering(401), refused];
    for (const [hour, paths] of steps.entries()) {
      previous = (await discover({ fra: paths }, { previous, now: at(hour) })).fleet;
      const [one] = previous.clusters;
      seen.push(`${one?.state} ${one?.since}`);
    }
    expect(seen).toEqual([
      `unreachable ${at(0)}`,
      `unreachable ${at(0)}`,
      `forbidden ${at(2)}`,
      `forbidden ${at(2)}`,
      `forbidden ${at(2)}`,
      `unreachable ${at(5)}`,
    ]);
  });

  it('keeps what was known, and since when it is gone', async () => {
    const before = '2026-11-20T00:00:00Z';
    const known = await discover({ fra: cluster([node('n', { region: 'fra1' })]) });
    const once = await discover({ fra: refused }, { previous: known.fleet, now: before });
    expect(once.fleet.clusters).toMatchObject([
      {
        state: 'unreachable',
        since: before,
        city: 'Frankfurt am Main',
        allocatable: { cpuMillicores: 4000 },
      },
    ]);
    const again = await discover({ fra: refused }, { previous: once.fleet });
    expect(again.fleet.clusters[0]?.since).toBe(before);
    const back = await discover(
      { fra: cluster([node('n', { region: 'fra1' })]) },
      { previous: again.fleet },
    );
    expect(back.fleet.clusters[0]).toMatchObject({ state: 'ready' });
    expect(back.fleet.clusters[0]?.since).toBeUndefined();
  });

  it('does not hold up the others', async () => {
    const contexts = { a: 'silent' as const, fra: cluster([node('n', { region: 'fra1' })]) };
    const place = { ...overlay.clusters[0]!, name: 'a' };
    const { fleet } = await discover(contexts, {
      overlay: { clusters: [place] },
      deadlineSeconds: 0.05,
    });
    expect(fleet.clusters.map(({ state }) => state)).toEqual(['unreachable', 'ready']);
  });
});

it('no more clusters are asked at a time than allowed', async () => {
  let [running, most] = [0, 0];
  const connect: Connect = async () => {
    most = Math.max(most, ++running);
    await new Promise((done) => setImmediate(done));
    return {
      get: async () => ({
        status: 200,
        text: JSON.stringify({ items: [node('n', { region: 'fra1' })] }),
      }),
      close: () => void running--,
    };
  };
  const contexts = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`c${at}`, {}]));
  const { fleet } = await discover(contexts, { connect, parallelism: 3 });
  expect(fleet.clusters).toHaveLength(9);
  expect(most).toBe(3);
});

describe('places', () => {
  it('that nobody knows are all told, with what to write', async () => {
    const text = await messages(
      discover({
        'user@edge/7': cluster([node('n')]),
        b: cluster([node('n', { region: 'rack-5' })]),
        c: new Error('x'),
      }),
    );
    expect(text).toMatch(/nobody knows where user-edge-7 is: its nodes have no label topology/);
    expect(text).toContain('{name: user-edge-7, context: "user@edge/7", latitude: ...');
    expect(text).toMatch(/where b is: its nodes are in "rack-5", which is not in the table/);
    expect(text).toMatch(/where c is: its API server cannot say \(misconfigured: its credentials/);
    expect(text).toMatch(
      /Log in again .*\. Or, to keep it in the fleet meanwhile, add to clusters/,
    );
  });

  it('that nobody knows leave only their clusters out, with the reason', async () => {
    const { fleet, leftOut, warnings } = await discover({
      fra: cluster([node('n', { region: 'fra1' })]),
      lab: cluster([node('n')]),
      dead: new Error('x'),
    });
    expect(fleet.clusters.map(({ name }) => name)).toEqual(['fra']);
    expect(leftOut).toEqual(['lab', 'dead']);
    expect(warnings.join('\n')).toMatch(/where lab is: .* left out of the fleet\. Add to clusters/);
    expect(warnings.join('\n')).toMatch(/where dead is: .* left out of the fleet\. Log in again/);
  });

  it('prices and names come from an overlay, which wins', async () => {
    const file = join(folder, 'overlay.yaml');
    writeFileSync(
      file,
      'clusters:\n  - {name: paris, context: "x:1", city: Paris, country: FR, provider: own, usdPerHour: 0.5, labels: {tier: edge}}\n',
    );
    const contexts = { 'x:1': cluster([node('n', { region: 'fra1' })]) };
    const { fleet } = await discover(contexts, { overlay: readOverlay(file) });
    expect(fleet.clusters[0]).toMatchObject({
      name: 'paris',
      latitude: 48.85,
      region: 'europe',
      country: 'FR',
      provider: 'own',
      usdPerHour: 0.5,
      labels: { tier: 'edge' },
      access: { context: 'x:1' },
    });
  });

  it.each([
    [
      'what is there',
      [node('n', { region: 'fra1' })],
      { cpuMillicores: 50, memoryMebibytes: 8192, pods: 110 },
    ],
    ['nothing where there is nothing', [], { cpuMillicores: 50 }],
  ])('with one amount in an overlay keep %s of the others', async (_what, nodes, expected) => {
    const file = join(folder, 'overlay.yaml');
    writeFileSync(
      file,
      'clusters: [{name: fra, latitude: 50.1, longitude: 8.7, country: DE, allocatable: {cpuMillicores: 50}}]',
    );
    const { fleet } = await discover({ fra: cluster(nodes) }, { overlay: readOverlay(file) });
    expect(fleet.clusters[0]?.allocatable).toEqual(expected);
  });

  it('in an overlay with mistakes are told with their lines', async () => {
    const file = join(folder, 'overlay.yaml');
    writeFileSync(file, 'clusters:\n  - {name: a, latitud: 1}\n  - {name: a}\n');
    const text = await messages(Promise.resolve().then(() => readOverlay(file)));
    expect(text).toMatch(/overlay\.yaml:2 clusters\[0\]\.latitud/);
    expect(text).toMatch(
      /overlay\.yaml:3 clusters\[1\]\.name: got a context that an earlier entry/,
    );
  });
});

describe('contexts', () => {
  it.each([
    ['fra', 'fra'],
    ['arn:aws:eks:eu-central-1:123456789012:cluster/prod', 'prod'],
    ['gke_project_europe-west3_edge', 'gke_project_europe-west3_edge'],
    ['admin@edge:6443', 'admin-edge-6443'],
    ['--', 'cluster'],
    ['x'.repeat(80), 'x'.repeat(63)],
  ])('%s names the cluster %s', (context, name) => {
    expect(nameOf(context)).toBe(name);
  });

  it('that would have one name are told apart by an overlay', async () => {
    const one = cluster([node('n', { region: 'fra1' })]);
    const text = await messages(discover({ 'a@x': one, 'a-x': one }));
    expect(text).toMatch(
      /Duplicate .*got context "a-x" with the name a-x, which another context has/,
    );
  });

  it('may be chosen, and must exist', async () => {
    const contexts = { fra: cluster([node('n', { region: 'fra1' })]), sin: new Error('x') };
    expect((await discover(contexts, { contexts: ['fra'] })).fleet.clusters).toHaveLength(1);
    expect(await messages(discover(contexts, { contexts: ['fraa'] }))).toMatch(
      /"fraa", which does not exist\n {2}Write fra\./,
    );
  });

  it('must be in the file', async () => {
    const text = await messages(discoverFleet({ kubeconfig: 'kubeconfg', folder, now }));
    expect(text).toMatch(/kubeconfg does not exist/);
  });
});
