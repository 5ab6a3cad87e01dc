/** Service: where demand may be served, how fast, within what room, at what price, after which losses. */
import { place } from '../../../constructs/placement/decide/place';
import { app, type ClusterBuilder, demand, fleet } from '../../build';
import {
  at,
  chosen,
  decide,
  four,
  free,
  from,
  inputOf,
  refusals,
  under,
} from '../../placement/placing';

describe('residency', () => {
  const [west, east] = [at('a', 0).in('DE', 'west'), at('b', 10).in('FR', 'east')];
  const origins = [from('oa', 0).in('DE', 'west'), from('ob', 1).in('FR', 'east')];

  it('serves demand only where it may be served, however far', () => {
    const residency = [{ origins: { region: 'east' }, clusters: { region: 'east' } }];
    expect(chosen(under({ maxClusters: 1 }, [west, east], origins))).toEqual(['a']);
    const decision = under({ residency }, [west, east], origins);
    expect(decision.assignments.map(({ origin, cluster }) => [origin, cluster])).toEqual([
      ['oa', 'a'],
      ['ob', 'b'],
    ]);
    expect(decision.clusters[1]?.reason).toBe(
      'serves 1 origin, ob; the only chosen cluster that may serve 1 of them',
    );
  });

  it('holds for every rule that matches an origin', () => {
    const residency = [
      { origins: { region: 'east' }, clusters: { region: 'east' } },
      { origins: { country: 'FR' }, clusters: { region: 'west' } },
    ];
    expect(under({ residency }, [west, east], origins).conflict?.rules.map((r) => r.path)).toEqual([
      'policy.constraints.residency[0]',
      'policy.constraints.residency[1]',
    ]);
  });

  it('binds no origin without requests', () => {
    const residency = [{ origins: { region: 'east' }, clusters: { name: 'b' } }];
    const silent = [origins[0]!, from('ob', 1, 0).in('FR', 'east')];
    expect(
      chosen(under({ residency, mustNotInclude: [{ name: 'b' }] }, [west, east], silent)),
    ).toEqual(['a']);
  });
});

describe('latency', () => {
  // 5 ms and 20 ms per 1,000 km: ten degrees are 27.2 ms.
  const tenDegrees = 5 + (20 * 1111.949) / 1000;
  const away = [from('oa', 0), from('ob', 10)];

  it('of all requests forbids slower pairs', () => {
    const within = (milliseconds: number) =>
      chosen(under({ maxClusters: 1, latency: { milliseconds } }, [at('a', 0)], away));
    expect(within(tenDegrees + 0.1)).toEqual(['a']);
    expect(within(tenDegrees - 0.1)).toMatch(
      /^latency 27\.1\d+ ms for 100 % of requests cannot hold/,
    );
  });

  it('of a share of the requests lets the rest be slower', () => {
    const share = (part: number) =>
      under({ latency: { milliseconds: 6, share: part } }, [at('a', 0)], away).satisfied;
    expect(share(0.5)).toBe(true);
    expect(share(0.501)).toBe(false);
  });

  it('is the measured one where it was measured', () => {
    const { fleet: clusters } = inputOf({}, [at('a', 0)], away);
    const input = {
      fleet: { ...clusters, latency: [['ob', 'a', 90] as const] },
      demand: demand(...away),
      apps: [app('shop', { constraints: { ...free, latency: { milliseconds: 89.9 } } })],
    };
    expect(decide(input).satisfied).toBe(false);
  });
});

/** Two clusters in one place; the cheaper one, by an inch, has little room. */
const pair = (more: Parameters<ClusterBuilder['with']>[0]) => [at('a', 0).with(more), at('b', 0.1)];

describe('capacity', () => {
  const loads = (constraints: Parameters<typeof under>[0], clusters = pair({})) =>
    Object.fromEntries(
      under(constraints, clusters, [from('oa', 0, 60), from('ob', 0, 60)]).clusters.map(
        ({ name, requestsPerSecond }) => [name, Number(requestsPerSecond.toFixed(6))],
      ),
    );

  it('sends on what does not fit, dividing an origin', () => {
    expect(loads({ maxClusters: 1 })).toEqual({ a: 120 });
    expect(loads({}, pair({ requestsPerSecond: 90 }))).toEqual({ a: 90, b: 30 });
    expect(loads({}, pair({ allocatable: { cpuMillicores: 299 } }))).toEqual({ a: 100, b: 20 });
    expect(loads({}, pair({ allocatable: { memoryMebibytes: 128 } }))).toEqual({ a: 50, b: 70 });
    expect(loads({}, pair({ allocatable: { pods: 2 } }))).toEqual({ a: 100, b: 20 });
  });

  it('keeps whole origins whole', () => {
    const capacity = { assignment: 'whole' as const };
    expect(loads({ capacity }, pair({ requestsPerSecond: 90 }))).toEqual({ a: 60, b: 60 });
  });

  it('keeps headroom free', () => {
    const capacity = { headroom: 0.25 };
    expect(loads({ capacity }, pair({ requestsPerSecond: 120 }))).toEqual({ a: 90, b: 30 });
    expect(loads({ capacity }, pair({ requestsPerSecond: 160 }))).toEqual({ a: 120 });
  });

  it('false lifts every limit', () => {
    expect(loads({ capacity: false }, pair({ requestsPerSecond: 1 }))).toEqual({ a: 120 });
  });

  it.each([
    ['cpuMillicores', 99, 100],
    ['memoryMebibytes', 127, 128],
    ['pods', 0, 1],
  ])('refuses a cluster whose %s cannot hold the least replicas', (key, less, enough) => {
    const decision = under({}, pair({ allocatable: { [key]: less } }));
    expect(refusals(decision).a).toBe(
      `capacity: has ${less} ${key}, the least replicas need ${enough}`,
    );
    expect(refusals(under({}, pair({ allocatable: { [key]: enough } }))).a).toBeUndefined();
  });

  it('is shared by the apps of a problem', () => {
    const decided = place({
      fleet: fleet(...pair({ requestsPerSecond: 100 })),
      demand: demand(from('oa', 0, 80)),
      apps: ['cart', 'shop'].map((name) => app(name, { constraints: free })),
    }).apps;
    const onA = decided.flatMap((one) => one.clusters.filter(({ name }) => name === 'a'));
    expect(onA.reduce((sum, one) => sum + one.requestsPerSecond, 0)).toBeCloseTo(100, 6);
  });
});

