/**
 * The joint search for many apps, or large ones, on shared clusters. It starts from the best set of each app alone, repairs overloaded
 * clusters by ejection chains, and improves by chains while that lowers the value. Sequential placement is tried as well; the better counts.
 */

import { evaluate } from '../assignment/evaluation';
import { type Candidate, setsOf } from '../enumeration/enumeration';
import { JOINT_SEARCH } from '../options';
import { clearlyLess, type Problem, type Proof, type Work } from '../problem/problem';
import { setViolation } from '../problem/set-rules';
import type { CapacityMultipliers } from './capacity-multipliers';
import { descendOneApp } from './constructive-start';
import { improveByChains } from './ejection-chain';
import { insertApp, repairByEjection } from './ejection-repair';
import { boundOf, type JointBound, jointBound } from './joint-bound';
import { evaluateJointly, placeByPrices, subproblemOf } from './joint-evaluation';
import { JointState } from './joint-state';
import { negotiateCongestion } from './negotiated-congestion';
import { isBetterPlacement, type Placements, Placing, totalValue } from './placing';
import { makeConsistent, type StandaloneAnswer } from './sequential';

/** One app of a joint answer. Only the sum of the bounds is proved. */
export interface JointApp {
  readonly best: Candidate | undefined;
  readonly bound?: number;
  readonly proof?: Proof;
}

/** A joint answer with its bounds. */
export interface BoundedJointApps {
  readonly apps: readonly JointApp[];
  /** Capacity multipliers. With the assignment multipliers of each app they prove the sum of the bounds. */
  readonly limitPrices: CapacityMultipliers;
}

/** Places all apps that have a set alone, and proves a bound. */
export function placeJoint(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): BoundedJointApps {
  return proveJoint(problem, alone, searchJoint(problem, alone, work), work);
}

/** Sets for all apps that have one alone, as far as capacity allows. */
export function searchJoint(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): (Candidate | undefined)[] {
  const effort: Work = { spent: 0, allowed: problem.workUnits / JOINT_SEARCH.workDivisor };
  const together = togetherAsAlone(problem, alone, effort);
  if (together?.isSettled === true) {
    const settled = makeConsistent(problem, together.placed, effort);
    work.spent += effort.spent;
    return settled;
  }
  const state = searchState(problem, alone, effort);
  const placed = makeConsistent(problem, assignAll(problem, state.sets(), effort), effort);
  work.spent += effort.spent;
  return together !== undefined && isBetterPlacement(together.placed, placed)
    ? [...together.placed]
    : placed;
}

interface Together {
  readonly placed: Placements;
  /** True when other sets would gain next to nothing, or there are none. */
  readonly isSettled: boolean;
}

/** The apps on the sets that are best for each alone, their demand divided where clusters are full; undefined for few apps. */
function togetherAsAlone(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): Together | undefined {
  if (problem.apps.length <= JOINT_SEARCH.maxAppsWithoutBound) return undefined;
  const at = alone.flatMap(({ best }, a) => (best === undefined ? [] : [a]));
  const best = at.map((a) => alone[a].best as Candidate);
  const sets = best.map(({ open }) => open);
  const found = placeByPrices(subproblemOf(problem, at), sets, work);
  if (found === undefined) return undefined;
  const placed: (Candidate | undefined)[] = alone.map(() => undefined);
  at.forEach((a, k) => {
    placed[a] = found[k];
  });
  const value = totalValue(found);
  const isNearlyFree =
    !found.includes(undefined) &&
    value - totalValue(best) <= JOINT_SEARCH.negligibleCrowding * Math.abs(value);
  return { placed, isSettled: isNearlyFree || problem.apps.every((app) => setsOf(app) === 1) };
}

/** These sets with a proved bound. */
export function proveJoint(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  placed: readonly (Candidate | undefined)[],
  work: Work,
): BoundedJointApps {
  return distributeBound(placed, boundJoint(problem, alone, placed, work));
}

/** By app: its previous clusters that are still allowed; undefined when some app has none, or a set that breaks a rule about sets. */
export function previousSets(problem: Problem): readonly (readonly number[])[] | undefined {
  const sets = problem.apps.map((app) =>
    [...app.previous.keys()].filter((c) => app.previous[c] === 1 && app.allowed[c] === 1),
  );
  const isLegal = problem.apps.every(
    (app, a) => sets[a].length > 0 && setViolation(app, sets[a]) === 0,
  );
  return isLegal ? sets : undefined;
}

/** Starts from the previous sets; where chains gain more than a negligible share from there, also from scratch. The better counts. */
function searchState(problem: Problem, alone: readonly StandaloneAnswer[], work: Work): JointState {
  const stayed = fromPrevious(problem, alone, work);
  if (stayed?.isSettled === true) return stayed.state;
  const anew = fromScratch(problem, alone, work);
  return stayed !== undefined && !isBetter(anew, stayed.state) ? stayed.state : anew;
}

/** Repairs and improves the previous sets; undefined without legal ones. `isSettled`: all apps are placed and little was gained. */
function fromPrevious(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): { readonly state: JointState; readonly isSettled: boolean } | undefined {
  const sets = previousSets(problem);
  if (sets === undefined) return undefined;
  const state = new JointState(problem, problem.limits, work);
  const wanted = sets.map((open, a) => (alone[a].best === undefined ? undefined : open));
  placeAll(state, wanted);
  repairByEjection(state);
  const before = state.value();
  improveByChains(state);
  const isWhole = state.placedCount() === wanted.filter(Boolean).length;
  const isSettled =
    isWhole && before - state.value() <= JOINT_SEARCH.negligibleGain * Math.abs(before);
  return { state, isSettled };
}

