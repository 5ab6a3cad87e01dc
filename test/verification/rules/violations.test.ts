/** Rules about the chosen set: a decision of a weaker policy is refused by name under the stronger one. */

import { place } from '../../../constructs/placement';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { verify } from '../../../constructs/verification';
import { type Constraints, four, free, inputOf } from '../../placement/placing';

const clusters = four.map((one, index) => one.provider(index < 2 ? 'x' : 'y').label('edge', 'yes'));
const under = (constraints: Constraints): PlaceInput =>
  inputOf({ constraints: { ...free, ...constraints } }, clusters);

it.each<[string, Constraints, Constraints]>([
  [
    'mustInclude[0]',
    { maxClusters: 2, mustInclude: [{ provider: 'y', count: 2 }] },
    { mustInclude: [{ provider: 'x', count: 2 }] },
  ],
  ['mustIncludeEvery[0]', { maxClusters: 3 }, { mustIncludeEvery: [{ labels: { edge: 'yes' } }] }],
  ['spread[0]', { minClusters: 4 }, { spread: [{ by: 'provider', maxGroups: 1 }] }],
  [
    'spread[0]',
    { maxClusters: 2, mustInclude: [{ provider: 'x', count: 2 }] },
    { spread: [{ by: 'provider', minGroups: 2 }] },
  ],
  ['spread[0]', { minClusters: 4 }, { spread: [{ by: 'provider', maxPerGroup: 1 }] }],
  [
    'mustNotInclude',
    { minClusters: 4 },
    { mustNotInclude: [{ matchExpressions: [{ key: 'edge', operator: 'Exists' }] }] },
  ],
])('%s: a decision made under %j is refused', (rule, weak, strong) => {
  const { findings } = verify(place(under(weak)), under({ ...weak, ...strong }));
  const texts = findings.map(({ path, summary }) => `${path} ${summary}`);
  expect(texts.join('\n')).toContain(rule);
});
