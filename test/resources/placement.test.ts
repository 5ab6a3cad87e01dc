/** The resource `placement`: pure, told in short lines, unmoved by noise, refused when it may not be acted on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { demandDocument, type parseDemand } from '../../constructs/model/demand-document';
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { demand } from '../../providers/resources/demand';
import { placement } from '../../providers/resources/placement';

const folder = join(__dirname, '../../examples/quickstart');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const shop = parse(read('shop.yaml'));
const fleet = parse(read('fleet.yaml'));
const world = { now: '2026-11-21T06:00:00Z', folder, environment: {} };

/** The recorded demand of the quickstart, with every origin times `factor`. */
async function traffic(factor: (name: string) => number = () => 1) {
  const source = { prometheus: shop.demand.prometheus };
  const value = await demand.read(demand.parse(source), world);
  if (value.demand === undefined) throw new Error('the recorded answer is missing');
  const origins = value.demand.origins.map((origin) => ({
    ...origin,
    requestsPerSecond: origin.requestsPerSecond * factor(origin.name),
  }));
  return demandDocument({ ...value.demand, origins });
}
const props = (demands: Record<string, object | null>, more: object = {}, app: object = shop) =>
  placement.parse({ apps: [app], fleet, demands, ...more });
const planned = (...args: Parameters<typeof placement.plan>) => {
  const plan = placement.plan(...args);
  if (plan === undefined) throw new Error('nothing was planned');
  return plan;
};
const mistakes = (step: () => unknown) => {
  try {
    step();
  } catch (thrown) {
    return edgeErrorsOf(thrown)?.map(({ path, summary }) => `${path}: ${summary}`) ?? [];
  }
  return [];
};
const withConstraints = (constraints: object) => ({
  ...shop,
  policy: { ...shop.policy, constraints: { ...shop.policy.constraints, ...constraints } },
});

describe('the resource placement', () => {
  it('decides what the command line decides, digest and all', async () => {
    const expected = JSON.parse(read('expected/decision.json'));
    const plan = planned(undefined, props({ shop: await traffic() }));
    expect(plan.decision).toEqual(expected);
    expect(plan.carried.digest).toBe(expected.digest);
  });

  it('tells who serves whom: the shares of the origins are the load of the clusters', async () => {
    const demands = await traffic();
    const [app] = planned(undefined, props({ shop: demands })).apps;
    const load: Record<string, number> = {};
    const { origins } = demands as ReturnType<typeof parseDemand>;
    for (const { name, requestsPerSecond } of origins) {
      const shares = app?.origins[name] ?? {};
      const whole = Object.values(shares).reduce((sum, share) => sum + share, 0);
      expect(whole).toBeCloseTo(requestsPerSecond > 0 ? 1 : 0, 9);
      for (const [cluster, share] of Object.entries(shares)) {
        load[cluster] = (load[cluster] ?? 0) + share * requestsPerSecond;
      }
    }
    const { requestsPerSecond = {} } = app ?? {};
    expect(Object.keys(load).sort()).toEqual(Object.keys(requestsPerSecond).sort());
    for (const [cluster, amount] of Object.entries(requestsPerSecond)) {
      expect(load[cluster]).toBeCloseTo(amount, 2);
    }
  });

  it('tells each cluster in one line, and the whole in one', async () => {
    const plan = planned(undefined, props({ shop: await traffic() }));
    const [app] = plan.apps;
    expect(app?.clusters).toEqual(Object.keys(app?.replicas ?? {}));
    expect(app?.changes).toHaveLength(app?.clusters.length ?? 0);
    expect(app?.changes[0]).toMatch(/^\+ fra {2}644 requests\/s on 25 replicas; serves 40 origins/);
    expect(plan.summary).toMatch(
      /^\d of \d+ clusters, [\d,]+ requests\/s, mean .* ms, .*proved optimal$/,
    );
    expect(app?.summary).toBe(plan.summary);
  });

  it('says that nothing moved when the same clusters with the same replicas come out', async () => {
    const first = await placement.reconcile(undefined, props({ shop: await traffic() }), world);
    const again = planned(first.state, props({ shop: await traffic(() => 1.0001) }));
    expect(again.moved).toBe(false);
    expect(again.decision.digest).not.toBe(first.state?.decision.digest);
    expect(planned(undefined, props({ shop: await traffic() })).moved).toBe(true);
  });

  it('says that something moved when replicas change though clusters stay', async () => {
    const { state } = await placement.reconcile(undefined, props({ shop: await traffic() }), world);
    expect(planned(state, props({ shop: await traffic(() => 1.5) })).moved).toBe(true);
  });

  it('keeps the decision in force when the metrics failed, with a warning and its own clock', async () => {
    const { state } = await placement.reconcile(undefined, props({ shop: await traffic() }), world);
    const plan = planned(state, props({ shop: null }));
    expect(plan.moved).toBe(false);
    expect(plan.decision.now).toBe(state?.decision.now);
    expect(plan.warnings.join()).toContain('the previous decision stands');
    expect(mistakes(() => placement.plan(undefined, props({ shop: null }))).join()).toContain(
      'got no requests for shop, and there is no placement yet',
    );
  });

  it('refuses what cannot be satisfied at the rule that is in the way, with what would do', async () => {
    const app = withConstraints({
      minClusters: 4,
      mustNotInclude: [{ region: 'europe' }],
      maxClusters: 4,
    });
    const demands = { shop: await traffic() };
    const plan = planned(undefined, props(demands, {}, app));
    const [error] = plan.errors;
    expect(error?.code).toBe('Unsatisfied');
    expect(error?.path).toMatch(/^apps\[0\]\.policy\.constraints\./);
    expect(error?.remedy).toMatch(/^Any one of these would do: policy\.constraints\./);
    await expect(placement.reconcile(undefined, props(demands, {}, app), world)).rejects.toThrow(
      'no placement satisfies',
    );
    const allowed = planned(undefined, props(demands, { allowUnsatisfied: true }, app));
    expect(allowed.errors).toEqual([]);
    expect(allowed.warnings.join()).toContain('cannot');
    expect(allowed.apps[0]?.clusters).toEqual([]);
  });

  it('stops at a guard unless it is lifted by name', async () => {
    const { state } = await placement.reconcile(undefined, props({ shop: await traffic() }), world);
    const held = state?.decision.apps[0]?.clusters.map(({ name }) => name) ?? [];
    const away = {
      ...withConstraints({ mustNotInclude: held.map((name) => ({ name })), residency: [] }),
    };
    const demands = { shop: await traffic() };
    const plan = planned(state, props(demands, {}, away));
    expect(plan.errors.map(({ code, path }) => [code, path])).toEqual([
      ['GuardStopped', 'apps[0].policy.guard.maxDroppedShare'],
    ]);
    expect(planned(state, props(demands, { allow: ['maxDroppedShare'] }, away)).errors).toEqual([]);
  });

  it('replays a lock without looking at demand, and refuses one made for other documents', async () => {
    const lock = JSON.parse(read('expected/decision.json'));
    expect(planned(undefined, props({}, { lock })).decision).toEqual(lock);
    const other = withConstraints({ maxClusters: 3 });
    expect(mistakes(() => props({}, { lock }, other))).toEqual([
      'lock.inputs.apps: the app shop has changed since it was decided',
    ]);
  });

  it('takes over a decision from a file', async () => {
    const { decision } = await placement.import('expected/decision.json', world);
    expect(planned({ decision }, props({ shop: await traffic() })).moved).toBe(false);
  });

  it('names every mistake of every document by its path', () => {
    const app = { ...withConstraints({ minCluster: 2 }) };
    expect(
      mistakes(() =>
        placement.parse({
          apps: [shop, app],
          fleet: { clusters: [{ name: 'a' }] },
          demands: { shop: {} },
        }),
      ),
    ).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^apps\[1\]\.policy\.constraints\.minCluster: /),
        expect.stringMatching(/^fleet\.clusters\[0\]\.latitude: /),
        expect.stringMatching(/^demands\.shop\.origins: /),
      ]),
    );
    expect(mistakes(() => props({ cart: null }))).toEqual([
      'demands.cart: got a demand for cart, which is not among the apps',
    ]);
    expect(
      mistakes(() => props({}, {}, withConstraints({ mustInclude: [{ region: 'eurpe' }] })))[0],
    ).toMatch(/^apps\[0\]\.policy\.constraints\.mustInclude\[0\]\.region: got region "eurpe"/);
  });
});

