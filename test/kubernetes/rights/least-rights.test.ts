/** Least rights: rules that cover exactly the objects of a release, by name wherever names count, and nothing that widens itself. */
import * as fc from 'fast-check';
import type { PolicyRule } from '../../../constructs/kubernetes/isolation/team-roles';
import { leastRights } from '../../../constructs/kubernetes/rights/least-rights';
import { leastRole } from '../../../constructs/kubernetes/rights/least-role';
import type { Manifest } from '../../../constructs/model/app/workload';
import { manifestsOf } from '../../../constructs/testing';

const shop = {
  name: 'shop',
  workload: {
    image: 'shop:1',
    port: 8080,
    resources: { cpuMillicores: 10, memoryMebibytes: 16 },
    requestsPerSecondPerReplica: 10,
  },
};
const releaseOf = (props: object = {}) => ({
  release: 'shop',
  home: 'shop',
  objects: manifestsOf({ ...shop, ...props }, { replicas: 2 }),
});
interface Request {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly name?: string;
}
/** As the RBAC authorizer of an API server decides. */
const allows = (
  rules: readonly PolicyRule[] | undefined,
  { verb, group = '', resource, name }: Request,
) =>
  (rules ?? []).some(
    (rule) =>
      rule.verbs.includes(verb) &&
      rule.apiGroups.includes(group) &&
      rule.resources.includes(resource) &&
      (rule.resourceNames === undefined ||
        (name !== undefined && rule.resourceNames.includes(name))),
  );
const object = (apiVersion: string, kind: string, name: string, more: object = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  ...more,
});

