/** Many releases together: how many at once, who waits for whom, and what stays open when one fails. */
import fc from 'fast-check';
import { appsAtOnce, carriedOut, observedAll } from '../../providers/cli/input/together';
import type { ObservedPlan, Released } from '../../providers/resources/release';

interface App {
  readonly namespace: string;
  readonly changesAll: boolean;
}

/** A plan of nothing but its name, its namespace and one object. */
function opened({ namespace, changesAll }: App, index = 0, close = async () => undefined) {
  const ref = changesAll
    ? { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'w' }
    : { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'w' };
  const objects = [{ ref, change: 'created', fields: [] }];
  const plan = { release: `app-${index}`, namespace, clusters: [{ name: 'fra', objects }] };
  return { plan, close } as unknown as ObservedPlan;
}

const apps = fc.array(
  fc.record({
    namespace: fc.integer({ min: 0, max: 40 }).map(String),
    changesAll: fc.integer({ min: 0, max: 15 }).map((one) => one === 0),
  }),
  { maxLength: 30 },
);

it('apps of one namespace go one after another, one that changes what all use goes alone, the others at once', async () => {
  let mostAtOnce = 0;
  const property = fc.asyncProperty(apps, fc.scheduler(), async (many, scheduler) => {
    const open = many.map((one, index) => opened(one, index));
    const [begun, ended]: [number[], number[]] = [[], []];
    const carrying = carriedOut(open, async (one) => {
      const index = open.indexOf(one);
      const its = many[index] as App;
      // Whoever came before and must not run beside this one has ended.
      const before = many
        .map((other, at) => ({ other, at }))
        .filter(({ other, at }) => {
          const isKin = other.namespace === its.namespace || other.changesAll || its.changesAll;
          return at < index && isKin;
        });
      for (const { at } of before) expect(ended).toContain(at);
      begun.push(index);
      mostAtOnce = Math.max(mostAtOnce, begun.length - ended.length);
      await scheduler.schedule(Promise.resolve(), `app ${index}`);
      ended.push(index);
      return index as unknown as Released;
    });
    await scheduler.waitFor(carrying);
    expect(await carrying).toEqual(many.map((_, index) => index));
  });
  await fc.assert(property, { numRuns: 60 });
  expect(mostAtOnce).toBe(appsAtOnce);
});

it('one that fails keeps none of those behind it from going, and its failure is told', async () => {
  const open = [0, 1, 2].map((index) => opened({ namespace: 'a', changesAll: false }, index));
  const gone: number[] = [];
  const carrying = carriedOut(open, async (one) => {
    gone.push(open.indexOf(one));
    if (one === open[0]) throw new Error('a defect');
    return {} as Released;
  });
  await expect(carrying).rejects.toThrow('a defect');
  await new Promise((passed) => setImmediate(passed));
  expect(gone).toEqual([0, 1, 2]);
});

it('what is open when another cannot be observed is closed', async () => {
  const closed: number[] = [];
  const observing = observedAll([0, 1, 2, 3], async (index) => {
    if (index === 2) throw new Error('a defect');
    const close = async () => void closed.push(index);
    return opened({ namespace: 'a', changesAll: false }, index, close as () => Promise<undefined>);
  });
  await expect(observing).rejects.toThrow('a defect');
  expect(closed.sort()).toEqual([0, 1, 3]);
});
