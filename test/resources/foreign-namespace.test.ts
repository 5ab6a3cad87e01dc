/** A namespace that others made keeps the Pod Security that they gave it: it is never relabelled in passing. */
import type { Manifest } from '../../constructs/model/app/workload';
import { Clusters } from './cluster-double';
import { apply, look, namespace, releaseOf, settings } from './fixtures';

const enforce = 'pod-security.kubernetes.io/enforce';
const version = 'pod-security.kubernetes.io/enforce-version';
const labelled = (labels: object): Manifest => ({
  ...namespace,
  metadata: {
    ...namespace.metadata,
    labels: { ...(namespace.metadata.labels as object), ...labels },
  },
});
const restricted = labelled({ [enforce]: 'restricted', [version]: 'v1.34' });
const key = '/Namespace//shop';

async function there(labels: object) {
  const clusters = new Clusters();
  const a = clusters.named('a');
  a.apply('team', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
  const labelsNow = () => a.read(key)?.metadata.labels;
  return { clusters, a, labelsNow };
}

it('one that is made by the release is labelled', async () => {
  const clusters = new Clusters();
  const a = clusters.named('a');
  await apply(clusters, releaseOf('a', [restricted]));
  expect(a.read(key)?.metadata.labels).toMatchObject({ [enforce]: 'restricted' });
});

it.each([
  [{}, 'none'],
  [{ [enforce]: 'baseline' }, 'baseline'],
])(
  'one of others with %j keeps it, in later applies as well, and the plan says so',
  async (labels, level) => {
    const { clusters, labelsNow } = await there(labels);
    const { plan: planned } = await look(clusters, releaseOf('a', [restricted]));
    const [change] = planned.clusters.flatMap(({ objects }) => objects);
    expect(change).toMatchObject({
      change: 'adopted',
      reason: `it is not of this release: its Pod Security stays ${level}, not restricted v1.34`,
    });
    const first = await apply(clusters, releaseOf('a', [restricted]));
    expect(first.problems).toEqual([]);
    expect(labelsNow()?.[enforce as never]).toBe(labels[enforce as never]);
    const other = labelled({ [enforce]: 'restricted', [version]: 'v1.35' });
    const second = await apply(clusters, releaseOf('a', [other, settings({})]), first.state);
    expect(second.problems).toEqual([]);
    expect(labelsNow()?.[enforce as never]).toBe(labels[enforce as never]);
    const third = await apply(clusters, releaseOf('a', [other, settings({})]), second.state);
    expect(third.outcome.clusters[0]?.ending).toBe('unchanged');
  },
);

it('one of another release is shared, and its Pod Security is named where it is another', async () => {
  const clusters = new Clusters();
  clusters.named('a');
  await apply(clusters, { ...releaseOf('a', [restricted]), name: 'first' });
  const baseline = labelled({ [enforce]: 'baseline', [version]: 'v1.34' });
  const { plan: planned } = await look(clusters, { ...releaseOf('a', [baseline]), name: 'second' });
  expect(planned.clusters.flatMap(({ objects }) => objects)[0]?.reason).toBe(
    'shared with first: its Pod Security is restricted v1.34, not baseline v1.34',
  );
});

it('labels that an author wrote on a Namespace are applied: the plan shows them', async () => {
  const { clusters, labelsNow } = await there({ team: 'x' });
  const written = labelled({ [enforce]: 'restricted', owner: 'us' });
  await apply(clusters, releaseOf('a', [written]));
  expect(labelsNow()).toMatchObject({ [enforce]: 'restricted', team: 'x', owner: 'us' });
});
