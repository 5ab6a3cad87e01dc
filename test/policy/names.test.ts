/** Names in policies: what no cluster has, and no app is called, is told with the nearest spelling. */
import { checkNames } from '../../constructs/policy/names';
import type { PlacementPolicyInput } from '../../constructs/policy/policy';
import { app, cluster, fleet } from '../build';

const clusters = fleet(
  cluster('fra')
    .in('DE', 'europe')
    .provider('hetzner')
    .label('tier', 'edge')
    .signal('gramsCo2PerKwh', 300),
  cluster('sin')
    .in('SG', 'asia')
    .with({ city: 'Singapore' })
    .label('tier', 'cloud')
    .label('constructor', 'x'),
);
const told = (policy: PlacementPolicyInput, ...others: string[]) =>
  checkNames([app('shop', policy), ...others.map((name) => app(name))], clusters).map(
    ({ path, summary, remedy }) => `${path}: ${summary}. ${remedy}`,
  );

describe('names of a policy', () => {
  it('that exist are accepted', () => {
    const policy: PlacementPolicyInput = {
      constraints: {
        mustInclude: [{ region: ['europe', 'asia'], country: 'DE', provider: 'hetzner' }],
        chooseFrom: [{ labels: { tier: ['edge', 'cloud'] } }, { city: 'Singapore', name: 'sin' }],
        mustNotInclude: [{ labels: { constructor: 'x' } }],
        spread: [
          { by: { label: 'tier' }, maxPerGroup: 1 },
          { by: 'provider', maxPerGroup: 1 },
        ],
        signals: { gramsCo2PerKwh: { max: 400 } },
        together: ['cart'],
      },
      objective: { signals: { gramsCo2PerKwh: 1 } },
    };
    expect(told(policy, 'cart')).toEqual([]);
  });

  it.each<[PlacementPolicyInput, string]>([
    [
      { constraints: { mustInclude: [{ region: 'erope' }] } },
      'shop: policy.constraints.mustInclude[0].region: got region "erope", which no cluster of the fleet has. Write europe, or one of: asia.',
    ],
    [
      { constraints: { chooseFrom: [{ labels: { tier: 'egde' } }] } },
      'shop: policy.constraints.chooseFrom[0].labels.tier: got label tier "egde", which no cluster of the fleet has. Write edge, or one of: cloud.',
    ],
    [
      { constraints: { chooseFrom: [{ labels: { teir: 'edge' } }] } },
      'shop: policy.constraints.chooseFrom[0].labels.teir: got label "teir", which no cluster of the fleet has. Write tier, or one of: constructor.',
    ],
    [
      { constraints: { chooseFrom: [{ labels: { toString: 'x' } }] } },
      'shop: policy.constraints.chooseFrom[0].labels.toString: got label "toString", which no cluster of the fleet has. Use one of: constructor, tier.',
    ],
    [
      { constraints: { residency: [{ origins: { region: 'mars' }, clusters: { name: 'frb' } }] } },
      'shop: policy.constraints.residency[0].clusters.name: got cluster "frb", which no cluster of the fleet has. Write fra, or one of: sin.',
    ],
    [
      { constraints: { spread: [{ by: { label: 'rack' }, maxSkew: 1 }] } },
      'shop: policy.constraints.spread[0].by.label: got label "rack", which no cluster of the fleet has. Use one of: constructor, tier.',
    ],
    [
      { constraints: { signals: { gramsCO2: { max: 1 } } } },
      'shop: policy.constraints.signals.gramsCO2: got signal "gramsCO2", which no cluster of the fleet has. Use one of: gramsCo2PerKwh.',
    ],
    [
      { objective: { signals: { constructor: 1 } } },
      'shop: policy.objective.signals.constructor: got signal "constructor", which no cluster of the fleet has. Use one of: gramsCo2PerKwh.',
    ],
    [
      { constraints: { together: ['crat'] } },
      'shop: policy.constraints.together[0]: got app "crat", which is not among the apps. Write cart.',
    ],
    [
      { constraints: { apart: ['batch'] } },
      'shop: policy.constraints.apart[0]: got app "batch", which is not among the apps. Use one of: cart.',
    ],
  ])('%j', (policy, sentence) => {
    expect(told(policy, 'cart')).toEqual([sentence]);
  });

  it('are all told at once, and at most eight of those that exist', () => {
    const many = fleet(...Array.from({ length: 40 }, (_, i) => cluster(`c${i}`)));
    const policy: PlacementPolicyInput = {
      constraints: { chooseFrom: [{ name: ['x', 'yyyyyy'] }] },
    };
    const errors = checkNames([app('shop', policy)], many);
    expect(errors).toHaveLength(2);
    expect(errors[1]?.remedy).toBe('Use one of: c0, c1, c10, c11, c12, c13, c14, c15, 32 more.');
  });

  it('of apps are unique', () => {
    expect(checkNames([app('shop'), app('shop')], clusters).map(({ code }) => code)).toEqual([
      'Duplicate',
    ]);
  });
});
