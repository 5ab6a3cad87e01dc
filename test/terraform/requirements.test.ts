/** What a plan shows in place of apps: every rule of a policy, and no text that may be somebody's secret. */
import fc from 'fast-check';
import { placement } from '../../providers/terraform/resources/placement/placement';
import { requirementLines } from '../../providers/terraform/resources/placement/requirements';
import { appsShape, placementSchema } from '../../providers/terraform/resources/placement/schema';
import { hclValue } from '../../providers/terraform/schema/values';
import { apps, context, placing } from './configurations';
import { Core } from './core';

const requirementsOf = (core: Core) => core.state?.fields.requirements as readonly string[];

it('has a line for the workload, for each rule, and names the other keys', () => {
  const app = {
    name: 'shop',
    workload: {
      image: 'r.example/shop:1',
      resources: { cpuMillicores: 250 },
      env: { TOKEN: 'psst' },
    },
    policy: {
      constraints: { minClusters: 2, residency: [{ origins: { region: ['europe'] } }] },
      objective: { latency: 1 },
      static: true,
    },
    demand: 'demand.json',
  };
  const lines = [
    'image r.example/shop:1, resources {cpuMillicores 250}, env {TOKEN}',
    'minClusters 2',
    'residency [{origins {region [europe]}}]',
    'objective {latency 1}',
    'static true',
    'also demand',
  ];
  expect(requirementLines([app])).toEqual(lines);
  const both = requirementLines([app, { name: 'cart', policy: {} }]);
  expect(both).toEqual(lines.map((line) => `shop: ${line}`));
});

it('tells no text outside of a policy but images and names, at any depth, and each of a policy', () => {
  const text = fc.integer({ min: 0, max: 9999 }).map((n) => `planted-${n}`);
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('env', 'probes', 'patch', 'a', 'b'), tie('tree'), {
        maxKeys: 3,
      }),
    ),
  }));
  const some = fc.dictionary(fc.constantFrom('env', 'components', 'user'), tree);
  fc.assert(
    fc.property(some, tree, (workload, other) => {
      const said = requirementLines([{ name: 'shop', workload, demand: other, overrides: other }]);
      expect(said.join()).not.toContain('planted');
    }),
  );
  fc.assert(
    fc.property(tree, (rule) => {
      const said = requirementLines([{ name: 'shop', policy: { constraints: { rule } } }]).join();
      for (const planted of JSON.stringify(rule).match(/planted-\d+/g) ?? []) {
        expect(said).toContain(planted);
      }
    }),
  );
});

it('is told with the keys of HCL, changes with a rule that moves nothing, and survives an older state', async () => {
  const core = new Core(placement, context);
  expect(await core.apply(placing())).toEqual([]);
  const first = requirementsOf(core);
  expect(first).toContain('min_clusters 2');
  expect(first.join()).not.toMatch(/[a-z][A-Z]/);

  const { requirements: _, ...older } = core.state!.fields;
  const upgraded = placement.upgrade(placementSchema.version - 1, older);
  expect(upgraded.requirements).toEqual(first);

  const [app] = apps as readonly [{ readonly policy: { readonly constraints: object } }];
  const constraints = { ...app.policy.constraints, maxClusters: 3 };
  const eased = [{ ...app, policy: { ...app.policy, constraints } }];
  const { planned } = await core.plan(placing({ apps: hclValue(appsShape, eased) }));
  expect(planned?.requirements).toContain('max_clusters 3');
});
