/** Team roles: what an app says about who may do what becomes Roles that a real evaluation of RBAC would read as meant. */
import { synth } from '../../../constructs/kubernetes';
import type { Manifest } from '../../../constructs/model/app/workload';
import { manifestsOf } from '../../../constructs/testing';

const app = {
  name: 'shop',
  workload: {
    image: 'shop:1',
    resources: { cpuMillicores: 10, memoryMebibytes: 16 },
    requestsPerSecondPerReplica: 10,
  },
};
const access = {
  viewer: [{ group: 'readers' }],
  deployer: [{ serviceAccount: 'ci/deployer' }],
  operator: [{ user: 'ana@example.com' }, { group: 'on-call' }],
};
type Rules = readonly {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}[];
const rolesOf = (props: object): readonly Manifest[] =>
  manifestsOf({ ...app, ...props }, { replicas: 2 }).filter(({ kind }) => kind.startsWith('Role'));
const may = (role: Manifest | undefined, verb: string, resource: string, group = '') =>
  (role?.rules as Rules).some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group) && resources.includes(resource) && verbs.includes(verb),
  );

describe('access of an app', () => {
  it('is a Role and a RoleBinding for each role, in the namespace of the app', () => {
    const objects = rolesOf({ namespace: 'stores', access });
    expect(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
    ).toEqual([
      'Role stores/shop-deployer',
      'Role stores/shop-operator',
      'Role stores/shop-viewer',
      'RoleBinding stores/shop-deployer',
      'RoleBinding stores/shop-operator',
      'RoleBinding stores/shop-viewer',
    ]);
    const bindings = objects.filter(({ kind }) => kind === 'RoleBinding');
    expect(bindings.map(({ subjects }) => subjects)).toEqual([
      [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }],
      [
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ana@example.com' },
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'on-call' },
      ],
      [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'readers' }],
    ]);
  });

  it('gives each role more than the one before it, and none of them Secrets, rights, tokens or wildcards', () => {
    const [deployer, operator, viewer] = rolesOf({ access });
    expect([viewer, deployer, operator].map((role) => may(role, 'get', 'pods/log'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      [viewer, deployer, operator].map((role) => may(role, 'patch', 'deployments', 'apps')),
    ).toEqual([false, true, true]);
    expect([viewer, deployer, operator].map((role) => may(role, 'create', 'pods/exec'))).toEqual([
      false,
      false,
      true,
    ]);
    for (const role of [viewer, deployer, operator]) {
      const text = JSON.stringify(role?.rules);
      expect(text).not.toMatch(/secrets|serviceaccounts|rbac|"\*"|escalate|impersonate|bind/);
    }
  });

  it('is for any source of objects, and nothing without a word', () => {
    const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } }];
    const { objects } = synth({ name: 'shop', manifests, access: { viewer: [{ user: 'ana' }] } });
    expect(objects.map(({ manifest }) => manifest.kind)).toContain('RoleBinding');
    expect(rolesOf({})).toEqual([]);
  });

  it.each([
    [{ viewer: [] }, /access\.viewer/],
    [{ admin: [{ user: 'ana' }] }, /admin/],
    [{ viewer: [{ user: 'ana', group: 'readers' }] }, /access\.viewer\[0\]/],
    [{ viewer: [{ serviceAccount: 'deployer' }] }, /namespace\/name/],
    [{ viewer: [{ group: 'system:authenticated' }] }, /not one of Kubernetes itself/],
  ])('refuses %j', (wrong, says) => {
    expect(() => synth({ ...app, access: wrong as never })).toThrow(says);
  });
});
