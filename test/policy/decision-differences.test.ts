/** What differs between two decisions. */
import { differencesOf, isDifferent } from '../../constructs/policy';
import { app, cluster, decision } from '../cli/decisions';

const served = (origin: string, name: string | null, share = 1) => ({
  origin,
  cluster: name,
  share,
  milliseconds: 10,
});

describe('two decisions', () => {
  const before = decision([
    app('shop', {
      clusters: [cluster('fra', 100, 2, 'kept', ''), cluster('iad', 50, 1, 'kept', '')],
      assignments: [served('berlin', 'fra'), served('boston', 'iad'), served('idle', null)],
    }),
    app('old'),
  ]);

  it('that are the same differ in nothing, whatever the order of their apps', () => {
    const turned = { ...before, apps: [...before.apps].reverse() };
    expect(differencesOf(before, turned).some(isDifferent)).toBe(false);
  });

  it('differ in clusters that come, go and change, and in who serves whom', () => {
    const after = decision([
      app('shop', {
        clusters: [cluster('fra', 130, 3, 'kept', ''), cluster('sin', 20, 1, 'added', '')],
        assignments: [
          served('berlin', 'fra'),
          served('boston', 'sin', 0.4),
          served('boston', 'fra', 0.6),
          served('idle', null),
        ],
        objective: { value: 80, bound: 80, gap: 0, terms: {} },
      }),
      app('new'),
    ]);
    const [fresh, old, shop] = differencesOf(before, after);
    expect(fresh).toMatchObject({ app: 'new', after: { clusters: 0 } });
    expect(fresh).not.toHaveProperty('before');
    expect(old).not.toHaveProperty('after');
    expect(shop?.clusters).toEqual([
      {
        cluster: 'fra',
        before: { requestsPerSecond: 100, replicas: 2 },
        after: { requestsPerSecond: 130, replicas: 3 },
      },
      { cluster: 'iad', before: { requestsPerSecond: 50, replicas: 1 } },
      { cluster: 'sin', after: { requestsPerSecond: 20, replicas: 1 } },
    ]);
    expect(shop?.origins).toEqual([{ origin: 'boston', before: ['iad'], after: ['fra', 'sin'] }]);
    expect(shop?.originCount).toBe(3);
    expect([shop?.before?.objective, shop?.after?.objective]).toEqual([100, 80]);
  });

  it('do not differ by digits of requests that nobody sees', () => {
    const close = decision([app('shop', { clusters: [cluster('fra', 100.0001, 2, 'kept', '')] })]);
    const same = decision([app('shop', { clusters: [cluster('fra', 100, 2, 'kept', '')] })]);
    expect(differencesOf(close, same).some(isDifferent)).toBe(false);
  });
});
