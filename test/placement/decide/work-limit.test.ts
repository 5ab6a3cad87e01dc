/** What a decision says about the limit of work units. */
import { workLimitWarning } from '../../../constructs/placement/decide/work-limit';

const objective = { value: 100, bound: 98, gap: 0.02, terms: {} };
const spent = { spent: 2e9, allowed: 1.2e9 };

it('an app whose search came to the limit says how much better clusters may be', () => {
  expect(workLimitWarning({ satisfied: true, objective }, spent)).toEqual([
    'the engine came to its limit of 1200 million work units: clusters up to 2 % better may exist, the rest of the search was left out',
  ]);
});

it('an app without a place says that one may have been missed', () => {
  expect(
    workLimitWarning({ satisfied: false, objective: { ...objective, gap: 0 } }, spent),
  ).toEqual([
    'the engine came to its limit of 1200 million work units: clusters that satisfy this app may exist and were not found',
  ]);
});

it('nothing is said below the limit, nor where the clusters are proved the best', () => {
  expect(workLimitWarning({ satisfied: true, objective }, { spent: 1e9, allowed: 1.2e9 })).toEqual(
    [],
  );
  expect(workLimitWarning({ satisfied: true, objective: { ...objective, gap: 0 } }, spent)).toEqual(
    [],
  );
});
