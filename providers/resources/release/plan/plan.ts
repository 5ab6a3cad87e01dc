/** Plan: what would change in every cluster, as data; a pure function of what is desired and what was seen. */
import type { FieldConflict, LiveObject, ObjectRef } from '../../../clusters/cluster';
import { type Finding, isAsApplied } from '../observe/finding';
import type { Present, Seen } from '../observe/observe';
import type { Desired, DesiredCluster } from '../state/desired';
import { changedFields, type FieldChange } from '../state/fields';
import {
  byStep,
  isHolder,
  isOfRelease,
  keyOf,
  objectText,
  otherRelease,
  ourEntry,
  type ReleaseKey,
  refOf,
} from '../state/identity';
import { type Entry, entryRef, inventoryRef } from '../state/inventory';
import { keepingReason } from '../state/keeping';
import {
  type Claimant,
  heldText,
  isHeldByOther,
  leftText,
  type Owner,
  saysOwner,
} from '../state/owner';
import { ownedDigest } from '../state/ownership';
import type { Rollout } from '../state/props';

/** What happens to one object. `replaced`: it is deleted and made anew; `kept`: it would go, but does not; `refused`: nothing can be done about it as it is. */
export type Change =
  | 'created'
  | 'changed'
  | 'replaced'
  | 'adopted'
  | 'unchanged'
  | 'deleted'
  | 'kept'
  | 'refused';

/** One object of one cluster. */
export interface ObjectPlan {
  readonly ref: ObjectRef;
  readonly change: Change;
  readonly fields: readonly FieldChange[];
  readonly reason?: string;
  /** Fields that others own with other values; taken from them only by force. */
  readonly conflicts?: readonly FieldConflict[];
  /** What is desired is what was applied last: someone else has changed or deleted it. */
  readonly drifted?: true;
  /** It stays, and is no longer of this release: its label and our part of its fields are given up. */
  readonly disowned?: true;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
}

/** What a cluster is about to go through, in the order of summaries. `retire`: it left, and serves on until it is retired; `leave`: another owner holds the release there by now; it is only forgotten. */
export const clusterSteps = [
  'add',
  'update',
  'remove',
  'retire',
  'leave',
  'evacuate',
  'refused',
  'unreachable',
  'keep',
] as const;

/** One cluster. */
export interface ClusterPlan {
  readonly name: string;
  readonly step: (typeof clusterSteps)[number];
  /** The decision wants the release there. */
  readonly chosen: boolean;
  /** It has, or may have, objects of the release now. */
  readonly holds: boolean;
  readonly reason?: string;
  /** It serves on from now: the state does not say so yet. */
  readonly newly?: true;
  /** Another owner holds the release there. */
  readonly held?: true;
  readonly objects: readonly ObjectPlan[];
}

/** Everything about one release. */
export interface ReleasePlan {
  readonly release: string;
  readonly namespace: string;
  readonly fleet: string;
  readonly decision: string;
  readonly objects: string;
  readonly clusters: readonly ClusterPlan[];
}

/** What was learnt about the clusters. */
interface Learnt {
  readonly seen: readonly Seen[];
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Clusters that are known to have the release, from the state or the decision. */
  readonly holders: ReadonlySet<string>;
}

/** How a plan is made. */
interface Terms {
  readonly force: boolean;
  /** Unreachable clusters that are let go of. */
  readonly evacuate: readonly string[];
  readonly claimant: Claimant;
  /** Objects that were there before the release go too. */
  readonly deleteAdopted: boolean;
  readonly retire: Rollout['retire'];
}

/** The plan of a release. */
export function planOf(desired: Desired, learnt: Learnt, terms: Terms): ReleasePlan {
  const { evacuate, claimant } = terms;
  const chosen = new Map(desired.clusters.map((one) => [one.name, one]));
  const clusters = learnt.seen.flatMap((seen): readonly ClusterPlan[] => {
    const wanted = chosen.get(seen.name);
    const holds = learnt.holders.has(seen.name);
    if (!seen.reachable) return absentPlan(seen, wanted, holds, evacuate.includes(seen.name));
    const held = seen.inventory?.owner;
    if (isHeldByOther(held, claimant)) return [heldPlan(seen, held, desired, { wanted, holds })];
    if (wanted === undefined) {
      const removal = removalPlan(seen, desired, terms);
      return terms.retire === 'later' ? removal.map(retiring) : removal;
    }
    const findings = learnt.findings.get(seen.name) ?? [];
    return [presentPlan(seen, desired, findings, terms)];
  });
  const { release, namespace, fleet, decision, objects } = desired;
  return { release, namespace, fleet, decision, objects, clusters };
}

/** True when applying the plan would change something. */
export function hasChanges({ clusters }: ReleasePlan): boolean {
  return clusters.some(({ step, holds, newly }) => {
    return (
      newly === true ||
      step === 'add' ||
      step === 'update' ||
      step === 'remove' ||
      ((step === 'evacuate' || step === 'leave') && holds)
    );
  });
}

