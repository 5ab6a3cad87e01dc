/** Rejections: grouped and shared in the document, and read as one sentence for each cluster. */
import * as fc from 'fast-check';
import type { AppDecision } from '../../constructs/model/decision';
import {
  groupRejections as group,
  type NumberedRejection,
  rejectedCount,
  rejectionOf,
  rejectionsOf,
  sentenceOf,
  shareRejections,
} from '../../constructs/model/rejections';

const names = Array.from({ length: 30 }, (_, index) => `c${String(index).padStart(2, '0')}`);
const reasons = [
  { rule: 'chooseFrom', reason: 'is not in chooseFrom labels.tier edge' },
  { rule: 'spread', reason: 'label {} already has 2' },
  { rule: 'objective', reason: 'it would change nothing' },
  { rule: 'objective', reason: 'the objective would be {} higher with it', number: 0 },
];

const groupRejections = (lines: readonly NumberedRejection[]) =>
  group(lines.map(({ name, ...why }) => [name, why] as const));

/** What is said of some of the clusters, in the order of names. */
const said: fc.Arbitrary<readonly NumberedRejection[]> = fc
  .array(fc.tuple(fc.nat(reasons.length), fc.integer({ min: 0, max: 3 })), {
    minLength: names.length,
    maxLength: names.length,
  })
  .map((drawn) =>
    drawn.flatMap(([which, number], index) => {
      const one = reasons[which];
      if (one === undefined) return [];
      return [{ name: names[index]!, ...one, ...('number' in one && { number }) }];
    }),
  );

const entry = (app: string, rejected: AppDecision['rejected']) =>
  ({ app, rejected }) as AppDecision;
const plain = (lines: readonly NumberedRejection[]) =>
  lines.map(({ name, rule, ...one }) => ({ name, rule, reason: sentenceOf({ rule, ...one }) }));

it('every cluster is read with the rule and the sentence that were said of it, whatever apps share', () => {
  const seen = { shared: 0 };
  const some = fc.array(said, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(some, fc.array(fc.nat(2), { minLength: 2, maxLength: 6 }), (all, picks) => {
      const lines = picks.map((pick) => all[pick % all.length]!);
      const apps = shareRejections(lines.map((one, a) => entry(`app${a}`, groupRejections(one))));
      lines.forEach((one, a) => {
        expect(rejectionsOf({ apps }, `app${a}`)).toEqual(plain(one));
        expect(rejectedCount({ apps }, apps[a]!)).toBe(one.length);
        for (const line of plain(one))
          expect(rejectionOf({ apps }, apps[a]!, line.name)).toEqual(line);
        seen.shared += apps[a]!.rejected.filter((group) => 'sameAs' in group).length;
      });
    }),
    { numRuns: 100 },
  );
  expect(seen.shared).toBeGreaterThan(50);
});

it('a long list is written once, and a short one where it is read', () => {
  const list = (count: number) => names.slice(0, count).map((name) => ({ name, ...reasons[0]! }));
  const written = (count: number) =>
    shareRejections(['a', 'b', 'c'].map((app) => entry(app, groupRejections(list(count))))).map(
      ({ rejected }) => rejected[0],
    );
  expect(written(20).slice(1)).toEqual([
    { rule: 'chooseFrom', sameAs: 'a' },
    { rule: 'chooseFrom', sameAs: 'a' },
  ]);
  expect(written(4)[2]).toEqual({ ...reasons[0], clusters: names.slice(0, 4) });
});

it('lists that differ in one number, one cluster or one word are not shared', () => {
  const base = names.map((name, index) => ({ name, ...reasons[3]!, number: index }));
  const middle = base.length / 2;
  const changes = [
    { ...base[middle]!, number: 7.5 },
    { ...base[middle]!, name: 'c14b' },
    { ...base[middle]!, reason: 'it would change nothing', number: undefined },
  ];
  for (const change of changes) {
    const other = base.map((one, index) => (index === middle ? change : one));
    const [, second] = shareRejections([
      entry('a', groupRejections(base)),
      entry('b', groupRejections(other)),
    ]);
    expect(second?.rejected.some((group) => 'sameAs' in group)).toBe(false);
  }
});

it('a decision that refers to an app it does not have reads as one that keeps no rejections', () => {
  const apps = [entry('b', [{ rule: 'objective', sameAs: 'a' }])];
  expect(rejectionsOf({ apps }, 'b')).toEqual([]);
  expect(rejectionsOf({ apps }, 'c')).toEqual([]);
});
