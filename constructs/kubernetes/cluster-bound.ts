/** Cluster-bound: takes out of a manifest what is true in one cluster only, as exported objects have it. */
import type { Manifest } from '../model/workload';
import { replacedAt, valueAt } from './json-pointer';
import { builtInPath, groupOf, objectName } from './kinds';

/** What the server writes: without a word, as nobody means it. */
const written: readonly (readonly string[])[] = [
  ...[
    ...['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'],
    ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
  ].map((key) => ['metadata', key]),
  ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'],
  ['metadata', 'annotations', 'deployment.kubernetes.io/revision'],
];

/** What somebody may have meant, and cannot be had in another cluster. */
interface Bound {
  /** Groups whose kinds mean this by the field. Default: all. */
  readonly groups?: readonly string[];
  readonly steps: readonly string[];
  readonly why: string;
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
];

/** The manifest as any cluster can have it, and a warning for each thing that somebody may have meant. */
export function withoutClusterBound(manifest: Manifest): {
  readonly manifest: Manifest;
  readonly warnings: readonly string[];
} {
  let result = manifest;
  // A custom kind may have a status that is its own, and kubectl sends it.
  const isBuiltIn = builtInPath(manifest.apiVersion, manifest.kind) !== undefined;
  for (const steps of isBuiltIn ? [...written, ['status']] : written) {
    if (valueAt(result, steps) !== undefined) result = replacedAt(result, steps, undefined);
  }
  const warnings: string[] = [];
  for (const { groups, steps, why } of bound) {
    const isMeant = groups === undefined || groups.includes(groupOf(manifest.apiVersion));
    if (!isMeant || isFree(valueAt(result, steps))) continue;
    result = replacedAt(result, steps, undefined);
    warnings.push(`${objectName(manifest)}: ${steps.join('.')} is left out: ${why}`);
  }
  return { manifest: result, warnings };
}

/** Absent, empty, or the word for a Service without an address. */
function isFree(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 'None') return true;
  return Array.isArray(value) && value.every((one) => one === '' || one === 'None');
}
