/** Keep: the previous clusters stay while moving would gain less than minGain. */
import type { ChosenApp } from './choose';
import { type CompiledApp, compileApp } from './compile';
import { evaluate, limitsLess } from './solver/evaluate';
import type { Candidate } from './solver/exact';
import type { Limits, Work } from './solver/problem';
import { setViolation } from './solver/rules';

/** Puts back the previous clusters of every app whose move gains too little; says so in its warnings. */
export function keepPrevious(apps: readonly ChosenApp[], limits: Limits, work: Work): ChosenApp[] {
  const kept = [...apps];
  for (const [a, one] of kept.entries()) {
    const best = one.answer.best;
    if (best === undefined || isPreviousSet(one.compiled, best.open)) continue;
    const previous = previousCandidate(kept, a, limits, work);
    if (previous === undefined) continue;
    const before = withoutChange(one.compiled, previous);
    const gain = before - withoutChange(one.compiled, best);
    const { minGain } = one.compiled.app.policy.stability;
    if (gain >= minGain * Math.abs(before)) continue;
    const share = before === 0 ? 0 : gain / Math.abs(before);
    kept[a] = {
      ...one,
      answer: { ...one.answer, best: previous },
      warnings: [
        ...one.warnings,
        `kept the previous clusters: moving would gain ${percent(share)}, minGain asks for ${percent(minGain)}`,
      ],
    };
  }
  return kept;
}

/** The previous set of app `a` with its assignment today, when it is still legal beside the other apps. */
export function previousCandidate(
  apps: readonly ChosenApp[],
  a: number,
  limits: Limits,
  work: Work,
): Candidate | undefined {
  const { compiled } = apps[a];
  const { previous, fleet } = compiled;
  if (previous === undefined || previous.size === 0) return undefined;
  const open = fleet.clusters.flatMap(({ name }, cluster) => (previous.has(name) ? [cluster] : []));
  if (open.length < previous.size) return undefined;
  const stability = { frozen: false, held: true, maxChanges: true };
  const { problem } = compileApp(compiled, compiled.tiers, stability, compiled);
  if (open.some((cluster) => problem.allowed[cluster] === 0)) return undefined;
  if (setViolation(problem, open) > 0 || !linksHold(apps, a, open)) return undefined;
  const evaluated = evaluate(problem, open, limitsBeside(apps, a, limits), work);
  return evaluated.violation === 0 ? { open, evaluated } : undefined;
}

/** What the other apps leave app `a`. */
export function limitsBeside(apps: readonly ChosenApp[], a: number, limits: Limits): Limits {
  return limitsLess(
    limits,
    apps.flatMap(({ compiled, answer: { best } }, b) =>
      b === a || best === undefined
        ? []
        : [{ app: compiled.problem, assigned: best.evaluated.assigned }],
    ),
  );
}

function linksHold(apps: readonly ChosenApp[], a: number, open: readonly number[]): boolean {
  const names = apps.map(({ compiled }) => compiled.app.name);
  const sets = apps.map(({ answer }, b) => (b === a ? open : (answer.best?.open ?? [])));
  return apps.every(({ compiled: { app } }, b) => {
    const { together, apart } = app.policy.constraints;
    const theirs = (name: string) => sets[names.indexOf(name)] ?? [];
    return (
      together.every((name) => sets[b].every((cluster) => theirs(name).includes(cluster))) &&
      apart.every((name) => sets[b].every((cluster) => !theirs(name).includes(cluster)))
    );
  });
}

function withoutChange(compiled: CompiledApp, { open, evaluated }: Candidate): number {
  const change = compiled.terms.find(({ name }) => name === 'change');
  if (change === undefined) return evaluated.value;
  const paid = open.reduce((sum, c) => sum + (change.open?.[c] ?? 0), change.constant ?? 0);
  return evaluated.value - paid;
}

/** True when the set is that of the previous decision, so that there is nothing to keep it from. */
function isPreviousSet({ previous, fit }: CompiledApp, open: readonly number[]): boolean {
  return open.length === previous?.size && open.every((cluster) => fit.previous[cluster] === 1);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