describe('budget', () => {
  const priced = four.map((one) => one.with({ usdPerHour: 1, usdPerReplicaHour: 0.5 }));
  const chosenFor = (usdPerHour: number) => under({ budget: { usdPerHour } }, priced);

  it('limits clusters and replicas together', () => {
    // Four origins of 100 requests/s: two replicas each, whoever serves them.
    expect(chosen(chosenFor(8))).toHaveLength(4);
    expect(chosen(chosenFor(7.99))).toHaveLength(3);
    expect(chosen(chosenFor(5))).toHaveLength(1);
    expect(chosenFor(5).cost.usdPerHour).toBe(5);
  });

  it('names itself and what would do when nothing is cheap enough', () => {
    const { conflict } = chosenFor(4);
    expect(conflict?.rules).toEqual([
      { path: 'policy.constraints.budget', rule: 'budget 4 USD/h', relaxation: 'budget 5 USD/h' },
    ]);
  });

  it('counts egress', () => {
    const answered = { kibibytesPerResponse: 1048576 / 3600, requestsPerSecondPerReplica: 1000 };
    const workload = {
      image: 'i:1',
      resources: { cpuMillicores: 1, memoryMebibytes: 1 },
      ...answered,
    };
    const decision = decide({
      fleet: fleet(at('a', 0).with({ usdPerGibibyteEgress: 0.25 })),
      demand: demand(from('oa', 0, 40)),
      apps: [app('shop', { constraints: { ...free, budget: { usdPerHour: 10 } } }, { workload })],
    });
    expect(decision.cost.usdPerHour).toBeCloseTo(10, 9);
  });
});

describe('survive', () => {
  const twoOrigins = [from('oa', 0), from('ob', 10)];

  it('0 asks for nothing; 1 for another cluster that carries everything', () => {
    expect(chosen(under({ maxClusters: 1 }, four, twoOrigins))).toHaveLength(1);
    expect(under({ maxClusters: 1, survive: 0 }, four, twoOrigins).satisfied).toBe(true);
    expect(chosen(under({ maxClusters: 2, survive: 1 }, four, twoOrigins))).toHaveLength(2);
    expect(chosen(under({ maxClusters: 3, survive: 2 }, four, twoOrigins))).toHaveLength(3);
  });

  it('looks at room, which must be there after the loss', () => {
    const roomy = (requestsPerSecond: number) =>
      under(
        { survive: 1 },
        [at('a', 0).with({ requestsPerSecond }), at('b', 10).with({ requestsPerSecond })],
        twoOrigins,
      ).satisfied;
    expect(roomy(200)).toBe(true);
    expect(roomy(199)).toBe(false);
  });

  it('looks at residency and latency, which must hold after the loss', () => {
    const clusters = [at('a', 0).in('DE', 'west'), at('b', 1).in('DE', 'west'), at('c', 20)];
    const origins = [from('oa', 0).in('DE', 'west')];
    const residency = [{ origins: { region: 'west' }, clusters: { region: 'west' } }];
    expect(chosen(under({ survive: 1, residency }, clusters, origins))).toEqual(['a', 'b']);
    const latency = { milliseconds: 10 };
    expect(chosen(under({ survive: 1, latency }, clusters, origins))).toEqual(['a', 'b']);
    expect(under({ survive: 2, latency }, clusters, origins).satisfied).toBe(false);
  });

  it('looks at the share of latency after each loss', () => {
    const clusters = [at('a', 0), at('b', 0.5), at('c', 40)];
    const origins = [from('oa', 0, 90), from('oc', 40, 10)];
    const kept = (share: number) =>
      under({ survive: 1, latency: { milliseconds: 8, share } }, clusters, origins).satisfied;
    expect(kept(0.9)).toBe(true);
    expect(kept(0.91)).toBe(false);
  });
});
