/** The binaries of clusters: Kubernetes, etcd and kwok, built from their Go modules. */
import { existsSync } from 'node:fs';
import { buildMissing, builtPath, type GoModule, onStandardError, whyNoGo } from './go-builds';

/** Every binary that clusters need. */
export type BinaryName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'kwok';

/** What an API server built here says it is. */
export const kubernetesVersion = 'v1.34.2';

const modules: readonly GoModule<BinaryName>[] = [
  {
    name: 'kubernetes',
    module: 'k8s.io/kubernetes',
    version: kubernetesVersion,
    packages: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    // Its libraries are published as v0.x.y.
    treeVersion: kubernetesVersion.replace(/^v1/, 'v0'),
    variables: versionVariables(),
  },
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.5',
    packages: { etcd: 'go.etcd.io/etcd/server/v3' },
  },
  {
    name: 'kwok',
    module: 'sigs.k8s.io/kwok',
    version: 'v0.7.0',
    packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
  },
];

/** All of them, in the order they are built. */
export const binaryNames = modules.flatMap(({ packages }) =>
  Object.keys(packages),
) as readonly BinaryName[];

/** Where a binary is, or will be once it is built. */
export function binaryPath(name: BinaryName): string {
  return builtPath(modules, name);
}

/** Why clusters cannot be started here, or undefined when they can: all is built, or Go can build it. */
export function whyNoClusters(): string | undefined {
  if (binaryNames.every((name) => existsSync(binaryPath(name)))) return undefined;
  return whyNoGo() && 'kube-apiserver is not built and Go, which would build it, is not installed';
}

/** Builds what is missing of `names`; says a line when a build begins and one when it ends. The first time takes minutes. */
export function buildBinaries(
  names: readonly BinaryName[] = binaryNames,
  progress = onStandardError,
): Promise<void> {
  return buildMissing(modules, names, progress);
}

/** The version that the release scripts of Kubernetes would write in. */
function versionVariables(): Record<string, string> {
  const [gitMajor = '', gitMinor = ''] = kubernetesVersion.slice(1).split('.');
  const values = { gitVersion: kubernetesVersion, gitMajor, gitMinor };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  return Object.fromEntries(
    packages.flatMap((path) =>
      Object.entries(values).map(([name, value]) => [`${path}.${name}`, value]),
    ),
  );
}
