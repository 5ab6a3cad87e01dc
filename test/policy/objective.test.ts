/** The objective: what each term is worth, and that the terms are all there is. */
import { kilometersBetween } from '../../constructs/model/geography';
import { objectiveRows } from '../../constructs/policy/objective';
import { app, demand, fleet } from '../build';
import { ago, at, chose, chosen, decide, free, from, inputOf } from '../placement/placing';

const objective = { latency: 0, distance: 0, money: 0, change: 0 };
const two = [at('a', 0), at('b', 10)];
const twoOrigins = [from('oa', 1, 100), from('ob', 9, 60)];
const kilometers = kilometersBetween({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 });
const worth = (more: object, clusters = two, previous?: readonly string[]) => {
  const input = inputOf(
    {
      constraints: { ...free, minClusters: 2 },
      objective: { ...objective, ...more },
      stability: { minGain: 0 },
    },
    clusters,
    twoOrigins,
  );
  const decision = decide(previous === undefined ? input : { ...input, previous: chose(previous) });
  return decision.objective;
};

describe('a term of the objective', () => {
  it('latency is requests/s times milliseconds', () => {
    const { terms, value } = worth({ latency: 2 });
    expect(Object.keys(terms)).toEqual(['latency']);
    expect(terms.latency).toBeCloseTo(2 * 160 * (5 + 0.02 * kilometers), 6);
    expect(value).toBe(terms.latency);
  });

  it('distance is requests/s times kilometres', () => {
    expect(worth({ distance: 0.5 }).terms).toEqual({
      distance: expect.closeTo(80 * kilometers, 6),
    });
  });

  it('money is open clusters, whole replicas and egress', () => {
    const priced = two.map((one) =>
      one.with({ usdPerHour: 1, usdPerReplicaHour: 0.25, usdPerGibibyteEgress: 0.5 }),
    );
    const kibibytesPerResponse = 1048576 / 3600;
    const decision = decide({
      fleet: fleet(...priced),
      demand: demand(...twoOrigins),
      apps: [
        app(
          'shop',
          {
            constraints: { ...free, minClusters: 2 },
            objective: { latency: 0.001, money: 3 },
          },
          {
            workload: {
              image: 'i:1',
              resources: { cpuMillicores: 1, memoryMebibytes: 1 },
              requestsPerSecondPerReplica: 50,
              kibibytesPerResponse,
            },
          },
        ),
      ],
    });
    // Two clusters, 2 + 2 replicas for 100 and 60 requests/s, 160 GiB/h.
    expect(decision.objective.terms.money).toBeCloseTo(3 * (2 + 4 * 0.25 + 160 * 0.5), 6);
    expect(decision.cost.usdPerHour).toBeCloseTo(2 + 4 * 0.25 + 160 * 0.5, 6);
  });

  it('a signal is its value times the requests/s served there', () => {
    const clean = [two[0]!.signal('carbon', 300), two[1]!.signal('carbon', 50)];
    const { terms } = worth({ latency: 1, signals: { carbon: 0.01 } }, clean);
    expect(terms['signals.carbon']).toBeCloseTo(0.01 * (300 * 100 + 50 * 60), 6);
  });

  it('change is paid for every cluster added or dropped, and only against a previous decision', () => {
    const changed = (previous?: readonly string[]) =>
      worth({ latency: 1, change: 7 }, two, previous).terms.change;
    expect(changed()).toBe(0);
    expect(changed(['a', 'b'])).toBe(0);
    expect(changed(['a'])).toBe(7);
    expect(changed(['a', 'b', 'gone'])).toBe(7);
    expect(changed(['gone'])).toBe(21);
  });

  it('preferred is subtracted for every chosen cluster and element that match', () => {
    const preferred = [
      { name: 'a', weight: 2 },
      { region: 'europe', weight: 5 },
      { name: 'nobody-here', weight: 0 },
    ].slice(0, 2);
    expect(worth({ latency: 1, preferred }).terms.preferred).toBe(-12);
    expect(worth({ latency: 1, preferred: [] }).terms).not.toHaveProperty('preferred');
  });

  it('adds up with the others to the value', () => {
    const clean = two.map((one) => one.signal('carbon', 10).with({ usdPerHour: 1 }));
    const all = { latency: 1, distance: 0.1, money: 2, signals: { carbon: 0.1 }, change: 3 };
    const { terms, value } = worth({ ...all, preferred: [{ name: 'b', weight: 4 }] }, clean, ['a']);
    expect(Object.keys(terms).sort()).toEqual(
      ['change', 'distance', 'latency', 'money', 'preferred', 'signals.carbon'].sort(),
    );
    expect(Object.values(terms).reduce((sum, one) => sum + one, 0)).toBeCloseTo(value, 9);
  });
});

describe('a signal that is missing', () => {
  const some = [
    at('a', 0).signal('carbon', 120),
    at('b', 0).signal('carbon', 300, ago(3601)),
    at('c', 0),
    at('d', 0).signal('carbon', 400),
  ];
  const decision = (clusters = some) =>
    decide(
      inputOf(
        { constraints: free, objective: { ...objective, signals: { carbon: 1 } } },
        clusters,
        twoOrigins,
      ),
    );

  it('counts as the worst valid one of the fleet, with a warning', () => {
    expect(chosen(decision())).toEqual(['a']);
    expect(chosen(decision(some.slice(1)))).toEqual(['b']);
    expect(decision(some.slice(1)).objective.value).toBe(400 * 160);
    expect(decision().warnings).toEqual([
      'signal carbon is missing or expired on 2 of 4 clusters (b, c); they count as the worst of the fleet, 400',
    ]);
  });

  it('counts as zero where nobody has a valid one, with a warning', () => {
    const { objective: found, warnings } = decision(some.slice(1, 3));
    expect(found.value).toBe(0);
    expect(warnings).toHaveLength(1);
  });
});

describe('the objective', () => {
  it('nothing written is latency alone', () => {
    expect(Object.keys(decide(inputOf({ constraints: free })).objective.terms)).toEqual([
      'latency',
    ]);
    expect(
      decide(inputOf({ constraints: free, objective: { distance: 1 } })).objective.terms,
    ).toEqual({ distance: expect.any(Number) });
  });

  it('says the unit of every weight in one sentence', () => {
    for (const { doc } of Object.values(objectiveRows))
      expect(doc).toMatch(/^(Per|Subtracted per) .*\.$/);
  });
});
