/** Stability: what holds the previous clusters, what gives way in which order, and what then is said. */
import { parseDemand } from '../../../constructs/model/demand-document';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { place } from '../../../constructs/placement/decide/place';
import type { PlacementPolicyInput } from '../../../constructs/policy/policy';
import { seeded, world } from '../../bench/world';
import { app, NOW } from '../../build';
import {
  ago,
  at,
  type Constraints,
  chose,
  chosen,
  decide,
  four,
  fourOrigins,
  free,
  from,
  inputOf,
  refusals,
} from '../placing';

type Stability = NonNullable<PlacementPolicyInput['stability']>;

const later = (seconds: number) => ago(-seconds);
const window = { from: ago(60), until: later(60) };
const placed = (
  stability: Stability,
  previous: readonly string[],
  more: {
    constraints?: Constraints;
    since?: Record<string, string>;
    clusters?: typeof four;
    now?: string;
  } = {},
) => {
  const constraints = { ...free, ...more.constraints };
  const input = inputOf({ constraints, stability: { minGain: 0, ...stability } }, more.clusters);
  return decide({ ...input, previous: chose(previous, more.since), now: more.now ?? NOW });
};

describe('a freeze', () => {
  it('keeps the previous clusters while its window lasts, and not before or after', () => {
    const frozen = (now: string) => chosen(placed({ freeze: [window] }, ['a', 'b'], { now }));
    expect(frozen(NOW)).toEqual(['a', 'b']);
    expect(frozen(window.from)).toEqual(['a', 'b']);
    expect(
      chosen(placed({ freeze: [{ from: later(1), until: later(60) }] }, ['a', 'b'])),
    ).toHaveLength(4);
    expect(chosen(placed({ freeze: [{ from: ago(60), until: NOW }] }, ['a', 'b']))).toHaveLength(4);
  });

  it('may recur by a schedule, and the reason says until when', () => {
    const [, hour, minute] = /T(\d\d):(\d\d)/.exec(NOW) ?? [];
    const recurring = { cron: `${minute} ${hour} * * *`, minutes: 60 };
    const decision = placed({ freeze: [recurring] }, ['a', 'b']);
    expect(chosen(decision)).toEqual(['a', 'b']);
    expect(Object.values(refusals(decision))[0]).toMatch(
      /^freeze: the freeze window until .*Z keeps/,
    );
    const over = { ...recurring, cron: `${minute} ${Number(hour) - 1} * * *` };
    expect(chosen(placed({ freeze: [over] }, ['a', 'b']))).toHaveLength(4);
  });

  it('binds nothing that was never placed', () => {
    const input = inputOf({ constraints: free, stability: { freeze: [window] } });
    expect(chosen(decide({ ...input, now: NOW }))).toHaveLength(4);
    const previous = chose(['a'], {}, 'cart');
    expect(chosen(decide({ ...input, previous, now: NOW }))).toHaveLength(4);
  });

  it('gives way when the previous clusters break a rule, with a warning', () => {
    const { warnings, ...decision } = placed({ freeze: [window] }, ['a', 'b'], {
      constraints: { mustInclude: [{ name: 'd' }] },
    });
    expect(chosen({ ...decision, warnings })).toContain('d');
    expect(warnings).toEqual([
      'the freeze window gave way: no legal set keeps the previous clusters',
    ]);
  });

  it('gives way when a previous cluster may no longer be chosen or is gone', () => {
    const constraints = { mustNotInclude: [{ name: 'a' }] };
    expect(placed({ freeze: [window] }, ['a', 'b'], { constraints }).warnings).toHaveLength(1);
    expect(placed({ freeze: [window] }, ['b', 'gone']).warnings).toHaveLength(1);
  });
});

describe('a young cluster', () => {
  const young = (seconds: number, more: Parameters<typeof placed>[2] = {}) =>
    placed({ minDwellSeconds: 600 }, ['a', 'd'], {
      constraints: { maxClusters: 1, ...more.constraints },
      since: { d: ago(seconds) },
      ...more,
    });

  it('stays until it has been there for minDwellSeconds', () => {
    expect(chosen(young(599))).toEqual(['d']);
    expect(chosen(young(600))).not.toEqual(['d']);
    expect(young(599).clusters[0]?.reason).toMatch(
      /there since .*, not yet for minDwellSeconds 600/,
    );
  });

  it('may be thin', () => {
    const input = inputOf(
      { constraints: { ...free, minRequestsPerSecond: 50 }, stability: { minGain: 0 } },
      four,
      [from('oa', 0)],
    );
    const previous = chose(['a', 'd'], { d: ago(1) });
    expect(chosen(decide({ ...input, previous, now: NOW }))).toEqual(['a', 'd']);
    expect(chosen(decide({ ...input, previous: chose(['a', 'd']), now: NOW }))).toEqual(['a']);
  });

  it('does not hold what may no longer be chosen', () => {
    const decision = young(1, { constraints: { maxClusters: 2, mustNotInclude: [{ name: 'd' }] } });
    expect(chosen(decision)).not.toContain('d');
    expect(decision.warnings).toEqual([]);
    expect(decision.dropped).toContainEqual({ name: 'd', reason: 'mustNotInclude name d' });
  });

  it('gives way when no legal set keeps it, with a warning', () => {
    const decision = young(1, { constraints: { maxClusters: 1, mustInclude: [{ name: 'a' }] } });
    expect(chosen(decision)).toEqual(['a']);
    expect(decision.warnings).toEqual([
      'minDwellSeconds and tolerations of unreachable clusters gave way: no legal set keeps those clusters',
    ]);
  });
});

