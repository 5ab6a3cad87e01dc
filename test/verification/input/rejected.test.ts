/** Lists of rejected clusters, which apps share, are read strictly: what is wrong with them is found where it is. */
import { digestOf } from '../../../constructs/model/canonical';
import type { AppDecision, RejectionGroup } from '../../../constructs/model/decision';
import { rejectionsOf } from '../../../constructs/model/rejections';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy';
import { verify } from '../../../constructs/verification';
import { app, cluster, fleet } from '../../build';

const isEven = (index: number) => index % 2 === 0;
const clusters = Array.from({ length: 40 }, (_, index) =>
  cluster(`c${String(index).padStart(2, '0')}`)
    .at(0, index * 4)
    .label('even', String(isEven(index))),
);
const constraints = { minClusters: 2, maxClusters: 2, chooseFrom: [{ labels: { even: 'true' } }] };
const input: PlaceInput = {
  fleet: fleet(...clusters),
  apps: ['a', 'b', 'c'].map((name) => app(name, { static: true, constraints })),
};
const decision = place(input);
const [first, second] = decision.apps as [AppDecision, AppDecision];
const lists = first.rejected as RejectionGroup[];

/** Findings about the decision with other lists for the second app, or the first. */
function findingsWith(rejected: AppDecision['rejected'], at = 1): readonly string[] {
  const apps = decision.apps.map((one, index) => (index === at ? { ...one, rejected } : one));
  const { digest: _, ...rest } = { ...decision, apps };
  const { findings } = verify({ ...rest, digest: digestOf(rest) }, input);
  return findings.map(({ path, summary }) => `${path}: ${summary}`);
}

it('apps share them, and every app has a sentence for each cluster that is not chosen', () => {
  expect(second.rejected).toEqual(lists.map(({ rule }) => ({ rule, sameAs: 'a' })));
  expect(verify(decision, input).findings).toEqual([]);
  for (const one of decision.apps) {
    const chosen = one.clusters.map(({ name }) => name);
    const said = rejectionsOf(decision, one.app);
    expect(said.map(({ name }) => name)).toEqual(
      input.fleet.clusters.map(({ name }) => name).filter((name) => !chosen.includes(name)),
    );
    expect(said.find(({ name }) => name === 'c01')?.reason).toBe(
      'is not in chooseFrom labels.even true',
    );
  }
});

it('lists in full are as good as shared ones', () => {
  expect(findingsWith(lists)).toEqual([]);
});

it.each([
  [
    'an app that is not there',
    [{ rule: 'chooseFrom', sameAs: 'x' }, second.rejected[1]!],
    'rejected[0].sameAs',
  ],
  ['itself', [{ rule: 'chooseFrom', sameAs: 'b' }, second.rejected[1]!], 'rejected[0].sameAs'],
  ['a later app', [{ rule: 'chooseFrom', sameAs: 'c' }, second.rejected[1]!], 'rejected[0].sameAs'],
  [
    'a rule that has no list',
    [{ rule: 'spread', sameAs: 'a' }, ...second.rejected],
    'rejected[0].sameAs',
  ],
  ['the same list twice', [...second.rejected, second.rejected[0]!], 'rejected[2].clusters'],
] as const)('a reference to %s is refused', (_what, rejected, place) => {
  // biome-ignore format: one line
  expect(findingsWith([...rejected]).join('\n')).toContain(`apps[1].${place}: got `);
});

it.each([
  ['a cluster less', { clusters: lists[0]!.clusters.slice(1) }, 'rejected: got no entry for c01'],
  ['no order', { clusters: [...lists[0]!.clusters].reverse() }, 'rejected[0].clusters[1]: got c'],
  [
    'a cluster that is chosen',
    { clusters: [first.clusters[0]!.name, ...lists[0]!.clusters] },
    'rejected[0].clusters: got c00, which does not belong here',
  ],
  [
    'another rule',
    { rule: 'tolerations' },
    'rejected[0].rule: got tolerations for c01, expected chooseFrom',
  ],
  [
    'numbers for nothing',
    { numbers: lists[0]!.clusters.map(() => 1) },
    'rejected[0].numbers: got numbers',
  ],
  [
    'too few numbers',
    { reason: '{} too many', numbers: [1] },
    'rejected[0].numbers: got 1, expected 20',
  ],
] as const)('a list with %s is refused', (_what, change, said) => {
  const changed = [{ ...lists[0]!, ...change } as RejectionGroup, ...lists.slice(1)];
  expect(findingsWith(changed, 0).join('\n')).toContain(`apps[0].${said}`);
});
