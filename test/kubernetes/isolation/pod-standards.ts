/** The Pod Security Standards in the words of the Kubernetes documentation, read from a pod alone: the oracle of what is generated. */

/** The parts of a pod that the standards look at. */
export interface Pod {
  readonly spec: PodSpec;
}
interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: Context & { readonly sysctls?: readonly { readonly name: string }[] };
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}
interface Container {
  readonly name: string;
  readonly securityContext?: Context;
  readonly ports?: readonly { readonly hostPort?: number }[];
}
interface Context {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
}

const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const baselineCapabilities = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
const restrictedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const containersOf = ({ spec }: Pod) => [...(spec.initContainers ?? []), ...spec.containers];

/** What baseline forbids in the pod. */
export function baselineViolations(pod: Pod): readonly string[] {
  const { spec } = pod;
  const all = containersOf(pod);
  const found: string[] = [];
  const say = (isWrong: boolean, text: string) => {
    if (isWrong) found.push(text);
  };
  say([spec.hostNetwork, spec.hostPID, spec.hostIPC].includes(true), 'host namespaces');
  say(
    (spec.volumes ?? []).some((one) => 'hostPath' in one),
    'hostPath',
  );
  for (const sysctl of spec.securityContext?.sysctls ?? []) {
    say(!safeSysctls.includes(sysctl.name), `sysctl ${sysctl.name}`);
  }
  say(spec.securityContext?.seccompProfile?.type === 'Unconfined', 'seccomp Unconfined');
  for (const { securityContext = {}, ports = [] } of all) {
    say(securityContext.privileged === true, 'privileged');
    say(
      ports.some(({ hostPort = 0 }) => hostPort !== 0),
      'hostPort',
    );
    const added = securityContext.capabilities?.add ?? [];
    say(
      added.some((one) => !baselineCapabilities.includes(one)),
      'capabilities beyond baseline',
    );
    say(securityContext.seccompProfile?.type === 'Unconfined', 'seccomp Unconfined');
  }
  return found;
}

/** What restricted forbids in the pod. */
export function restrictedViolations(pod: Pod): readonly string[] {
  const { spec } = pod;
  const found = [...baselineViolations(pod)];
  const say = (isWrong: boolean, text: string) => {
    if (isWrong) found.push(text);
  };
  for (const volume of spec.volumes ?? []) {
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    say(!sources.every((one) => restrictedVolumes.includes(one)), 'volume type');
  }
  const whole = spec.securityContext ?? {};
  say(whole.runAsUser === 0, 'runAsUser 0');
  const seccomp = ['RuntimeDefault', 'Localhost'];
  for (const { securityContext: own = {} } of containersOf(pod)) {
    say(own.allowPrivilegeEscalation !== false, 'allowPrivilegeEscalation');
    say(own.capabilities?.drop?.includes('ALL') !== true, 'capabilities not dropped');
    const added = own.capabilities?.add ?? [];
    say(
      added.some((one) => one !== 'NET_BIND_SERVICE'),
      'capabilities added',
    );
    say((own.runAsNonRoot ?? whole.runAsNonRoot) !== true, 'runAsNonRoot');
    say(own.runAsUser === 0, 'runAsUser 0');
    const profile = own.seccompProfile ?? whole.seccompProfile;
    say(!seccomp.includes(profile?.type ?? ''), 'seccomp');
  }
  return found;
}

/** What is wanted of a default beyond restricted: nothing writable, no token, a user that can be proved not to be root. */
export function weaknesses(pod: Pod): readonly string[] {
  const { spec } = pod;
  const found = [...restrictedViolations(pod)];
  if (spec.automountServiceAccountToken !== false) found.push('token');
  for (const { securityContext: own = {} } of containersOf(pod)) {
    if (own.readOnlyRootFilesystem !== true) found.push('writable root');
    const user = own.runAsUser ?? spec.securityContext?.runAsUser ?? 0;
    if (user === 0) found.push('no numeric user');
    if ((own.capabilities?.add ?? []).length > 0) found.push('capabilities added');
  }
  const limits = (spec.volumes ?? []).map(
    ({ emptyDir }) => (emptyDir as { readonly sizeLimit?: string } | undefined)?.sizeLimit,
  );
  if (limits.includes(undefined)) found.push('volume without a limit');
  return found;
}
