/** Security mistakes: rights that a profile does not allow, and paths that cannot be mounted. */
import type { DocumentMistake, Path } from '../../../parsing';
import { type SecurityInput, type SecurityProfile, securityOf } from '../security';
import type { Component } from '../workload';

/** Capabilities that the Pod Security Standards let a container add. */
const allowedCapabilities: Readonly<Record<SecurityProfile, readonly string[] | undefined>> = {
  restricted: ['NET_BIND_SERVICE'],
  baseline: [
    ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
    ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
  ],
  privileged: undefined,
};

/** Where a component is in its document. */
export type PathOf = (index: number) => Path;

/** Every mistake. `components` is undefined where only objects are known, whose pods are their author's. */
export function securityMistakes(
  given: SecurityInput | undefined,
  components: readonly Component[] | undefined,
  pathOf: PathOf,
): readonly DocumentMistake[] {
  const own = components === undefined ? podsOfOthers(given) : capabilityMistakes(given);
  const users = (components ?? []).flatMap((one, index) => [
    ...userMistakes(one, given, [...pathOf(index), 'user']),
    ...pathMistakes(one, [...pathOf(index), 'writablePaths']),
  ]);
  return [...own, ...users];
}

const ofPods = [
  'readOnlyRootFilesystem',
  'capabilities',
  'serviceAccount',
  'serviceAccountToken',
] as const;

function podsOfOthers(given: SecurityInput = {}): readonly DocumentMistake[] {
  return ofPods.flatMap((key) => {
    if (given[key] === undefined) return [];
    return {
      code: 'Contradiction' as const,
      path: ['security', key],
      summary: `got ${key} beside manifests or a chart, whose pods say it themselves`,
      remedy: `Remove ${key}, and write it in the pods.`,
    };
  });
}

function capabilityMistakes(given: SecurityInput = {}): readonly DocumentMistake[] {
  const { profile, capabilities } = securityOf(given);
  const allowed = allowedCapabilities[profile];
  const wrong = capabilities.filter((one) => allowed !== undefined && !allowed.includes(one));
  if (wrong.length === 0) return [];
  const profiles = (['baseline', 'privileged'] as const).filter((one) =>
    wrong.every((name) => allowedCapabilities[one]?.includes(name) ?? true),
  );
  return [
    {
      code: 'Contradiction',
      path: ['security', 'capabilities'],
      summary: `got ${wrong.join(', ')}, which the profile ${profile} does not allow`,
      remedy: `Remove ${wrong.length === 1 ? 'it' : 'them'}, or use the profile ${profiles[0]}.`,
    },
  ];
}

function userMistakes(
  { name, user }: Component,
  given: SecurityInput | undefined,
  path: Path,
): readonly DocumentMistake[] {
  if (user !== 0 || securityOf(given).profile !== 'restricted') return [];
  return [
    {
      code: 'Contradiction',
      path,
      summary: `component ${name} runs as user 0, root, which the profile restricted does not allow`,
      remedy: 'Name another user, or use the profile baseline.',
    },
  ];
}

function pathMistakes({ writablePaths = [] }: Component, path: Path): readonly DocumentMistake[] {
  const paths = writablePaths.map((one) => (typeof one === 'string' ? one : one.path));
  return paths.flatMap((one, index) => {
    if (paths.indexOf(one) === index) return [];
    return {
      code: 'Duplicate' as const,
      path: [...path, index],
      summary: `got ${one} twice`,
      remedy: 'Remove one of the two.',
    };
  });
}
