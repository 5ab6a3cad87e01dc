/** Stranded claims: a move away from a cluster stops at volumes that would go with their data, until their claims say what becomes of it. */
import { valueAt } from '../../../../constructs/kubernetes/json-pointer';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { Present, Seen } from '../observe/observe';
import type { Desired } from '../state/desired';
import { keyOf, objectText, refOf } from '../state/identity';
import { isHandedOver, keepingAnnotation, ON_REMOVE } from '../state/keeping';
import type { ClusterPlan, ObjectPlan, ReleasePlan } from './plan';

/**
 * The plan, with clusters that are left refused where that would delete a claim that nobody has spoken for, there or in the
 * manifests that go elsewhere. `isMove` false: the app is destroyed on purpose, and nothing is stopped.
 */
export function withoutStranding(
  plan: ReleasePlan,
  seen: readonly Seen[],
  desired: Desired,
  isMove: boolean,
): ReleasePlan {
  if (!isMove) return plan;
  const byName = new Map(seen.map((one) => [one.name, one]));
  const clusters = plan.clusters.map((one) => {
    const here = byName.get(one.name);
    const isLeft = one.step === 'remove' && one.objects.some(isLost);
    return isLeft && here?.reachable ? heldByClaims(one, here, desired) : one;
  });
  return { ...plan, clusters };
}

function isLost({ ref, change }: ObjectPlan): boolean {
  return change === 'deleted' && ref.kind === 'PersistentVolumeClaim' && ref.apiVersion === 'v1';
}

function heldByClaims(
  plan: ClusterPlan,
  { objects: there }: Present,
  { clusters }: Desired,
): ClusterPlan {
  const written = new Map(
    clusters.flatMap(({ manifests }) => manifests.map((one) => [keyOf(refOf(one)), one] as const)),
  );
  const stranded: string[] = [];
  const objects = plan.objects.map((one): ObjectPlan => {
    if (!isLost(one)) return one;
    const [live, manifest] = [there, written].map((from) => from.get(keyOf(one.ref)) as Manifest);
    const reason = manifest && keepingAnnotation(manifest);
    if (reason !== undefined) return { ...one, change: 'kept', reason, disowned: true };
    const isSaid = [live, manifest].some((by) => by !== undefined && isHandedOver(by));
    if (!isSaid) stranded.push(`${objectText(one.ref)} (${sizeOf(live)})`);
    return one;
  });
  if (stranded.length === 0) return { ...plan, objects };
  const first = plan.reason === undefined ? '' : `${plan.reason}; `;
  const reason = `${first}not left: the data of ${stranded.join(', ')} would go with it; annotate the claim there with ${ON_REMOVE}: keep, or copy what is needed and then annotate it with ${ON_REMOVE}: delete`;
  return { ...plan, step: 'refused', reason, objects: [] };
}

/** What it has; before it is bound, what it asks for. */
function sizeOf(claim: Manifest | undefined): string {
  const size =
    valueAt(claim, ['status', 'capacity', 'storage']) ??
    valueAt(claim, ['spec', 'resources', 'requests', 'storage']);
  return typeof size === 'string' ? size : 'of unknown size';
}
