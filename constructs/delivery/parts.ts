/** Parts: shares objects out among hub objects that hold a limited number of bytes and of objects. */
import type { Manifest } from '../model/app/workload';
import { EdgeError } from '../parsing';
import { objectKey } from './content';

/** What one hub object holds at most. */
export interface PartLimits {
  readonly bytes: number;
  readonly objects?: number;
  /** What the hub object is called, for errors. */
  readonly holder: string;
}

/** Consecutive groups within the limits, in order. Throws EdgeError for an object that is too large alone. */
export function partsOf(
  manifests: readonly Manifest[],
  { bytes, objects = Number.POSITIVE_INFINITY, holder }: PartLimits,
): readonly (readonly Manifest[])[] {
  const parts: Manifest[][] = [];
  let used = 0;
  for (const manifest of manifests) {
    const size = bytesOf(manifest);
    if (size > bytes) {
      throw new EdgeError({
        code: 'TooLarge',
        path: 'delivery',
        summary: `${objectKey(manifest)} has ${size} bytes, and a ${holder} holds at most ${bytes}`,
        remedy: 'Make the object smaller, or deliver from a source: with flux or argocd.',
      });
    }
    const last = parts.at(-1);
    if (last === undefined || used + size > bytes || last.length >= objects) {
      parts.push([manifest]);
      used = size;
    } else {
      last.push(manifest);
      used += size;
    }
  }
  return parts;
}

/** As JSON, in UTF-8. */
function bytesOf(manifest: Manifest): number {
  return new TextEncoder().encode(JSON.stringify(manifest)).length;
}