/** Places each app with its set and restricts its swaps to pairs near that set. */
function placeAll(state: JointState, sets: readonly (readonly number[] | undefined)[]): void {
  sets.forEach((open, a) => {
    if (open === undefined) return;
    state.place(a, open);
    state.restrictToNear(a);
  });
}

/** The better of two starts, each improved by chains: all apps at once, negotiated and repaired; or one after another. */
function fromScratch(problem: Problem, alone: readonly StandaloneAnswer[], work: Work): JointState {
  const ejected = new JointState(problem, problem.limits, work);
  const wanted = alone.map(({ best }, a) => best && descendedAlone(ejected, a, best.open));
  wanted.forEach((open, a) => {
    if (open !== undefined) ejected.place(a, open);
  });
  negotiateCongestion(ejected);
  repairByEjection(ejected);
  improveByChains(ejected);
  const queued = placeSequentially(ejected, wanted, work);
  if (queued === undefined || !isBetter(queued, ejected)) return ejected;
  improveByChains(queued);
  return queued;
}

/** Sequential placement; undefined as soon as it cannot be better than `known`. */
function placeSequentially(
  known: JointState,
  wanted: readonly (readonly number[] | undefined)[],
  work: Work,
): JointState | undefined {
  const { problem } = known;
  const queued = new JointState(problem, problem.limits, work, known);
  const isWhole = known.placedCount() === wanted.filter(Boolean).length;
  const most = known.value();
  let least = 0;
  wanted.forEach((open, a) => {
    if (open === undefined) return;
    queued.appStates[a].moveTo(open);
    least += queued.appStates[a].value;
  });
  for (const [a, open] of wanted.entries()) {
    if (open === undefined) continue;
    least -= queued.appStates[a].value;
    insertApp(queued, a, open);
    least += queued.isPlaced[a] === 1 ? queued.appStates[a].value : 0;
    if (isWhole && (queued.isPlaced[a] === 0 || !clearlyLess(least, most))) return undefined;
  }
  return queued;
}

/** The set that an app reaches by descent when it has all capacity to itself. */
function descendedAlone(state: JointState, a: number, open: readonly number[]): readonly number[] {
  state.place(a, open);
  state.restrictToNear(a);
  descendOneApp(state, a);
  state.remove(a);
  return state.appStates[a].open;
}

function isBetter(a: JointState, b: JointState): boolean {
  if (a.placedCount() !== b.placedCount()) return a.placedCount() > b.placedCount();
  return clearlyLess(a.value(), b.value());
}

/** The sets with a common assignment. Where that breaks a rule, each app is assigned beside those before it, and left out if it is illegal. */
function assignAll(
  problem: Problem,
  sets: readonly (readonly number[] | undefined)[],
  work: Work,
): (Candidate | undefined)[] {
  const at = sets.flatMap((open, a) => (open === undefined ? [] : [a]));
  const judged = evaluateJointly(
    subproblemOf(problem, at),
    at.map((a) => sets[a] ?? []),
    work,
  );
  if (judged !== undefined) {
    return sets.map((open, a) => (open === undefined ? undefined : judged[at.indexOf(a)]));
  }
  const placing = new Placing(problem);
  for (const a of at) {
    const open = sets[a] ?? [];
    const evaluated = evaluate(problem.apps[a], open, placing.limitsFor(a), work);
    if (evaluated.violation === 0) placing.set(a, { open, evaluated });
  }
  return placing.placed;
}

/** The joint bound for the apps that are placed. It holds for whichever sets they have. */
export function boundJoint(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  placed: readonly (Candidate | undefined)[],
  work: Work,
): JointBound {
  const state = new JointState(problem, problem.limits, work);
  placed.forEach((one, a) => {
    if (one !== undefined) state.place(a, one.open);
  });
  const own = alone.map(({ best }) => best?.open);
  const value = placed.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
  return jointBound(state, own, value, work);
}

/** The joint bound distributed among the apps, so that each has the same relative gap. Only the sum is proved. */
export function distributeBound(
  placed: readonly (Candidate | undefined)[],
  joint: JointBound,
): BoundedJointApps {
  const { capacityMultipliers, apps } = joint;
  let [value, size] = [0, 0];
  for (const one of placed) {
    value += one?.evaluated.value ?? 0;
    size += Math.abs(one?.evaluated.value ?? 0);
  }
  const bound = boundOf(joint);
  const share = (one: Candidate) =>
    size > 0 ? Math.abs(one.evaluated.value) / size : 1 / count(placed);
  return {
    limitPrices: capacityMultipliers,
    apps: placed.map((best, a): JointApp => {
      const own = apps[a];
      if (best === undefined || own === undefined) return { best };
      const root = {
        point: { assignmentMultipliers: own.multipliers, ruleMultipliers: new Float64Array(0) },
      };
      return {
        best,
        bound: best.evaluated.value - share(best) * Math.max(0, value - bound),
        proof: { kind: 'dual', root, rules: [] },
      };
    }),
  };
}

function count(placed: readonly (Candidate | undefined)[]): number {
  return placed.reduce((sum, one) => sum + (one === undefined ? 0 : 1), 0);
}
