/** Object kinds: many objects of a cluster in a few words, as every wire tells what comes and goes as a whole. */
import { counted } from '../../../../constructs/model/numbers';

/** `5 objects: Namespace, 2 ConfigMap, Deployment`. */
export function objectKinds(
  objects: readonly { readonly ref: { readonly kind: string } }[],
): string {
  const kinds = new Map<string, number>();
  for (const { ref } of objects) kinds.set(ref.kind, (kinds.get(ref.kind) ?? 0) + 1);
  const parts = [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`));
  return `${counted(objects.length, 'object')}: ${parts.join(', ')}`;
}
