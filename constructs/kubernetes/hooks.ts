/** Hooks: objects that Helm or Argo CD would run at a moment, and objects that may be deleted and made anew. */
import type { Manifest } from '../model/app/workload';
import { valueAt } from './json-pointer';
import { objectName } from './kinds';
import type { Template } from './slots';

/** Objects that stay, and a sentence for each hook. */
export interface SortedHooks {
  readonly templates: readonly Template[];
  readonly warnings: readonly string[];
}

/** When a hook runs, and in which turn among those of its moment: the lower weight first. */
export interface Hook {
  /** `before` the workloads, or `after` they are ready. */
  readonly moment: 'before' | 'after';
  readonly weight: number;
}

/** The moments of Helm and Argo CD; those that are not here never come in a release. */
const momentOf: Readonly<Record<string, Hook['moment'] | 'during'>> = {
  'pre-install': 'before',
  'pre-upgrade': 'before',
  'crd-install': 'during',
  'post-install': 'after',
  'post-upgrade': 'after',
  PreSync: 'before',
  Sync: 'during',
  PostSync: 'after',
};
const tools = [
  { tool: 'Helm', hook: 'helm.sh/hook', weight: 'helm.sh/hook-weight' },
  { tool: 'Argo CD', hook: 'argocd.argoproj.io/hook', weight: 'argocd.argoproj.io/sync-wave' },
] as const;

interface Moments {
  readonly tool: string;
  readonly names: readonly string[];
  readonly weight: number;
}

/** The moments that an object names, and its weight; undefined for one that is no hook. */
function momentsOf(manifest: Manifest): Moments | undefined {
  for (const { tool, hook, weight } of tools) {
    const value = annotation(manifest, hook);
    if (value === undefined) continue;
    const number = Number(annotation(manifest, weight) ?? 0);
    const names = value.split(',').map((name) => name.trim());
    return { tool, names, weight: Number.isFinite(number) ? number : 0 };
  }
  return undefined;
}

/** When the object runs; undefined for one that is no hook, or one that comes with all others. */
export function hookOf(manifest: Manifest): Hook | undefined {
  const moments = momentsOf(manifest);
  if (moments === undefined) return undefined;
  const known = moments.names.map((name) => momentOf[name]);
  const moment = known.includes('before')
    ? 'before'
    : known.includes('after')
      ? 'after'
      : undefined;
  return moment === undefined ? undefined : { moment, weight: moments.weight };
}

/** Leaves out tests and hooks of deletion or rollback; keeps the others, with a warning. */
export function sortHooks(templates: readonly Template[]): SortedHooks {
  const warnings: string[] = [];
  const kept = templates.filter(({ manifest }) => {
    const moments = momentsOf(manifest);
    if (moments === undefined) return true;
    const stays = moments.names.some((name) => momentOf[name] !== undefined);
    const said = `${objectName(manifest)} is a hook of ${moments.tool} (${moments.names.join(', ')})`;
    warnings.push(
      `${said}; ${stays ? turns[hookOf(manifest)?.moment ?? 'during'] : 'it is left out'}`,
    );
    return stays;
  });
  return { templates: kept, warnings };
}

const turns: Readonly<Record<Hook['moment'] | 'during', string>> = {
  before: 'a release runs it before the workloads, at first and whenever it has changed',
  after: 'a release runs it once the workloads are ready, at first and whenever it has changed',
  during: 'it is applied as an ordinary object',
};

/** Says that an object may be deleted and made anew where it cannot be changed. */
export const REPLACE_ANNOTATION = 'littoral.dev/replace';

/** Whether an object may be deleted and made anew: it says so in our words, or in those of Helm, Argo CD or Flux. */
export function mayBeReplaced(manifest: Manifest): boolean {
  if (annotation(manifest, REPLACE_ANNOTATION) === 'true') return true;
  const options = (annotation(manifest, 'argocd.argoproj.io/sync-options') ?? '').split(',');
  if (options.some((one) => /^(Replace|Force)=true$/.test(one.trim()))) return true;
  const flux = annotation(manifest, 'kustomize.toolkit.fluxcd.io/force')?.toLowerCase();
  if (flux === 'enabled' || flux === 'true') return true;
  return isRemadeHook(manifest);
}

/** Hooks are remade before they run again, unless they say otherwise. */
function isRemadeHook(manifest: Manifest): boolean {
  const policies = ['helm.sh/hook-delete-policy', 'argocd.argoproj.io/hook-delete-policy'];
  const policy = policies
    .map((name) => annotation(manifest, name))
    .find((one) => one !== undefined);
  if (momentsOf(manifest) === undefined) return false;
  return policy === undefined || /before-?hook-?creation/i.test(policy);
}

function annotation(manifest: Manifest, name: string): string | undefined {
  const value = valueAt(manifest, ['metadata', 'annotations', name]);
  return typeof value === 'string' ? value : undefined;
}
