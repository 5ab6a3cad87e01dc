/** Two runs at once, as from two machines: where both end well one came after the other, and a third repairs the rest. */
import * as fc from 'fast-check';
import type { Manifest } from '../../constructs/model/app/workload';
import type { ClusterClient } from '../../providers/clusters/cluster';
import { fellShort } from '../../providers/resources/release/apply/rollout';
import { Clusters } from './cluster-double';
import { apply, namespace, releaseOf, settings, web, worldIn } from './fixtures';

const version = (name: string): readonly Manifest[] => [
  namespace,
  settings({ version: name }),
  web(`shop:${name}`),
];
const names = [...'abc'];
const pictureOf = (clusters: Clusters) =>
  Object.fromEntries(names.map((name) => [name, clusters.named(name).picture()]));

/** Clusters where requests of all clients are answered in the order that the scheduler likes. */
function slowWorld(clusters: Clusters, scheduler: fc.Scheduler) {
  const slow = (client: ClusterClient): ClusterClient => ({
    ...client,
    get: scheduler.scheduleFunction(client.get),
    list: scheduler.scheduleFunction(client.list),
    apply: scheduler.scheduleFunction(client.apply),
    delete: scheduler.scheduleFunction(client.delete),
    waitReady: scheduler.scheduleFunction(client.waitReady),
  });
  const { connect, ...rest } = worldIn(clusters);
  return {
    ...rest,
    connect: async (...asked: Parameters<typeof connect>) => slow(await connect(...asked)),
  };
}

interface Goal {
  readonly letters: string;
  readonly image: string;
  readonly waves: readonly { readonly clusters: number }[];
}
const goal: fc.Arbitrary<Goal> = fc.record({
  letters: fc.constantFrom('', 'a', 'ab', 'bc', 'abc'),
  image: fc.constantFrom('2', '3', 'bad'),
  waves: fc.constantFrom([], [{ clusters: 1 }]),
});
const props = ({ letters, image, waves }: Goal) => releaseOf(letters, version(image), { waves });
const started = async (from: string) => {
  const clusters = new Clusters();
  if (from !== '') await apply(clusters, releaseOf(from, version('1')));
  return clusters;
};

it('where two runs both end well, one has come after the other', async () => {
  let conflicts = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom('', 'ab', 'abc'),
      goal,
      goal,
      async (scheduler, from, one, other) => {
        const clusters = await started(from);
        const runs = [one, other].map((each) =>
          apply(clusters, props(each), undefined, slowWorld(clusters, scheduler)),
        );
        const [first, second] = await scheduler.waitFor(Promise.all(runs));
        if (fellShort(first!.outcome) || fellShort(second!.outcome)) {
          conflicts += 1;
        } else {
          const serial = await Promise.all(
            [
              [one, other],
              [other, one],
            ].map(async (order) => {
              const calm = await started(from);
              for (const each of order) await apply(calm, props(each));
              return pictureOf(calm);
            }),
          );
          for (const name of names) {
            const last = JSON.stringify(clusters.named(name).picture());
            expect(serial.map((each) => JSON.stringify(each[name]))).toContain(last);
          }
        }
        const wanted = await started('');
        const last = { letters: 'ac', image: '4', waves: [] };
        await apply(wanted, props(last));
        await apply(clusters, props(last));
        expect(pictureOf(clusters)).toEqual(pictureOf(wanted));
      },
    ),
    { numRuns: 60 },
  );
  expect(conflicts).toBeGreaterThan(5);
}, 60_000);
