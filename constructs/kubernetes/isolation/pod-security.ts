/** Pod security: the security contexts, volumes and namespace labels by which the pods of a workload have no right they did not ask for. */
import { defaultUser, defaultWritableMebibytes, type Security } from '../../model/app/security';
import type { Component } from '../../model/app/workload';
import { memoryQuantity } from '../quantities';

/** Fields of the pod by which it has no more rights than said. */
export function podFields(component: Component, security: Security) {
  const { serviceAccount, serviceAccountToken } = security;
  const volumes = volumesOf(component);
  return {
    automountServiceAccountToken: serviceAccountToken,
    // What follows means something on Linux alone; a patch may say otherwise.
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    serviceAccountName: serviceAccount,
    securityContext: podContext(component, security),
    volumes: volumes.length === 0 ? undefined : volumes.map(({ volume }) => volume),
  };
}

/** Fields of its container. */
export function containerFields(component: Component, security: Security) {
  const volumes = volumesOf(component);
  return {
    securityContext: containerContext(security),
    volumeMounts: volumes.length === 0 ? undefined : volumes.map(({ mount }) => mount),
  };
}

function podContext({ user: given, port }: Component, { profile }: Security) {
  const user = given ?? (profile === 'restricted' ? defaultUser : undefined);
  return {
    runAsNonRoot: user === undefined ? undefined : user > 0,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    seccompProfile: profile === 'privileged' ? undefined : { type: 'RuntimeDefault' },
    // A safe sysctl: without it nobody but root, or a holder of NET_BIND_SERVICE, listens on a port below 1024.
    sysctls:
      port === undefined || port >= 1024
        ? undefined
        : [{ name: 'net.ipv4.ip_unprivileged_port_start', value: String(port) }],
  };
}

function containerContext({ profile, readOnlyRootFilesystem, capabilities }: Security) {
  const drop = profile === 'restricted' ? ['ALL'] : undefined;
  const add = capabilities.length === 0 ? undefined : [...capabilities];
  const isSaid = drop !== undefined || add !== undefined;
  return {
    // A privileged container may escalate: the server refuses to be told otherwise.
    privileged: profile === 'privileged' ? true : undefined,
    allowPrivilegeEscalation: profile === 'privileged' ? undefined : false,
    capabilities: isSaid ? { add, drop } : undefined,
    readOnlyRootFilesystem,
  };
}

function volumesOf({ writablePaths = [] }: Component) {
  const names = new Set<string>();
  return writablePaths.map((given) => {
    const { path, mebibytes } =
      typeof given === 'string' ? { path: given, mebibytes: defaultWritableMebibytes } : given;
    const name = freeName(path, names);
    names.add(name);
    return {
      volume: { name, emptyDir: { sizeLimit: memoryQuantity(mebibytes) } },
      mount: { name, mountPath: path },
    };
  });
}

/** `writable-var-cache` for /var/cache: names of volumes are DNS labels of at most 63 characters. */
function freeName(path: string, taken: ReadonlySet<string>): string {
  const words = path.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const name = `writable${words.slice(0, 48).replace(/-$/, '')}`;
  for (let number = 1; ; number += 1) {
    const next = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(next)) return next;
  }
}

/** What a reviewer should know: each right that was asked for, a sentence each. */
export function securityWarnings(security: Security): readonly string[] {
  const { profile, readOnlyRootFilesystem, capabilities, serviceAccountToken } = security;
  const said: string[] = [];
  if (profile === 'baseline') {
    said.push(
      'Pod Security baseline instead of restricted: containers may run as root, with the capabilities of the runtime',
    );
  }
  if (profile === 'privileged') {
    said.push(
      'Pod Security privileged instead of restricted: containers may do everything on their node',
    );
  }
  if (capabilities.length > 0) {
    said.push(`containers have the Linux capabilities ${capabilities.join(', ')}`);
  }
  if (!readOnlyRootFilesystem) said.push('containers may write to their root file systems');
  if (serviceAccountToken) {
    const account = security.serviceAccount ?? 'default';
    said.push(`pods have a token of the ServiceAccount ${account} for the API server`);
  }
  return said;
}
