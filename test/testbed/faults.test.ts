/** Plans of faults: which request meets which, by script and by seed. */
import { type Fault, type FaultPlan, script, seeded } from './faults';

const cut: Fault = { kind: 'cut-before' };
const busy: Fault = { kind: 'status', status: 429 };
const late: Fault = { kind: 'delay', milliseconds: 5 };

const met = (plan: FaultPlan, ...requests: readonly string[]) =>
  requests.map((request, index) => {
    const [method = '', path = ''] = request.split(' ');
    return plan({ index: index + 1, method, path })?.kind;
  });

test('a rule without conditions meets every request', () => {
  expect(met(script({ fault: cut }), 'GET /a', 'PATCH /b')).toEqual(['cut-before', 'cut-before']);
});

test('a rule counts only the requests that match it', () => {
  const plan = script({ fault: cut, method: 'PATCH', path: /configmaps\/[a-z]+$/, nth: [1, 3] });
  const other = 'GET /configmaps/a';
  const match = 'PATCH /configmaps/a';
  expect(met(plan, other, match, other, match, 'PATCH /configmaps', match)).toEqual([
    undefined,
    'cut-before',
    undefined,
    undefined,
    undefined,
    'cut-before',
  ]);
});

test('the first rule that matches decides, and the later ones count on', () => {
  const plan = script({ fault: busy, path: 'watch=true' }, { fault: late, nth: 2 });
  expect(met(plan, 'GET /a?watch=true', 'GET /a', 'GET /a')).toEqual([
    'status',
    'delay',
    undefined,
  ]);
});

test('a seed always chooses the same, another seed something else, and the share is kept', () => {
  const requests = Array.from({ length: 2000 }, () => 'GET /a');
  const first = met(seeded(1, 0.25, [cut, busy]), ...requests);
  expect(met(seeded(1, 0.25, [cut, busy]), ...requests)).toEqual(first);
  expect(met(seeded(2, 0.25, [cut, busy]), ...requests)).not.toEqual(first);
  const count = (kind: string | undefined) => first.filter((one) => one === kind).length;
  expect(count(undefined) / 2000).toBeCloseTo(0.75, 1);
  expect(count('status') / 2000).toBeCloseTo(0.125, 1);
});
