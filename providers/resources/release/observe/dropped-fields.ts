/** Dropped fields: what a server leaves out of an autoscaler without a word, because it has no such feature or it is off. */
import { boundsOf } from '../../../../constructs/kubernetes/autoscalers';
import type { Manifest } from '../../../../constructs/model/app/workload';

/** A sentence about fields of an autoscaler that are not in what the server would store; undefined where all are. */
export function droppedNote(manifest: Manifest, stored: Manifest): string | undefined {
  if (boundsOf(manifest) === undefined) return undefined;
  const paths = missing(manifest.spec, stored.spec, 'spec');
  if (paths.length === 0) return undefined;
  return `the server drops ${paths.join(', ')}: it has no such feature, or it is off`;
}

/** Places of values that say something and are not there. Lists are compared where both have as many elements. */
function missing(wanted: unknown, there: unknown, path: string): readonly string[] {
  if (typeof wanted !== 'object' || wanted === null) {
    return there === undefined && Boolean(wanted) ? [path] : [];
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(there) || there.length !== wanted.length) return [];
    return wanted.flatMap((one, index) => missing(one, there[index], `${path}[${index}]`));
  }
  const stored = (typeof there === 'object' && there !== null ? there : {}) as Readonly<
    Record<string, unknown>
  >;
  return Object.entries(wanted).flatMap(([key, one]) =>
    missing(one, stored[key], `${path}.${key}`),
  );
}
