/** Least role: the objects by which an administrator lets littoral release apps in one cluster, and nothing else there. */
import type { Manifest } from '../../model/app/workload';
import { byApplyOrder } from '../kinds';
import type { LeastRights } from './least-rights';

/** Who gets the rights: a ServiceAccount, made here, or a user that the API servers know. */
export type Holder =
  | { readonly serviceAccount: { readonly namespace: string; readonly name: string } }
  | { readonly user: string };

/** What the objects are made of. */
export interface LeastRoleProps {
  readonly rights: LeastRights;
  readonly holder: Holder;
  /** Namespaces as the apps want them: they are made beforehand, so that nobody needs the right to make any. */
  readonly namespaces: readonly Manifest[];
  /** Whether the ServiceAccount may renew its own token, and end the one before. Default: false. */
  readonly rotates?: boolean;
}

const group = 'rbac.authorization.k8s.io';
const labels = { 'app.kubernetes.io/managed-by': 'littoral-access' };
/** Name of every Role and binding. */
const name = 'littoral';

/** Namespaces, ServiceAccount, Roles and bindings, in the order in which they are applied. */
export function leastRole(props: LeastRoleProps): readonly Manifest[] {
  const { rights, holder, namespaces, rotates = false } = props;
  const subject = subjectOf(holder);
  const inNamespaces = [...rights.namespaced].flatMap(([namespace, rules]): Manifest[] => [
    role('Role', { labels, name, namespace }, rules),
    binding('RoleBinding', { labels, name, namespace }, subject),
  ]);
  const everywhere: readonly Manifest[] =
    rights.cluster.length === 0
      ? []
      : [
          role('ClusterRole', { labels, name }, rights.cluster),
          binding('ClusterRoleBinding', { labels, name }, subject),
        ];
  const renewal = rotates ? renewalOf(holder, subject) : [];
  const all = [...accountOf(holder), ...renewal, ...namespaces, ...everywhere, ...inNamespaces];
  return all.sort(byApplyOrder);
}

function role(kind: string, metadata: Manifest['metadata'], rules: readonly object[]): Manifest {
  return { apiVersion: `${group}/v1`, kind, metadata, rules };
}

function binding(kind: string, metadata: Manifest['metadata'], subject: object): Manifest {
  const roleRef = { apiGroup: group, kind: kind.replace('Binding', ''), name };
  return { apiVersion: `${group}/v1`, kind, metadata, roleRef, subjects: [subject] };
}

function subjectOf(holder: Holder): object {
  return 'user' in holder
    ? { apiGroup: group, kind: 'User', name: holder.user }
    : { kind: 'ServiceAccount', ...holder.serviceAccount };
}

function accountOf(holder: Holder): readonly Manifest[] {
  if ('user' in holder) return [];
  const { namespace, name: account } = holder.serviceAccount;
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { labels, name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { labels, name: account, namespace },
      automountServiceAccountToken: false,
    },
  ];
}

/** Names of Secrets are new each time, so no rule can name them: the namespace has nothing else in it. */
function renewalOf(holder: Holder, subject: object): readonly Manifest[] {
  if ('user' in holder) return [];
  const { namespace, name: account } = holder.serviceAccount;
  const metadata = { labels, name: 'littoral-rotation', namespace };
  const rules = [
    { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'delete'] },
    {
      apiGroups: [''],
      resources: ['serviceaccounts/token'],
      resourceNames: [account],
      verbs: ['create'],
    },
  ];
  const bound = binding('RoleBinding', metadata, subject);
  const roleRef = { apiGroup: group, kind: 'Role', name: metadata.name };
  return [role('Role', metadata, rules), { ...bound, roleRef }];
}
