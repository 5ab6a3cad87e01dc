/** Team roles: a Role in the namespace of an app for each role that it gives to somebody, and whom it is given to. */
import { type Access, type AccessRole, accessRoles, type Subject } from '../../model/app/access';
import type { Manifest } from '../../model/app/workload';

/** A rule of a Role, as Kubernetes writes it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** An app and who may do what with it. */
export interface TeamRolesProps {
  readonly app: string;
  readonly namespace: string;
  readonly access: Access;
}

const group = 'rbac.authorization.k8s.io';
const read = ['get', 'list', 'watch'];
const workloads = ['deployments', 'statefulsets', 'daemonsets'];

/** What a role may do beyond those before it. No role reads Secrets, changes rights or makes tokens. */
const rules: Readonly<Record<AccessRole, readonly PolicyRule[]>> = {
  viewer: [
    {
      apiGroups: [''],
      resources: [
        ...['configmaps', 'endpoints', 'events', 'limitranges', 'persistentvolumeclaims'],
        ...['pods', 'pods/log', 'replicationcontrollers', 'resourcequotas', 'services'],
      ],
      verbs: read,
    },
    { apiGroups: ['apps'], resources: [...workloads, 'replicasets'], verbs: read },
    { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: read },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: read },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: read },
    { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['get', 'list'] },
  ],
  deployer: [
    { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
    { apiGroups: ['apps'], resources: workloads, verbs: ['patch', 'update'] },
    {
      apiGroups: ['apps'],
      resources: ['deployments/scale', 'statefulsets/scale'],
      verbs: ['get', 'patch', 'update'],
    },
  ],
  operator: [
    // kubectl asks with get where it speaks WebSocket, and with create where it speaks SPDY.
    {
      apiGroups: [''],
      resources: ['pods/attach', 'pods/exec', 'pods/portforward'],
      verbs: ['create', 'get'],
    },
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
    { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'delete'] },
  ],
};

/** Everything that a role may do. */
export function rulesOf(role: AccessRole): readonly PolicyRule[] {
  return accessRoles.slice(0, accessRoles.indexOf(role) + 1).flatMap((one) => rules[one]);
}

/** Role and RoleBinding of each role that somebody has, least first. */
export function teamRoles({ app, namespace, access }: TeamRolesProps): readonly Manifest[] {
  return accessRoles.flatMap((role): readonly Manifest[] => {
    const subjects = access[role];
    if (subjects === undefined) return [];
    const name = `${app}-${role}`;
    const labels = {
      'app.kubernetes.io/managed-by': 'littoral',
      'app.kubernetes.io/name': app,
      'app.kubernetes.io/part-of': app,
    };
    const metadata = { labels, name, namespace };
    return [
      { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: rulesOf(role) },
      {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: group, kind: 'Role', name },
        subjects: subjects.map(subjectOf),
      },
    ];
  });
}

function subjectOf(subject: Subject): object {
  if ('serviceAccount' in subject) {
    const [namespace, name] = subject.serviceAccount.split('/');
    return { kind: 'ServiceAccount', name, namespace };
  }
  const [kind, name] = 'user' in subject ? ['User', subject.user] : ['Group', subject.group];
  return { apiGroup: group, kind, name };
}
