/** Cluster-bound: takes out of a manifest what is true in one cluster only, as exported objects have it. */
import type { Manifest } from '../model/app/workload';
import { replacedAt, valueAt } from './json-pointer';
import { builtInPath, groupOf, objectName } from './kinds';

/** What the server writes: without a word, as nobody means it. */
const written: readonly (readonly string[])[] = [
  ...[
    ...['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'],
    ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
  ].map((key) => ['metadata', key]),
  ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'],
  ...[
    'deployment.kubernetes.io/revision',
    'pv.kubernetes.io/bind-completed',
    'pv.kubernetes.io/bound-by-controller',
    'volume.kubernetes.io/selected-node',
    'kubernetes.io/service-account.uid',
  ].map((key) => ['metadata', 'annotations', key]),
  ...['controller-uid', 'batch.kubernetes.io/controller-uid'].flatMap((key) => [
    ['metadata', 'labels', key],
    ['spec', 'template', 'metadata', 'labels', key],
  ]),
];

/** What somebody may have meant, and cannot be had in another cluster. */
interface Bound {
  /** Groups whose kinds mean this by the field. Default: all. */
  readonly groups?: readonly string[];
  readonly steps: readonly string[];
  readonly why: string;
  /** Of which objects. Default: all. */
  readonly of?: (manifest: Manifest) => boolean;
}

const addresses = 'each cluster gives addresses of its own';
const nodes = 'each cluster has nodes of its own';
const pods = ['template', 'spec', 'nodeName'];
const bound: readonly Bound[] = [
  {
    steps: ['metadata', 'ownerReferences'],
    why: 'they name uids of one cluster, and elsewhere the object would be deleted as garbage',
  },
  { groups: [''], steps: ['spec', 'clusterIP'], why: addresses },
  { groups: [''], steps: ['spec', 'clusterIPs'], why: addresses },
  { groups: [''], steps: ['spec', 'nodeName'], why: nodes },
  { groups: ['', 'apps', 'batch'], steps: ['spec', ...pods], why: nodes },
  { groups: ['batch'], steps: ['spec', 'jobTemplate', 'spec', ...pods], why: nodes },
  {
    groups: [''],
    steps: ['spec', 'claimRef', 'uid'],
    why: 'it is the uid of a claim in one cluster',
  },
  {
    groups: [''],
    steps: ['spec', 'claimRef', 'resourceVersion'],
    why: 'it is the version of a claim in one cluster',
  },
  {
    groups: [''],
    steps: ['spec', 'volumeName'],
    why: 'the claim was bound to a volume of one cluster',
    of: (manifest) => annotation(manifest, 'pv.kubernetes.io/bind-completed') !== undefined,
  },
  {
    groups: ['batch'],
    steps: ['spec', 'selector'],
    why: 'it is the uid of a Job in one cluster, and each server writes its own',
    of: ({ spec }) =>
      valueAt(spec, ['manualSelector']) !== true &&
      Object.keys(valueAt(spec, ['selector', 'matchLabels']) ?? {}).some((key) =>
        key.endsWith('controller-uid'),
      ),
  },
  {
    groups: [''],
    steps: ['secrets'],
    why: 'each cluster makes tokens of its own',
    of: ({ kind, metadata, secrets }) =>
      kind === 'ServiceAccount' &&
      Array.isArray(secrets) &&
      secrets.every((one) => isToken(valueAt(one, ['name']), metadata.name)),
  },
  ...['token', 'ca.crt', 'namespace'].map((key) => ({
    groups: [''],
    steps: ['data', key],
    why: 'each cluster makes tokens of its own',
    of: ({ kind, type }: Manifest) =>
      kind === 'Secret' && type === 'kubernetes.io/service-account-token',
  })),
];

function annotation(manifest: Manifest, key: string): unknown {
  return valueAt(manifest, ['metadata', 'annotations', key]);
}

/** `web-token-x8d2k` of the ServiceAccount web, as servers before 1.24 called them. */
function isToken(secret: unknown, account: string): boolean {
  const [prefix, end] = [`${account}-token-`, /^[a-z0-9]{5}$/];
  return (
    typeof secret === 'string' && secret.startsWith(prefix) && end.test(secret.slice(prefix.length))
  );
}

/** The manifest as any cluster can have it, and a warning for each thing that somebody may have meant. */
export function withoutClusterBound(manifest: Manifest): {
  readonly manifest: Manifest;
  readonly warnings: readonly string[];
} {
  let result = manifest;
  const warnings: string[] = [];
  for (const { groups, steps, why, of } of bound) {
    const isMeant = groups === undefined || groups.includes(groupOf(manifest.apiVersion));
    if (!isMeant || isFree(valueAt(result, steps)) || of?.(manifest) === false) continue;
    result = replacedAt(result, steps, undefined);
    warnings.push(`${objectName(manifest)}: ${steps.join('.')} is left out: ${why}`);
  }
  // A custom kind may have a status that is its own, and kubectl sends it.
  const isBuiltIn = builtInPath(manifest.apiVersion, manifest.kind) !== undefined;
  for (const steps of isBuiltIn ? [...written, ['status']] : written) {
    if (valueAt(result, steps) !== undefined) result = replacedAt(result, steps, undefined);
  }
  return { manifest: result, warnings };
}

/** Absent, empty, or the word for a Service without an address. */
function isFree(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 'None') return true;
  return Array.isArray(value) && value.every((one) => one === '' || one === 'None');
}
