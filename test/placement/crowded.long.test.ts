/** Placements with little room, from documents to the checker: a set is found, its bound is proved, and no higher one is accepted. */
import type { PlacementDecision } from '../../constructs/model/decision';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { inputOf } from '../bench/engine-input';
import { cornuejols, type Drawn, holmberg } from './literature';

/** Values that another solver (HiGHS) proved optimal. */
const known: readonly (readonly [Drawn, number])[] = [
  [holmberg(2, 20, 50, 2.7), 10017],
  [holmberg(6, 10, 90, 1.5), 15882],
];
/** Values that others reached: the optimum is no higher. */
const reached: readonly (readonly [Drawn, number])[] = [
  [holmberg(3, 20, 50, 1.5), 11810],
  [holmberg(4, 30, 150, 3), 20992],
];
const divided = [cornuejols(201, 12, 30, 2, 'split'), cornuejols(201, 20, 60, 3, 'split')];
const tight = [cornuejols(4, 18, 60, 2, 'whole')];

/** The decision with a bound so much higher, and a certificate that says so. */
function boasting(decision: PlacementDecision, share: number): PlacementDecision {
  const copy = structuredClone(decision) as {
    apps: { objective: { bound: number; value: number } }[];
    certificate: { apps: { bound?: number }[] };
  };
  const bound = decision.objective.bound * (1 + share);
  for (const one of copy.apps) one.objective.bound = Math.min(bound, one.objective.value);
  for (const one of copy.certificate.apps) one.bound = bound;
  return copy as unknown as PlacementDecision;
}

const complaints = (decision: PlacementDecision, drawn: Drawn) =>
  verify(decision, inputOf(drawn.build())).findings.filter(({ path }) =>
    path.startsWith('certificate'),
  );

describe('whole origins', () => {
  it.each(known.map(([drawn, value]) => [drawn.name, drawn, value] as const))(
    '%s: the value others proved is reached, and no bound is above it',
    (_, drawn, value) => {
      const { objective } = place(inputOf(drawn.build()));
      expect(objective.value).toBeCloseTo(value, 6);
      expect(objective.bound).toBeLessThanOrEqual(value * (1 + 1e-9));
    },
  );
});

describe('whole origins whose cheapest seating nobody proved', () => {
  it.each(reached.map(([drawn, value]) => [drawn.name, drawn, value] as const))(
    '%s: no bound is above what others reached',
    (_, drawn, value) => {
      const { objective } = place(inputOf(drawn.build()));
      expect(objective.bound).toBeLessThanOrEqual(value * (1 + 1e-9));
      expect(objective.value).toBeLessThanOrEqual(value * 1.02);
    },
  );
});

describe('with little room', () => {
  it.each(tight.map((drawn) => [drawn.name, drawn] as const))(
    '%s: the proof is accepted, and one that claims more is not',
    (_, drawn) => {
      const decision = place(inputOf(drawn.build()));
      expect(decision.apps[0]?.satisfied).toBe(true);
      expect(verify(decision, inputOf(drawn.build())).findings).toEqual([]);
      expect(decision.certificate.apps?.[0]?.kind).toBe('dual');
      expect(decision.objective.gap).toBeLessThan(0.1);
      expect(complaints(boasting(decision, 0.2), drawn)).not.toEqual([]);
    },
  );
});

describe('divided origins with little room', () => {
  it.each(divided.map((drawn) => [drawn.name, drawn] as const))(
    '%s: every leaf of the tree costs what its clusters serve at, so that the best is proved',
    (_, drawn) => {
      const decision = place(inputOf(drawn.build()));
      expect(decision.objective.gap).toBe(0);
      expect(verify(decision, inputOf(drawn.build()))).toEqual({ valid: true, findings: [] });
    },
  );
});
