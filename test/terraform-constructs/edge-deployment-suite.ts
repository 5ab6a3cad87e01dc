/** What a deployment becomes in a stack: resources, bundle and outputs, the same every time. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { ApiObject, Chart } from 'cdk8s';
import { TerraformVariable } from 'cdktf';
import { render, synth } from '../../constructs/kubernetes';
import { bundleSchema } from '../../constructs/model/app/bundle';
import { parseEdgeApp } from '../../constructs/placement-api';
import {
  EdgeDeployment,
  type EdgeDeploymentProps,
  type EdgeStack,
} from '../../constructs/terraform';
import { edge, fleet, shop } from './edge-shop';
import { beside, only } from './stacks';

/** Registers the suite. */
export function edgeDeploymentSuite(): void {
  describe('an EdgeStack with a deployment', () => {
    it('leaves to Terraform what only Terraform knows, where the placement does not depend on it', () => {
      const stack = edge((one) => {
        const variable = (name: string) =>
          new TerraformVariable(one, name, { type: 'string' }).stringValue;
        const env = { ...shop.workload.env, TOKEN: `x-${variable('env')}` };
        const workload = { ...shop.workload, image: variable('image'), env };
        new EdgeDeployment(one, 'shop', { ...shop, workload });
        const image = variable('other');
        new EdgeDeployment(one, 'chart', {
          ...shop,
          name: 'chart',
          chart: (scope) => {
            const chart = new Chart(scope, 'c');
            new ApiObject(chart, 'o', {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              metadata: { name: 'shop' },
              spec: { template: { image } },
            });
            return chart;
          },
        });
      });
      const [, placed] = only(stack.resource, 'littoral_placement').documents as {
        workload: Record<string, unknown>;
      }[];
      expect(placed?.workload).toEqual({
        ...shop.workload,
        image: '${var.image}',
        env: { GREETING: 'hello $${USER}', TOKEN: 'x-${var.env}' },
      });
      const releases = Object.values(stack.resource?.littoral_release ?? {});
      for (const { bundle, document } of releases) {
        expect(bundle).toBeUndefined();
        expect(document).toMatch(/^\$\{jsonencode\(local\.\w+\)\}$/);
      }
      const locals = JSON.stringify(stack.locals);
      for (const name of ['image', 'env', 'other']) expect(locals).toContain(`\${var.${name}}`);
      for (const one of Object.values(stack.locals ?? {})) bundleSchema.parse(one);
    });

    it('reads metrics and fleet in the plan, places, and releases the bundle beside it', () => {
      const stack = edge((one) => new EdgeDeployment(one, 'shop', shop));
      expect(Object.keys(stack.data ?? {})).toEqual(['littoral_demand']);
      expect(only(stack.data, 'littoral_demand')).toEqual({
        prometheus: {
          url: 'http://127.0.0.1:9090',
          query: 'sum by (geohash) (rate(r{app="$${app}"}[5m]))',
        },
        stretch_below_requests_per_second: 20,
      });
      const placement = only(stack.resource, 'littoral_placement');
      const [document] = placement.documents as string[];
      expect(parseEdgeApp((document ?? '').replaceAll('$${', '${'))).toEqual(parseEdgeApp(shop));
      expect(placement.demands).toEqual({
        shop: '${data.littoral_demand.placement_shop.document}',
      });
      expect(only(stack.resource, 'littoral_release')).toEqual({
        app: 'shop',
        bundle: 'cdktf.out/stacks/edge/assets/shop.bundle.json',
        decision: '${littoral_placement.placement.decision}',
        fleet: placement.fleet,
      });
      expect(stack.terraform.required_providers.littoral).toEqual({
        source: 'littoral.invalid/littoral/littoral',
        version: '0.1.0',
      });
      expect(stack.provider?.littoral).toEqual([{ base_directory: '../../..' }]);
    });

    it('has a bundle that renders to what any other wire would apply', () => {
      edge((one) => new EdgeDeployment(one, 'shop', shop));
      const bundle = bundleSchema.parse(JSON.parse(beside('assets/shop.bundle.json') ?? ''));
      const ours = synth({ name: shop.name, workload: shop.workload }, fleet);
      expect(bundle).toEqual(ours);
      const placed = { name: 'fra', replicas: 2, requestsPerSecond: 100 };
      expect(render(bundle, placed, { decisionDigest: 'd' })).toHaveLength(7);
    });

    it('tells clusters, replicas, summary and decision as outputs', () => {
      const { output } = edge((one) => new EdgeDeployment(one, 'shop', shop));
      const values = Object.entries(output ?? {}).map(([name, { value, sensitive = false }]) => [
        name,
        value,
        sensitive,
      ]);
      const of = (attribute: string) =>
        '${littoral_placement.placement.placements.shop.'.concat(attribute, '}');
      expect(values).toEqual([
        ['shop_clusters', of('clusters'), false],
        ['shop_decision', '${littoral_placement.placement.decision}', true],
        ['shop_replicas', of('replicas'), false],
        ['shop_summary', of('summary'), false],
      ]);
    });

    it('is the same every time, and touches no file that need not change', () => {
      const files = () =>
        (readdirSync('cdktf.out/stacks/edge', { recursive: true }) as string[])
          .map((name) => `cdktf.out/stacks/edge/${name}`)
          .filter((path) => statSync(path).isFile())
          .sort()
          .map((path) => [
            path,
            createHash('sha256').update(readFileSync(path)).digest('hex'),
            path.endsWith('cdk.tf.json') ? 0 : statSync(path).mtimeMs,
          ]);
      edge((one) => new EdgeDeployment(one, 'shop', shop));
      const first = files();
      edge((one) => new EdgeDeployment(one, 'shop', shop));
      expect(files()).toEqual(first);
      expect(first.map(([path]) => path)).toHaveLength(4);
    });

    it('knows no path of this machine, except where cdktf keeps a local state', () => {
      edge((one) => new EdgeDeployment(one, 'shop', shop));
      const { terraform, ...rest } = JSON.parse(beside('cdk.tf.json') ?? '');
      expect(JSON.stringify(rest)).not.toContain(process.cwd());
      expect(Object.keys(terraform).sort()).toEqual(['backend', 'required_providers']);
    });

    it('synthesizes a chart for every cluster that it knows', () => {
      const regions: unknown[] = [];
      const chart: EdgeDeploymentProps['chart'] = (scope, { cluster: { region } }) => {
        regions.push(region);
        const metadata = { name: 'c' };
        const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { region } };
        const own = new Chart(scope, 'own');
        new ApiObject(own, 'c', object);
        return own;
      };
      const add = (one: EdgeStack) => new EdgeDeployment(one, 'shop', { ...shop, chart });
      edge(add);
      expect(new Set(regions)).toEqual(new Set(['asia', 'europe']));
      expect(beside('assets/shop.bundle.json')).toContain('"region": "asia"');
    });
  });
}
