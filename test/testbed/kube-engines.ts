/** The command lines of the engines of one cluster, and the files they read. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Certificates } from './certificates';
import type { Kubelet } from './kubelet';
import { stagesFile } from './stages';

/** A user of every cluster, by bearer token. */
export interface User {
  readonly name: string;
  readonly token: string;
  readonly groups: readonly string[];
}

/**
 * Who may log in with a token: `admin` may do everything, `viewer` may read everything,
 * `restricted` may do nothing until a test grants it something, `engines` are the controllers themselves.
 */
export const users = {
  admin: { name: 'admin', token: 'admin-on-loopback', groups: ['system:masters'] },
  viewer: { name: 'viewer', token: 'viewer-on-loopback', groups: [] },
  restricted: { name: 'restricted', token: 'restricted-on-loopback', groups: [] },
  engines: { name: 'testbed:engines', token: 'engines-on-loopback', groups: ['system:masters'] },
} as const satisfies Record<string, User>;

/** Files that all clusters of a testbed share. */
export interface SharedFiles {
  readonly certificates: Certificates;
  readonly tokens: string;
  readonly auditPolicy: string;
  readonly stages: string;
}

/** Writes them into `folder`. */
export function writeSharedFiles(folder: string, certificates: Certificates): SharedFiles {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const tokens = Object.values(users).map(
    ({ name, token, groups }) => `${token},${name},${name},"${groups.join(',')}"\n`,
  );
  // What the machinery says to itself is of no interest to a test.
  const machinery = [users.engines.name, 'system:apiserver'];
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [{ level: 'None', users: machinery }, { level: 'Metadata' }],
  };
  return {
    certificates,
    tokens: write('tokens.csv', tokens.join('')),
    auditPolicy: write('audit-policy.yaml', stringify(policy)),
    stages: write('stages.yaml', stagesFile()),
  };
}

export interface ApiServerSettings {
  readonly name: string;
  readonly port: number;
  readonly etcd: string;
  readonly auditLog: string;
  readonly watchCache: boolean;
}

/** One member, nothing kept safe: a testbed never survives its machine. */
export function etcdArguments(folder: string, client: string, peer: string): string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

/** RBAC on; without the two plugins that would wait for a kubelet or a token controller. */
export function apiServerArguments(files: SharedFiles, settings: ApiServerSettings): string[] {
  const { ca, serverCert, serverKey } = files.certificates;
  return [
    `--etcd-servers=${settings.etcd}`,
    `--etcd-prefix=/${settings.name}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${settings.port}`,
    // A loopback address may not be an endpoint; without this it would try every ten seconds.
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${serverCert}`,
    `--tls-private-key-file=${serverKey}`,
    `--client-ca-file=${ca}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    // As everywhere: Pod Security decides, not the server as a whole.
    '--allow-privileged=true',
    '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${serverCert}`,
    `--service-account-signing-key-file=${serverKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${settings.auditLog}`,
    `--watch-cache=${settings.watchCache}`,
    '--profiling=false',
  ];
}

const controllers = [
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemonset-controller',
  'deployment-controller',
  'disruption-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'horizontal-pod-autoscaler-controller',
  'job-controller',
  'namespace-controller',
  'pod-garbage-collector-controller',
  'replicaset-controller',
  'resourcequota-controller',
  'serviceaccount-controller',
  'statefulset-controller',
];

/** The controllers that workloads need; none that wants kubelets, clouds or metrics. */
export function controllerManagerArguments(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    '--leader-elect=false',
    '--horizontal-pod-autoscaler-sync-period=1s',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    '--profiling=false',
  ];
}

export function schedulerArguments(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    '--profiling=false',
  ];
}

export function kwokArguments(
  kubeconfig: string,
  stages: string,
  kubelet: Kubelet | undefined,
): string[] {
  // Ports are for the one who asks; most tests ask these nodes for nothing.
  const node =
    kubelet === undefined
      ? ['--node-ip=10.0.255.1', '--node-port=0']
      : [
          `--config=${kubelet.config}`,
          '--node-ip=127.0.0.1',
          `--node-port=${kubelet.port}`,
          `--server-address=127.0.0.1:${kubelet.port}`,
        ];
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${stages}`,
    '--manage-all-nodes=true',
    '--cidr=10.0.0.0/16',
    ...node,
  ];
}
