/** Fit: which rule refuses a cluster first, and what unreachable, cordoned and tainted clusters keep. */
import { rejectionOf } from '../../../constructs/model/rejections';
import { eligibilityOf } from '../../../constructs/placement/compile/eligibility';
import { app, fleet, NOW } from '../../build';
import {
  ago,
  at,
  type Constraints,
  chose,
  chosen,
  decide,
  free,
  from,
  inputOf,
  refusals,
  under,
} from '../placing';

const far = at('z', 90);

/** A cluster that breaks every rule, and what breaks each of them; the order is the order of the refusals. */
const everything: readonly (readonly [string, string])[] = [
  ['mustNotInclude', 'mustNotInclude name a'],
  ['chooseFrom', 'is not in chooseFrom name z'],
  ['tiers', 'is in no tier'],
  ['state', `is unreachable since ${ago(60)}`],
  ['tolerations', 'taint gpu:NoPlace is not tolerated'],
  ['signals', 'carbon is missing or expired'],
  ['capacity', 'has 0 pods, the least replicas need 1'],
];

describe('a cluster that breaks several rules', () => {
  const refusedBy = (rules: readonly string[]) => {
    const has = (rule: string) => rules.includes(rule);
    let broken = at('a', 0);
    if (has('state')) broken = broken.with({ state: 'unreachable', since: ago(60) });
    if (has('tolerations')) broken = broken.taint('gpu', 'NoPlace');
    if (has('capacity')) broken = broken.with({ allocatable: { pods: 0 } });
    const constraints: Constraints = {
      ...free,
      ...(has('mustNotInclude') ? { mustNotInclude: [{ name: 'a' }] } : {}),
      ...(has('chooseFrom') ? { chooseFrom: [{ name: 'z' }] } : {}),
      ...(has('signals') ? { signals: { carbon: {} } } : {}),
    };
    const tiers = has('tiers') ? [{ name: 'z' }] : [];
    const input = inputOf(
      { constraints, tiers },
      [broken, far.signal('carbon', 1)],
      [from('oa', 0)],
    );
    const decision = decide(input);
    return rejectionOf({ apps: [decision] }, decision, 'a');
  };

  it.each(everything.map(([rule, reason], first) => [rule, reason, first] as const))(
    'is refused by %s before all that come later',
    (rule, reason, first) => {
      const rules = everything.slice(first).map(([name]) => name);
      expect(refusedBy(rules)).toEqual({ name: 'a', rule, reason });
      expect(refusedBy([rule])).toEqual({ name: 'a', rule, reason });
    },
  );

  it('is refused for its taint before its cordon', () => {
    const clusters = [at('a', 0).taint('gpu', 'NoPlace').with({ state: 'cordoned' }), far];
    expect(refusals(under({}, clusters)).a).toMatch(/^tolerations: /);
  });
});

describe('a tier', () => {
  const tiered = (constraints: Constraints) =>
    decide(
      inputOf({
        constraints: { ...free, ...constraints },
        tiers: [{ name: ['a', 'b'] }, { name: 'c' }],
      }),
    );

  it('that is not needed stays closed', () => {
    const decision = tiered({});
    expect(chosen(decision)).toEqual(['a', 'b']);
    expect(refusals(decision)).toMatchObject({
      c: 'tiers: is in tier 2 (name c), which is not needed',
      d: 'tiers: is in no tier',
    });
    expect(decision.warnings).toEqual([]);
  });

  it('opens when the earlier ones cannot satisfy the policy, with a warning', () => {
    const decision = tiered({ minClusters: 3 });
    expect(chosen(decision)).toEqual(['a', 'b', 'c']);
    expect(decision.warnings).toEqual([
      'tier 2 opened: the earlier tiers cannot satisfy the policy',
    ]);
    expect(tiered({ minClusters: 4 }).satisfied).toBe(false);
  });
});

describe('a cordoned cluster', () => {
  const cordoned = [at('a', 0).with({ state: 'cordoned' }), at('b', 10)];
  const input = inputOf({ constraints: free }, cordoned);

  it('takes nothing new and keeps what is there', () => {
    const fresh = decide(input);
    expect(chosen(fresh)).toEqual(['b']);
    expect(refusals(fresh).a).toBe('state: is cordoned: nothing new is placed there');
    expect(chosen(decide({ ...input, previous: chose(['a', 'b']) }))).toEqual(['a', 'b']);
  });

  it('does not keep what another app has there', () => {
    const previous = chose(['a', 'b'], {}, 'cart');
    expect(chosen(decide({ ...input, previous }))).toEqual(['b']);
  });
});

