/** Plan from state: what would change, found by digests alone: for wires that may not call a cluster while they plan. */
import { groupOf, type Scope } from '../../../../constructs/kubernetes/kinds';
import { refInScope } from '../observe/scope';
import type { Desired, DesiredCluster } from '../state/desired';
import { byStep, keyOf, objectText, refOf } from '../state/identity';
import { type Entry, entryRef } from '../state/inventory';
import { keepingReason } from '../state/keeping';
import {
  type Claimant,
  heldText,
  isHeldByOther,
  leftText,
  type Owner,
  saysOwner,
} from '../state/owner';
import type { Rollout } from '../state/props';
import { manifestDigest } from '../state/secrecy';
import type { ClusterState, ReleaseState } from '../state/state';
import { type ClusterPlan, type ObjectPlan, type ReleasePlan, retiring } from './plan';

/** Pure. Values of Secrets are not in a state: that they changed shows only when applying. */
export function planFromState(
  prior: ReleaseState | undefined,
  desired: Desired,
  { takeOver, deleteAdopted, retire }: Pick<Rollout, 'takeOver' | 'deleteAdopted' | 'retire'>,
): ReleasePlan {
  const claimant = { owner: prior?.owner, takeOver };
  const before = new Map((prior?.clusters ?? []).map((one) => [one.name, one]));
  const chosen = desired.clusters.map((one) => {
    const known = before.get(one.name);
    const held = known?.inventory?.owner;
    return isHeldByOther(held, claimant)
      ? refusedPlan(one.name, heldText(desired.release, held))
      : chosenPlan(one, known, { home: desired.namespace, claimant, deleteAdopted });
  });
  const names = new Set(desired.clusters.map(({ name }) => name));
  const left = [...before.values()]
    .filter(({ name }) => !names.has(name))
    .map((one) => {
      const held = one.inventory?.owner;
      if (isHeldByOther(held, claimant)) return leftPlan(one, held);
      const plan = leavingPlan(one, desired.dropped.get(one.name), deleteAdopted);
      if (retire !== 'later' || plan.step !== 'remove') return plan;
      return { ...retiring(plan), ...(one.standing === 'leaving' ? {} : { newly: true as const }) };
    });
  const { release, namespace, fleet, decision, objects } = desired;
  return { release, namespace, fleet, decision, objects, clusters: [...chosen, ...left] };
}

function refusedPlan(name: string, reason: string): ClusterPlan {
  return { name, step: 'refused', held: true, chosen: true, holds: true, reason, objects: [] };
}

function leftPlan({ name, inventory }: ClusterState, held: Owner): ClusterPlan {
  const names = (inventory?.objects ?? []).map((entry) => objectText(entryRef(entry)));
  const reason = leftText(held, names);
  return { name, step: 'leave', chosen: false, holds: true, reason, objects: [] };
}

/** How the plan of a chosen cluster is made. */
interface Terms {
  /** The namespace of the app. */
  readonly home: string;
  readonly claimant: Claimant;
  readonly deleteAdopted: boolean;
}

function chosenPlan(
  wanted: DesiredCluster,
  known: ClusterState | undefined,
  { home, claimant, deleteAdopted }: Terms,
): ClusterPlan {
  const entries = new Map(
    (known?.inventory?.objects ?? []).map((entry) => [keyOf(entryRef(entry)), entry]),
  );
  const scopes = recordedScopes([...entries.values()]);
  const objects = wanted.manifests.map((manifest): ObjectPlan => {
    const given = refOf(manifest);
    const scope = entries.has(keyOf(given)) ? undefined : scopes.get(kindKey(given));
    const ref = refInScope(given, scope, home);
    const entry = entries.get(keyOf(ref));
    entries.delete(keyOf(ref));
    const digest = manifestDigest(manifest);
    return { ref, fields: [], ...changeFrom(entry, digest) };
  });
  const name = wanted.name;
  const all = [...objects, ...deletions([...entries.values()], deleteAdopted)];
  if (known?.inventory === undefined) {
    return { name, step: 'add', chosen: true, holds: known !== undefined, objects: all };
  }
  const isSaid = saysOwner(known.inventory.owner, claimant);
  const isDone =
    isSaid && known.standing === 'ready' && all.every(({ change }) => change === 'unchanged');
  return { name, step: isDone ? 'keep' : 'update', chosen: true, holds: true, objects: all };
}

/** Where objects of each kind are according to those that the release has there. */
function recordedScopes(entries: readonly Entry[]): ReadonlyMap<string, Scope> {
  const made = entries.filter(({ uid }) => uid !== undefined);
  return new Map(
    made.map((one) => [kindKey(one), one.namespace === undefined ? 'Cluster' : 'Namespaced']),
  );
}

const kindKey = ({ apiVersion, kind }: Pick<Entry, 'apiVersion' | 'kind'>): string =>
  `${groupOf(apiVersion)}/${kind}`;

function changeFrom(
  entry: Entry | undefined,
  digest: string,
): Pick<ObjectPlan, 'change' | 'drifted'> {
  const drifted = entry?.digest === digest ? { drifted: true as const } : {};
  if (entry?.uid === undefined) return { change: 'created', ...drifted };
  if (entry.digest === digest && entry.fields !== undefined) return { change: 'unchanged' };
  return { change: 'changed', ...drifted };
}

function deletions(entries: readonly Entry[], deleteAdopted: boolean): readonly ObjectPlan[] {
  return entries
    .map((entry): ObjectPlan => {
      const base = { ref: entryRef(entry), fields: [] };
      const reason = keepingReason(entry, undefined, deleteAdopted);
      return reason === undefined
        ? { ...base, change: 'deleted' }
        : { ...base, change: 'kept', reason, disowned: true };
    })
    .sort((a, b) => byStep(b.ref, a.ref));
}

function leavingPlan(
  known: ClusterState,
  dropped: string | undefined,
  deleteAdopted: boolean,
): ClusterPlan {
  const objects = deletions(known.inventory?.objects ?? [], deleteAdopted);
  const away = known.standing === 'unreachable' || known.standing === 'evacuated';
  const step = known.standing === 'evacuated' ? 'evacuate' : away ? 'unreachable' : 'remove';
  const why = away ? known.reason : dropped;
  const reason = why === undefined ? {} : { reason: why };
  const holds = known.standing !== 'evacuated';
  return { name: known.name, step, chosen: false, holds, ...reason, objects };
}
