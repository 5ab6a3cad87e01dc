/** Reviewed: whether what would be done now is still what was reviewed. */
import { canonicalJson } from '../../../../constructs/model/canonical';
import type { Desired } from '../state/desired';
import { keyOf, objectText } from '../state/identity';
import type { ClusterPlan, ObjectPlan, ReleasePlan } from './plan';
import { type SecretsDigest, secretsDigestOf } from './secrets-digest';

/**
 * What has moved since a plan was made, one sentence each; none when it may be applied as reviewed. What was done
 * already, by a run of the same plan that was cut off, has not moved; nor has a cluster that stopped answering.
 */
export function movedSince(reviewed: ReleasePlan, now: ReleasePlan): readonly string[] {
  const documents = (['fleet', 'decision', 'objects'] as const)
    .filter((key) => reviewed[key] !== now[key])
    .map((key) => `${reviewed.release}: ${documentNames[key]} changed since it was planned`);
  if (documents.length > 0) return documents;
  const before = new Map(reviewed.clusters.map((one) => [one.name, one]));
  return now.clusters.flatMap((cluster) => clusterMoves(before.get(cluster.name), cluster));
}

/** The same for the values of Secrets, which the digests of a plan leave out. */
export function secretsMovedSince(
  reviewed: SecretsDigest | undefined,
  now: Pick<Desired, 'release' | 'clusters'>,
): readonly string[] {
  const digest = secretsDigestOf(now, reviewed?.salt)?.digest;
  if (digest === reviewed?.digest) return [];
  return [`${now.release}: values of its Secrets changed since it was planned`];
}

const documentNames = {
  fleet: 'the fleet',
  decision: 'the decision',
  objects: 'what is to be applied has',
} as const;

function clusterMoves(before: ClusterPlan | undefined, now: ClusterPlan): readonly string[] {
  const { name, step } = now;
  if (step === 'unreachable' || step === 'keep') return [];
  if (before === undefined) return [`${name} was not part of the plan, and now has the release`];
  const isFurther = before.step === 'add' && step === 'update';
  if (before.step !== step && !isFurther && step !== 'refused') {
    return [`${name} was to be ${stepText[before.step]}, and is now to be ${stepText[step]}`];
  }
  const known = new Map(before.objects.map((one) => [keyOf(one.ref), one]));
  return now.objects
    .filter((one) => hasMoved(known.get(keyOf(one.ref)), one))
    .map((one) => `${name}: ${objectText(one.ref)} changed since it was planned`);
}

const stepText: Readonly<Record<ClusterPlan['step'], string>> = {
  add: 'added',
  update: 'changed',
  keep: 'left as it is',
  remove: 'removed',
  retire: 'kept until it is retired',
  leave: 'left to another owner',
  unreachable: 'left alone, because it did not answer',
  refused: 'left alone, because it refused',
  evacuate: 'let go of',
};

function hasMoved(before: ObjectPlan | undefined, now: ObjectPlan): boolean {
  if (now.change === 'unchanged' || now.change === 'kept') return false;
  if (before === undefined || before.change !== now.change || before.uid !== now.uid) return true;
  const fields = ({ fields: all, conflicts = [] }: ObjectPlan) => canonicalJson([all, conflicts]);
  if (fields(before) !== fields(now)) return true;
  // A status moves the resourceVersion all the time; where there is a generation, that tells of the rest.
  return now.generation === undefined
    ? before.resourceVersion !== now.resourceVersion
    : before.generation !== now.generation;
}