it('several apps are told in one line: where, what each kind of them goes through, and what it costs more', () => {
  const clusters = ['ams', 'ber', 'cdg'].map((name, index) => {
    const [latitude, longitude] = [48 + index, 4 + index];
    return { name, latitude, longitude, region: 'europe', country: 'DE', usdPerHour: index + 1 };
  });
  const app = (name: string, only: string) => ({
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'EdgeApp',
    name,
    workload: shop.workload,
    policy: {
      static: true,
      constraints: { minClusters: 1, maxClusters: 1, chooseFrom: [{ name: only }] },
      stability: { minDwellSeconds: 0 },
    },
  });
  const summary = (apps: readonly object[], prior?: Parameters<typeof placement.plan>[0]) => {
    const now = prior === undefined ? '2026-11-21T06:00:00Z' : '2026-11-22T06:00:00Z';
    const whole = { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', clusters };
    const plan = planned(prior, placement.parse({ apps, fleet: whole, demands: {}, now }));
    return { plan, said: plan.summary };
  };
  const before = [app('one', 'ams'), app('two', 'ber'), app('three', 'ams')];
  const first = summary(before);
  expect(first.said).toBe('3 apps on 2 clusters: 3 placed; proved optimal');
  const prior = { decision: first.plan.carried };
  expect(summary(before, prior).said).toBe('3 apps on 2 clusters: 3 stay; proved optimal');
  const after = [app('one', 'cdg'), app('two', 'ber'), app('three', 'ams'), app('four', 'ams')];
  const { said, plan } = summary(after, prior);
  const delta = plan.decision.apps.reduce((sum, { cost }) => sum + cost.delta, 0);
  expect(delta).toBeGreaterThan(0);
  expect(said).toBe(
    `4 apps on 3 clusters: 1 move, 1 placed, 2 stay; +${delta.toFixed(2)} USD/h; proved optimal`,
  );
});
