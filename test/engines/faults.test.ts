/** Every numbered request of a release against a real API server meets a fault; a second run ends where an undisturbed one does. */
import type { Manifest } from '../../constructs/model/app/workload';
import type { ReleaseState } from '../../providers/resources/release/index';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import type { Fault, FaultPlan, Incoming } from '../testbed/faults';
import { applyOn, configMap, namespaceOf, releaseOn, secretOf, service } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
/** Seconds of runs; LITTORAL_FAULT_SECONDS asks for more or fewer. */
const seconds = Number(process.env.LITTORAL_FAULT_SECONDS ?? 60);

const faults: Readonly<Record<string, Fault | 'abort'>> = {
  abort: 'abort',
  'cut before': { kind: 'cut-before' },
  'cut after': { kind: 'cut-after' },
  'cut in the body': { kind: 'cut-body' },
  'status 500': { kind: 'status', status: 500 },
  'no answer': { kind: 'silence' },
};

/** Each has its own cluster and proxy: most of a run is waiting. */
const lanes = ['fra', 'iad', 'sin', 'lhr'];

whenPossible(`faults${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(lanes, { apiOnly: true, faults: true });
    for (const cluster of testbed.clusters) {
      await cluster.ask('POST', '/api/v1/namespaces', namespaceOf('theirs'));
      const map = configMap('theirs', 'settings', { mine: 'yes' });
      await cluster.ask('POST', '/api/v1/namespaces/theirs/configmaps', map);
    }
  });
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
  /** Everything on one cluster; the others of the testbed are not asked. */
  const laneOf = (name: string) => {
    const cluster = testbed.cluster(name);
    const { proxy } = cluster;
    if (proxy === undefined) throw new Error('no proxy');
    const on = (app: string, manifests: readonly Manifest[], rollout = {}) => {
      const props = releaseOn(testbed, app, [name], manifests, rollout);
      const clusters = props.fleet.clusters.filter((one) => one.name === name);
      return { ...props, fleet: { ...props.fleet, clusters } };
    };
    /** Namespaces do not go away without controllers, so each run has its own, made by someone else. */
    const fresh = async (app: string): Promise<ReleaseState | undefined> => {
      proxy.use();
      await cluster.ask('POST', '/api/v1/namespaces', namespaceOf(app));
      const map = configMap(app, 'theirs', { mine: 'yes' });
      await cluster.ask('POST', `/api/v1/namespaces/${app}/configmaps`, map);
      return (await applyOn(testbed, on(app, before(app)))).state;
    };
    const hasty = { deadlineSeconds: 2, answerSeconds: 2 };
    const upgrade = (app: string, prior?: ReleaseState, requestSeconds?: number) => {
      const rollout = requestSeconds === undefined ? {} : hasty;
      return applyOn(testbed, on(app, after(app), rollout), prior, requestSeconds);
    };
    const picture = async (app: string) => {
      const kinds = ['configmaps', 'secrets', 'services'];
      const lists = await Promise.all(
        kinds.map((kind) => cluster.ask('GET', `/api/v1/namespaces/${app}/${kind}`)),
      );
      const items = lists.flatMap(({ body }) => (body as { readonly items: object[] }).items);
      const text = JSON.stringify(items.map(withoutChance)).replaceAll(app, 'app');
      return text
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'uid')
        .replace(/\b[0-9a-f]{32,64}\b/g, 'digest');
    };
    return { proxy, fresh, upgrade, picture };
  };

  it('without faults the same bytes every time', async () => {
    const { fresh, upgrade, picture } = laneOf('fra');
    for (const app of ['calm-1', 'calm-2']) {
      await fresh(app);
      await upgrade(app);
    }
    expect(await picture('calm-1')).toBe(await picture('calm-2'));
  });

  it(
    'whatever happens to whichever request, the next run ends as an undisturbed one',
    async () => {
      const deadline = Date.now() + seconds * 1000;
      const counts: Record<string, number> = {};
      let next = 0;
      let requests = 0;
      await Promise.all(
        lanes.map(async (name) => {
          const { proxy, fresh, upgrade, picture } = laneOf(name);
          await fresh('calm');
          proxy.forget();
          expect((await upgrade('calm')).endings).toEqual({ [name]: 'ready' });
          requests = proxy.requests().length;
          const [wanted, theirs] = [await picture('calm'), await picture('theirs')];
          while (Date.now() < deadline) {
            const round = next++;
            const [kind, fault] = Object.entries(faults)[round % 6]!;
            const at = 1 + (Math.floor(round / 6) % requests);
            const withState = Math.floor(round / 6 / requests) % 2 === 0;
            const app = `run-${round}`;
            const prior = await fresh(app);
            proxy.use(planOf(fault, at));
            const run = await upgrade(app, withState ? prior : undefined, 1);
            proxy.use();
            const end = await upgrade(app, withState ? run.state : undefined);
            const where = { app, kind, at, withState };
            const got = { picture: await picture(app), theirs: await picture('theirs') };
            expect({ ...where, ...got }).toEqual({ ...where, picture: wanted, theirs });
            expect(JSON.stringify([run, end])).not.toContain('planted-secret-text');
            counts[kind] = (counts[kind] ?? 0) + 1;
          }
        }),
      );
      const runs = Object.values(counts).reduce((sum, count) => sum + count, 0);
      process.stderr.write(`${runs} runs over ${requests} requests: ${JSON.stringify(counts)}\n`);
      expect(runs).toBeGreaterThan(20);
    },
    seconds * 1000 + 600_000,
  );
});

/** The request `at` meets the fault; after an abort nothing of that run reaches the server any more. */
function planOf(fault: Fault | 'abort', at: number): FaultPlan {
  let first: number | undefined;
  return ({ index }: Incoming) => {
    first ??= index;
    const number = index - first + 1;
    if (fault === 'abort') return number >= at ? { kind: 'cut-before' } : undefined;
    return number === at ? fault : undefined;
  };
}

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
