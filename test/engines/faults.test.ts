/** Every numbered request of a release against a real API server meets a fault; a second run ends where an undisturbed one does. */
import type { Manifest } from '../../constructs/model/workload';
import type { ReleaseState } from '../../providers/resources/release/index';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed, type TestbedCluster } from '../testbed/clusters';
import type { FaultProxy } from '../testbed/fault-proxy';
import type { Fault, FaultPlan, Incoming } from '../testbed/faults';
import {
  applyOn,
  configMap,
  namespaceOf,
  type Run,
  releaseOn,
  secretOf,
  service,
} from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
/** Minutes of runs; LITTORAL_FAULT_SECONDS asks for more or fewer. */
const seconds = Number(process.env.LITTORAL_FAULT_SECONDS ?? 60);

const faults: Readonly<Record<string, Fault | 'abort'>> = {
  abort: 'abort',
  'cut before': { kind: 'cut-before' },
  'cut after': { kind: 'cut-after' },
  'cut in the body': { kind: 'cut-body' },
  'status 500': { kind: 'status', status: 500 },
  'no answer': { kind: 'silence' },
};

whenPossible(`faults${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let cluster: TestbedCluster;
  let proxy: FaultProxy;
  beforeAll(async () => {
    testbed = await startClusters(['fra'], { apiOnly: true, faults: true });
    cluster = testbed.cluster('fra');
    if (cluster.proxy === undefined) throw new Error('no proxy');
    proxy = cluster.proxy;
    await cluster.ask('POST', '/api/v1/namespaces', namespaceOf('theirs'));
    const map = configMap('theirs', 'settings', { mine: 'yes' });
    await cluster.ask('POST', '/api/v1/namespaces/theirs/configmaps', map);
  }, 240_000);
  afterAll(() => testbed?.stop());

  const before = (app: string): readonly Manifest[] => [
    configMap(app, 'settings', { color: 'blue' }),
    configMap(app, 'old', {}),
    secretOf(app, 'planted-secret-text'),
  ];
  const after = (app: string): readonly Manifest[] => [
    configMap(app, 'settings', { color: 'red' }),
    secretOf(app, 'planted-secret-text'),
    service(app),
  ];
  /** Namespaces do not go away without controllers, so each run has its own, made by someone else. */
  const fresh = async (app: string): Promise<ReleaseState | undefined> => {
    proxy.use();
    await cluster.ask('POST', '/api/v1/namespaces', namespaceOf(app));
    const map = configMap(app, 'theirs', { mine: 'yes' });
    await cluster.ask('POST', `/api/v1/namespaces/${app}/configmaps`, map);
    return (await applyOn(testbed, releaseOn(testbed, app, ['fra'], before(app)))).state;
  };
  const rollout = { deadlineSeconds: 5, answerSeconds: 3 };
  const upgrade = (app: string, prior?: ReleaseState) =>
    applyOn(testbed, releaseOn(testbed, app, ['fra'], after(app), rollout), prior);
  const picture = async (app: string) => {
    const kinds = ['configmaps', 'secrets', 'services'];
    const lists = await Promise.all(
      kinds.map((kind) => cluster.ask('GET', `/api/v1/namespaces/${app}/${kind}`)),
    );
    const items = lists.flatMap(({ body }) => (body as { readonly items: object[] }).items);
    const text = JSON.stringify(items.map(withoutChance)).replaceAll(app, 'app');
    return text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'uid').replace(/\b[0-9a-f]{32,64}\b/g, 'digest');
  };

  it('calm, the same bytes every time', async () => {
    await fresh('calm-1');
    await upgrade('calm-1');
    await fresh('calm-2');
    await upgrade('calm-2');
    expect(await picture('calm-1')).toBe(await picture('calm-2'));
  });

  it(
    'whatever happens to whichever request',
    async () => {
      await fresh('calm');
      proxy.forget();
      const calm = await upgrade('calm');
      expect(calm.endings).toEqual({ fra: 'ready' });
      const requests = proxy.requests().length;
      const wanted = await picture('calm');
      const theirs = await picture('theirs');
      const deadline = Date.now() + seconds * 1000;
      const counts: Record<string, number> = {};
      let runs = 0;
      for (let round = 0; Date.now() < deadline && round < requests * 6; round += 1) {
        const [name, fault] = Object.entries(faults)[round % 6]!;
        // Every fault meets every request in turn; silence costs seconds and comes along less often.
        const at = 1 + ((Math.floor(round / 6) + round) % requests);
        if (name === 'no answer' && round % 4 !== 1) continue;
        const app = `run-${round}`;
        const prior = await fresh(app);
        proxy.forget();
        const run = await disturbed(app, at, fault, round % 2 === 0 ? prior : undefined);
        proxy.use();
        const end = await upgrade(app, run?.state);
        expect({ app, name, at, endings: end.endings }).toMatchObject({ endings: {} });
        expect({ app, name, at, picture: await picture(app) }).toEqual({
          app,
          name,
          at,
          picture: wanted,
        });
        expect(JSON.stringify([run, end])).not.toContain('planted-secret-text');
        counts[name] = (counts[name] ?? 0) + 1;
        runs += 1;
      }
      expect(await picture('theirs')).toBe(theirs);
      process.stderr.write(`${runs} runs over ${requests} requests: ${JSON.stringify(counts)}\n`);
      expect(runs).toBeGreaterThan(10);
    },
    seconds * 1000 + 120_000,
  );

  /** The request `at` meets the fault; after an abort nothing of that run reaches the server any more. */
  async function disturbed(
    app: string,
    at: number,
    fault: Fault | 'abort',
    prior: ReleaseState | undefined,
  ): Promise<Run | undefined> {
    let first: number | undefined;
    const plan: FaultPlan = ({ index }: Incoming) => {
      first ??= index;
      const number = index - first + 1;
      if (fault === 'abort') return number >= at ? { kind: 'cut-before' } : undefined;
      return number === at ? fault : undefined;
    };
    proxy.use(plan);
    return upgrade(app, prior);
  }
});

/** What differs from run to run without meaning anything. */
function withoutChance(item: object): unknown {
  const { metadata, spec, ...rest } = item as {
    metadata: Record<string, unknown>;
    spec?: Record<string, unknown>;
  };
  const { uid: _, resourceVersion: __, creationTimestamp: ___, managedFields, ...kept } = metadata;
  const managers = (
    managedFields as { manager: string; operation: string; fieldsV1: object }[]
  ).map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]);
  const { clusterIP: ____, clusterIPs: _____, ...more } = spec ?? {};
  return { ...rest, metadata: { ...kept, managers }, spec: more };
}
