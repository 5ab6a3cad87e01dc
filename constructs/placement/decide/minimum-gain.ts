/** Minimum gain: an app keeps its previous clusters while moving would improve the objective by less than minGain. */

import type { Candidate, Limits, Work } from '../../optimizer';
import { assignOneByOne, evaluate, evaluateJointly, limitsBesideEach } from '../../optimizer';
import { linkedApps } from '../../policy';
import { type CompiledApp, compileApp } from '../compile/compile';
import { type ChosenApp, jointProblemOf } from './choose';
import {
  canUseLeaveMargin,
  compileWithLeaveMargin,
  leaveMarginWarning,
  previousPositions,
} from './leave-margin';

/**
 * Restores the previous clusters of every app whose move gains too little, with a warning. Apps that exchange clusters with each
 * other are compared as a group first, because one of them alone may find its previous clusters full.
 */
export function applyMinimumGain(
  apps: readonly ChosenApp[],
  limits: Limits,
  work: Work,
): ChosenApp[] {
  let kept = [...apps];
  const before = apps.map(previousSetOf);
  for (const group of groupsThatExchangeClusters(kept, before))
    kept = applyToGroup(kept, before, group, limits, work);
  for (const [a, one] of kept.entries()) {
    const best = one.answer.best;
    if (best === undefined || !hasOtherPrevious(one.compiled, best.open)) continue;
    const standing = previousPlacementOf(kept, a, limits, work);
    if (standing === undefined) continue;
    const stays = valueWithoutChangeCost(one.compiled, standing.previous);
    const gain = stays - valueWithoutChangeCost(one.compiled, best);
    const { minGain } = one.compiled.app.policy.stability;
    if (gain >= minGain * Math.abs(stays)) continue;
    const share = stays === 0 ? 0 : gain / Math.abs(stays);
    kept[a] = withPrevious(one, standing, `moving would gain ${percent(share)}`, minGain);
  }
  return kept.every((one, a) => one === apps[a]) ? kept : assignedAgain(kept, limits, work);
}

/** Every app at its cheapest beside the others: clusters that an app did not move to have room again. */
function assignedAgain(apps: readonly ChosenApp[], limits: Limits, work: Work): ChosenApp[] {
  const problem = jointProblemOf(apps, limits, work);
  const assigned = assignOneByOne(
    problem,
    apps.map(({ answer }) => answer.best),
    work,
  );
  return apps.map((one, a) =>
    assigned[a] === one.answer.best
      ? one
      : { ...one, answer: { ...one.answer, best: assigned[a] } },
  );
}

/** An app on its previous clusters. `compiled` has the leave margin where they pass a limit as written. */
interface PreviousPlacement {
  readonly compiled: CompiledApp;
  readonly previous: Candidate;
}

function withPrevious(
  one: ChosenApp,
  { compiled, previous }: PreviousPlacement,
  gain: string,
  minGain: number,
): ChosenApp {
  const warning =
    compiled.problem.ease === undefined
      ? `kept the previous clusters: ${gain}, minGain asks for ${percent(minGain)}`
      : leaveMarginWarning(one.compiled, previous.evaluated);
  const answer = { ...one.answer, best: previous };
  return { ...one, compiled, answer, warnings: [...one.warnings, warning] };
}

/** App `a` on its previous clusters beside the other apps: with limits as written or, failing that, with the leave margin. */
function previousPlacementOf(
  apps: readonly ChosenApp[],
  a: number,
  limits: Limits,
  work: Work,
): PreviousPlacement | undefined {
  for (const compile of [asWritten, withLeaveMargin]) {
    const compiled = compile(apps[a]);
    const previous = compiled && previousBesideOthers(apps, a, compiled, limits, work);
    if (compiled && previous) {
      return { compiled: compile === withLeaveMargin ? compiled : apps[a].compiled, previous };
    }
  }
  return undefined;
}

/** Apps that would move, gathered while one comes to or leaves a cluster that another comes to or leaves; groups of two and more. */
function groupsThatExchangeClusters(apps: readonly ChosenApp[], sets: PreviousSets): number[][] {
  const groups: { readonly members: number[]; readonly clusters: Set<number> }[] = [];
  for (const [a, one] of apps.entries()) {
    const before = sets[a];
    const best = one.answer.best?.open;
    if (before === undefined || best === undefined) continue;
    const moved = [...before, ...best].filter(
      (cluster) => before.includes(cluster) !== best.includes(cluster),
    );
    if (moved.length === 0) continue;
    const touching = groups.filter(({ clusters }) => moved.some((one) => clusters.has(one)));
    for (const group of touching) groups.splice(groups.indexOf(group), 1);
    groups.push({
      members: [...touching.flatMap(({ members }) => members), a].sort((b, c) => b - c),
      clusters: new Set([...touching.flatMap(({ clusters }) => [...clusters]), ...moved]),
    });
  }
  return groups.map(({ members }) => members).filter(({ length }) => length > 1);
}

