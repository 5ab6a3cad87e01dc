/** The plan of an object that is made anew shows what was written otherwise, and not what servers fill in. */

import { overlay } from '../../constructs/kubernetes/overlay';
import type { Manifest } from '../../constructs/model/app/workload';
import { withLiveItems } from '../../providers/resources/release/observe/forecast';
import { changedFields } from '../../providers/resources/release/state/fields';

const job = (containers: readonly object[]): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace: 'shop' },
  spec: { template: { spec: { containers } } },
});
const filledIn = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  imagePullPolicy: 'Always',
};
const env = (value: string) => ({
  env: [
    { name: 'A', value },
    { name: 'B', value: 'b' },
  ],
});

it.each<[string, object, object, readonly string[]]>([
  ['an image', { image: 'a:1' }, { image: 'a:2' }, ['image']],
  ['a variable', env('1'), env('2'), ['env[name=A].value']],
  [
    'a port without a name',
    { ports: [{ containerPort: 1 }] },
    { ports: [{ containerPort: 2 }] },
    ['ports[0].containerPort'],
  ],
])('%s', (_what, before, after, changed) => {
  const live = job([
    { name: 'a', ...before, ...filledIn },
    { name: 'gone', image: 'x' },
  ]);
  const wanted = job([{ name: 'a', ...after }]);
  const fields = changedFields(
    wanted,
    live,
    overlay(live, withLiveItems(live, wanted) as Manifest),
  );
  expect(fields.map(({ path }) => path.replace(/^.*?containers/, ''))).toEqual([
    ...changed.map((path) => `[name=a].${path}`),
    '[name=gone]',
  ]);
});
