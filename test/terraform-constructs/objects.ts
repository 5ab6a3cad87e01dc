/** One rich object of every kind that has a typed resource, as Kubernetes takes it. */
import type { Manifest } from '../../constructs/model/app/workload';

const meta = (name: string) => ({
  name,
  namespace: 'shop',
  labels: { 'app.kubernetes.io/name': 'shop' },
  annotations: { 'example.org/Note': 'as is', camelCase: 'kept' },
});
const selector = {
  matchLabels: { app: 'shop' },
  matchExpressions: [{ key: 'tier', operator: 'In', values: ['edge', 'cloud'] }],
};
const probe = {
  httpGet: {
    path: '/healthz',
    port: 8080,
    scheme: 'HTTP',
    httpHeaders: [{ name: 'Host', value: 'a' }],
  },
  periodSeconds: 5,
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  failureThreshold: 3,
};
const container = {
  name: 'web',
  image: 'registry.example/web:1',
  command: ['/bin/web'],
  args: ['--region=$(REGION)', '100%'],
  env: [
    { name: 'EMPTY', value: '' },
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } } },
    {
      name: 'PASSWORD',
      valueFrom: { secretKeyRef: { name: 'shop', key: 'password', optional: false } },
    },
    {
      name: 'CPU',
      valueFrom: { resourceFieldRef: { resource: 'limits.cpu', containerName: 'web' } },
    },
  ],
  envFrom: [{ configMapRef: { name: 'shop' } }, { prefix: 'S_', secretRef: { name: 'shop' } }],
  ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP', hostIP: '127.0.0.1' }],
  resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: 1, memory: '512Mi' } },
  readinessProbe: probe,
  livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10 },
  startupProbe: { grpc: { port: 9000, service: 'health' }, failureThreshold: 30 },
  lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    readOnlyRootFilesystem: false,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
  volumeMounts: [{ name: 'config', mountPath: '/etc/shop', readOnly: true, subPath: 'a' }],
};
const pod = {
  serviceAccountName: 'shop',
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 0,
  restartPolicy: 'Always',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  priorityClassName: 'high',
  hostNetwork: false,
  hostPID: false,
  dnsConfig: { nameservers: ['10.0.0.10'], options: [{ name: 'ndots', value: '2' }] },
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }],
  imagePullSecrets: [{ name: 'registry' }],
  initContainers: [{ name: 'init', image: 'busybox', command: ['true'] }],
  containers: [container, { name: 'side', image: 'registry.example/side:2' }],
  securityContext: {
    fsGroup: 2000,
    runAsUser: 1000,
    supplementalGroups: [1, 2],
    sysctls: [{ name: 'a', value: '1' }],
  },
  tolerations: [{ key: 'edge', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: selector,
    },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'DoesNotExist' }] }],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 10,
          preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
        },
      ],
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: selector },
        },
      ],
    },
  },
  volumes: [
    {
      name: 'config',
      configMap: { name: 'shop', defaultMode: 420, items: [{ key: 'a', path: 'b', mode: 256 }] },
    },
    { name: 'secret', secret: { secretName: 'shop', optional: true, defaultMode: 256 } },
    { name: 'scratch', emptyDir: {} },
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'logs', hostPath: { path: '/var/log', type: 'Directory' } },
    {
      name: 'all',
      projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }] },
    },
  ],
};
const template = { metadata: { labels: { app: 'shop' }, annotations: {} }, spec: pod };
const jobPod = { ...pod, restartPolicy: 'OnFailure' };
const role = [
  {
    apiGroups: ['', 'apps'],
    resources: ['pods', 'deployments'],
    verbs: ['get'],
    resourceNames: ['a'],
  },
];
const claim = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'fast',
  volumeMode: 'Filesystem',
  resources: { requests: { storage: '1Gi' } },
};

/** In the order they are applied. */
export const typedObjects: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { a: 'b' } } },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta('shop'),
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'registry' }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'shop:reader' },
    rules: [...role, { nonResourceURLs: ['/metrics'], verbs: ['get'] }],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'shop' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'shop:reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'shop', namespace: 'shop' }],
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: meta('shop'), rules: role },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: meta('shop'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'shop' },
    subjects: [{ kind: 'Group', name: 'ops', apiGroup: 'rbac.authorization.k8s.io' }],
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta('shop'),
    immutable: true,
    data: { 'nginx.conf': 'server { listen 80; }\nset $a $b;\n', camelKey: '', UPPER_KEY: '1' },
    binaryData: { logo: 'aGk=' },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: meta('shop'),
    type: 'Opaque',
    data: { passwordKey: 'aGk=' },
    stringData: { user: 'shop' },
  },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: claim },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('shop'),
    spec: {
      type: 'LoadBalancer',
      clusterIP: 'None',
      externalIPs: ['192.0.2.1'],
      loadBalancerIP: '192.0.2.2',
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      selector: { app: 'shop' },
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
      ports: [
        { name: 'http', port: 80, targetPort: 8080, nodePort: 30080, protocol: 'TCP' },
        { name: 'metrics', port: 9090, targetPort: 'metrics', appProtocol: 'http' },
      ],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('shop'),
    spec: {
      replicas: 3,
      minReadySeconds: 5,
      revisionHistoryLimit: 2,
      paused: false,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      selector,
      template,
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: meta('agent'),
    spec: {
      selector,
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta('db'),
    spec: {
      serviceName: 'db',
      replicas: 1,
      podManagementPolicy: 'Parallel',
      selector,
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta('migrate'),
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      activeDeadlineSeconds: 60,
      ttlSecondsAfterFinished: 0,
      template: { spec: jobPod },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta('tidy'),
    spec: {
      schedule: '*/5 * * * *',
      timeZone: 'Etc/UTC',
      suspend: false,
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 0,
      jobTemplate: { spec: { backoffLimit: 2, template: { spec: jobPod } } },
    },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('shop'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      minReplicas: 3,
      maxReplicas: 6,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta('shop'),
    spec: { minAvailable: '50%', selector },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta('shop'),
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['shop.example'], secretName: 'tls' }],
      defaultBackend: { service: { name: 'shop', port: { name: 'http' } } },
      rules: [
        {
          host: 'shop.example',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'shop', port: { number: 80 } } },
              },
            ],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta('shop'),
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { namespaceSelector: {}, podSelector: { matchLabels: { app: 'lb' } } },
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
          ],
          ports: [{ port: 8080, protocol: 'TCP' }],
        },
        {},
      ],
      egress: [
        { to: [{ podSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }, { port: 'dns' }] },
      ],
    },
  },
];
