/** Matches: which clusters a selector takes, by labels as Kubernetes' selectors do. */
import { canonicalMatch, describeMatch, matches, matchSchema } from '../../constructs/model/match';

const cluster = (labels: Record<string, string>) => ({ name: 'fra', labels });
const by = (key: string, operator: string, ...values: string[]) =>
  matchSchema.parse({ matchExpressions: [{ key, operator, values }] });

describe('an expression about a label', () => {
  it.each([
    ['In', ['edge', 'far'], true, false, false],
    ['NotIn', ['edge', 'far'], false, true, true],
    ['Exists', [], true, true, false],
    ['DoesNotExist', [], false, false, true],
  ] as const)('%s %j', (operator, values, edge, core, missing) => {
    const match = by('tier', operator, ...values);
    expect(matches(match, cluster({ tier: 'edge' }))).toBe(edge);
    expect(matches(match, cluster({ tier: 'core' }))).toBe(core);
    expect(matches(match, cluster({}))).toBe(missing);
    expect(matches(match, { name: 'an origin' })).toBe(missing);
  });

  it.each([
    ['9', false, true],
    ['10', false, false],
    ['11', true, false],
    ['-11', false, true],
    ['10.5', false, false],
    ['many', false, false],
    ['900719925474099267', true, false],
  ])('compares %s with 10 as whole numbers', (nodes, isAbove, isBelow) => {
    expect(matches(by('nodes', 'Gt', '10'), cluster({ nodes }))).toBe(isAbove);
    expect(matches(by('nodes', 'Lt', '10'), cluster({ nodes }))).toBe(isBelow);
  });

  it('tells apart whole numbers that floating point does not', () => {
    const nodes = '9007199254740993';
    expect(matches(by('nodes', 'Gt', '9007199254740992'), cluster({ nodes }))).toBe(true);
  });

  it('is not fooled by what objects inherit', () => {
    expect(matches(by('constructor', 'Exists'), cluster({}))).toBe(false);
  });

  it('holds together with everything else', () => {
    const match = matchSchema.parse({
      name: 'fra',
      labels: { tier: 'edge' },
      matchExpressions: [{ key: 'gpu', operator: 'Exists' }],
    });
    expect(matches(match, cluster({ tier: 'edge', gpu: 'a100' }))).toBe(true);
    expect(matches(match, cluster({ tier: 'edge' }))).toBe(false);
    expect(describeMatch(match)).toBe('name fra, labels.tier edge, labels.gpu Exists');
  });

  it.each([
    ['In', []],
    ['Exists', ['yes']],
    ['Gt', ['ten']],
    ['Lt', ['1', '2']],
    ['Gt', ['1.5']],
  ])('%s does not take the values %j', (operator, values) => {
    const { error } = matchSchema.safeParse({
      matchExpressions: [{ key: 'tier', operator, values }],
    });
    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [
        ['matchExpressions', 0, 'values'],
        'at least one value for In and NotIn, one whole number for Gt and Lt, none for others',
      ],
    ]);
  });

  it('is the same in any order', () => {
    const [one, other] = [
      [by('tier', 'In', 'a', 'b').matchExpressions, by('gpu', 'Exists').matchExpressions],
      [by('gpu', 'Exists').matchExpressions, by('tier', 'In', 'b', 'a', 'b').matchExpressions],
    ].map((lists) => canonicalMatch({ matchExpressions: lists.flatMap((list) => list ?? []) }));
    expect(one).toBe(other);
    expect(one).not.toBe(canonicalMatch({}));
  });
});