describe('maxChanges', () => {
  it.each([
    [0, ['a', 'b']],
    [1, 3],
    [2, 4],
    [undefined, 4],
  ] as const)('%p allows so many clusters to be added or dropped', (maxChanges, expected) => {
    const stability = maxChanges === undefined ? {} : { maxChanges };
    const names = chosen(placed(stability, ['a', 'b']));
    if (typeof expected === 'number') expect(names).toHaveLength(expected);
    else expect(names).toEqual(expected);
  });

  it('counts an exchange as two', () => {
    const exchanged = (maxChanges: number) =>
      chosen(
        placed({ maxChanges }, ['a', 'd'], {
          constraints: { maxClusters: 2 },
          clusters: [...four],
        }),
      );
    expect(exchanged(1)).toEqual(['a', 'd']);
    expect(exchanged(2)).not.toEqual(['a', 'd']);
  });

  it('does not count clusters that may no longer be chosen or are gone', () => {
    const constraints = { mustNotInclude: [{ name: 'b' }] };
    expect(chosen(placed({ maxChanges: 0 }, ['a', 'b', 'gone'], { constraints }))).toEqual(['a']);
    expect(placed({ maxChanges: 0 }, ['a', 'b', 'gone'], { constraints }).warnings).toEqual([]);
  });

  it('gives way last, with a warning', () => {
    const decision = placed({ maxChanges: 0, freeze: [window] }, ['a'], {
      constraints: { minClusters: 2 },
    });
    expect(decision.clusters.length).toBeGreaterThan(1);
    expect(decision.warnings).toEqual(['maxChanges 0 gave way: no legal set is that near']);
  });

  it('still binds when only the young clusters had to give way', () => {
    const decision = placed({ maxChanges: 1 }, ['a', 'd'], {
      since: { d: ago(1) },
      constraints: { maxClusters: 1, mustInclude: [{ name: 'a' }] },
    });
    expect(chosen(decision)).toEqual(['a']);
    expect(decision.warnings[0]).toMatch(/^minDwellSeconds/);
  });

  it('gives way before the next tier opens', () => {
    const input = inputOf({
      constraints: { ...free, minClusters: 2 },
      tiers: [{ name: ['a', 'b'] }, { name: ['c', 'd'] }],
      stability: { maxChanges: 0 },
    });
    const decision = decide({ ...input, previous: chose(['a']), now: NOW });
    expect(chosen(decision)).toEqual(['a', 'b']);
    expect(decision.warnings).toEqual(['maxChanges 0 gave way: no legal set is that near']);
  });
});

describe('hysteresis', () => {
  const thin = (
    requestsPerSecond: number,
    previous: readonly string[] | undefined,
    stability: Stability = {},
  ) => {
    const input = inputOf(
      {
        constraints: { ...free, minRequestsPerSecond: 100 },
        stability: { minGain: 0, ...stability },
      },
      four.slice(0, 2),
      [from('oa', 0, 1000), from('ob', 10, requestsPerSecond)],
    );
    return chosen(decide(previous === undefined ? input : { ...input, previous: chose(previous) }));
  };

  it.each([
    ['enters at minRequestsPerSecond', 100, ['a'], {}, ['a', 'b']],
    ['does not enter under it', 99, ['a'], {}, ['a']],
    ['enters at the same without a previous decision', 99, undefined, {}, ['a']],
    ['stays at 0.8 of it', 80, ['a', 'b'], {}, ['a', 'b']],
    ['leaves under 0.8 of it', 79.9, ['a', 'b'], {}, ['a']],
    ['enters at enterRequestsPerSecond', 150, ['a'], { enterRequestsPerSecond: 150 }, ['a', 'b']],
    ['does not enter under that', 149, ['a'], { enterRequestsPerSecond: 150 }, ['a']],
    ['stays at exitRequestsPerSecond', 30, ['a', 'b'], { exitRequestsPerSecond: 30 }, ['a', 'b']],
    ['leaves under that', 29.9, ['a', 'b'], { exitRequestsPerSecond: 30 }, ['a']],
  ])('a cluster %s', (_name, requestsPerSecond, previous, stability, names) => {
    expect(thin(requestsPerSecond, previous, stability)).toEqual(names);
  });

  it('says what it would have had to serve', () => {
    const input = inputOf(
      { constraints: { ...free, minRequestsPerSecond: 100 }, stability: { minGain: 0 } },
      four.slice(0, 2),
      [from('oa', 0, 1000), from('ob', 10, 79)],
    );
    expect(decide({ ...input, previous: chose(['a', 'b']) }).dropped).toEqual([
      {
        name: 'b',
        reason:
          'would serve 79 requests/s, a cluster that stands is left under 80 (0.8 x minRequestsPerSecond 100)',
      },
    ]);
  });
});

