/** Override mistakes: what is wrong with an override by itself, whatever objects there are. */
import type { DocumentMistake } from '../../../parsing';
import type { Override } from '../workload';

/** Every mistake with the position of its override; paths start at the override. */
export function overrideMistakes(
  overrides: readonly Override[],
): readonly { readonly index: number; readonly mistake: DocumentMistake }[] {
  return overrides.flatMap((override, index) =>
    mistakesIn(override).map((mistake) => ({ index, mistake })),
  );
}

function mistakesIn({ component, target, patch, set }: Override): readonly DocumentMistake[] {
  const found: DocumentMistake[] = [];
  const say = (path: readonly string[], summary: string, remedy: string) =>
    found.push({ code: 'Contradiction', path, summary, remedy });
  if (patch === undefined && set === undefined) {
    say([], 'got neither set nor patch, expected one of them', 'Say in set what is different.');
  }
  if (patch !== undefined && set !== undefined) {
    say(['patch'], 'got set and patch, expected one of them', 'Write two overrides.');
  }
  if (patch !== undefined && target === undefined) {
    say(['patch'], 'got a patch without target', 'Add target: {kind, name}, the object it is for.');
  }
  if (target !== undefined && component !== undefined) {
    say(['target'], 'got target and component, expected one of them', 'Remove component.');
  }
  if (target !== undefined && set?.minReplicas !== undefined) {
    say(
      ['set', 'minReplicas'],
      'got minReplicas for a target, but replicas belong to components',
      'Use component instead of target.',
    );
  }
  const fixed = patch === undefined ? undefined : fixedIn(patch);
  if (fixed !== undefined) {
    say(
      ['patch', ...fixed],
      'got a patch of what tells an object from others',
      'Leave apiVersion, kind, metadata.name and metadata.namespace out of a patch.',
    );
  }
  for (const path of patch === undefined ? [] : roundedIn(patch, [])) {
    say(
      ['patch', ...path],
      'got a whole number of more than 53 bits, which a patch cannot hold exactly',
      'Write it into the manifest, where it stays exact.',
    );
  }
  return found;
}

/** Where whole numbers are that may have been rounded when they were read. */
function roundedIn(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value === 'bigint') return [path];
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? [path] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => roundedIn(one, [...path, key]));
}

function fixedIn(patch: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const header = ['apiVersion', 'kind'].find((key) => key in patch);
  if (header !== undefined) return [header];
  if (!('metadata' in patch)) return undefined;
  const { metadata } = patch;
  if (typeof metadata !== 'object' || metadata === null) return ['metadata'];
  const name = ['name', 'namespace'].find((key) => key in metadata);
  return name === undefined ? undefined : ['metadata', name];
}
