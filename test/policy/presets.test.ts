/** Presets: the predecessor's five parameters and their defaults, and placement without demand. */
import { parsePolicy } from '../../constructs/policy/policy-document';
import { section, static_ } from '../../constructs/policy/presets';
import { chosen, decide, four, free, inputOf } from '../placement/placing';

describe('section', () => {
  it('has the defaults of its predecessor, and minimises distance', () => {
    const policy = parsePolicy(section());
    expect(policy.constraints).toMatchObject({
      minClusters: 2,
      maxClusters: 5,
      minRequestsPerSecond: 20,
      mustInclude: [],
      mustNotInclude: [],
    });
    expect(policy.objective).toMatchObject({ distance: 1, latency: 0, money: 0 });
  });

  it('means what its parameters say', () => {
    const policy = section({
      minimumLocations: 1,
      maximumLocations: 2,
      minimumUsagePerLocation: 0,
      mustInclude: [{ name: 'd' }],
      mustNotInclude: [{ name: 'a' }],
    });
    const decision = decide(inputOf(policy));
    expect(chosen(decision)).toContain('d');
    expect(chosen(decision)).not.toContain('a');
    expect(decision.clusters).toHaveLength(2);
    expect(Object.keys(decision.objective.terms)).toEqual(['distance']);
  });

  it('refuses parameters its predecessor did not have', () => {
    expect(() => section({ minimumLocation: 1 } as never)).toThrow(/minimumLocation/);
    expect(() => section({ mustInclude: [{ continent: 'europe' }] })).toThrow(/continent/);
    expect(() => section({ minimumLocations: 0 })).toThrow();
  });
});

describe('static_', () => {
  it('needs no demand: constraints and preferences alone decide', () => {
    const policy = static_({
      constraints: { ...free, minClusters: 2, maxClusters: 2, mustInclude: [{ name: 'c' }] },
      objective: { preferred: [{ name: 'b', weight: 1 }] },
    });
    const { demand: _, ...input } = inputOf(policy, four);
    expect(chosen(decide(input))).toEqual(['b', 'c']);
  });

  it('without any preference takes the fewest clusters, by name', () => {
    const { demand: _, ...input } = inputOf(static_({ constraints: { minClusters: 2 } }), four);
    expect(chosen(decide(input))).toEqual(['a', 'b']);
  });
});
