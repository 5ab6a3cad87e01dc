/** The table of constraints: what every row promises, whatever it is about. */
import { edgeErrorsOf } from '../../../constructs/parsing/errors';
import { compileApp, fullStability } from '../../../constructs/placement/compile/compile';
import { type Constraints, rowsOf } from '../../../constructs/policy/constraints/constraints';
import type {
  ConstraintRow,
  ConstraintRule,
  RuleContext,
} from '../../../constructs/policy/constraints/row';
import { constraintRows } from '../../../constructs/policy/constraints/table';
import { parsePolicy } from '../../../constructs/policy/policy-document';
import { app, demand, fleet, NOW } from '../../build';
import { four, fourOrigins } from '../../placement/placing';

/** Something asked of every row. */
const asked = {
  minClusters: 3,
  maxClusters: 4,
  minRequestsPerSecond: 20,
  mustInclude: [{ name: 'a' }, { region: 'europe', count: 3 }],
  mustIncludeEvery: [{ country: 'FR' }],
  mustNotInclude: [{ name: 'b' }, { name: 'c' }],
  chooseFrom: [{ region: 'europe' }],
  tolerations: [{ key: 'gpu', operator: 'Exists' as const }],
  residency: [{ origins: { name: 'oa' }, clusters: { name: 'a' } }],
  latency: { milliseconds: 80, share: 0.95 },
  spread: [
    { by: 'region' as const, minGroups: 2, maxPerGroup: 2 },
    { by: { label: 'rack' }, maxSkew: 1 },
  ],
  apartKilometers: 300,
  capacity: { assignment: 'whole' as const, headroom: 0.1 },
  budget: { usdPerHour: 30 },
  survive: 3,
  signals: { carbon: { max: 400 } },
  together: ['cart'],
  apart: ['batch'],
};

const compiled = compileApp(
  {
    app: app('shop', { constraints: asked }),
    fleet: fleet(
      ...four.map((one) => one.taint('gpu', 'NoPlace').label('rack', 'r').signal('carbon', 1)),
    ),
    demand: demand(...fourOrigins),
    previous: undefined,
    now: Date.parse(NOW),
  },
  1,
  fullStability,
);
const context: RuleContext = compiled.context;
const { constraints } = compiled.app.policy;

const rows = Object.entries(constraintRows) as [keyof Constraints, ConstraintRow][];
const partsOf = (row: ConstraintRow, value: unknown) =>
  row.rules(value, context) as readonly ConstraintRule[];
const all = [...rowsOf(constraints)].flatMap(({ key, row, value }) =>
  partsOf(row, value).map((part) => [`${key}${part.path}`, { key, row, value, part }] as const),
);

const refused = (key: string, value: unknown) => {
  try {
    parsePolicy({ constraints: { [key]: value } });
    return undefined;
  } catch (thrown) {
    return edgeErrorsOf(thrown);
  }
};

describe.each(rows)('the row %s', (key, row) => {
  it('says in one sentence what it asks', () => {
    expect(row.doc).toMatch(/^[A-Z].*\.$/);
  });

  it('is described by that sentence in help and schemas', () => {
    expect(row.schema.describe(row.doc).description).toBe(row.doc);
  });

  it.each([null, NaN, 'much'])('refuses %p with its path and what to do', (value) => {
    const errors = refused(key, value);
    expect(errors?.length).toBeGreaterThan(0);
    for (const error of errors ?? []) {
      expect(error.path).toMatch(new RegExp(`^constraints\\.${key}`));
      expect(error.remedy).toMatch(/\.$/);
    }
  });

  it('has a value that asks for nothing, of which nothing can be taken back', () => {
    const nothing = partsOf(row, constraints[key]).reduce<unknown>((value) => {
      const [first] = partsOf(row, value);
      return first === undefined || isSettled(key) ? value : first.without;
    }, constraints[key]);
    if (!isSettled(key)) expect(partsOf(row, nothing)).toEqual([]);
  });
});

/** Rows that always ask for something: of how many at most, and which taints. */
const isSettled = (key: string) => ['maxClusters', 'tolerations'].includes(key);

describe.each(all)('the rule %s', (_path, { key, row, value, part }) => {
  it('stands where its path says', () => {
    const found = part.path
      .split(/[.[\]]+/)
      .filter((step) => step !== '')
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], value);
    expect(found).toBeDefined();
  });

  it('can be taken back: the rest is still a value of the row', () => {
    expect(row.schema.safeParse(part.without).success).toBe(true);
    const paths = partsOf(row, part.without).map(({ words }) => words);
    if (!isSettled(key)) expect(paths).not.toContain(part.words);
  });

  it('has nearer values that the parser accepts, each another one', () => {
    const texts = part.relaxations.map(({ value: less }) => {
      const parsed = row.schema.safeParse(less);
      expect(parsed.success).toBe(true);
      return JSON.stringify(parsed.data);
    });
    expect(new Set([JSON.stringify(value), ...texts]).size).toBe(texts.length + 1);
  });

  it('is relaxed step by step from the nearest to the farthest', () => {
    const numbers = part.relaxations.map(({ words }) =>
      Number(/-?[\d.]+(e-?\d+)?(?=\D*$)/.exec(words)?.[0]),
    );
    const own = part.relaxations.map(({ words }) => words);
    expect(new Set(own).size).toBe(own.length);
    if (key === 'mustInclude') return;
    const rising = [...numbers].sort((x, y) => x - y);
    const [first = 0, last = 0] = [numbers[0], numbers[numbers.length - 1]];
    expect(numbers).toEqual(first <= last ? rising : rising.reverse());
  });
});

describe('the table', () => {
  it('speaks of every key of the constraints once', () => {
    expect([...rowsOf(constraints)].map(({ key }) => key)).toEqual(Object.keys(constraints));
  });

  it('offers a rule of every row that was asked for something', () => {
    expect(new Set(all.map(([, { key }]) => key))).toEqual(new Set(Object.keys(asked)));
  });
});