describe.each([
  ['forbidden', 'may not be looked at with our credentials'],
  ['misconfigured', 'cannot be asked, because our way to it is wrong'],
] as const)('a cluster that is %s', (state, why) => {
  const clusters = [at('a', 0).with({ state, since: ago(9_000_000) }), at('b', 10)];
  const toleration = { key: 'littoral.dev/unreachable', tolerationSeconds: 0 };
  const tolerations = [{ ...toleration, operator: 'Exists' as const }];
  const input = inputOf({ constraints: { ...free, maxClusters: 1, tolerations } }, clusters);

  it('takes nothing new', () => {
    const fresh = decide(input);
    expect(chosen(fresh)).toEqual(['b']);
    expect(refusals(fresh).a).toBe(`state: ${why}: nothing new is placed there`);
  });

  it('keeps what is there however long, and says so', () => {
    const standing = decide({ ...input, previous: chose(['a']), now: NOW });
    expect(chosen(standing)).toEqual(['a']);
    expect(standing.warnings.join()).toMatch(/^a .*; what runs there stays/);
  });
});

describe('an unreachable cluster', () => {
  const gone = (seconds: number, tolerations: Constraints['tolerations'] = []) => {
    const clusters = [at('a', 0).with({ state: 'unreachable', since: ago(seconds) }), at('b', 10)];
    const input = inputOf({ constraints: { ...free, tolerations } }, clusters);
    return (previous: readonly string[] | undefined) =>
      decide(previous === undefined ? input : { ...input, previous: chose(previous), now: NOW });
  };
  const forUnreachable = (tolerationSeconds?: number) => [
    {
      key: 'littoral.dev/unreachable',
      operator: 'Exists' as const,
      ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
    },
  ];

  it('is never newly chosen', () => {
    expect(chosen(gone(0, forUnreachable())(undefined))).toEqual(['b']);
    expect(chosen(gone(0, forUnreachable())(['b']))).toEqual(['b']);
  });

  it.each<[string, number, Constraints['tolerations'], boolean]>([
    ['for five minutes less a second without a toleration', 299, [], true],
    ['for five minutes without a toleration', 300, [], false],
    ['for less than it is tolerated', 9, forUnreachable(10), true],
    ['for as long as it is tolerated', 10, forUnreachable(10), false],
    ['for a year, tolerated without an end', 31536000, forUnreachable(), true],
    [
      'for less than any taint is tolerated',
      9,
      [{ operator: 'Exists', tolerationSeconds: 10 }],
      true,
    ],
  ])('stays or leaves when it has been so %s', (_name, seconds, tolerations, stays) => {
    const decision = gone(seconds, tolerations)(['a', 'b']);
    expect(chosen(decision)).toEqual(stays ? ['a', 'b'] : ['b']);
    const since = ago(seconds);
    if (stays) {
      expect(decision.clusters[0]?.reason).toContain(
        `unreachable since ${since}; unreachable is not gone, it stays until its toleration ends`,
      );
    } else {
      expect(decision.dropped).toEqual([
        { name: 'a', reason: `is unreachable since ${since}, longer than tolerated` },
      ]);
    }
    expect(decision.warnings).toContain(
      `a is unreachable since ${since}; what runs there stays recorded`,
    );
  });

  it('is held even when it serves too little', () => {
    const clusters = [at('a', 50).with({ state: 'unreachable', since: ago(10) }), at('b', 10)];
    const constraints = { ...free, minRequestsPerSecond: 50 };
    const input = inputOf({ constraints }, clusters, [from('ob', 10)]);
    expect(chosen(decide({ ...input, previous: chose(['a', 'b']) }))).toEqual(['a', 'b']);
  });
});

describe('the clock', () => {
  it('is an argument: the same cluster fits at one time and not at another', () => {
    const both = fleet(at('a', 0).with({ state: 'unreachable', since: NOW }), at('b', 1));
    const shop = app('shop');
    const previous = new Map([['a', ago(7200)]]);
    const allowed = (seconds: number) => [
      ...eligibilityOf(shop, both, previous, Date.parse(NOW) + seconds * 1000, 1, new Set())
        .allowed,
    ];
    expect(allowed(299.999)).toEqual([1, 1]);
    expect(allowed(300)).toEqual([0, 1]);
  });
});