describe('the least rights of a release', () => {
  it('cover its own objects by name, and neither others of their kind nor other kinds', () => {
    const { namespaced, cluster } = leastRights([releaseOf()]);
    expect([...namespaced.keys()]).toEqual(['shop']);
    const rules = namespaced.get('shop');
    const web = { group: 'apps', resource: 'deployments' };
    for (const verb of ['create', 'get', 'patch', 'delete']) {
      expect(allows(rules, { ...web, verb, name: 'shop' })).toBe(true);
      expect(allows(rules, { ...web, verb, name: 'other' })).toBe(false);
      expect(allows(rules, { ...web, verb })).toBe(false);
    }
    expect(allows(rules, { ...web, verb: 'list' })).toBe(true);
    for (const resource of ['secrets', 'serviceaccounts', 'serviceaccounts/token', 'pods/exec']) {
      for (const verb of ['get', 'list', 'create']) {
        expect(allows(rules, { verb, resource, name: 'any' })).toBe(false);
      }
    }
    expect(allows(cluster, { verb: 'patch', resource: 'namespaces', name: 'shop' })).toBe(true);
    expect(allows(cluster, { verb: 'patch', resource: 'namespaces', name: 'other' })).toBe(false);
    expect(allows(cluster, { verb: 'delete', resource: 'namespaces', name: 'shop' })).toBe(false);
  });

  it('read a Secret only where one is of the release, or a certificate in use', () => {
    const secret = object('v1', 'Secret', 'keys');
    const gateway = object('gateway.networking.k8s.io/v1', 'Gateway', 'shop', {
      spec: {
        listeners: [{ hostname: 'shop.example', tls: { certificateRefs: [{ name: 'shop-tls' }] } }],
      },
    });
    const rulesFor = (...objects: readonly Manifest[]) =>
      leastRights([{ release: 'shop', home: 'shop', objects }]).namespaced.get('shop');
    const ask = { verb: 'get', resource: 'secrets' };
    expect(allows(rulesFor(gateway), { ...ask, name: 'shop-tls' })).toBe(true);
    expect(allows(rulesFor(gateway), { ...ask, verb: 'list' })).toBe(false);
    expect(allows(rulesFor(secret), { ...ask, name: 'keys' })).toBe(true);
    expect(allows(rulesFor(secret), { ...ask, name: 'shop-tls' })).toBe(false);
  });

  it('hold what the Roles of the app give and bind them by name, but never escalate', () => {
    const rules = leastRights([
      releaseOf({ access: { operator: [{ user: 'ana' }] } }),
    ]).namespaced.get('shop');
    const group = 'rbac.authorization.k8s.io';
    expect(allows(rules, { verb: 'create', resource: 'pods/exec' })).toBe(true);
    expect(allows(rules, { verb: 'bind', group, resource: 'roles', name: 'shop-operator' })).toBe(
      true,
    );
    expect(allows(rules, { verb: 'bind', group, resource: 'roles', name: 'admin' })).toBe(false);
    expect(JSON.stringify(rules)).not.toContain('escalate');
    const admin = object(`${group}/v1`, 'ClusterRole', 'all', {
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    });
    const { remarks } = leastRights([{ release: 'shop', home: 'shop', objects: [admin] }]);
    expect(remarks).toEqual([
      expect.stringContaining('ClusterRole all gives everything of something'),
    ]);
  });

  it('write custom kinds as their definition says, and say where they had to guess', () => {
    const definition = object(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      'policies.example.com',
      {
        spec: {
          group: 'example.com',
          names: { kind: 'Policy', plural: 'policen' },
          scope: 'Namespaced',
        },
      },
    );
    const objects = [
      definition,
      object('example.com/v1', 'Policy', 'one'),
      object('other.example/v1', 'Proxy', 'two'),
      object('other.example/v1', 'Policy', 'three'),
    ];
    const { namespaced, cluster, remarks } = leastRights([
      { release: 'shop', home: 'shop', objects },
    ]);
    const rules = namespaced.get('shop');
    expect(
      allows(rules, { verb: 'patch', group: 'example.com', resource: 'policen', name: 'one' }),
    ).toBe(true);
    expect(
      allows(rules, { verb: 'patch', group: 'other.example', resource: 'proxies', name: 'two' }),
    ).toBe(true);
    expect(remarks).toHaveLength(2);
    expect(allows(cluster, { verb: 'list', group: 'example.com', resource: 'policen' })).toBe(true);
  });

  it('are no more in one namespace for what other releases need elsewhere, whatever they are', () => {
    const kinds = [
      ['v1', 'ConfigMap'],
      ['v1', 'Secret'],
      ['apps/v1', 'Deployment'],
      ['batch/v1', 'CronJob'],
      ['policy/v1', 'PodDisruptionBudget'],
    ] as const;
    const one = fc.record({
      kind: fc.constantFrom(...kinds),
      name: fc.constantFrom('a', 'b', 'c'),
    });
    const releases = fc.uniqueArray(
      fc.record({
        home: fc.constantFrom('n1', 'n2', 'n3'),
        objects: fc.array(one, { maxLength: 6 }),
      }),
      { selector: ({ home }) => home },
    );
    fc.assert(
      fc.property(releases, (drawn) => {
        const given = drawn.map(({ home, objects }) => ({
          release: home,
          home,
          objects: objects.map(({ kind: [apiVersion, kind], name }) => {
            return { apiVersion, kind, metadata: { name, namespace: home } };
          }),
        }));
        const together = leastRights(given);
        for (const release of given) {
          const alone = leastRights([release]).namespaced.get(release.home);
          expect(together.namespaced.get(release.home)).toEqual(alone);
        }
        expect(together.namespaced.size).toBe(given.length);
      }),
      { numRuns: 50 },
    );
  });

  it('become Roles with their holder, and a ServiceAccount only where one holds them', () => {
    const rights = leastRights([releaseOf()]);
    const named = (holder: Parameters<typeof leastRole>[0]['holder']) =>
      leastRole({ rights, holder, namespaces: [] }).map(
        ({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`,
      );
    expect(named({ user: 'littoral@example.com' })).toEqual([
      'ClusterRole -/littoral',
      'Role shop/littoral',
      'ClusterRoleBinding -/littoral',
      'RoleBinding shop/littoral',
    ]);
    expect(named({ serviceAccount: { namespace: 'tools', name: 'deployer' } }).slice(0, 2)).toEqual(
      ['Namespace -/tools', 'ServiceAccount tools/deployer'],
    );
  });
});