/** Clusters that have, or are to have, the release and about which nothing can be said or done. */
export function outOfReach({ clusters }: ReleasePlan): readonly ClusterPlan[] {
  return clusters.filter(({ step, holds, chosen, objects }) => {
    if (step === 'unreachable') return chosen || holds;
    return step === 'refused' || objects.some(({ change }) => change === 'refused');
  });
}

function absentPlan(
  { name, reason, refused }: Extract<Seen, { reachable: false }>,
  wanted: DesiredCluster | undefined,
  holds: boolean,
  letGo: boolean,
): readonly ClusterPlan[] {
  const chosen = wanted !== undefined;
  if (chosen || !letGo) {
    const step = refused ? ('refused' as const) : ('unreachable' as const);
    return [{ name, step, chosen, holds: holds || chosen, reason, objects: [] }];
  }
  return [{ name, step: 'evacuate', chosen, holds, reason, objects: [] }];
}

function presentPlan(
  seen: Present,
  desired: Desired,
  findings: readonly Finding[],
  terms: Terms,
): ClusterPlan {
  const { force, claimant } = terms;
  const wanted = new Set(findings.map(({ manifest }) => keyOf(refOf(manifest))));
  const objects = [
    ...findings.map((finding) => objectPlan(finding, desired, force)),
    ...removals(seen, desired, wanted, terms),
  ];
  const isDone = objects.every(
    ({ change, disowned }) => change === 'unchanged' || (change === 'kept' && disowned !== true),
  );
  const isNew = seen.inventory === undefined && !seen.broken;
  const isSaid = seen.inventory?.phase === 'ready' && saysOwner(seen.inventory.owner, claimant);
  const step = isNew ? 'add' : isDone && isSaid ? 'keep' : 'update';
  return { name: seen.name, step, chosen: true, holds: !isNew, objects };
}

/** Another owner holds the release there: what is asked for is refused; what only leaves is forgotten here. */
function heldPlan(
  { name, inventory }: Present,
  held: Owner,
  { release }: Desired,
  { wanted, holds }: { readonly wanted: DesiredCluster | undefined; readonly holds: boolean },
): ClusterPlan {
  const base = { name, chosen: wanted !== undefined, holds: true, objects: [] };
  if (wanted !== undefined || !holds) {
    return { ...base, step: 'refused', held: true, reason: heldText(release, held) };
  }
  const names = (inventory?.objects ?? []).map((entry) => objectText(entryRef(entry)));
  return { ...base, step: 'leave', reason: leftText(held, names) };
}

function removalPlan(seen: Present, desired: Desired, terms: Terms): readonly ClusterPlan[] {
  const objects = removals(seen, desired, new Set(), terms);
  if (seen.inventory === undefined && !seen.broken && objects.length === 0) return [];
  const reason = desired.dropped.get(seen.name);
  return [
    {
      name: seen.name,
      step: 'remove',
      chosen: false,
      holds: true,
      ...(reason === undefined ? {} : { reason }),
      objects,
    },
  ];
}

/** It would be removed, and serves on instead. */
export function retiring({ reason, ...plan }: ClusterPlan): ClusterPlan {
  const why = reason === undefined ? '' : `${reason}; `;
  return { ...plan, step: 'retire', reason: `${why}serves until it is retired`, objects: [] };
}

function objectPlan(finding: Finding, own: ReleaseKey, force: boolean): ObjectPlan {
  const { manifest, entry, live, after, conflicts = [], refusal, digest } = finding;
  const { unchecked, replacedFor, note } = finding;
  const ref = refOf(manifest);
  const wasApplied = entry?.digest === digest;
  if (live === undefined) {
    if (refusal !== undefined) return { ref, change: 'refused', fields: [], reason: refusal };
    const drifted = wasApplied && entry.uid !== undefined ? { drifted: true as const } : {};
    const said = unchecked ?? note;
    const reason = said === undefined ? {} : { reason: said };
    return { ref, change: 'created', fields: [], ...reason, ...drifted };
  }
  const base = { ref, fields: [], ...versionOf(live), ...leavingReason(finding) };
  if (isAsApplied(finding)) return { ...base, change: 'unchanged' };
  const other = otherRelease(live, own);
  if (other !== undefined) {
    if (isHolder(ref)) return { ...base, change: 'unchanged', reason: sharedText(other, finding) };
    return { ...base, change: 'refused', reason: `belongs to the release ${other}` };
  }
  const isOurs = isOfRelease(live, own);
  if (live.metadata.deletionTimestamp !== undefined) {
    return { ...base, change: 'created', reason: 'the one that is there is being deleted' };
  }
  const fields = after === undefined ? [] : changedFields(ref, live, after);
  // The digest of a Secret leaves its values out: without a foreign hand it is its manifest that has changed.
  const isTouched = entry?.uid !== live.metadata.uid || entry.fields !== ownedDigest(live);
  const described = {
    ...base,
    fields,
    ...foreignReason(finding),
    ...(note === undefined ? {} : { reason: note }),
    ...(wasApplied && isTouched ? { drifted: true as const } : {}),
    ...(conflicts.length === 0 ? {} : { conflicts }),
  };
  if (refusal !== undefined) return { ...described, change: 'refused', reason: refusal };
  if (replacedFor !== undefined) {
    const mayReplace = entry !== undefined || isOurs || force;
    const reason = `${replacedFor} cannot be changed`;
    return { ...described, change: mayReplace ? 'replaced' : 'refused', reason };
  }
  if (conflicts.length > 0 && !force) {
    return { ...described, change: 'refused', reason: conflictText(conflicts) };
  }
  if (entry === undefined && !isOurs) return { ...described, change: 'adopted' };
  const { scaledBy, filledBy, foreignSecurity } = finding;
  const leaves = [scaledBy, filledBy, foreignSecurity].some((one) => one !== undefined);
  const isRecorded = !leaves || !isTouched;
  if (fields.length === 0 && finding.ownership !== true && isRecorded) {
    return { ...base, change: 'unchanged' };
  }
  const reason = fields.length === 0 && !leaves ? { reason: 'only who owns the fields' } : {};
  return { ...described, change: 'changed', ...reason };
}