/** Restores the previous clusters of a whole group when moving gains too little for the group. */
function applyToGroup(
  apps: ChosenApp[],
  before: PreviousSets,
  group: readonly number[],
  limits: Limits,
  work: Work,
): ChosenApp[] {
  const at = apps.flatMap(({ answer }, a) => (answer.best === undefined ? [] : [a]));
  const sets = at.map(
    (a) => (group.includes(a) ? before[a] : undefined) ?? apps[a].answer.best?.open ?? [],
  );
  if (!linksHold(apps, new Map(at.map((a, k) => [a, sets[k]])))) return apps;
  const posed = at.map((a) => {
    const open = group.includes(a) ? before[a] : undefined;
    return open === undefined
      ? apps[a]
      : { compiled: compiledForPrevious(apps[a], open, limits, work) };
  });
  const problem = jointProblemOf(posed, limits, work);
  const judged = evaluateJointly(problem, sets, work);
  if (judged === undefined) return apps;
  let [gain, value, required] = [0, 0, 0];
  at.forEach((a, k) => {
    const { compiled, answer } = apps[a];
    const stays = valueWithoutChangeCost(compiled, judged[k]);
    gain += stays - valueWithoutChangeCost(compiled, answer.best as Candidate);
    if (!group.includes(a)) return;
    value += Math.abs(stays);
    required += compiled.app.policy.stability.minGain * Math.abs(stays);
  });
  if (gain >= required) return apps;
  const said = `moving with ${group.length - 1} other apps would gain ${percent(value === 0 ? 0 : gain / value)}`;
  return apps.map((one, a) => {
    const k = at.indexOf(a);
    const previous = judged[k];
    if (previous === undefined) return one;
    if (!group.includes(a)) return { ...one, answer: { ...one.answer, best: previous } };
    const { compiled } = posed[k];
    return withPrevious(
      one,
      { compiled, previous },
      said,
      one.compiled.app.policy.stability.minGain,
    );
  });
}

/** By app: the previous clusters of those that would move. */
type PreviousSets = readonly (readonly number[] | undefined)[];

function previousSetOf(one: ChosenApp): readonly number[] | undefined {
  const best = one.answer.best;
  if (best === undefined || !hasOtherPrevious(one.compiled, best.open)) return undefined;
  for (const compile of [asWritten, withLeaveMargin]) {
    const compiled = compile(one);
    const open = compiled && previousPositions(compiled);
    if (open !== undefined) return open;
  }
  return undefined;
}

/** With limits as written, unless the previous clusters pass one. */
function compiledForPrevious(
  one: ChosenApp,
  open: readonly number[],
  limits: Limits,
  work: Work,
): CompiledApp {
  const written = previousPositions(asWritten(one));
  const holds =
    written !== undefined && evaluate(one.compiled.problem, open, limits, work).violation === 0;
  return (holds ? undefined : withLeaveMargin(one)) ?? one.compiled;
}

/** With every restriction of stability that its previous clusters keep of themselves. */
function asWritten({ compiled }: ChosenApp): CompiledApp {
  const stability = { frozen: false, held: true, maxChanges: true };
  return compileApp(compiled, compiled.tiers, stability, compiled);
}

function withLeaveMargin({ compiled }: ChosenApp): CompiledApp | undefined {
  return canUseLeaveMargin(compiled)
    ? compileWithLeaveMargin(compiled, compiled.tiers, compiled)
    : undefined;
}

/** The previous set of app `a` with its assignment today, when `compiled` allows it beside the other apps. */
function previousBesideOthers(
  apps: readonly ChosenApp[],
  a: number,
  compiled: CompiledApp,
  limits: Limits,
  work: Work,
): Candidate | undefined {
  const open = previousPositions(compiled);
  if (open === undefined || !linksHold(apps, new Map([[a, open]]))) return undefined;
  const evaluated = evaluate(compiled.problem, open, residualLimits(apps, limits)(a), work);
  return evaluated.violation === 0 ? { open, evaluated } : undefined;
}

/** By app: the limits that remain for it beside the other apps; for -1 those that all leave. */
export function residualLimits(
  apps: readonly ChosenApp[],
  limits: Limits,
): (index: number) => Limits {
  const placed = apps.map(({ compiled, answer: { best } }) =>
    best === undefined ? undefined : { app: compiled.problem, assigned: best.evaluated.assigned },
  );
  return limitsBesideEach(limits, placed);
}

/** True when the links of all apps hold if some apps had these sets. */
function linksHold(
  apps: readonly ChosenApp[],
  instead: ReadonlyMap<number, readonly number[]>,
): boolean {
  const names = apps.map(({ compiled }) => compiled.app.name);
  const sets = apps.map(({ answer }, b) => instead.get(b) ?? answer.best?.open ?? []);
  return apps.every(({ compiled: { app } }, b) => {
    return linkedApps(app).every(({ kind, name }) => {
      const others = sets[names.indexOf(name)] ?? [];
      return sets[b].every((cluster) => others.includes(cluster) === (kind === 'together'));
    });
  });
}

function valueWithoutChangeCost(compiled: CompiledApp, { open, evaluated }: Candidate): number {
  const change = compiled.terms.find(({ name }) => name === 'change');
  if (change === undefined) return evaluated.value;
  const paid = open.reduce((sum, c) => sum + (change.open?.[c] ?? 0), change.constant ?? 0);
  return evaluated.value - paid;
}

/** True when there is a previous set and it is another one, so that a move has to be judged. */
function hasOtherPrevious(
  { previous, eligibility }: CompiledApp,
  open: readonly number[],
): boolean {
  if (previous === undefined || previous.size === 0) return false;
  return open.length !== previous.size || open.some((c) => eligibility.previous[c] === 0);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
