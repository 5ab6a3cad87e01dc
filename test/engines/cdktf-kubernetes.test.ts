/** Delivery by typed Kubernetes resources in real plans and applies: gated by the placement, replicas from the decision. */
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdktf';
import { EdgeDeployment, type EdgeDeploymentProps, EdgeStack } from '../../constructs/terraform';
import { testCluster } from '../../constructs/testing';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import {
  terraformKubernetes,
  whyNoTerraform,
  whyNoTerraformKubernetes,
} from '../testbed/infrastructure';
import { onPath } from '../testbed/path-lookup';
import { type CdktfProject, cdktfProject } from './cdktf-cli';
import { hosts, terraforms } from './terraforming';

const { buildProvider } = require('../../scripts/provider.js') as {
  readonly buildProvider: (entry: string, target: string) => Promise<void>;
};

const home = process.cwd();
const sizing = {
  resources: { cpuMillicores: 100, memoryMebibytes: 64 },
  requestsPerSecondPerReplica: 20,
};
const shop = {
  name: 'shop',
  workload: {
    components: [
      {
        name: 'web',
        image: 'registry.example/web:1',
        port: 8080,
        env: { GREETING: 'hi' },
        ...sizing,
      },
      { name: 'cart', image: 'registry.example/cart:1', requestsPerRequest: 0.5, ...sizing },
    ],
  },
  policy: {
    constraints: { minClusters: 1, maxClusters: 2, minRequestsPerSecond: 5 },
    stability: { minDwellSeconds: 0, minGain: 0 },
    guard: { maxDroppedShare: 1 },
  },
  demand: 'demand.json',
  delivery: 'kubernetes',
} as const satisfies EdgeDeploymentProps;
const places = {
  berlin: { latitude: 52.5, longitude: 13.4 },
  boston: { latitude: 42.4, longitude: -71.1 },
  jakarta: { latitude: -6.2, longitude: 106.8 },
};

/** Writes where the requests come from, as seen at an hour of the day. */
function demandAt(
  here: CdktfProject,
  hour: string,
  rates: Partial<Record<keyof typeof places, number>>,
): void {
  const origins = Object.entries(rates).map(([name, requestsPerSecond]) => ({
    name,
    ...places[name as keyof typeof places],
    requestsPerSecond,
  }));
  const document = {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'Demand',
    observedAt: `2026-11-21T${hour}:00:00Z`,
    validForSeconds: 1800,
    origins,
  };
  writeFileSync(join(here.folder, 'demand.json'), JSON.stringify(document));
}

/** Synthesizes in the project, and puts a provider for Kubernetes into every stack. */
function synthesize(
  here: CdktfProject,
  kubernetes: string,
  fleet: object,
  change: Partial<EdgeDeploymentProps> = {},
): readonly string[] {
  writeFileSync(join(here.folder, 'fleet.json'), JSON.stringify(fleet));
  process.chdir(here.folder);
  try {
    const app = new App({ outdir: 'cdktf.out' });
    const stack = new EdgeStack(app, 'edge', { fleet: 'fleet.json' });
    new EdgeDeployment(stack, 'shop', { ...shop, ...change });
    app.synth();
    const names = Object.keys(app.manifest.stacks);
    for (const name of names) install(join(here.folder, 'cdktf.out/stacks', name), kubernetes);
    return names;
  } finally {
    process.chdir(home);
  }
}

function install(folder: string, kubernetes: string): void {
  for (const host of hosts) {
    const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
    const place = join(
      folder,
      'terraform.d/plugins',
      host,
      'hashicorp/kubernetes/2.38.0',
      platform,
    );
    mkdirSync(place, { recursive: true });
    const file = join(place, terraformKubernetes);
    copyFileSync(kubernetes, file);
    chmodSync(file, 0o755);
  }
}

interface Kept {
  readonly type: string;
  readonly index?: number;
  readonly values: Record<string, unknown>;
}

/** The tool in a stack of a project. */
function toolIn(here: CdktfProject, binary: string, stack = 'edge') {
  const run = async (...words: readonly string[]) => {
    const ended = await here.run(binary, words, stack);
    expect({ stack, words, ...ended }).toMatchObject({ code: 0 });
    return ended.out;
  };
  /** Objects of HashiCorp's provider in the state. */
  const objects = async (): Promise<readonly Kept[]> => {
    const { values } = JSON.parse(await run('show', '-json')) as {
      values?: { root_module: { resources?: Kept[] } };
    };
    return (values?.root_module.resources ?? []).filter(({ type }) =>
      type.startsWith('kubernetes_'),
    );
  };
  return { run, objects };
}

/** Contexts that have objects, sorted. */
const contextsOf = (objects: readonly Kept[]) =>
  [...new Set(objects.map(({ values }) => String(values.id).split('#')[1]))].sort();

