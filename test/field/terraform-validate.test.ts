/** What is wrong whatever the metrics and the clusters will say is told by `terraform validate`, while data sources are unknown, and in HCL's names. */
import { type Fields, unknown, type Value } from '../../providers/terraform/protocol/provider';
import { fieldsOf } from '../../providers/terraform/resources/attributes';
import { demand } from '../../providers/terraform/resources/demand';
import { placement } from '../../providers/terraform/resources/placement/placement';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { Clusters } from '../resources/cluster-double';
import { worldIn } from '../resources/fixtures';
import { placing, releasing } from '../terraform/configurations';

const workload = {
  image: 'r.example/shop:1',
  resources: { cpu_millicores: 250, memory_mebibytes: 256 },
  requests_per_second_per_replica: 90,
};
const app = (more: object = {}): Value => ({ name: 'shop', workload, ...more }) as unknown as Value;
const policy = (constraints: object) => ({ policy: { constraints } });
/** As Terraform has it before anything was read. */
const atValidate = (more: Readonly<Record<string, Value>>): Fields =>
  placing({ fleet: unknown, demands: { shop: unknown }, ...more });
const told = async (fields: Fields) => {
  const found = await placement.validate(fields);
  return found.map(({ summary, detail, path }) => `${path?.[0] ?? ''}: ${summary} ${detail}`);
};

describe('before anything is read', () => {
  it.each<[string, Readonly<Record<string, Value>>, RegExp]>([
    ['neither apps nor documents', { apps: null }, /neither apps nor documents/],
    ['both', { apps: [app()], documents: ['x'] }, /both apps and documents/],
    ['no app', { apps: [] }, /^apps: Got an empty list/],
    ['no document', { apps: null, documents: [] }, /^documents: Got an empty list/],
    ['an app twice', { apps: [app(), app()] }, /^apps: Got the app "shop" twice.*apps\[1\]\.name/],
    [
      'a document twice',
      { apps: null, documents: [unknown, JSON.stringify(document()), JSON.stringify(document())] },
      /^documents: Got the app "shop" twice/,
    ],
    [
      'bounds that contradict each other',
      { apps: [app(policy({ min_clusters: 4, max_clusters: 2 }))] },
      /min_clusters 4 is above max_clusters 2.*Lower min_clusters/,
    ],
    [
      'bounds that contradict each other beside an unknown image',
      {
        apps: [
          app({
            ...policy({ min_clusters: 4, max_clusters: 2 }),
            workload: { ...workload, image: unknown },
          }),
        ],
      },
      /min_clusters 4 is above max_clusters 2/,
    ],
    ['a demand of no app', { demands: { shpo: unknown } }, /^demands: .*"shpo".*Write shop/],
    [
      'a guard that does not exist',
      { allow: ['maxDropedShare'] },
      /^allow: .*Write maxDroppedShare/,
    ],
    ['a clock that is none', { now: 'yesterday' }, /^now: Got "yesterday"/],
    ['a lock that is none', { lock: 'x' }, /^lock: /],
  ])('%s is told', async (_, more, words) => {
    const [first = ''] = await told(atValidate(more));
    expect(first).toMatch(words);
  });

  it.each<[string, Readonly<Record<string, Value>>]>([
    ['an app that is right', { apps: [app()] }],
    ['apps that are unknown', { apps: unknown }],
    ['one of two ways unknown', { apps: null, documents: unknown }],
    ['names that are unknown', { apps: [app({ name: unknown }), app({ name: unknown })] }],
    ['a demand of an app whose name is unknown', { apps: [app({ name: unknown })] }],
    ['an unknown bound', { apps: [app(policy({ min_clusters: 4, max_clusters: unknown }))] }],
    ['an unknown clock', { now: unknown, lock: unknown, allow: unknown }],
  ])('%s is not blamed', async (_, more) => {
    expect(await told(atValidate(more))).toEqual([]);
  });
});

describe('a message about HCL', () => {
  const camel = /\b[a-z]+[A-Z][a-z]+/;

  it.each<[string, () => unknown]>([
    [
      'an app',
      () =>
        placement.validate(
          atValidate({
            apps: [app({ workload: { ...workload, requests_per_second_per_replica: -1 } })],
          }),
        ),
    ],
    [
      'a rollout',
      () =>
        releaseIn(() => worldIn(new Clusters())).validate(
          releasing(['a'], { rollout: { max_unavailable_clusters: -1, soak_seconds: 'x' } }),
        ),
    ],
    [
      'a query',
      () =>
        demand.validate(
          fieldsOf(demand.schema.attributes, {
            prometheus: { url: 'http://x', query: 'up', timeout_seconds: -1, max_lost_share: 7 },
          }),
        ),
    ],
    [
      'a demand',
      () =>
        demand.validate(
          fieldsOf(demand.schema.attributes, { file: 'x', stretch_below_requests_per_second: -1 }),
        ),
    ],
  ])('names keys of %s as HCL does', async (_, validate) => {
    const found = (await validate()) as readonly { summary: string; detail: string }[];
    expect(found.length).toBeGreaterThan(0);
    for (const { summary, detail } of found) expect(`${summary} ${detail}`).not.toMatch(camel);
  });

  it('names keys of a document as the document does', async () => {
    const constraints = { minClusters: 4, maxClusters: 2 };
    const written = JSON.stringify({ ...document(), policy: { constraints } });
    const [first = ''] = await told(atValidate({ apps: null, documents: [written] }));
    expect(first).toMatch(/minClusters 4 is above maxClusters 2/);
  });
});

function document() {
  return {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'EdgeApp',
    name: 'shop',
    workload: {
      image: 'r.example/shop:1',
      resources: { cpuMillicores: 250, memoryMebibytes: 256 },
      requestsPerSecondPerReplica: 90,
    },
  };
}

describe('a configuration that Terraform generated for an import', () => {
  it.each([
    ['a placement', placement, placing()],
    ['a release', releaseIn(() => worldIn(new Clusters())), releasing(['a'])],
  ] as const)('of %s is answered once, with what to do instead', async (_, resource, config) => {
    const generated = Object.fromEntries(Object.keys(config).map((name) => [name, null]));
    const found = await resource.validate(generated);
    expect(found.map(({ path }) => path)).toEqual([['fleet']]);
    expect(found[0]?.detail).toContain('Write the resource block beside the import block');
    expect(await resource.validate({ ...config, fleet: unknown })).toEqual([]);
  });
});
