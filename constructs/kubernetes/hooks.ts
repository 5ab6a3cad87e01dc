/** Hooks: sorts out the objects that Helm would run at some moment only, because here every object is simply there. */
import { valueAt } from './json-pointer';
import { objectName } from './kinds';
import type { Template } from './slots';

/** Objects that stay, and a sentence for each hook. */
export interface SortedHooks {
  readonly templates: readonly Template[];
  readonly warnings: readonly string[];
}

/** Moments at which an object that is simply there would do what nobody asked for. */
const otherMoments: ReadonlySet<string> = new Set([
  ...['test', 'test-success', 'test-failure', 'pre-delete', 'post-delete'],
  ...['pre-rollback', 'post-rollback'],
]);

/** Leaves out tests and hooks of deletion or rollback; keeps the others, with a warning. */
export function sortHooks(templates: readonly Template[]): SortedHooks {
  const warnings: string[] = [];
  const kept = templates.filter(({ manifest }) => {
    const hook = valueAt(manifest, ['metadata', 'annotations', 'helm.sh/hook']);
    if (typeof hook !== 'string') return true;
    const moments = hook.split(',').map((moment) => moment.trim());
    const stays = moments.some((moment) => !otherMoments.has(moment));
    warnings.push(
      stays
        ? `${objectName(manifest)} is a Helm hook (${moments.join(', ')}); it is applied as an ordinary object`
        : `${objectName(manifest)} is a Helm hook (${moments.join(', ')}); it is left out`,
    );
    return stays;
  });
  return { templates: kept, warnings };
}