describe('what stands with little load', () => {
  // b would take half of what a serves, and leave it under the minimum for a newcomer.
  const clusters = [at('a', 0), at('b', 10)];
  const origins = [from('oa', 0, 95), from('ob', 10, 105)];
  const constraints = { ...free, minRequestsPerSecond: 100 };
  const again = (stability: Stability, more: Constraints = {}) => {
    const input = inputOf(
      { constraints: { ...constraints, ...more }, stability },
      clusters,
      origins,
    );
    return decide({ ...input, previous: chose(['a'], { a: ago(60) }), now: NOW });
  };

  it('makes no room for a newcomer, be it young or above its exit threshold', () => {
    expect(chosen(again({ minDwellSeconds: 600, minGain: 0 }))).toEqual(['a']);
    expect(chosen(again({ minDwellSeconds: 0, minGain: 0.2 }))).toEqual(['a']);
  });

  it('stays beside a newcomer where it cannot stay alone', () => {
    const mustInclude = [{ name: 'b' }];
    expect(chosen(again({ minDwellSeconds: 600, minGain: 0 }, { mustInclude }))).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('noise', () => {
  const seen = world(160, 600, 11);
  const noisy = (factor: (index: number) => number, seconds: number) => ({
    fleet: parseFleet(seen.fleet),
    demand: parseDemand({
      ...seen.demand,
      observedAt: new Date(Date.parse(seen.demand.observedAt) + seconds * 1000).toISOString(),
      origins: seen.demand.origins.map((one, index) => ({
        ...one,
        requestsPerSecond: one.requestsPerSecond * factor(index),
      })),
    }),
    apps: [
      app('shop', { constraints: { minClusters: 12, maxClusters: 12, minRequestsPerSecond: 0 } }),
    ],
  });
  const first = place(noisy(() => 1, 0));
  const moves = (factor: (index: number) => number) => {
    // Long after minDwellSeconds, so that nothing but hysteresis holds the clusters.
    const [after] = place({ ...noisy(factor, 86_400), previous: first }).apps;
    return [
      ...(after?.dropped ?? []),
      ...(after?.clusters ?? []).filter((one) => one.change === 'added'),
    ];
  };

  it('of 5 % on every origin moves nothing', () => {
    expect(first.apps[0]?.clusters.length).toBeGreaterThan(2);
    for (const start of [1, 2, 3, 4, 5]) {
      const random = seeded(start);
      expect(moves(() => 0.95 + 0.1 * random())).toEqual([]);
    }
  });

  it('of one origin that reads ten times as much moves nothing unless it is much of all demand', () => {
    const { origins } = seen.demand;
    const all = origins.reduce((sum, one) => sum + one.requestsPerSecond, 0);
    const small = [...origins.keys()].filter(
      (at) => (origins[at]?.requestsPerSecond ?? all) < all / 400,
    );
    expect(small.length).toBeGreaterThan(20);
    for (const at of small.slice(0, 12)) {
      expect(moves((index) => (index === at ? 10 : 1))).toEqual([]);
    }
  });

  it('that is no noise still moves something', () => {
    expect(moves((index) => (index % 3 === 0 ? 20 : 0.05)).length).toBeGreaterThan(0);
  });
});

it('keeps the order in which things give way', () => {
  const decision = placed({ maxChanges: 1, freeze: [window] }, ['a', 'd'], {
    since: { d: ago(1) },
    constraints: { maxClusters: 1, mustInclude: [{ name: 'b' }] },
  });
  expect(chosen(decision)).toEqual(['b']);
  expect(decision.warnings).toEqual(['maxChanges 1 gave way: no legal set is that near']);
  expect(fourOrigins).toHaveLength(decision.assignments.length);
});
