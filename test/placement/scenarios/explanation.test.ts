/** Explain: the sentence of the decision, and what the other choice would have been worth. */

import { place } from '../../../constructs/placement/decide/place';
import { explain } from '../../../constructs/placement/scenarios/explanation';
import { app } from '../../build';
import { chose, decide, four, free, from, inputOf, refusals } from '../placing';

const constraints = { ...free, maxClusters: 2, minClusters: 2 };
/** The farther east, the more requests. */
const origins = [from('oa', 0, 10), from('ob', 10, 20), from('oc', 20, 40), from('od', 30, 80)];
const asked = (more: object) =>
  inputOf({ constraints: { ...constraints, ...more } }, four, origins);
const input = inputOf({ constraints, stability: { minGain: 0 } }, four, origins);
const decided = decide(input);
const [first = '', second = ''] = decided.clusters.map(({ name }) => name);
const [out = ''] = Object.keys(refusals(decided));
const one = (cluster: string, given = input) => explain(given, cluster).clusters[0];

describe('a chosen cluster', () => {
  it('is explained by its reason, its origins, and the choice without it', () => {
    const found = one(first);
    expect(found).toMatchObject({
      app: 'shop',
      status: 'chosen',
      reason: decided.clusters[0]?.reason,
      requestsPerSecond: decided.clusters[0]?.requestsPerSecond,
      otherwise: { question: `without ${first}`, satisfied: true, dropped: [first] },
    });
    expect(found?.origins.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)).toBe(
      found?.requestsPerSecond,
    );
    const without = decide(asked({ mustNotInclude: [{ name: first }] }));
    expect(found?.otherwise.delta).toBeGreaterThan(0);
    expect(found?.otherwise.delta).toBeCloseTo(
      without.objective.value - decided.objective.value,
      9,
    );
  });

  it('that is needed says why nothing else can be', () => {
    const all = inputOf({ constraints: { ...free, minClusters: 4 } });
    const { otherwise } = one('a', all) ?? {};
    expect(otherwise).toMatchObject({ satisfied: false, delta: 0, dropped: [] });
    expect(otherwise?.conflict).toContain('minClusters 4');
  });
});

describe('a cluster that was not chosen', () => {
  it('is explained by its rule, and the choice with it', () => {
    const found = one(out);
    expect(found).toMatchObject({ status: 'rejected', rule: 'maxClusters', origins: [] });
    const withIt = decide(asked({ mustInclude: [{ name: out }] }));
    expect(found?.otherwise.delta).toBeCloseTo(withIt.objective.value - decided.objective.value, 9);
    expect(found?.otherwise.added).toContain(out);
  });

  it('and was there before is dropped', () => {
    const found = one(out, { ...input, previous: chose([first, second, out]) });
    expect(found?.status).toBe('dropped');
    expect(found?.reason).toBe(
      decide({ ...input, previous: chose([first, second, out]) }).dropped[0]?.reason,
    );
  });

  it('because it may not be cannot be', () => {
    const forbidden = inputOf({ constraints: { ...constraints, mustNotInclude: [{ name: 'a' }] } });
    expect(one('a', forbidden)).toMatchObject({
      rule: 'mustNotInclude',
      otherwise: { satisfied: false },
    });
  });
});

describe('explain', () => {
  it('speaks of every chosen cluster of every app unless asked', () => {
    const both = { ...input, apps: [app('cart', { constraints }), ...input.apps] };
    const { clusters, decision } = explain(both);
    expect(decision.digest).toBe(place(both).digest);
    expect(clusters.map((found) => `${found.app} ${found.cluster}`)).toHaveLength(4);
    expect(explain(both, undefined, 'cart').clusters.map((found) => found.app)).toEqual([
      'cart',
      'cart',
    ]);
  });

  it('does not know clusters and apps that are not there, and names the nearest', () => {
    const clusters = four.map((each, i) => each.with({ name: `edge-${i}` }));
    const named = inputOf({ constraints }, clusters);
    expect(() => explain(named, 'edge-9')).toThrow(
      expect.objectContaining({
        code: 'UnknownName',
        path: 'cluster',
        summary: 'there is no cluster edge-9',
      }),
    );
    expect(() => explain(named, 'egde-1')).toThrow(
      expect.objectContaining({ remedy: 'Did you mean edge-1?' }),
    );
    expect(() => explain(named, undefined, 'shap')).toThrow(
      expect.objectContaining({ path: 'app', remedy: 'Did you mean shop?' }),
    );
  });
});
