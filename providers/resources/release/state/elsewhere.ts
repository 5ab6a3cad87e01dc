/** Elsewhere: clusters where another stack or person has applied the release since it was applied from here. */
import { keyOf } from './identity';
import { entryRef, type Inventory } from './inventory';
import { isHeldByOther, ownerText, TAKE_OVER } from './owner';
import type { ReleaseState } from './state';

/** Names of the clusters that list another decision, or other objects, than when `known` was written. Only `seen` may be newer. */
function appliedElsewhere(known: ReleaseState, seen: ReleaseState): readonly string[] {
  const before = new Map(known.clusters.map(({ name, inventory }) => [name, contentOf(inventory)]));
  return seen.clusters
    .filter(({ name, inventory }) => {
      const content = before.get(name);
      return content !== undefined && inventory !== undefined && contentOf(inventory) !== content;
    })
    .map(({ name }) => name);
}

/** What was applied; what became of it since has no part in it. */
function contentOf(inventory: Inventory | undefined): string | undefined {
  if (inventory === undefined) return undefined;
  const objects = inventory.objects.map((one) => [keyOf(entryRef(one)), one.digest]);
  return JSON.stringify([inventory.decision, objects]);
}

/** The warning about them; undefined without any. */
export function elsewhereWarning(known: ReleaseState, seen: ReleaseState): string | undefined {
  const taken = seen.clusters.filter((one) =>
    isHeldByOther(one.inventory?.owner, { owner: known.owner, takeOver: false }),
  );
  if (taken.length > 0) {
    const clusters = listText(taken.map(({ name }) => name));
    return `the release ${known.release} was taken over in ${clusters} by ${ownerText(taken[0]!.inventory!.owner!)}; from here nothing is changed or removed there any more. Remove it from this state, or take it back: ${TAKE_OVER}`;
  }
  const names = appliedElsewhere(known, seen);
  if (names.length === 0) return undefined;
  return `the release ${known.release} was applied to ${listText(names)} from elsewhere since the last apply on record here; when another stack holds a release of the same name and namespace, the two undo each other's changes. Give one of them another name`;
}

function listText(names: readonly string[]): string {
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : '';
  return names.slice(0, MOST).join(', ') + more;
}

/** Clusters that are named. */
const MOST = 5;
