/** What an EdgeStack becomes, as a suite that runs with cdktf and again with its fork under the same name. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { ApiObject, Chart } from 'cdk8s';
import { type App, TerraformStack, TerraformVariable } from 'cdktf';
import { render, synth } from '../../constructs/kubernetes';
import { bundleSchema } from '../../constructs/model/bundle';
import { parseEdgeApp } from '../../constructs/placement';
import {
  DataLittoralDemand,
  DataLittoralFleet,
  EdgeDeployment,
  type EdgeDeploymentProps,
  EdgeFleet,
  EdgePlacement,
  EdgeStack,
  LittoralPlacement,
  LittoralProvider,
  LittoralRelease,
} from '../../constructs/terraform';
import { packageHash } from '../../constructs/terraform/lock-file';
import { testCluster } from '../../constructs/testing';
import { beside, enter, executable, leave, only, synthesized } from './stacks';

const provider = { executable };
const clusters = ['ams', 'fra', 'sin'].map((name) =>
  testCluster({
    name,
    region: name === 'sin' ? 'asia' : 'europe',
    access: { kubeconfig: 'clusters/kubeconfig', context: name },
  }),
);
const fleet = { clusters };
const demand = {
  observedAt: '2026-11-21T05:30:00Z',
  validForSeconds: 1800,
  origins: [{ name: 'berlin', latitude: 52.5, longitude: 13.4, requestsPerSecond: 100 }],
};
const shop = {
  name: 'shop',
  workload: {
    image: 'registry.example/shop:1',
    port: 8080,
    env: { GREETING: 'hello ${USER}' },
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    requestsPerSecondPerReplica: 50,
  },
  policy: { constraints: { minClusters: 2, maxClusters: 2, minRequestsPerSecond: 10 } },
  demand: {
    prometheus: {
      url: 'http://127.0.0.1:9090',
      query: 'sum by (geohash) (rate(r{app="${app}"}[5m]))',
    },
  },
} as const satisfies EdgeDeploymentProps;

/** One stack named edge with what `add` puts there. */
const edge = (add: (stack: EdgeStack) => void, props = {}) =>
  synthesized((app) => {
    const stack = new EdgeStack(app, 'edge', { fleet, provider, ...props });
    add(stack);
    return stack;
  }).edge!;
const message = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('nothing was refused');
};

