/**
 * Many apps, or large ones, on shared clusters: from what each would choose alone, apps are ejected along the cheapest chains until
 * everything fits, then exchange places while that lowers the value. One after another is tried as well: the better one counts.
 */

import { evaluate, limitsLess } from '../assignment/evaluation';
import type { Candidate } from '../enumeration/enumeration';
import { clearlyLess, type Problem, type Proof, type Work } from '../problem/problem';
import { setViolation } from '../problem/set-rules';
import type { CapacityMultipliers } from './capacity-multipliers';
import { descendOneApp } from './constructive-start';
import { insertApp, repairByEjection } from './ejection-repair';
import { improveByChains } from './exchange';
import { type JointBound, jointBound } from './joint-bound';
import { evaluateJointly, subproblemOf } from './joint-evaluation';
import { JointState } from './joint-state';
import { negotiateCongestion } from './negotiated-congestion';
import { makeConsistent, type StandaloneAnswer } from './sequential';

/** One app of a crowd. Bounds hold as a sum. */
export interface JointApp {
  readonly best: Candidate | undefined;
  readonly bound?: number;
  readonly proof?: Proof;
}

/** What the apps of a crowd come to. */
export interface BoundedJointApps {
  readonly apps: readonly JointApp[];
  /** Prices of limits that, with those of the origins, prove the sum of the bounds. */
  readonly limitPrices: CapacityMultipliers;
}

/** Share of the work that the search may take; the bound then costs about as many rounds as it takes, whatever is left. */
const SEARCHING = 2;

/** Places all apps for which a set alone is known, and proves how good that is. */
export function placeJoint(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): BoundedJointApps {
  return proveJoint(problem, alone, searchJoint(problem, alone, work), work);
}

/** Sets for all apps for which one alone is known, as far as there is room. */
export function searchJoint(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): (Candidate | undefined)[] {
  const effort: Work = { spent: 0, allowed: problem.workUnits / SEARCHING };
  const state = searchState(problem, alone, effort);
  const placed = makeConsistent(problem, assignAll(problem, state.sets(), effort), effort);
  work.spent += effort.spent;
  return placed;
}

/** Proves how good these sets are. */
export function proveJoint(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  placed: readonly (Candidate | undefined)[],
  work: Work,
): BoundedJointApps {
  return distributeBound(placed, boundJoint(problem, alone, placed, work));
}

/** By app: the clusters it had, as far as it may; undefined when some app had none, or none that is legal by itself. */
export function previousSets(problem: Problem): readonly (readonly number[])[] | undefined {
  const sets = problem.apps.map((app) =>
    [...app.previous.keys()].filter((c) => app.previous[c] === 1 && app.allowed[c] === 1),
  );
  const isLegal = problem.apps.every(
    (app, a) => sets[a].length > 0 && setViolation(app, sets[a]) === 0,
  );
  return isLegal ? sets : undefined;
}

/** From where the apps were, as long as little is to gain; else the best of all ways. */
function searchState(problem: Problem, alone: readonly StandaloneAnswer[], work: Work): JointState {
  const stayed = fromPrevious(problem, alone, work);
  if (stayed?.isSettled === true) return stayed.state;
  const anew = fromScratch(problem, alone, work);
  return stayed !== undefined && !isBetter(anew, stayed.state) ? stayed.state : anew;
}

/** Share of the value: when exchanges gain more than this, apps have been elsewhere than they would go today. */
export const LITTLE = 0.01;

/** The apps exchange from their previous sets; undefined when some had none that is legal by itself. */
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
  const isSettled = isWhole && before - state.value() <= LITTLE * Math.abs(before);
  return { state, isSettled };
}

/** Each app with its set, looking around from there. */
function placeAll(state: JointState, sets: readonly (readonly number[] | undefined)[]): void {
  sets.forEach((open, a) => {
    if (open === undefined) return;
    state.place(a, open);
    state.restrictToNear(a);
  });
}

/** The better of two ways: all at once, negotiating, then ejected; one after another. Both then exchange. */
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

/** One after another; given up as soon as it cannot be better than what is known. */
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

/** What an app would have had it the room to itself. */
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

/** The sets with their assignment, all at once; where some rule does not hold then, each beside those before it. */
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
  const placed: (Candidate | undefined)[] = sets.map(() => undefined);
  for (const a of at) {
    const open = sets[a] ?? [];
    const others = problem.apps.flatMap((app, b) => {
      const one = placed[b];
      return one === undefined ? [] : [{ app, assigned: one.evaluated.assigned }];
    });
    const evaluated = evaluate(problem.apps[a], open, limitsLess(problem.limits, others), work);
    if (evaluated.violation === 0) placed[a] = { open, evaluated };
  }
  return placed;
}

/** What prices prove about the apps that have a set, whatever their sets. */
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

/** The bound of the whole, parted among the apps so that each is as far from its value as the whole is: only the sum is proved. */
export function distributeBound(
  placed: readonly (Candidate | undefined)[],
  { capacityMultipliers, apps, capacityCost }: JointBound,
): BoundedJointApps {
  let [value, size] = [0, 0];
  for (const one of placed) {
    value += one?.evaluated.value ?? 0;
    size += Math.abs(one?.evaluated.value ?? 0);
  }
  const bound = apps.reduce((sum, one) => sum + (one?.value ?? 0), -capacityCost);
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
