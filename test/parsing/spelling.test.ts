/** The nearest name: which slips are recognised, and which are not. */
import fc from 'fast-check';
import { editDistance, nearest, useOneOf } from '../../constructs/parsing/spelling';

const keys = ['minClusters', 'maxClusters', 'mustInclude', 'mustNotInclude', 'latency'];

describe('the nearest name', () => {
  it.each([
    ['minCluster', 'minClusters'],
    ['latnecy', 'latency'],
    ['LATENCY', 'latency'],
    ['mustinclude', 'mustInclude'],
    ['min_clusters', 'minClusters'],
  ])('to %s is %s', (slip, meant) => {
    expect(nearest(slip, keys)).toBe(meant);
  });

  it('is none for another word, for nothing and for an endless one', () => {
    expect(nearest('colour', keys)).toBeUndefined();
    expect(nearest('', keys)).toBeUndefined();
    expect(nearest('latency'.repeat(1000), keys)).toBeUndefined();
  });

  it('is the first of several that are equally near', () => {
    expect(nearest('frx', ['fra', 'frb'])).toBe('fra');
  });

  it('may be the name of a method of every object', () => {
    expect(nearest('constructr', ['constructor', 'toString'])).toBe('constructor');
  });
});

describe('the edit distance', () => {
  it.each([
    ['', 'abc', 3],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('from %p to %p is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, and the same under any limit that is not reached', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 9 }), (a, b, limit) => {
        const distance = editDistance(a, b);
        expect(editDistance(b, a)).toBe(distance);
        expect(editDistance(a, b, limit)).toBe(Math.min(distance, limit));
      }),
    );
  });
});

describe('the remedy', () => {
  it('names the nearest first, and at most as many as asked', () => {
    expect(useOneOf('latancy', keys, 3)).toBe(
      'Write latency, or one of: minClusters, maxClusters, 2 more.',
    );
    expect(useOneOf('colour', ['a', 'b'])).toBe('Use one of: a, b.');
    expect(useOneOf('latancy', ['latency'])).toBe('Write latency.');
    expect(useOneOf('x', [])).toBe('Remove it: there is nothing to choose from.');
  });
});
