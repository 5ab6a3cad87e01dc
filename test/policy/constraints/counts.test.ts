/** Counts: how many clusters are chosen, and which are too thin to be. */
import { at, chosen, decide, from, inputOf, refusals, under } from '../../placement/placing';

describe('minClusters', () => {
  it('is met by clusters that nobody needs', () => {
    const one = [from('oa', 0)];
    expect(chosen(under({ minClusters: 1 }, undefined, one))).toEqual(['a']);
    expect(chosen(under({ minClusters: 3 }, undefined, one))).toHaveLength(3);
  });

  it('can be met by every cluster there is, and by no more', () => {
    expect(chosen(under({ minClusters: 4 }))).toEqual(['a', 'b', 'c', 'd']);
    expect(under({ minClusters: 5 }).conflict?.rules.map(({ path }) => path)).toEqual([
      'policy.constraints.minClusters',
    ]);
  });

  it('keeps thin clusters, and the reason says so', () => {
    const { clusters } = under({ minClusters: 2, minRequestsPerSecond: 20 }, undefined, [
      from('oa', 0, 100),
      from('ob', 10, 5),
    ]);
    expect(clusters.map(({ name, reason }) => [name, reason])).toEqual([
      ['a', 'serves 1 origin, oa'],
      ['b', 'serves 1 origin, ob; under 20 requests/s, but minClusters 2 keeps it'],
    ]);
  });
});

describe('mustIncludeEvery', () => {
  const labelled = [at('a', 0), at('b', 10).label('edge', 'yes'), at('c', 20), at('d', 30)].map(
    (one, index) => (index === 3 ? one.label('edge', 'yes').taint('broken', 'NoPlace') : one),
  );

  it('chooses all that match and may be chosen, thin or not, and the reason says so', () => {
    const constraints = {
      minClusters: 1,
      maxClusters: 3,
      minRequestsPerSecond: 20,
      mustIncludeEvery: [{ labels: { edge: 'yes' } }],
    };
    const decision = under(constraints, labelled, [from('oa', 0, 100)]);
    expect(decision.clusters.map(({ name, reason }) => [name, reason])).toEqual([
      ['a', 'serves 1 origin, oa'],
      ['b', 'serves no origin now; mustIncludeEvery labels.edge yes'],
    ]);
    expect(refusals(decision).d).toBe('tolerations: taint broken:NoPlace is not tolerated');
  });

  it('is in the conflict where maxClusters leaves no room for all', () => {
    const decision = under({ maxClusters: 3, mustIncludeEvery: [{}] });
    expect(decision.conflict?.rules.map(({ path, relaxation }) => [path, relaxation])).toEqual([
      ['policy.constraints.maxClusters', 'maxClusters 4'],
      ['policy.constraints.mustIncludeEvery[0]', 'without mustIncludeEvery anything'],
    ]);
  });
});

describe('maxClusters', () => {
  it('is reached and never passed', () => {
    expect(chosen(under({ maxClusters: 4 }))).toHaveLength(4);
    expect(chosen(under({ maxClusters: 3 }))).toHaveLength(3);
    expect(chosen(under({ maxClusters: 1 }))).toHaveLength(1);
  });

  it('is the reason of what would have helped', () => {
    const decision = under({ maxClusters: 3 });
    const reasons = Object.values(refusals(decision));
    expect(reasons).toEqual([
      'maxClusters: all 3 places of maxClusters are taken, and no exchange for it costs less',
    ]);
  });
});

describe('minRequestsPerSecond', () => {
  const thin = [from('oa', 0, 100), from('ob', 10, 20)];

  it('keeps out a cluster that would serve less, and lets in one that serves exactly as much', () => {
    expect(chosen(under({ minRequestsPerSecond: 20 }, undefined, thin))).toEqual(['a', 'b']);
    const decision = under({ minRequestsPerSecond: 20.1 }, undefined, thin);
    expect(chosen(decision)).toEqual(['a']);
    expect(refusals(decision).b).toBe(
      'minRequestsPerSecond: would serve 20 requests/s, policy asks for 20.1',
    );
  });

  it('gives way to mustInclude, which the reason names', () => {
    const decision = under(
      { minRequestsPerSecond: 50, mustInclude: [{ name: 'b' }] },
      undefined,
      thin,
    );
    expect(chosen(decision)).toEqual(['a', 'b']);
    expect(decision.clusters[1]?.reason).toBe('serves 1 origin, ob; mustInclude name b needs it');
  });

  it('does not send anyone farther to fill a thin cluster', () => {
    const decision = under(
      { minRequestsPerSecond: 50, minClusters: 2 },
      [at('a', 0), at('b', 10)],
      [from('oa', 0, 100), from('ob', 10, 1)],
    );
    expect(decision.clusters.map((one) => one.requestsPerSecond)).toEqual([100, 1]);
  });

  it('asks nothing of a static policy', () => {
    const decision = decide(
      inputOf({ static: true, constraints: { minClusters: 2, minRequestsPerSecond: 1000 } }),
    );
    expect(decision.satisfied).toBe(true);
  });
});

describe('mustInclude', () => {
  it('is met by the count it asks for, even where nobody is', () => {
    const one = [from('oa', 0)];
    const decision = under({ mustInclude: [{ name: ['c', 'd'], count: 2 }] }, undefined, one);
    expect(chosen(decision)).toEqual(['a', 'c', 'd']);
    expect(decision.clusters[1]?.reason).toBe(
      'serves no origin now; mustInclude name c or d needs it',
    );
  });

  it('lets one cluster serve several elements', () => {
    const decision = under(
      { maxClusters: 1, mustInclude: [{ name: 'b' }, { name: ['b', 'c'] }] },
      undefined,
      [from('oa', 0)],
    );
    expect(chosen(decision)).toEqual(['b']);
  });

  it('cannot ask for more clusters than match', () => {
    const decision = under({ mustInclude: [{ name: ['c', 'd'], count: 3 }] });
    expect(decision.conflict?.rules).toEqual([
      {
        path: 'policy.constraints.mustInclude[0]',
        rule: 'mustInclude 3 of name c or d',
        relaxation: 'mustInclude 2 of name c or d',
      },
    ]);
  });
});
