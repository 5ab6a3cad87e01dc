/** A placement in Pulumi's own server of dynamic providers: known in a preview, unmoved by noise, refused in place. */
import type { PlacementDecision } from '../../constructs/model/decision';
import type { HeldCluster } from '../../providers/pulumi/runtime/placement-provider';
import type { Bag } from '../../providers/pulumi/runtime/property-bag';
import { UNKNOWN } from '../../providers/pulumi/runtime/unknown';
import { placement } from '../../providers/resources/placement';
import { type DynamicServer, startDynamicServer } from './dynamic-server';
import { app, demandOf, fleetOf, placementInputs } from './inputs';
import { type ProgramFolder, programFolder } from './program-folder';

let folder: ProgramFolder;
let server: DynamicServer;
beforeAll(async () => {
  folder = programFolder();
  server = await startDynamicServer(folder.path, 'placement');
});
afterAll(async () => {
  await server?.stop();
  folder?.remove();
});

/** What the engine keeps of inputs that were accepted. */
async function accepted(olds: Bag, news: Bag): Promise<Bag> {
  const { inputs, failures } = await server.check(olds, news);
  expect(failures).toEqual([]);
  return inputs;
}
const first = () => accepted({}, placementInputs(demandOf(120, 100, 20)));
const later = '2026-11-21T07:30:00Z';

