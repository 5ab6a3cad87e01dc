/** Stages: the order in which the objects of one cluster are applied: by step, with hooks before the workloads and after them. */
import { type Hook, hookOf } from '../../../../constructs/kubernetes/hooks';
import type { Finding } from '../observe/finding';
import { refOf, stepOf } from '../state/identity';

/** Objects that are applied at the same time. */
export interface Stage {
  readonly findings: readonly Finding[];
  /** Nothing further is applied before they are ready. */
  readonly waits: boolean;
  /** It comes once everything else is ready. */
  readonly last: boolean;
}

const definitions = stepOf({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: '',
});
const workloads = stepOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: '' });

/** In the order they are applied. */
export function stagesOf(findings: readonly Finding[]): readonly Stage[] {
  const stages = new Map<string, Stage & { readonly rank: readonly number[] }>();
  for (const finding of findings) {
    const hook = hookOf(finding.manifest);
    const step = stepOf(refOf(finding.manifest));
    const rank = rankOf(step, hook);
    const key = rank.join(' ');
    const known = stages.get(key)?.findings ?? [];
    const waits = hook !== undefined || step === definitions;
    const last = hook?.moment === 'after';
    stages.set(key, { findings: [...known, finding], waits, last, rank });
  }
  return [...stages.values()].sort((a, b) => byRank(a.rank, b.rank));
}

/** Hooks of one moment and weight go by step too: a hook's ServiceAccount is there before its Job. */
function rankOf(step: number, hook: Hook | undefined): readonly number[] {
  if (hook === undefined) return [step < workloads ? 0 : 2, step, 0];
  return [hook.moment === 'before' ? 1 : 3, hook.weight, step];
}

function byRank(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((one, index) => one !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