function sharedText(other: string, { foreignSecurity }: Finding): string {
  const shared = `shared with ${other}`;
  return foreignSecurity === undefined
    ? shared
    : `${shared}: its Pod Security is ${foreignSecurity}`;
}

/** Said where the Namespace changes: one without a change and with a reason is shared. */
function foreignReason({ foreignSecurity }: Finding): Pick<ObjectPlan, 'reason'> {
  if (foreignSecurity === undefined) return {};
  return { reason: `it is not of this release: its Pod Security stays ${foreignSecurity}` };
}

function leavingReason({ scaledBy, filledBy }: Finding): Pick<ObjectPlan, 'reason'> {
  if (scaledBy !== undefined) return { reason: `${scaledBy} scales it: its replicas stay` };
  return filledBy === undefined ? {} : { reason: `${filledBy}: that stays` };
}

/** `kubectl-edit owns .spec.replicas`. */
export function conflictText(conflicts: readonly FieldConflict[]): string {
  const managers = [...new Set(conflicts.map(({ manager }) => manager))];
  return managers
    .map((manager) => {
      const fields = conflicts.filter((one) => one.manager === manager).map(({ field }) => field);
      return `${manager} owns ${fields.join(', ')}`;
    })
    .join('; ');
}

/** What this release put there and no longer wants, last applied first. */
function removals(
  seen: Present,
  { release, namespace }: Desired,
  wanted: ReadonlySet<string>,
  { deleteAdopted }: Terms,
): readonly ObjectPlan[] {
  const entries = new Map(
    (seen.inventory?.objects ?? []).map((entry) => [keyOf(entryRef(entry)), entry]),
  );
  const own = keyOf(inventoryRef(release, namespace));
  return [...seen.objects]
    .filter(([key, live]) => !wanted.has(key) && key !== own && isOurs(live, entries.get(key)))
    .map(([key, live]) =>
      removal(
        live,
        entries.get(key),
        { release, namespace },
        { inventory: seen.inventory, deleteAdopted },
      ),
    )
    .sort((a, b) => byStep(b.ref, a.ref));
}

/** Controllers copy labels to what they make; that is theirs. */
function isOurs(live: LiveObject, entry: Entry | undefined): boolean {
  return entry !== undefined || ourEntry(live) !== undefined;
}

function removal(
  live: LiveObject,
  entry: Entry | undefined,
  own: ReleaseKey,
  { inventory, deleteAdopted }: Pick<Present, 'inventory'> & Pick<Terms, 'deleteAdopted'>,
): ObjectPlan {
  const ref = refOf(live);
  const keep = (reason: string): ObjectPlan => {
    return { ref, change: 'kept', fields: [], reason, ...versionOf(live) };
  };
  if (entry === undefined && (inventory !== undefined || ref.kind !== 'Namespace')) {
    return keep(`the inventory of ${own.release} does not list it`);
  }
  if (!isOfRelease(live, own)) return keep(`its label no longer says ${own.release}`);
  if (entry?.uid !== undefined && entry.uid !== live.metadata.uid) {
    return keep('another object has this name now');
  }
  const reason = keepingReason(entry, live, deleteAdopted);
  if (reason !== undefined) return { ...keep(reason), disowned: true };
  if (ourEntry(live) === undefined) return keep('others own all of its fields now');
  return { ref, change: 'deleted', fields: [], ...versionOf(live) };
}

function versionOf({ metadata }: LiveObject) {
  const { uid, resourceVersion, generation } = metadata;
  return { uid, resourceVersion, ...(generation === undefined ? {} : { generation }) };
}
