/** Selection: which clusters may be chosen at all, and what each refusal says. */
import { NOW } from '../../build';
import {
  ago,
  at,
  type Constraints,
  chose,
  chosen,
  decide,
  four,
  free,
  inputOf,
  refusals,
  under,
} from '../../placement/placing';

describe('mustNotInclude', () => {
  it('forbids what matches any element, and names the element', () => {
    const decision = under({ mustNotInclude: [{ name: 'a' }, { name: ['c', 'd'] }] });
    expect(chosen(decision)).toEqual(['b']);
    expect(refusals(decision)).toEqual({
      a: 'mustNotInclude: mustNotInclude name a',
      c: 'mustNotInclude: mustNotInclude name c or d',
      d: 'mustNotInclude: mustNotInclude name c or d',
    });
  });

  it('beats mustInclude', () => {
    const decision = under({
      mustInclude: [{ name: 'a' }],
      mustNotInclude: [{ name: ['a', 'b'] }],
    });
    expect(decision.satisfied).toBe(false);
  });
});

describe('chooseFrom', () => {
  it('allows what matches some element, and nothing else', () => {
    const decision = under({ chooseFrom: [{ name: 'a' }, { name: 'd' }] });
    expect(chosen(decision)).toEqual(['a', 'd']);
    expect(refusals(decision).b).toBe('chooseFrom: is not in chooseFrom name a; name d');
  });

  it('left out allows everything', () => {
    expect(chosen(under({}))).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('tolerations', () => {
  const tainted = (effect: 'NoPlace' | 'PreferNoPlace' | 'Evict', value = '') => [
    at('a', 0).taint('gpu', effect, value),
    at('b', 10),
  ];
  const only = (tolerations: Constraints['tolerations'], clusters = tainted('NoPlace')) =>
    under({ tolerations }, clusters);

  it('are needed where a taint forbids to place', () => {
    const decision = only([]);
    expect(chosen(decision)).toEqual(['b']);
    expect(refusals(decision).a).toBe('tolerations: taint gpu:NoPlace is not tolerated');
  });

  it.each<[string, NonNullable<Constraints['tolerations']>[number], boolean]>([
    ['Exists with the key', { key: 'gpu', operator: 'Exists' }, true],
    ['Exists without a key', { operator: 'Exists' }, true],
    ['Exists with another key', { key: 'cpu', operator: 'Exists' }, false],
    ['Equal with the value', { key: 'gpu', value: 'yes' }, true],
    ['Equal with another value', { key: 'gpu', value: 'no' }, false],
    ['Equal without a value', { key: 'gpu' }, false],
    ['Equal without a key', { value: 'yes' }, false],
    ['the effect of the taint', { operator: 'Exists', effect: 'NoPlace' }, true],
    ['another effect', { operator: 'Exists', effect: 'Evict' }, false],
  ])('match as in Kubernetes: %s', (_name, toleration, isTolerated) => {
    const decision = only([toleration], tainted('NoPlace', 'yes'));
    expect(chosen(decision)).toEqual(isTolerated ? ['a', 'b'] : ['b']);
  });

  it('are not needed where a taint only makes the second choice', () => {
    const twins = [at('a', 0).taint('old', 'PreferNoPlace'), at('b', 0)];
    expect(chosen(under({ maxClusters: 1 }, twins))).toEqual(['b']);
    const tolerations = [{ operator: 'Exists' as const }];
    expect(chosen(under({ maxClusters: 1, tolerations }, twins))).toEqual(['a']);
    expect(chosen(under({ maxClusters: 2, minClusters: 2 }, twins))).toEqual(['a', 'b']);
  });

  it('let what is there stay under a taint that only forbids to place', () => {
    const input = inputOf({ constraints: free }, tainted('NoPlace'));
    expect(chosen(decide({ ...input, previous: chose(['a', 'b']) }))).toEqual(['a', 'b']);
  });

  it.each([
    ['not tolerated', undefined, ['b'], 'taint gpu:Evict is not tolerated'],
    ['tolerated for longer than it was', 101, ['a', 'b'], undefined],
    [
      'tolerated for as long as it was',
      100,
      ['b'],
      'taint gpu:Evict was tolerated for 100 s, which have passed',
    ],
  ])('end where a taint evicts: %s', (_name, tolerationSeconds, names, reason) => {
    const tolerations =
      tolerationSeconds === undefined
        ? []
        : [{ key: 'gpu', operator: 'Exists' as const, tolerationSeconds }];
    const clusters = [
      at('a', 0)
        .taint('gpu', 'Evict')
        .with({ since: ago(100) }),
      at('b', 10),
    ];
    const input = inputOf({ constraints: { ...free, tolerations } }, clusters);
    const decision = decide({ ...input, previous: chose(['a', 'b']), now: NOW });
    expect(chosen(decision)).toEqual(names);
    expect(decision.dropped[0]?.reason).toBe(reason);
  });

  it('with seconds place nothing new where a taint evicts, and without seconds do', () => {
    const clusters = tainted('Evict');
    const timed = only([{ operator: 'Exists', tolerationSeconds: 1e6 }], clusters);
    expect(refusals(timed).a).toBe(
      'tolerations: taint gpu:Evict is tolerated only for what is already there',
    );
    expect(chosen(only([{ operator: 'Exists' }], clusters))).toEqual(['a', 'b']);
  });

  it('last as long as the longest of those that match', () => {
    const tolerations = [
      { key: 'gpu', operator: 'Exists' as const, tolerationSeconds: 10 },
      { operator: 'Exists' as const, tolerationSeconds: 1000 },
    ];
    const clusters = [
      at('a', 0)
        .taint('gpu', 'Evict')
        .with({ since: ago(100) }),
      at('b', 10),
    ];
    const input = inputOf({ constraints: { ...free, tolerations } }, clusters);
    expect(chosen(decide({ ...input, previous: chose(['a', 'b']), now: NOW }))).toEqual(['a', 'b']);
  });
});

describe('signals', () => {
  const signalled = [
    at('a', 0).signal('carbon', 100),
    at('b', 10).signal('carbon', 400),
    at('c', 20).signal('carbon', 400, ago(3601)),
    at('d', 30),
  ];
  const limited = (carbon: NonNullable<Constraints['signals']>[string]) =>
    under({ signals: { carbon } }, signalled);

  it('reject what is above the most, below the least, missing or expired', () => {
    const decision = limited({ max: 399 });
    expect(chosen(decision)).toEqual(['a']);
    expect(refusals(decision)).toEqual({
      b: 'signals: carbon is 400, policy allows 399',
      c: 'signals: carbon is missing or expired',
      d: 'signals: carbon is missing or expired',
    });
    const least = limited({ min: 101 });
    expect(chosen(least)).toEqual(['b']);
    expect(refusals(least).a).toBe('signals: carbon is 100, policy asks for 101');
  });

  it('let their limits themselves pass', () => {
    expect(chosen(limited({ min: 100, max: 400 }))).toEqual(['a', 'b']);
  });

  it('are never read as zero when missing: ignoring them lets the cluster be', () => {
    expect(chosen(limited({ min: 50, max: 200, missing: 'ignore' }))).toEqual(['a', 'c', 'd']);
  });

  it('are valid up to the last second', () => {
    const clusters = [at('a', 0).signal('carbon', 1, ago(3600)), ...four.slice(1)];
    expect(chosen(under({ signals: { carbon: {} } }, clusters))).toEqual(['a']);
  });
});