describe('a placement', () => {
  it('is known in a preview: clusters, replicas, why, and one line per cluster', async () => {
    const inputs = await first();
    expect(inputs).toMatchObject({ clusters: ['fra', 'iad'], satisfied: true, gap: 0 });
    expect(inputs.replicas).toEqual({ fra: 3, iad: 2 });
    const load = inputs.requestsPerSecond as Readonly<Record<string, number>>;
    expect(Object.keys(load)).toEqual(['fra', 'iad']);
    expect((load.fra ?? 0) + (load.iad ?? 0)).toBeCloseTo(240, 2);
    const { shop } = inputs.placements as Readonly<Record<string, Bag>>;
    expect(shop?.requestsPerSecond).toEqual(load);
    expect(inputs.usdPerHour).toBe(shop?.usdPerHour);
    expect(inputs.summary).toMatch(/^2 of 3 clusters, 240 requests\/s, .*proved optimal$/);
    expect(inputs.delta).toEqual([
      expect.stringMatching(/^\+ fra {2}/),
      expect.stringMatching(/^\+ iad {2}/),
    ]);
    expect(inputs.placements).toMatchObject({ shop: { clusters: ['fra', 'iad'] } });
  });

  it('keeps neither fleet nor demand, only the decision made from them', async () => {
    const inputs = await first();
    expect(Object.keys(inputs)).not.toContain('fleet');
    expect(Object.keys(inputs)).not.toContain('demands');
    expect(JSON.stringify(inputs)).not.toContain('clusters.kubeconfig');
    const decision = JSON.parse(String(inputs.decision)) as PlacementDecision;
    expect(decision.digest).toBe(inputs.digest);
  });

  it('shows nothing when metrics are noise', async () => {
    const before = await first();
    const { id, outs } = await server.create(before);
    expect(id).toBe('shop');
    const again = await accepted(before, placementInputs(demandOf(122, 99, 20, later)));
    expect(again).toEqual(before);
    expect(await server.diff(id, outs, again)).toEqual({ changes: 'none', replaces: [] });
  });

  it('shows nothing when requests that an app hands over as numbers are noise, and everything else that it says', async () => {
    const { demands: _, apps, ...others } = placementInputs(demandOf(120, 100, 20));
    const [given] = apps as readonly Bag[];
    const handed = (
      { apiVersion: _version, kind: _kind, ...demand }: ReturnType<typeof demandOf>,
      workload: Bag = {},
    ) => {
      const runs = { ...(given?.workload as Bag), ...workload };
      return { ...others, apps: [{ ...given, workload: runs, demand }] };
    };
    const before = await accepted({}, handed(demandOf(120, 100, 20)));
    expect(await accepted(before, handed(demandOf(122, 99, 20, later)))).toEqual(before);
    const moved = await accepted(before, handed(demandOf(120, 2, 300, later)));
    expect(moved.clusters).toEqual(['fra', 'sin']);
    const told = await accepted(before, handed(demandOf(122, 99, 20, later), { image: 'shop:2' }));
    expect(told.digest).not.toBe(before.digest);
  });

  it('shows exactly the move when users move', async () => {
    const before = await first();
    const { id, outs } = await server.create(before);
    const moved = await accepted(before, placementInputs(demandOf(120, 2, 300, later)));
    expect(moved.clusters).toEqual(['fra', 'sin']);
    expect((moved.delta as string[]).map((line) => line.slice(0, 5))).toEqual([
      '+ sin',
      '= fra',
      '- iad',
    ]);
    expect(await server.diff(id, outs, moved)).toEqual({ changes: 'some', replaces: [] });
    expect(await server.update(id, outs, moved)).toEqual(moved);
  });

  it('keeps the lines of the last move where only an image changes', async () => {
    const before = await first();
    const workload = { ...app.workload, image: 'registry.example/shop:2' };
    const news = placementInputs(demandOf(120, 100, 20), { apps: [{ ...app, workload }] });
    const after = await accepted(before, news);
    expect(after.digest).not.toBe(before.digest);
    expect(after.delta).toEqual(before.delta);
    const { shop } = after.origins as Readonly<Record<string, string>>;
    const clusters = Object.values(JSON.parse(shop as string)).flatMap((one) =>
      Object.keys(one as object),
    );
    expect([...new Set(clusters)].sort()).toEqual(['fra', 'iad']);
  });

  it('decides anew when its policy changes, even when no cluster moves', async () => {
    const before = await first();
    const policy = { constraints: { ...app.policy.constraints, minRequestsPerSecond: 6 } };
    const news = placementInputs(demandOf(120, 100, 20), { apps: [{ ...app, policy }] });
    const after = await accepted(before, news);
    expect(after.clusters).toEqual(before.clusters);
    expect(after.digest).not.toBe(before.digest);
    expect((await server.diff('shop', before, after)).changes).toBe('some');
  });

  it('stands when the metrics failed', async () => {
    const before = await first();
    const after = await accepted(before, placementInputs(undefined));
    expect(after).toEqual({
      ...before,
      warnings: [expect.stringMatching(/previous decision stands/)],
    });
    expect((await server.diff('shop', before, after)).changes).toBe('none');
  });

  it('says so when it cannot read the decision in force, and decides without', async () => {
    const before = await first();
    const decision = { ...JSON.parse(String(before.decision)), quorum: 2 };
    const newer = { ...before, decision: JSON.stringify(decision) };
    const after = await accepted(newer, placementInputs(demandOf(120, 100, 20)));
    expect(after.clusters).toEqual(before.clusters);
    expect(after.warnings).toEqual([
      expect.stringMatching(/^the decision in force was made by another version of littoral/),
    ]);
  });

  it('replays a lock, whatever the metrics say', async () => {
    const source = { apps: [app], fleet: fleetOf(), demands: { shop: demandOf(120, 100, 20) } };
    const lock = JSON.stringify(placement.plan(undefined, placement.parse(source))?.decision);
    const news = (sin: number) => placementInputs(demandOf(1, 2, sin), { lock });
    const one = await accepted({}, news(300));
    expect(one.clusters).toEqual(['fra', 'iad']);
    expect(one.lock).toBe(one.digest);
    expect(await accepted({}, news(900))).toEqual(one);
  });

  it('refuses a policy that cannot be satisfied, at the policy, with a remedy', async () => {
    const policy = { constraints: { minClusters: 4, maxClusters: 5 } };
    const news = placementInputs(demandOf(120, 100, 20), { apps: [{ ...app, policy }] });
    const { failures } = await server.check({}, news);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.property).toMatch(/^apps\[0\]\.policy\./);
    expect(failures[0]?.reason).toMatch(/minClusters.*would do/);
    const allowed = await accepted({}, { ...news, allowUnsatisfied: true });
    expect(allowed).toMatchObject({ satisfied: false, clusters: [] });
  });

  it('refuses every mistake at once, each at its place, without a stack', async () => {
    const apps = [{ ...app, policy: { constraints: { minCluster: 1 }, objectiv: {} } }];
    const { failures } = await server.check({}, placementInputs(demandOf(1, 1, 1), { apps }));
    expect(failures.map(({ property }) => property)).toEqual([
      'apps[0].policy.constraints.minCluster',
      'apps[0].policy.objectiv',
    ]);
    expect(server.said()).toBe('');
  });

  it('is open while an input is unknown that decides', async () => {
    const { inputs, failures } = await server.check(
      {},
      { ...placementInputs(undefined), fleet: UNKNOWN },
    );
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ clusters: UNKNOWN, decision: UNKNOWN, apps: [app] });
  });

  it('is known although the image is not, but for the document it was decided from', async () => {
    const workload = { ...app.workload, image: UNKNOWN };
    const news = placementInputs(demandOf(120, 100, 20), { apps: [{ ...app, workload }] });
    const inputs = await accepted({}, news);
    expect(inputs).toMatchObject({ clusters: ['fra', 'iad'], replicas: { fra: 3, iad: 2 } });
    expect(inputs).toMatchObject({ decision: UNKNOWN, digest: UNKNOWN });
    expect(inputs.apps).toEqual([{ ...app, workload }]);
  });

  it('remembers a cluster that was dropped while silent until it answers', async () => {
    const before = await first();
    const silent = placementInputs(demandOf(120, 2, 300, later), {}, fleetOf(['iad']));
    const dropped = await accepted(before, silent);
    expect(dropped.clusters).toEqual(['fra', 'sin']);
    const [held] = dropped.held as HeldCluster[];
    expect(held).toMatchObject({ app: 'shop', cluster: { name: 'iad' }, decision: before.digest });
    expect(await accepted(dropped, silent)).toEqual({ ...dropped, warnings: [] });
    const back = await accepted(dropped, placementInputs(demandOf(120, 2, 300, later)));
    expect(back.clusters).toEqual(['fra', 'sin']);
    expect(back.held).toEqual([]);
  });

  it('is read as it is kept, and removed without a trace', async () => {
    const before = await first();
    const { id, outs } = await server.create(before);
    expect(await server.read(id, outs)).toEqual({ id, outs });
    await server.delete(id, outs);
    expect(server.said()).toBe('');
  });
});