/** The stack that the two editions of the suite compare with each other, without what differs by version. */
export function wholeStack(): string {
  enter({
    'fleet.json': JSON.stringify({ apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', ...fleet }),
  });
  synthesized((app) => {
    const stack = new EdgeStack(app, 'edge', { fleet: 'fleet.json', provider });
    new EdgeDeployment(stack, 'shop', shop);
    new EdgeDeployment(stack, 'chat', { ...shop, name: 'chat', demand, delivery: 'kubernetes' });
    return stack;
  });
  const text = beside('cdk.tf.json') ?? '';
  const { version: _, ...metadata } = JSON.parse(text)['//'].metadata;
  const whole = { ...JSON.parse(text), '//': metadata };
  return JSON.stringify(whole, null, 1).replaceAll(process.cwd(), '<project>');
}

/** Registers the suite. */
export function synthesisSuite(): void {
  beforeEach(() => void enter());
  afterEach(leave);

  describe('an EdgeStack with a deployment', () => {
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
        source: 'littoral/littoral',
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
      expect(render(bundle, placed, { decisionDigest: 'd' })).toHaveLength(5);
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
      expect(first.map(([path]) => path)).toHaveLength(5);
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

  describe('the lock file', () => {
    const lockedBy = (tool?: string) => {
      const before = process.env.TERRAFORM_BINARY_NAME;
      if (tool !== undefined) process.env.TERRAFORM_BINARY_NAME = tool;
      try {
        edge((one) => new EdgeDeployment(one, 'shop', shop));
      } finally {
        if (before === undefined) delete process.env.TERRAFORM_BINARY_NAME;
        else process.env.TERRAFORM_BINARY_NAME = before;
      }
      return [...(beside('.terraform.lock.hcl') ?? '').matchAll(/provider "(.*)"/g)].map(
        ([, address]) => address,
      );
    };
    const [ofTerraform, ofTofu] = ['registry.terraform.io', 'registry.opentofu.org'].map(
      (host) => `${host}/littoral/littoral`,
    );

    it('names the provider for Terraform, and for OpenTofu where that is used', () => {
      expect(lockedBy()).toEqual([ofTerraform]);
      expect(lockedBy('/opt/bin/tofu')).toEqual([ofTofu, ofTerraform]);
      expect(lockedBy()).toEqual([ofTofu, ofTerraform]);
    });

    it('has the hash of what lies beside it, and keeps what it says of others', () => {
      const other = 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n}\n';
      enter({ 'cdktf.out/stacks/edge/.terraform.lock.hcl': other });
      expect(lockedBy()).toEqual(['registry.terraform.io/hashicorp/aws', ofTerraform]);
      const name = 'terraform-provider-littoral_v0.1.0';
      const hash = packageHash(name, readFileSync(executable));
      const text = beside('.terraform.lock.hcl') ?? '';
      expect(text).toContain(other);
      expect(text).toContain(`"${hash}"`);
      const found = (
        readdirSync('cdktf.out/stacks/edge/terraform.d', { recursive: true }) as string[]
      ).filter((path) => path.endsWith(name));
      expect(found).toHaveLength(2);
      for (const path of found) {
        expect(statSync(`cdktf.out/stacks/edge/terraform.d/${path}`).mode & 0o777).toBe(0o755);
      }
    });

    it('is left alone, as is the folder, where the provider comes from elsewhere', () => {
      edge((one) => new EdgeDeployment(one, 'shop', shop), { provider: { install: false } });
      expect(beside('.terraform.lock.hcl')).toBeUndefined();
      expect(readdirSync('cdktf.out/stacks/edge').sort()).toEqual(['assets', 'cdk.tf.json']);
    });

    it('is for the platforms that are asked for, and a provider that is not there is told', () => {
      const platforms = ['linux_amd64', 'darwin_arm64'];
      edge((one) => new EdgeDeployment(one, 'shop', shop), { provider: { executable, platforms } });
      const of =
        'cdktf.out/stacks/edge/terraform.d/plugins/registry.terraform.io/littoral/littoral/0.1.0';
      expect(readdirSync(of).sort()).toEqual(['darwin_arm64', 'linux_amd64']);
      const missing = { provider: { executable: 'nowhere' } };
      expect(
        message(() => edge((one) => new EdgeDeployment(one, 'shop', shop), missing)),
      ).toContain('no provider to install');
    });
  });

  describe('a fleet', () => {
    const at = (props: ConstructorParameters<typeof EdgeFleet>[2] | string) =>
      edge((one) => new EdgeDeployment(one, 'shop', { ...shop, demand }), { fleet: props });

    it('in a file is read in the plan, at its place in the project', () => {
      const written = JSON.stringify({
        apiVersion: 'littoral.dev/v1alpha1',
        kind: 'Fleet',
        ...fleet,
      });
      const folder = enter({ 'data/fleet ${a}.json': written });
      for (const path of [
        'data/fleet ${a}.json',
        './data/../data/fleet ${a}.json',
        `${folder}/data/fleet ${'$'}{a}.json`,
      ]) {
        expect(only(at(path).data, 'littoral_fleet')).toEqual({ file: 'data/fleet $${a}.json' });
      }
    });

    it('of a kubeconfig is discovered in the plan', () => {
      const { data, resource } = at({
        kubeconfig: '~/.kube/config',
        contexts: ['fra'],
        overlay: 'overlay.yaml',
        deadlineSeconds: 5,
      });
      expect(only(data, 'littoral_fleet')).toEqual({
        kubeconfig: '~/.kube/config',
        contexts: ['fra'],
        overlay: 'overlay.yaml',
        deadline_seconds: 5,
      });
      expect(only(resource, 'littoral_placement').fleet).toBe(
        '${data.littoral_fleet.fleet.document}',
      );
    });

    it('given as objects is part of the stack', () => {
      const { data, resource } = at(fleet as never);
      expect(data).toBeUndefined();
      expect(JSON.parse(only(resource, 'littoral_placement').fleet as string)).toMatchObject({
        kind: 'Fleet',
        clusters,
      });
    });

    it('that is wrong or ambiguous is refused before Terraform starts', () => {
      enter({
        'fleet.yaml':
          'apiVersion: littoral.dev/v1alpha1\nkind: Fleet\nclusters:\n  - {name: fra, latitud: 1, longitude: 2}\n',
      });
      expect(message(() => at('fleet.yaml'))).toContain('latitud');
      expect(message(() => at('missing.yaml'))).toContain('cannot be read');
      expect(message(() => at({ file: 'fleet.yaml', kubeconfig: 'k' }))).toContain(
        'expected exactly one. Remove kubeconfig.',
      );
      expect(message(() => at({}))).toContain('got none of file, kubeconfig, document');
    });
  });

  describe('several apps', () => {
    it('on one fleet are placed together, and each is released', () => {
      const stack = edge((one) => {
        new EdgeDeployment(one, 'shop', { ...shop, demand });
        new EdgeDeployment(one, 'chat', { ...shop, name: 'chat' });
      });
      const placement = only(stack.resource, 'littoral_placement');
      const names = (placement.documents as string[]).map((text) => JSON.parse(text).name);
      expect(names).toEqual(['chat', 'shop']);
      expect(Object.keys(placement.demands as object)).toEqual(['chat']);
      expect(Object.keys(stack.resource?.littoral_release ?? {})).toEqual(['chat', 'shop']);
    });

    it('are placed apart where they are told to be', () => {
      const stack = edge((one) => {
        const own = new EdgePlacement(one, 'own', {
          fleet: one.fleet!,
          lockFile: 'chat.lock.json',
          now: '2026-11-21T05:30:00Z',
          allowUnsatisfied: true,
          allow: ['maxDroppedShare'],
        });
        new EdgeDeployment(one, 'shop', shop);
        new EdgeDeployment(one, 'chat', {
          ...shop,
          name: 'chat',
          placement: own,
          demand: 'metrics/demand.yaml',
        });
      });
      const { placement, own } = stack.resource?.littoral_placement ?? {};
      expect(placement?.demands).toEqual({
        shop: '${data.littoral_demand.placement_shop.document}',
      });
      expect(own).toMatchObject({
        demands: { chat: '${data.littoral_demand.own_chat.document}' },
        lock: '${file("../../../chat.lock.json")}',
        now: '2026-11-21T05:30:00Z',
        allow_unsatisfied: true,
        allow: ['maxDroppedShare'],
      });
      expect(stack.data?.littoral_demand?.own_chat).toMatchObject({ file: 'metrics/demand.yaml' });
    });

    it('of one name are refused', () => {
      const twice = () =>
        edge((one) => {
          new EdgeDeployment(one, 'a', shop);
          new EdgeDeployment(one, 'b', shop);
        });
      expect(message(twice)).toContain('got the app "shop" twice in one placement');
    });
  });

  describe('a mistake that shows at synthesis', () => {
    it.each<[string, object, string]>([
      ['in the policy', { policy: { constraints: { minClusterz: 1 } } }, 'minClusterz'],
      ['in the workload', { workload: { ...shop.workload, imge: 'x' } }, 'imge'],
      [
        'of contradicting bounds',
        { policy: { constraints: { minClusters: 5, maxClusters: 2 } } },
        'minClusters',
      ],
    ])('%s is told there', (_where, change, what) => {
      const refused = message(() =>
        edge(
          (one) => new EdgeDeployment(one, 'shop', { ...shop, ...change } as EdgeDeploymentProps),
        ),
      );
      expect(refused).toContain(what);
    });

    it('of a value that only Terraform knows is told with its place', () => {
      const refused = message(() =>
        edge((one) => {
          const image = new TerraformVariable(one, 'image', { type: 'string' }).stringValue;
          new EdgeDeployment(one, 'shop', { ...shop, workload: { ...shop.workload, image } });
        }),
      );
      expect(refused).toContain('workload.image');
      expect(refused).toContain('known at synthesis');
    });

    it('of a data source that waits is told, because the plan would be empty', () => {
      const refused = message(() =>
        edge((one) => {
          const data = new DataLittoralFleet(one, 'other', { file: 'fleet.yaml' });
          data.dependsOn = ['null_resource.x'];
          new EdgeDeployment(one, 'shop', shop);
        }),
      );
      expect(refused).toContain('got dependsOn null_resource.x');
    });

    it('of a missing fleet is thrown where the deployment is made', () => {
      const refused = message(() =>
        synthesized((app) => {
          const stack = new TerraformStack(app, 'edge');
          new EdgeDeployment(stack, 'shop', shop);
          return stack;
        }),
      );
      expect(refused).toContain('nothing says which clusters the app shop may run on');
    });

    it('of a placement without apps, and of arguments that exclude each other, is told', () => {
      expect(
        message(() => edge((one) => new EdgePlacement(one, 'none', { fleet: one.fleet! }))),
      ).toContain('got no app to place');
      expect(
        message(() =>
          edge(
            (one) =>
              new LittoralPlacement(one, 'p', { fleet: '{}', apps: [shop], documents: ['{}'] }),
          ),
        ),
      ).toContain('got apps and documents of apps, documents');
      expect(message(() => edge((one) => new DataLittoralDemand(one, 'd', {})))).toContain(
        'got none of prometheus, file',
      );
      expect(
        message(() =>
          edge((one) => new LittoralRelease(one, 'r', { decision: '{}', fleet: '{}' })),
        ),
      ).toContain('got none of bundle, document');
    });
  });

  describe('brands', () => {
    it('tell the constructs of this package from others', () => {
      edge((one) => {
        const deployment = new EdgeDeployment(one, 'shop', shop);
        const all = [
          [EdgeStack.isEdgeStack, one],
          [EdgeFleet.isEdgeFleet, one.fleet!],
          [EdgeDeployment.isEdgeDeployment, deployment],
          [EdgePlacement.isEdgePlacement, deployment.placement],
        ] as const;
        const table = all.map(([is]) => all.map(([, construct]) => is(construct)));
        expect(table).toEqual(all.map((_, row) => all.map((__, column) => row === column)));
        expect(TerraformStack.isStack(one)).toBe(true);
      });
    });
  });

  describe('bindings', () => {
    it('write import blocks', () => {
      const { import: imports } = edge((one) => {
        LittoralPlacement.generateConfigForImport(one, 'found', 'shop.lock.json');
        LittoralRelease.generateConfigForImport(one, 'there', 'app=chat,fleet=fleet.yaml');
        const { release } = new EdgeDeployment(one, 'shop', shop);
        release?.importFrom('app=shop,fleet=fleet.yaml,bundle=shop.bundle.json');
      }) as unknown as { import: unknown };
      expect(imports).toEqual([
        { id: 'shop.lock.json', to: 'littoral_placement.found' },
        { id: 'app=chat,fleet=fleet.yaml', to: 'littoral_release.there' },
        { id: 'app=shop,fleet=fleet.yaml,bundle=shop.bundle.json', to: 'littoral_release.shop' },
      ]);
    });

    it('work in any stack, with several providers', () => {
      const stack = synthesized((app: App) => {
        const plain = new TerraformStack(app, 'edge');
        new LittoralProvider(plain, 'littoral', { ...provider, requestTimeoutSeconds: 5 });
        const second = new LittoralProvider(plain, 'second', {
          ...provider,
          alias: 'second',
          baseDirectory: '/srv',
        });
        new DataLittoralFleet(plain, 'fleet', { file: 'fleet.yaml', provider: second });
        return plain;
      }).edge!;
      expect(stack.provider?.littoral).toEqual([
        { base_directory: '../../..', request_timeout_seconds: 5 },
        { alias: 'second', base_directory: '/srv' },
      ]);
      expect(only(stack.data, 'littoral_fleet')).toEqual({
        file: 'fleet.yaml',
        provider: 'littoral.second',
      });
    });
  });
}
