/** Policy documents: defaults, and rules that are no contradiction although they look like one. */
import { canonicalMatch } from '../../constructs/model/match';
import type { PlacementPolicyInput } from '../../constructs/policy/policy';
import { parsePolicy } from '../../constructs/policy/policy-document';
import { NOW } from '../build';

describe('a policy', () => {
  it('may be empty: every key has a default', () => {
    expect(parsePolicy('{}')).toEqual(parsePolicy({}));
    expect(parsePolicy({}).constraints).toMatchObject({
      minClusters: 2,
      maxClusters: 5,
      minRequestsPerSecond: 20,
      capacity: { assignment: 'split', headroom: 0 },
      survive: 0,
    });
  });

  it('minimises latency only when nothing else is asked for', () => {
    expect(parsePolicy({}).objective.latency).toBe(1);
    expect(parsePolicy({ objective: { distance: 1 } }).objective).toMatchObject({
      latency: 0,
      distance: 1,
    });
  });

  it('may lift capacity', () => {
    expect(parsePolicy('constraints: {capacity: false}').constraints.capacity).toBe(false);
  });

  it('keeps an assumed path, and puts assumed origins in their places', () => {
    expect(parsePolicy({ assume: 'demand.yaml' }).assume).toBe('demand.yaml');
    const origins = [{ name: 'a', geohash: 's', requestsPerSecond: 2 }];
    expect(parsePolicy({ assume: { observedAt: NOW, origins } }).assume).toMatchObject({
      origins: [{ name: 'a', latitude: 22.5, longitude: 22.5, requestsPerSecond: 2 }],
    });
  });

  it('parsed again is the same', () => {
    const policy = parsePolicy({
      constraints: { spread: [{ by: { label: 'rack' }, maxSkew: 1 }] },
      static: true,
    });
    expect(parsePolicy(JSON.stringify(policy))).toEqual(policy);
  });

  it.each<[string, PlacementPolicyInput]>([
    ['min equal to max', { constraints: { minClusters: 5, maxClusters: 5 } }],
    [
      'counts that together exceed max',
      {
        constraints: {
          maxClusters: 3,
          mustInclude: [
            { region: 'a', count: 3 },
            { region: 'b', count: 3 },
          ],
        },
      },
    ],
    [
      'a Match on both sides that differs by a label',
      {
        constraints: {
          mustInclude: [{ region: 'a' }],
          mustNotInclude: [{ region: 'a', labels: { tier: 'x' } }],
        },
      },
    ],
    ['one cluster fewer lost than chosen', { constraints: { survive: 4 } }],
    ['a signal at one value', { constraints: { signals: { a: { min: 1, max: 1 } } } }],
    ['entering where it leaves', { stability: { enterRequestsPerSecond: 16 } }],
    ['no minimum at all', { constraints: { minRequestsPerSecond: 0 } }],
    [
      'residency twice',
      {
        constraints: {
          residency: [
            { origins: {}, clusters: {} },
            { origins: {}, clusters: {} },
          ],
        },
      },
    ],
    [
      'a freeze over a change of zone',
      {
        stability: {
          freeze: [{ from: '2026-11-22T01:00:00+02:00', until: '2026-11-22T00:30:00+01:00' }],
        },
      },
    ],
  ])('accepts %s', (_what, policy) => {
    expect(() => parsePolicy(policy)).not.toThrow();
  });
});

describe('the canonical form of a Match', () => {
  it('does not depend on order, repetition or single-element lists', () => {
    const form = canonicalMatch({
      region: ['b', 'a', 'b'],
      country: 'DE',
      labels: { x: '1', y: ['2'] },
    });
    expect(
      canonicalMatch({ labels: { y: '2', x: ['1'] }, country: ['DE'], region: ['a', 'b'] }),
    ).toBe(form);
    expect(canonicalMatch({ region: ['a', 'b'], country: 'DE', labels: { x: '1' } })).not.toBe(
      form,
    );
    expect(canonicalMatch({})).toBe(canonicalMatch({ labels: {} }));
  });
});
