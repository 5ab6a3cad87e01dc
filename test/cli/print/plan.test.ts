/** Plans of few and many apps and clusters as a terminal shows them: grouped, worst first, never long. */
import fc from 'fast-check';
import { cells } from '../../../providers/cli/output/layout';
import { plansText } from '../../../providers/cli/output/print/plan';
import { outcomesText } from '../../../providers/cli/output/print/release';
import { plain } from '../../../providers/cli/output/terminal';
import type {
  ClusterPlan,
  ReleaseOutcome,
  ReleasePlan,
} from '../../../providers/resources/release';

const everything = { onlyChanged: false, usdPerHourDelta: 0 };
const voice = (width = 100) => ({ paint: plain, width });
const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

function cluster(name: string, step: ClusterPlan['step'], more: Partial<ClusterPlan> = {}) {
  const chosen = step !== 'remove';
  return { name, step, chosen, holds: step !== 'add', objects: [], ...more };
}
const release = (name: string, clusters: readonly ClusterPlan[]): ReleasePlan => {
  return { release: name, namespace: name, fleet: '', decision: '', objects: '', clusters };
};
const scaled = (name: string, before: number, after: number): ClusterPlan =>
  cluster(name, 'update', {
    objects: [
      { ref: web, change: 'changed', fields: [{ path: '.spec.replicas', before, after }] },
      { ref: { ...web, kind: 'Service' }, change: 'unchanged', fields: [] },
    ],
  });
const numbered = (count: number, make: (name: string, index: number) => ClusterPlan) =>
  Array.from({ length: count }, (_, index) => make(`edge-${index}`, index));

it('clusters that change alike are one entry with their names, and values that differ are counted', () => {
  const clusters = numbered(20, (name, index) => scaled(name, 2, index < 12 ? 3 : 4));
  expect(plansText([release('shop', clusters)], everything, voice())).toBe(
    `shop   20 change

  ~ edge-0, edge-1, edge-2, edge-3 and 16 more   change
      ~ Deployment shop/web changed
          .spec.replicas: 2 -> 3 on 12, 2 -> 4 on 8
      = 1 object unchanged

`,
  );
});

it('few clusters, and those that change otherwise, have entries of their own', () => {
  const clusters = [
    ...numbered(3, (name) => scaled(name, 2, 3)),
    cluster('fra', 'unreachable', { reason: 'fra does not answer' }),
  ];
  const text = plansText([release('shop', clusters)], everything, voice());
  expect(text.match(/^ {2}[~?] \S+/gm)).toEqual([
    '  ~ edge-0',
    '  ~ edge-1',
    '  ~ edge-2',
    '  ? fra',
  ]);
});

const moved = [cluster('fra', 'keep'), cluster('ber', 'add'), cluster('ams', 'remove')];
const shops = [
  release('quiet', [cluster('fra', 'keep')]),
  release('new', [cluster('fra', 'add')]),
  release('grows', [scaled('fra', 2, 3)]),
  release('moves', moved),
  release('stuck', [cluster('fra', 'refused', { reason: 'taken' })]),
  release('silent', [cluster('ber', 'keep')]),
];

it('several apps come worst first, what stays is one line, and the totals are last', () => {
  const text = plansText(shops, { onlyChanged: false, usdPerHourDelta: 1.2 }, voice());
  expect(text.match(/^\w+(?= {3})/gm)).toEqual(['stuck', 'moves', 'grows', 'new']);
  expect(text.trimEnd().split('\n').slice(-2)).toEqual([
    '= 2 apps unchanged: quiet, silent',
    '6 apps on 3 clusters: 1 held up, 1 move, 1 scale, 1 installed, 2 unchanged; +1.20 USD/h',
  ]);
});

it('only what changes is shown when that is asked for; the totals still count all', () => {
  const text = plansText(shops, { onlyChanged: true, usdPerHourDelta: -0.5 }, voice());
  expect(text).not.toMatch(/quiet|as planned before/);
  expect(text).toContain('2 unchanged; -0.50 USD/h');
});

const steps = fc.constantFrom('add', 'update', 'keep', 'remove', 'refused', 'unreachable');
const anyPlans = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 60 }), fc.array(steps, { minLength: 1, maxLength: 12 })),
  { maxLength: 400 },
);

it.each([80, 120])('at %d columns no plan is wider, and none has more than 450 lines', (width) => {
  const property = fc.property(anyPlans, (drawn) => {
    const plans = drawn.map(([from, its], index) =>
      release(
        `app-${index}`,
        its.map((step, at) => {
          const name = `edge-${from + at}`;
          return step === 'update' ? scaled(name, from, from + at) : cluster(name, step as 'add');
        }),
      ),
    );
    if (plans.length < 2) return;
    const lines = plansText(plans, everything, voice(width)).split('\n');
    expect(lines.length).toBeLessThanOrEqual(450);
    expect(Math.max(...lines.map(cells))).toBeLessThanOrEqual(width);
    expect(lines.at(-3)).toMatch(/unchanged|held up|move|scale|installed|removed|changed/);
  });
  fc.assert(property, { numRuns: 20 });
});

it('how many apps ended is a few lines: those in trouble with their clusters, the others by name', () => {
  const ended = (name: string, index: number): ReleaseOutcome => ({
    release: name,
    clusters: Array.from({ length: 20 }, (_, at) =>
      index === 7 && at === 3
        ? {
            name: `edge-${at}`,
            ending: 'failed',
            reason: 'crash loop',
            objects: [],
          }
        : { name: `edge-${at}`, ending: 'ready', objects: [{ ref: web, change: 'created' }] },
    ),
  });
  const outcomes = Array.from({ length: 100 }, (_, index) => ended(`app-${index}`, index));
  expect(outcomesText(outcomes, voice())).toBe(
    `app-7   1 failed, 19 ready
  edge-3                                      failed                 crash loop
  edge-0, edge-1, edge-2, edge-4 and 15 more  ready   1 object each

99 apps done: app-0, app-1, app-2, app-3 and 95 more
100 apps on 20 clusters: 1 failed, 1,999 ready

`,
  );
});

it('of a field that is too long its place is shortened, so that both values are seen', () => {
  const path = '.spec.template.spec.containers[name=shop].image';
  const field = { path, before: 'registry.example/shop:1', after: 'registry.example/shop:2' };
  const object = { ref: web, change: 'changed' as const, fields: [field] };
  const plan = release('shop', [cluster('fra', 'update', { objects: [object] })]);
  expect(plansText([plan], everything, voice(80))).toContain(
    '          ...image: "registry.example/shop:1" -> "registry.example/shop:2"\n',
  );
});
