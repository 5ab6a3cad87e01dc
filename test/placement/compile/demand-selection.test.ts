/** Demands: what an app is placed by, and when its previous decision stands instead. */
import type { Demand } from '../../../constructs/model/demand';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import type { PlacementPolicyInput } from '../../../constructs/policy/policy';
import { app, demand, fleet, NOW } from '../../build';
import { ago, at, chose, chosen, decide, four, free, from, refusals } from '../placing';

const observedAt = NOW;
const written = (rate: number, name = 'oa') => ({
  observedAt,
  origins: [{ name, latitude: 0, longitude: 0, requestsPerSecond: rate }],
});
const shop = (more: PlacementPolicyInput = {}, inline?: ReturnType<typeof written>) =>
  app(
    'shop',
    { constraints: free, stability: { minGain: 0 }, ...more },
    inline === undefined ? {} : { demand: inline },
  );
const near = demand(from('oa', 0));
const stale = { ...near, observedAt: ago(1801) };
const zero = demand(from('oa', 0, 0));
const base = { fleet: fleet(...four), now: NOW };

describe('an app is placed by', () => {
  const servedOrigin = (input: Partial<PlaceInput>, one = shop()) =>
    decide({ ...base, apps: [one], ...input }).assignments.map(({ origin }) => origin);

  it('the demand all apps share', () => {
    expect(servedOrigin({ demand: near })).toEqual(['oa']);
    expect(servedOrigin({ demand: near }, shop({}, written(1, 'mine')))).toEqual(['oa']);
  });

  it('the demand of its name, else its own', () => {
    const own = shop({}, written(1, 'mine'));
    expect(servedOrigin({ demand: { shop: near } }, own)).toEqual(['oa']);
    expect(servedOrigin({ demand: { cart: near } }, own)).toEqual(['mine']);
    expect(servedOrigin({}, own)).toEqual(['mine']);
  });

  it('what it assumes, with a warning, when there is no other', () => {
    const assume = written(1, 'assumed');
    const decision = decide({ ...base, apps: [shop({ assume })] });
    expect(decision.assignments.map(({ origin }) => origin)).toEqual(['assumed']);
    expect(decision.warnings).toEqual([
      'no demand was given; placed by the assumed demand of policy.assume',
    ]);
  });

  it('nothing at all when it is static', () => {
    const decision = decide({ ...base, apps: [shop({ static: true })] });
    expect(decision).toMatchObject({ satisfied: true, assignments: [], warnings: [] });
    expect(decision.latency).toEqual({ meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 });
  });
});

const troubles: readonly (readonly [string, Demand | undefined, string])[] = [
  ['missing', undefined, 'no demand was given'],
  ['zero', zero, 'the demand has no requests'],
  ['without origins', demand(), 'the demand has no requests'],
  ['stale', stale, `the demand observed at ${ago(1801)} was valid for 1800 s and is stale`],
];

describe.each(troubles)('a demand that is %s', (_name, given, trouble) => {
  const input = (more: Partial<PlaceInput>, policy: PlacementPolicyInput = {}) => ({
    ...base,
    apps: [shop(policy)],
    ...(given === undefined ? {} : { demand: given }),
    ...more,
  });

  it('lets the previous decision stand', () => {
    const decision = decide(input({ previous: chose(['c', 'd']) }));
    expect(chosen(decision)).toEqual(['c', 'd']);
    expect(decision.clusters.map(({ change, since }) => [change, since])).toEqual([
      ['kept', ago(7200)],
      ['kept', ago(7200)],
    ]);
    expect(decision).toMatchObject({ dropped: [], cost: { usdPerHour: 1, delta: 0 } });
    expect(decision.warnings).toEqual([`${trouble}; the previous decision stands`]);
  });

  it('lets it stand rather than believe what is assumed', () => {
    const policy = { assume: written(1, 'assumed') };
    expect(chosen(decide(input({ previous: chose(['c']) }, policy)))).toEqual(['c']);
  });

  it('is replaced by what is assumed where nothing was decided for this app', () => {
    const policy = { assume: written(1, 'assumed') };
    const decision = decide(input({ previous: chose(['c'], {}, 'cart') }, policy));
    expect(decision.assignments.map(({ origin }) => origin)).toEqual(['assumed']);
    expect(decision.warnings[0]).toContain(trouble);
  });

  it('is an error where nothing is left to believe', () => {
    expect(() => place(input({}))).toThrow(
      expect.objectContaining({
        code: 'NoDemand',
        summary: `${trouble}, and there is no previous decision to stand on`,
      }),
    );
  });

  it('does not matter to a static policy', () => {
    expect(decide(input({}, { static: true })).warnings).toEqual([]);
  });
});

describe('a demand', () => {
  it('is fresh up to its last second', () => {
    const last = { ...near, observedAt: ago(1800) };
    expect(decide({ ...base, apps: [shop()], demand: last }).warnings).toEqual([]);
  });

  it('gives the clock when nobody else does', () => {
    const { now: _, ...clockless } = base;
    const decision = place({ ...clockless, apps: [shop()], demand: near });
    expect(decision.now).toBe(NOW);
    expect(decision.inputs.observedAt).toBe(NOW);
  });

  it('leaves a placement without any clock an error, unless all of it is static', () => {
    const { now: _, ...clockless } = base;
    expect(() => place({ ...clockless, apps: [shop()] })).toThrow(
      expect.objectContaining({ code: 'NoDemand', path: 'now' }),
    );
    const { now } = place({ ...clockless, apps: [shop({ static: true })] });
    expect(now).toBe('1970-01-01T00:00:00Z');
  });
});

describe('an app that stands', () => {
  const roomFor = (requestsPerSecond: number) => [
    at('a', 0).with({ requestsPerSecond }),
    ...four.slice(1),
  ];
  const beside = (clusters: typeof four, constraints: object, cart: PlacementPolicyInput = {}) =>
    place({
      fleet: fleet(...clusters),
      now: NOW,
      apps: [
        app('cart', { constraints: free, ...cart }),
        shop({ constraints: { ...free, ...constraints } }),
      ],
      demand: { shop: near },
      previous: chose(['a', 'b'], {}, 'cart'),
    }).apps[1];

  it('still takes the capacity it uses', () => {
    // Cart serves 100 requests/s in a: of 150, 50 are left.
    const load = (room: number, cart: PlacementPolicyInput = {}) =>
      beside(roomFor(room), {}, cart)?.clusters.find(({ name }) => name === 'a')?.requestsPerSecond;
    expect(load(150)).toBeCloseTo(50, 9);
    expect(load(200)).toBeCloseTo(100, 9);
    expect(load(150, { constraints: { ...free, capacity: false } })).toBeCloseTo(100, 9);
    expect(load(300, { constraints: { ...free, capacity: { headroom: 0.5 } } })).toBeCloseTo(50, 9);
  });

  it('binds others by apart and together', () => {
    const apart = beside(four, { apart: ['cart'] });
    expect(apart && chosen(apart)).toEqual(['c']);
    expect(apart && refusals(apart).a).toBe('apart: cart is there');
    const together = beside(four, { minClusters: 2, together: ['cart'] });
    expect(together && chosen(together)).toEqual(['a', 'b']);
    expect(together && refusals(together).c).toBe('together: cart is not there');
  });
});
