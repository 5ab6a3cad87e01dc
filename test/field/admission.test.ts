/** A webhook of the release that blocks its inventory: destroying takes the webhook away first. */
import type { Manifest } from '../../constructs/model/app/workload';
import { Clusters } from '../resources/cluster-double';
import { apply, namespace, releaseOf, settings } from '../resources/fixtures';

const webhook: Manifest = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard' },
  webhooks: [{ name: 'guard' }],
};

it('a fail-closed webhook of the release does not keep it from being destroyed', async () => {
  const clusters = new Clusters();
  const a = clusters.named('a');
  const { state } = await apply(clusters, releaseOf('a', [namespace, settings({}), webhook]));
  const isThere = () =>
    a.read('admissionregistration.k8s.io/ValidatingWebhookConfiguration//guard');
  a.refuse = ({ kind }) =>
    kind === 'ConfigMap' && isThere() ? 'webhook guard of a does not answer' : undefined;
  const run = await apply(clusters, releaseOf('', []), state);
  expect(run.problems).toEqual([]);
  expect([...a.objects.keys()]).toEqual([]);
});

it('a webhook of the release that refuses its inventory is named with the way out, and is mended first by the next apply', async () => {
  const clusters = new Clusters();
  const a = clusters.named('a');
  const key = 'admissionregistration.k8s.io/ValidatingWebhookConfiguration//guard';
  const isBlocking = () => a.read(key) !== undefined && a.read(key)?.spared !== true;
  a.refuse = ({ kind }) =>
    kind === 'ConfigMap' && isBlocking() ? 'webhook guard of a does not answer' : undefined;
  const first = await apply(clusters, releaseOf('a', [namespace, settings({}), webhook]));
  expect(first.outcome.clusters[0]).toMatchObject({ ending: 'failed' });
  expect(first.outcome.clusters[0]?.reason).toContain('ValidatingWebhookConfiguration guard');
  expect(first.outcome.clusters[0]?.reason).toContain('littoral.dev/release (objectSelector');
  const same = releaseOf('a', [namespace, settings({}), webhook]);
  const still = await apply(clusters, same, first.state);
  expect(still.outcome.clusters[0]?.reason).toContain('objectSelector');
  const spared = [namespace, settings({}), { ...webhook, spared: true }];
  const second = await apply(clusters, releaseOf('a', spared), still.state);
  expect(second.problems).toEqual([]);
  const third = await apply(clusters, releaseOf('a', spared), second.state);
  expect(third.outcome.clusters[0]?.ending).toBe('unchanged');
});

it('what others have to admit objects is not touched, and says why nothing goes', async () => {
  const clusters = new Clusters();
  const a = clusters.named('a');
  const { state } = await apply(clusters, releaseOf('a', [namespace, settings({}), webhook]));
  a.refuse = ({ kind }) => (kind === 'ConfigMap' ? 'denied by theirs' : undefined);
  const theirs = { ...webhook, metadata: { name: 'theirs' } };
  a.apply('team', theirs);
  const run = await apply(clusters, releaseOf('', []), state);
  expect(run.problems[0]?.summary).toContain('denied by theirs');
  expect(
    a.read('admissionregistration.k8s.io/ValidatingWebhookConfiguration//theirs'),
  ).toBeDefined();
  expect(a.read('/ConfigMap/shop/settings')).toBeDefined();
}, 20_000);
