/** Placements inside real plans of Terraform and OpenTofu: known while planning, frozen once reviewed, quiet under noise. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demandDocument, fleetDocumentOf } from '../conformance/placement-inputs';
import { header, onceFor, openStack, type Stack, terraforms } from './terraforming';

const app = (more = '') => `{
    name = "shop"
    workload = {
      image                           = "registry.example/shop:1"
      resources                       = { cpu_millicores = 100, memory_mebibytes = 64 }
      requests_per_second_per_replica = 1000
    }
    policy = {
      constraints = { min_clusters = 2, max_clusters = 2, min_requests_per_second = 20${more} }
    }
  }`;

const main = (more = '') => `${header}
data "littoral_fleet" "edge" {
  file = "fleet.json"
}
data "littoral_demand" "shop" {
  file = "demand.json"
}
resource "littoral_placement" "shop" {
  fleet   = data.littoral_fleet.edge.document
  demands = { shop = data.littoral_demand.shop.document }
  apps    = [${app(more)}]
}
output "clusters" {
  value = littoral_placement.shop.clusters
}
`;
const before = demandDocument({ oa: 100, oc: 100, od: 1 });
const after = demandDocument({ oa: 100, od: 900 }, '2026-11-21T09:00:00Z');
const files = { 'main.tf': main(), 'fleet.json': fleetDocumentOf(), 'demand.json': before };

const callsOfFunctions = `
output "functions" {
  value = {
    clusters   = provider::littoral::decision(file("shop.lock.json")).placements["shop"].clusters
    why        = provider::littoral::explain(file("shop.lock.json"), "shop")
    kilometers = provider::littoral::distance_kilometers(50.11, 8.68, 38.9, -77.4)
    app = provider::littoral::app(jsonencode({
      apiVersion = "littoral.dev/v1alpha1"
      kind       = "EdgeApp"
      name       = "shop"
      manifests  = ["web.yaml"]
      policy     = { constraints = { minClusters = 2 } }
    }))
  }
}
`;

let parent = '';
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'littoral-terraform-'));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const clustersIn = async (stack: Stack) => JSON.parse(await stack.run('output -json clusters'));

for (const [name, missing, binary] of terraforms) {
  const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name}${missing === undefined ? '' : `: ${missing}`}`, () => {
    let count = 0;
    const open = (more: Readonly<Record<string, string | object>> = {}) => {
      count += 1;
      return openStack(binary(), join(parent, `${name}-${count}`), { ...files, ...more });
    };

    it('plans what it will do, applies it, and has nothing left to do', async () => {
      const stack = await open();
      const plan = await stack.run('plan');
      expect(plan).toMatch(/\+ clusters += \[\s+\+ "a",\s+\+ "c",\s+\]/);
      expect(plan).toMatch(/"\+ a {2}100 requests\/s on 1 replica; serves/);
      expect(plan).toMatch(/summary += "2 of 4 clusters, .*proved optimal"/);
      await stack.run('apply -auto-approve');
      expect(await clustersIn(stack)).toEqual(['a', 'c']);
      expect(await stack.changes()).toBe(false);
    });

    it('takes noise for no change, and applies it as none', async () => {
      const stack = await open();
      await stack.run('apply -auto-approve');
      const state = stack.read('terraform.tfstate');
      stack.write(
        'demand.json',
        demandDocument({ oa: 101, oc: 99, od: 2 }, '2026-11-21T06:00:00Z'),
      );
      expect(await stack.changes()).toBe(false);
      await stack.run('apply -auto-approve');
      const digest = (text: string) => /"digest": "(sha256:\w+)"/.exec(text)?.[1];
      expect(digest(stack.read('terraform.tfstate'))).toBe(digest(state));
    });

    it('applies the plan that was reviewed, although the metrics moved, and shows the move in the next', async () => {
      const stack = await open();
      await stack.run('plan -out reviewed');
      stack.write('demand.json', after);
      await stack.run('apply reviewed');
      expect(await clustersIn(stack)).toEqual(['a', 'c']);
      const next = await stack.run('plan');
      expect(next).toMatch(/"= a {2}/);
      expect(next).toMatch(/"\+ d {2}900 requests\/s/);
      expect(next).toMatch(/"- c {2}/);
      await stack.run('apply -auto-approve');
      expect(await clustersIn(stack)).toEqual(['a', 'd']);
    });

    it('applies what was approved, although the metrics moved while it was asked for', async () => {
      const stack = await open();
      const applying = stack.start('apply', { TF_INPUT: '1' });
      await applying.until('Enter a value:');
      stack.write('demand.json', after);
      applying.child.stdin?.write('yes\n');
      expect(await applying.ended).toMatchObject({ code: 0 });
      expect(await clustersIn(stack)).toEqual(['a', 'c']);
      expect(await stack.changes()).toBe(true);
    });

    it('is known early enough for count and for_each', async () => {
      const more = `
resource "terraform_data" "each" {
  for_each = toset(littoral_placement.shop.clusters)
  input    = littoral_placement.shop.replicas[each.key]
}
resource "terraform_data" "a" {
  count = contains(littoral_placement.shop.clusters, "a") ? 1 : 0
}
resource "terraform_data" "d" {
  count = contains(littoral_placement.shop.clusters, "d") ? 1 : 0
}`;
      const stack = await open({ 'more.tf': more });
      expect(await stack.run('plan')).toContain('Plan: 4 to add, 0 to change, 0 to destroy.');
      await stack.run('apply -auto-approve');
      stack.write('demand.json', after);
      const moved = await stack.run('plan');
      expect(moved).toContain('terraform_data.each["d"] will be created');
      expect(moved).toContain('terraform_data.each["c"] will be destroyed');
      expect(moved).toContain('Plan: 2 to add, 1 to change, 1 to destroy.');
    });

    it('waits for inputs that are not known yet', async () => {
      const late = main()
        .replace('apps    = [', 'apps    = [for one in [terraform_data.name.output] : ')
        .replace('name = "shop"', 'name = one');
      const stack = await open({
        'main.tf': late,
        'late.tf': 'resource "terraform_data" "name" {\n  input = "shop"\n}',
      });
      expect(await stack.run('plan')).toMatch(/\+ clusters += \(known after apply\)/);
      await stack.run('apply -auto-approve');
      expect(await clustersIn(stack)).toEqual(['a', 'c']);
      expect(await stack.changes()).toBe(false);
    });

    it('imports a decision, then changes no cluster, and reads the decision by functions', async () => {
      const stack = await open();
      await stack.run('apply -auto-approve');
      const { decision } = await stack.attributes('littoral_placement.shop');
      stack.write('shop.lock.json', String(decision));
      stack.write('functions.tf', callsOfFunctions);
      await stack.run('state rm littoral_placement.shop');
      await stack.run('import littoral_placement.shop shop.lock.json');
      const plan = await stack.run('plan');
      expect(plan).not.toMatch(/[~+-] (clusters|replicas|delta|decision|digest|reasons|gap) /);
      await stack.run('apply -auto-approve');
      expect(await clustersIn(stack)).toEqual(['a', 'c']);
      const said = JSON.parse(await stack.run('output -json functions'));
      expect(said).toMatchObject({
        clusters: ['a', 'c'],
        app: { name: 'shop', policy: { constraints: { minClusters: 2 } } },
        kilometers: expect.closeTo(6553.8, 0),
      });
      expect(said.why).toMatch(/^shop: .*\n[+=] a {2}100 requests/);
      expect(await stack.changes()).toBe(false);
      const wrong =
        'output "wrong" {\n  value = provider::littoral::distance_kilometers(91, 0, 0, 0)\n}\n';
      stack.write('functions.tf', wrong);
      const refused = (await stack.try('plan')).out.replace(/[│╷╵\s]+/g, ' ');
      expect(refused).toMatch(/Invalid value for "latitude1" parameter.*got 91, expected degrees/);
    });

    it('reads state of an older version, whatever is missing in it', async () => {
      const stack = await open();
      await stack.run('apply -auto-approve');
      const state = JSON.parse(stack.read('terraform.tfstate'));
      const placed = state.resources.find(
        (one: { type: string }) => one.type === 'littoral_placement',
      );
      const [instance] = placed.instances;
      const { fleet, demands, apps, decision } = instance.attributes;
      instance.schema_version = 0;
      instance.attributes = { fleet, demands, apps: apps.value, decision, chosen: ['a', 'c'] };
      state.serial += 1;
      stack.write('terraform.tfstate', state);
      const plan = await stack.run('plan');
      expect(plan).not.toMatch(/[~+-] (clusters|replicas|delta|decision|digest|reasons|gap) /);
      await stack.run('apply -auto-approve');
      expect(await stack.changes()).toBe(false);
    });

    it.each([
      [
        main().replace('min_clusters = 2', 'min_clusters = 0'),
        /\d+: +apps += .*constraints\.min_clusters/,
      ],
      [
        main(', latency = { milliseconds = -5 }'),
        /\d+: +apps += .*constraints\.latency\.milliseconds/,
      ],
      [
        main().replace('"shop"\n    workload', '"Shop"\n    workload'),
        /\d+: +apps += .*lower-case/,
      ],
      [
        main().replace('file = "demand.json"', 'prometheus = { url = "http://x" }'),
        /url without query.*\d+: +prometheus = \{ url = "http:\/\/x" \}.*At prometheus\.query/,
      ],
      [
        main().replace('file = "fleet.json"', 'contexts = ["a"]'),
        /Got neither file nor kubeconfig/,
      ],
    ])('says what is wrong at the argument it is about', async (text, words) => {
      const stack = await open();
      stack.write('main.tf', text);
      const { code, out } = await stack.try('validate');
      expect(code).toBe(1);
      // Terraform frames and breaks the lines of an error.
      expect(out.replace(/[│╷╵\s]+/g, ' ')).toMatch(words);
    });

    onceFor(name, () => {
      it('works with -refresh=false, -target, -replace and destroy', async () => {
        const more = 'resource "terraform_data" "other" {}';
        const stack = await open({ 'more.tf': more });
        await stack.run('apply -auto-approve -target=littoral_placement.shop');
        expect(await stack.run('state list')).not.toContain('terraform_data.other');
        expect(await stack.changes('-refresh=false -target=littoral_placement.shop')).toBe(false);
        const again = await stack.run('apply -auto-approve -replace=littoral_placement.shop');
        expect(again).toMatch(/1 destroyed/);
        expect(await stack.changes()).toBe(false);
        expect(await stack.run('destroy -auto-approve')).toContain('2 destroyed');
      });

      it('refuses a policy that cannot hold with what would do, and goes on when told to', async () => {
        const stack = await open();
        stack.write('main.tf', main(', must_include = [{ name = ["a"], count = 2 }]'));
        const { code, out } = await stack.try('plan');
        expect(code).toBe(1);
        expect(out.replace(/[│\s]+/g, ' ')).toMatch(/No placement satisfies the policy of shop/);
        expect(out.replace(/[│\s]+/g, ' ')).toMatch(/policy\.constraints\.must_include\[0\]/);
        stack.write(
          'main.tf',
          main(', must_include = [{ name = ["a"], count = 2 }]').replace(
            'fleet   =',
            'allow_unsatisfied = true\n  fleet   =',
          ),
        );
        expect(await stack.run('plan')).toContain('Warning:');
      });

      it('stays where a guard says stop, with a warning, and moves when it is lifted', async () => {
        const stack = await open();
        await stack.run('apply -auto-approve');
        const away = demandDocument({ ob: 500, od: 500 }, '2026-11-21T09:00:00Z');
        stack.write('demand.json', away);
        const out = await stack.run('plan');
        expect(out.replace(/[│\s]+/g, ' ')).toMatch(/would leave 2 of its 2 clusters/i);
        stack.write(
          'main.tf',
          main().replace('fleet   =', 'allow = ["maxDroppedShare"]\n  fleet   ='),
        );
        await stack.run('apply -auto-approve');
        expect(await clustersIn(stack)).toEqual(['b', 'd']);
      });

      it('stands when the metrics fail, and says so', async () => {
        const asking = main().replace(
          'file = "demand.json"',
          'prometheus = { url = "http://127.0.0.1:9", query = "up", retries = 0 }',
        );
        const stack = await open();
        await stack.run('apply -auto-approve');
        stack.write('main.tf', asking);
        const plan = await stack.run('plan');
        expect(plan).toContain('No changes.');
        expect(plan).toContain('Warning:');
      });

      it('places ten at the same time', async () => {
        const ten = `${main()}
  resource "littoral_placement" "many" {
    for_each = toset([for n in range(10) : "shop\${n}"])
    fleet    = data.littoral_fleet.edge.document
    demands  = { (each.key) = data.littoral_demand.shop.document }
    apps     = [merge(${app()}, { name = each.key })]
  }`;
        const stack = await open({ 'main.tf': ten });
        expect(await stack.run('apply -auto-approve')).toContain('11 added');
        expect(await stack.changes()).toBe(false);
      });
    });
  });
}
