/** Delivery by typed resources: which clusters, which providers, in how many stacks. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform

import { readFileSync } from 'node:fs';
import { type App, TerraformStack, TerraformVariable } from 'cdktf';
import {
  EdgeDeployment,
  type EdgeDeploymentProps,
  EdgePlacement,
  EdgeStack,
} from '../../constructs/terraform';
import { testCluster } from '../../constructs/testing';
import { enter, executable, leave, type Synthesized, stackNamed, synthesized } from './stacks';

const provider = { executable };
const clusterNamed = (name: string, context = name) =>
  testCluster({ name, access: { kubeconfig: 'kubeconfig', context } });
const fleetOf = (...names: readonly string[]) => ({
  clusters: names.map((name) => clusterNamed(name)),
});
const shop = {
  name: 'shop',
  workload: {
    components: ['web', 'cart'].map((name) => ({
      name,
      image: `registry.example/${name}:1`,
      port: 8080,
      env: { MOTTO: '100% ${x}', 'KEY_%{a}': 'y' },
      resources: { cpuMillicores: 250, memoryMebibytes: 256 },
      requestsPerSecondPerReplica: 50,
    })),
  },
  demand: 'demand.yaml',
  delivery: 'kubernetes',
} satisfies EdgeDeploymentProps;

beforeEach(() => void enter());
afterEach(leave);

const edge = (
  fleet: ConstructorParameters<typeof EdgeStack>[2],
  change: Partial<EdgeDeploymentProps> = {},
) =>
  synthesized((app) => {
    const stack = new EdgeStack(app, 'edge', { provider, ...fleet });
    new EdgeDeployment(stack, 'shop', { ...shop, ...change });
    return stack;
  });
const message = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('nothing was refused');
};
const resourcesOf = ({ resource }: Synthesized, type: string) =>
  Object.values(resource?.[type] ?? {});

describe('typed delivery', () => {
  it('writes a block for each cluster and object, each with the provider of its cluster', () => {
    const { edge: stack } = edge({ fleet: fleetOf('fra', 'iad') });
    expect(stack?.provider?.kubernetes).toEqual([
      { alias: 'fra', config_path: '../../../kubeconfig', config_context: 'fra' },
      { alias: 'iad', config_path: '../../../kubeconfig', config_context: 'iad' },
    ]);
    expect(stack?.terraform.required_providers.kubernetes?.version).toBe('2.38.0');
    const types = Object.keys(stack?.resource ?? {}).filter((type) =>
      type.startsWith('kubernetes'),
    );
    expect(types.sort()).toEqual([
      'kubernetes_deployment_v1',
      'kubernetes_horizontal_pod_autoscaler_v2',
      'kubernetes_namespace_v1',
      'kubernetes_network_policy_v1',
      'kubernetes_pod_disruption_budget_v1',
      'kubernetes_service_v1',
    ]);
    const deployments = resourcesOf(stack!, 'kubernetes_deployment_v1');
    expect(deployments.map(({ provider: of, for_each }) => [of, for_each])).toEqual([
      ['kubernetes.fra', undefined],
      ['kubernetes.fra', undefined],
      ['kubernetes.iad', undefined],
      ['kubernetes.iad', undefined],
    ]);
    for (const { count, provider: of } of deployments) {
      const cluster = String(of).slice('kubernetes.'.length);
      expect(count).toBe(
        `\${contains(littoral_placement.placement.placements.shop.clusters, "${cluster}") ? 1 : 0}`,
      );
    }
    expect(stack?.resource).not.toHaveProperty('littoral_release');
    expect(JSON.stringify(deployments[0])).toContain('"value":"100% $${x}"');
  });

  it('takes replicas of each component from the decision, never below what an override asks', () => {
    const { edge: stack } = edge(
      { fleet: fleetOf('fra') },
      { overrides: [{ match: { name: 'fra' }, component: 'cart', set: { minReplicas: 4 } }] },
    );
    const scaled = resourcesOf(stack!, 'kubernetes_horizontal_pod_autoscaler_v2').map(
      ({ spec }) => spec,
    );
    const site = 'local.placement_shop["fra"]';
    const of = (name: string) => `try(${site}.componentReplicas["${name}"], ${site}.replicas)`;
    const lost = (name: string) =>
      `try(${site}.afterLoss.componentReplicas["${name}"], ${site}.afterLoss.replicas, 0)`;
    expect(scaled).toMatchObject([
      {
        min_replicas: `\${max(${of('cart')}, 4)}`,
        max_replicas: `\${max(max(${of('cart')}, 4) * 2, ${lost('cart')})}`,
      },
      {
        min_replicas: `\${${of('web')}}`,
        max_replicas: `\${max(${of('web')} * 2, ${lost('web')})}`,
      },
    ]);
  });

  it('sums the quota of the namespace from the decision, as a rendering does', () => {
    const { edge: stack } = edge(
      { fleet: fleetOf('fra') },
      {
        quota: { headroomPercent: 10 },
        overrides: [{ match: { name: 'fra' }, component: 'cart', set: { minReplicas: 4 } }],
      },
    );
    const quota = resourcesOf(stack!, 'kubernetes_manifest')
      .map(({ manifest }) => manifest)
      .find((one) => (one as { kind: string }).kind === 'ResourceQuota');
    const site = 'local.placement_shop["fra"]';
    const of = (name: string) => `try(${site}.componentReplicas["${name}"], ${site}.replicas)`;
    const lost = (name: string) =>
      `try(${site}.afterLoss.componentReplicas["${name}"], ${site}.afterLoss.replicas, 0)`;
    const part = (replicas: string, name: string) => {
      const most = `max(${replicas} * 2, ${lost(name)})`;
      return `1 * (${most} + 3 * ceil(${most} * 0.25))`;
    };
    const sum = [part(of('web'), 'web'), part(`max(${of('cart')}, 4)`, 'cart')];
    const text = (quota as { spec: { hard: { pods: string } } }).spec.hard.pods;
    for (const one of sum) expect(text).toContain(one);
    expect(text).toMatch(/^\$\{ceil\(\(.* \+ .*\) \* 110 \/ 100\)\}$/);
  });

  it('has aliases that Terraform takes, whatever clusters are called', () => {
    const { edge: stack } = edge({ fleet: fleetOf('1.eu-west.example', 'fra', 'fra.x') });
    const aliases = (stack?.provider?.kubernetes ?? []).map(({ alias }) => alias);
    expect(aliases).toEqual(['cluster_1_46_eu-west_46_example', 'fra', 'fra_46_x']);
    expect(new Set(aliases).size).toBe(3);
  });

  it('becomes a stack per cluster above ten clusters, which depends on the one that places', () => {
    const many = Array.from({ length: 11 }, (_, index) => `c${String(index).padStart(2, '0')}`);
    const stacks = edge({ fleet: fleetOf(...many) });
    expect(Object.keys(stacks)).toEqual(['edge', ...many.map((name) => `edge-${name}`)]);
    expect(stacks.edge?.provider).not.toHaveProperty('kubernetes');
    const manifest = JSON.parse(readFileSync('cdktf.out/manifest.json', 'utf8'));
    expect(manifest.stacks['edge-c03'].dependencies).toEqual(['edge']);
    const { provider: providers, data, resource } = stackNamed('edge-c03');
    expect(providers).toEqual({
      kubernetes: [{ config_path: '../../../kubeconfig', config_context: 'c03' }],
    });
    expect(Object.keys(data ?? {})).toEqual(['terraform_remote_state']);
    expect(JSON.stringify(resource)).toContain('data.terraform_remote_state');
    expect(
      Object.keys(edge({ fleet: fleetOf(...many) }, { kubernetes: { stacks: 'one' } })),
    ).toEqual(['edge']);
    expect(
      Object.keys(edge({ fleet: fleetOf(...many) }, { kubernetes: { clusters: ['c01', 'c02'] } })),
    ).toEqual(['edge']);
  });

  it('keeps what a stack depends on, for the order of a deployment', () => {
    synthesized((app: App) => {
      const first = new TerraformStack(app, 'first');
      const now = new TerraformVariable(first, 'now', { type: 'string' }).stringValue;
      const stack = new EdgeStack(app, 'edge', { provider, fleet: fleetOf('fra') });
      const placement = new EdgePlacement(stack, 'own', { fleet: stack.fleet!, now });
      new EdgeDeployment(stack, 'shop', { ...shop, placement });
      return stack;
    });
    const manifest = JSON.parse(readFileSync('cdktf.out/manifest.json', 'utf8'));
    expect(manifest.stacks.edge.dependencies).toEqual(['first']);
  });

  it('reaches contexts of a kubeconfig that is only read in plans', () => {
    const { edge: stack } = edge({
      fleet: { kubeconfig: '~/.kube/config', contexts: ['fra', 'iad'] },
    });
    expect(stack?.provider?.kubernetes).toEqual([
      { alias: 'fra', config_path: '~/.kube/config', config_context: 'fra' },
      { alias: 'iad', config_path: '~/.kube/config', config_context: 'iad' },
    ]);
    expect(message(() => edge({ fleet: { kubeconfig: '~/.kube/config' } }))).toContain(
      'Add contexts to the fleet, or kubernetes.clusters.',
    );
  });

  it('refuses clusters that nobody can reach, and clusters that are not there', () => {
    const silent = { clusters: [clusterNamed('fra'), testCluster({ name: 'ams' })] };
    expect(message(() => edge({ fleet: silent }))).toContain(
      'nothing says how to reach the cluster ams',
    );
    expect(
      message(() => edge({ fleet: fleetOf('fra') }, { kubernetes: { clusters: ['fra', 'fro'] } })),
    ).toContain('the cluster fro, which the fleet does not have');
  });

  it('refuses what it has no use for', () => {
    const careful = { rollout: { soakSeconds: 60 }, releaseName: 'shop-2' };
    const refused = message(() => edge({ fleet: fleetOf('fra') }, careful));
    expect(refused).toContain('got rollout with delivery kubernetes, which has no use for it.');
    expect(refused).toContain('Remove releaseName.');
    const typed = { delivery: 'release', kubernetes: { wait: true } } as const;
    expect(message(() => edge({ fleet: fleetOf('fra') }, typed))).toContain('Remove kubernetes.');
  });

  it('takes a kubeconfig from the folder of the fleet', () => {
    const document = { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', ...fleetOf('fra') };
    enter({ 'clusters/fleet.json': JSON.stringify(document) });
    const { edge: stack } = edge({ fleet: 'clusters/fleet.json' });
    expect(stack?.provider?.kubernetes).toEqual([
      { alias: 'fra', config_path: '../../../clusters/kubeconfig', config_context: 'fra' },
    ]);
  });

  it('makes namespaces before what lives in them, and plans custom resources by manifest', () => {
    const own = {
      ...shop,
      workload: undefined,
      manifests: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'c', namespace: 'shop' },
          data: { a: '${b}' },
        },
        {
          apiVersion: 'example.org/v1',
          kind: 'Widget',
          metadata: { name: 'w', namespace: 'shop' },
          spec: { size: 3, '${k}': [null, true] },
        },
      ],
    };
    const { edge: stack } = edge({ fleet: fleetOf('fra') }, own as Partial<EdgeDeploymentProps>);
    const [config] = resourcesOf(stack!, 'kubernetes_config_map_v1');
    const [widget] = resourcesOf(stack!, 'kubernetes_manifest');
    const [namespace] = Object.keys(stack?.resource?.kubernetes_namespace_v1 ?? {});
    expect(config).toMatchObject({
      data: { a: '$${b}' },
      depends_on: [`kubernetes_namespace_v1.${namespace}`],
    });
    expect(widget).toMatchObject({
      manifest: { kind: 'Widget', spec: { size: 3, '$${k}': [null, true] } },
      depends_on: [`kubernetes_namespace_v1.${namespace}`],
    });
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.org' },
    };
    const both = { ...own, manifests: [...own.manifests, definition] };
    expect(
      message(() => edge({ fleet: fleetOf('fra') }, both as Partial<EdgeDeploymentProps>)),
    ).toContain('Use the delivery release');
  });
});