describe('typed resources', () => {
  let fake: CdktfProject;
  const executable = () => join(fake.folder, terraformKubernetes);
  beforeAll(async () => {
    fake = cdktfProject('true');
    await buildProvider(
      join(__dirname, '../terraform-constructs/kubernetes-fake-main.ts'),
      executable(),
    );
  });
  afterAll(() => fake?.remove());
  const clusters = [
    testCluster({
      name: 'fra',
      latitude: 50.1,
      longitude: 8.7,
      access: { kubeconfig: 'kubeconfig', context: 'fra' },
    }),
    testCluster({
      name: 'iad',
      latitude: 38.9,
      longitude: -77.4,
      access: { kubeconfig: 'kubeconfig', context: 'iad' },
    }),
    testCluster({
      name: 'sin',
      latitude: 1.3,
      longitude: 103.9,
      access: { kubeconfig: 'kubeconfig', context: 'sin' },
    }),
  ];
  const fleet = { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', clusters };

  for (const [name, noTool, binary] of terraforms) {
    const whenPossible = noTool === undefined || process.env.CI ? describe : describe.skip;
    whenPossible(`in ${name}${noTool === undefined ? '' : `: ${noTool}`}`, () => {
      it('exist where the placement says, with its replicas, and follow it', async () => {
        const here = cdktfProject('true');
        try {
          demandAt(here, '08', { berlin: 100, boston: 60 });
          synthesize(here, executable(), fleet);
          const { run, objects } = toolIn(here, binary());
          await run('init');
          const first = await run('apply', '-auto-approve');
          expect(first).toContain('app.kubernetes.io/part-of');
          expect(contextsOf(await objects())).toEqual(['fra', 'iad']);
          expect(minimums(await objects())).toEqual({
            fra: { web: 5, cart: 3 },
            iad: { web: 3, cart: 2 },
          });
          expect(await run('plan')).toContain('No changes.');

          demandAt(here, '12', { berlin: 100, jakarta: 200 });
          const plan = await run('plan');
          expect(plan).toMatch(/kubernetes_namespace_v1\.\S*sin\S*\[0\] will be created/);
          expect(plan).toMatch(/kubernetes_namespace_v1\.\S*iad\S*\[0\] will be destroyed/);
          await run('apply', '-auto-approve');
          expect(contextsOf(await objects())).toEqual(['fra', 'sin']);
          expect(minimums(await objects())).toMatchObject({ sin: { web: 10, cart: 5 } });
          expect(await run('plan')).toContain('No changes.');
          await run('destroy', '-auto-approve');
          expect(await objects()).toEqual([]);
        } finally {
          here.remove();
        }
      });

      it('of a stack per cluster read the placement from its state', async () => {
        const here = cdktfProject('true');
        try {
          demandAt(here, '08', { berlin: 100, boston: 60 });
          const stacks = synthesize(here, executable(), fleet, { kubernetes: { stacks: 'each' } });
          expect(stacks).toEqual(['edge', 'edge-fra', 'edge-iad', 'edge-sin']);
          const found: Record<string, unknown> = {};
          for (const stack of stacks) {
            const { run, objects } = toolIn(here, binary(), stack);
            await run('init');
            await run('apply', '-auto-approve');
            found[stack] = minimums(await objects());
            expect(await run('plan')).toContain('No changes.');
          }
          expect(found).toEqual({
            edge: {},
            'edge-fra': { fra: { web: 5, cart: 3 } },
            'edge-iad': { iad: { web: 3, cart: 2 } },
            'edge-sin': {},
          });
        } finally {
          here.remove();
        }
      });
    });
  }
});

/** The least replicas of every autoscaler, by context and component. */
function minimums(objects: readonly Kept[]): Readonly<Record<string, Record<string, number>>> {
  const found: Record<string, Record<string, number>> = {};
  for (const { type, values } of objects) {
    if (type !== 'kubernetes_horizontal_pod_autoscaler_v2') continue;
    const context = String(values.id).split('#')[1] ?? '';
    const { metadata, spec } = values as {
      metadata: { name: string };
      spec: { min_replicas: number };
    };
    found[context] = { ...found[context], [metadata.name]: spec.min_replicas };
  }
  return found;
}

const noReal = whyNoTerraformKubernetes() ?? whyNoTerraform() ?? whyNoClusters();
(noReal === undefined ? describe : describe.skip)(
  `HashiCorp's provider${noReal === undefined ? '' : `: ${noReal}`}`,
  () => {
    let testbed: Testbed;
    beforeAll(async () => {
      testbed = await startClusters(['fra', 'iad', 'sin'], {});
    });
    afterAll(() => testbed?.stop());

    it('makes on real clusters what the placement says, and its second plan is empty', async () => {
      const here = cdktfProject('true');
      try {
        demandAt(here, '08', { berlin: 100, boston: 60 });
        synthesize(here, onPath(terraformKubernetes) ?? '', testbed.fleetDocument());
        const { run } = toolIn(here, 'terraform');
        await run('init');
        await run('apply', '-auto-approve');
        const there = async (cluster: string) =>
          (
            await testbed
              .cluster(cluster)
              .ask('GET', '/apis/apps/v1/namespaces/shop/deployments/web')
          ).status;
        expect([await there('fra'), await there('iad'), await there('sin')]).toEqual([
          200, 200, 404,
        ]);
        expect(await run('plan')).toContain('No changes.');
        await run('destroy', '-auto-approve');
        expect(await there('fra')).toBe(404);
      } finally {
        here.remove();
      }
    });
  },
);
