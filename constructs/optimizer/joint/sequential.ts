/** Sequential placement: each app takes its best set beside the others, until nothing improves. */

import { evaluate } from '../assignment/evaluation';
import { CapacitatedSearch } from '../capacitated/capacitated-search';
import { type Candidate, enumerate, isEnumerable, setsOf } from '../enumeration/enumeration';
import { PRICED_ASSIGNMENT, SEQUENTIAL } from '../options';
import { capacitiesOf } from '../problem/capacity';
import { allowsFlow, dependsOnLoad } from '../problem/features';
import {
  type AppProblem,
  clearlyLess,
  type Limits,
  type Problem,
  type Work,
} from '../problem/problem';
import { setViolation } from '../problem/set-rules';
import { search } from '../uncapacitated/iterated-local-search';
import { KINDS } from './assignment/residual-capacity';
import { multiplierCost, replicaUse } from './capacity-multipliers';
import type { JointBound } from './joint-bound';
import { evaluateJointly, linksHold, subproblemOf } from './joint-evaluation';
import { type Placements, Placing } from './placing';

/** The best set of an app alone, with its bound. */
export interface StandaloneAnswer {
  readonly best: Candidate | undefined;
}

export function placeSequentially(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  order: readonly number[],
  work: Work,
): (Candidate | undefined)[] {
  const placing = new Placing(problem);
  for (const a of order) placing.set(a, bestResponse(problem, placing, a, alone[a].best, work));
  return placing.placed;
}

/** Places each app again beside the others until nothing improves. An app is not placed twice unless another has moved in between. */
export function improveOneByOne(
  problem: Problem,
  start: readonly (Candidate | undefined)[],
  work: Work,
): (Candidate | undefined)[] {
  const placing = new Placing(problem, start);
  const { placed } = placing;
  let moves = 0;
  const triedAt = placed.map(() => -1);
  for (let round = 0; round < SEQUENTIAL.maxRounds; round++) {
    for (const a of placed.keys()) {
      if (triedAt[a] === moves) continue;
      const before = placed[a];
      const after = bestResponse(problem, placing, a, before, work);
      const isBetter =
        after !== undefined &&
        (before === undefined || clearlyLess(after.evaluated.value, before.evaluated.value));
      if (isBetter) {
        placing.set(a, after);
        moves++;
      }
      triedAt[a] = moves;
    }
  }
  return placed;
}

/**
 * The sets found, assigned all at once where that is legal. Apps whose rules do not hold beside the others are
 * removed and tried once more beside the others. Each round removes one for good, so it ends.
 */
export function makeConsistent(
  problem: Problem,
  placed: readonly (Candidate | undefined)[],
  work: Work,
): (Candidate | undefined)[] {
  const placing = new Placing(problem, placed);
  const kept = placing.placed;
  const givenUp = new Set<number>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, one] of kept.entries()) {
      if (one !== undefined && !holdsBesideOthers(problem, placing, a, one, work)) {
        placing.set(a, undefined);
        changed = true;
      }
    }
    for (const [a, one] of kept.entries()) {
      if (one !== undefined || givenUp.has(a)) continue;
      givenUp.add(a);
      const again = bestResponse(problem, placing, a, placed[a], work);
      if (again === undefined || !holdsBesideOthers(problem, placing, a, again, work)) continue;
      placing.set(a, again);
      changed = true;
    }
  }
  return reassignTogether(problem, kept, work);
}

/** The apps that have a set, assigned at once; as they were where that breaks a rule. */
function reassignTogether(
  problem: Problem,
  kept: readonly (Candidate | undefined)[],
  work: Work,
): (Candidate | undefined)[] {
  const at = kept.flatMap((one, a) => (one === undefined ? [] : [a]));
  const together = evaluateJointly(
    subproblemOf(problem, at),
    at.map((a) => kept[a]?.open ?? []),
    work,
  );
  if (together?.every(({ evaluated }) => evaluated.assignment.isExact) === true)
    return kept.map((one, a) => (one === undefined ? undefined : together[at.indexOf(a)]));
  const found = together && kept.map((one, a) => one && together[at.indexOf(a)]);
  return assignOneByOne(problem, found ?? kept, work);
}

/**
 * Each app assigned to its set again beside the others, until none gains: a search over all at once that ended early may leave demand
 * where its app alone could move it to a cheaper cluster. With very many pairs prices have seen to that.
 */
export function assignOneByOne(
  problem: Problem,
  placed: Placements,
  work: Work,
): (Candidate | undefined)[] {
  const { apps } = problem;
  const pairs = placed.reduce((sum, one, a) => sum + apps[a].origins * (one?.open.length ?? 0), 0);
  if (pairs > PRICED_ASSIGNMENT.minPairs) return [...placed];
  const placing = new Placing(problem, placed);
  let isMoving = true;
  for (let round = 0; isMoving && round < SEQUENTIAL.maxRounds; round++) {
    isMoving = false;
    for (const [a, one] of placing.placed.entries()) {
      if (one === undefined || apps[a].capacity === 'none') continue;
      const evaluated = evaluate(apps[a], one.open, placing.limitsFor(a), work);
      if (evaluated.violation > 0 || !clearlyLess(evaluated.value, one.evaluated.value)) continue;
      placing.set(a, { open: one.open, evaluated });
      isMoving = true;
    }
  }
  return placing.placed;
}

function holdsBesideOthers(
  problem: Problem,
  placing: Placing,
  a: number,
  one: Candidate,
  work: Work,
): boolean {
  const now = evaluate(problem.apps[a], one.open, placing.limitsFor(a), work);
  const mine = problem.links.filter((link) => link.app === a);
  return (
    now.violation === 0 &&
    !clearlyLess(one.evaluated.value, now.value) &&
    linksHold(
      { ...problem, links: mine },
      placing.placed.map((other, b) => (b === a ? one.open : (other?.open ?? []))),
    )
  );
}

/** The best set of app `a` within the limits that the others leave and the links to them. */
export function bestResponse(
  problem: Problem,
  placing: Placing,
  a: number,
  start: Candidate | undefined,
  work: Work,
): Candidate | undefined {
  const app = withLinks(problem, placing.placed, a);
  const limits = placing.limitsFor(a);
  const effort: Work = {
    spent: 0,
    allowed: problem.workUnits / (problem.apps.length * SEQUENTIAL.workDivisor),
  };
  const starts = start === undefined ? [] : [start.open];
  const isCompared = isEnumerable(app) && setsOf(app) * app.origins <= SEQUENTIAL.maxEnumerated;
  const found = isCompared
    ? enumerate(app, limits, effort, firstLegal(app, limits, starts, effort)).best
    : searchSets(app, limits, starts, effort);
  work.spent += effort.spent;
  return found;
}

/** A search for sets: on incremental flows where only capacity is limited, else, or when that finds none, on assignments. */
function searchSets(
  app: AppProblem,
  limits: Limits,
  starts: readonly (readonly number[])[],
  effort: Work,
): Candidate | undefined {
  const room = capacitiesOf(app, limits);
  if (!allowsFlow(app, room)) return search(app, limits, starts, effort);
  const flow = new CapacitatedSearch(app, room, limits, effort);
  const found = flow.search([...starts, []], undefined, effort.allowed / 2);
  if (found !== undefined && !dependsOnLoad(app)) return found;
  return search(app, limits, found === undefined ? starts : [found.open, ...starts], effort);
}

function firstLegal(
  app: AppProblem,
  limits: Limits,
  starts: readonly (readonly number[])[],
  work: Work,
): Candidate | undefined {
  for (const open of starts) {
    const evaluated = evaluate(app, open, limits, work);
    const allowed = open.every((cluster) => app.allowed[cluster] === 1);
    if (allowed && evaluated.violation === 0 && setViolation(app, open) === 0) {
      return { open, evaluated };
    }
  }
  return undefined;
}

/** The app with the links to already placed apps turned into allowed and required clusters. */
function withLinks(
  problem: Problem,
  placed: readonly (Candidate | undefined)[],
  a: number,
): AppProblem {
  const app = problem.apps[a];
  const allowed = app.allowed.slice();
  const rules = [...app.rules];
  for (const link of problem.links) {
    const [mine, theirs] = link.app === a ? [true, link.other] : [false, link.app];
    const other = placed[theirs];
    if ((link.app !== a && link.other !== a) || other === undefined) continue;
    const taken = new Set(other.open);
    for (let cluster = 0; cluster < app.clusters; cluster++) {
      if (link.kind === 'apart' && taken.has(cluster)) allowed[cluster] = 0;
      if (link.kind === 'together' && mine && !taken.has(cluster)) allowed[cluster] = 0;
    }
    if (link.kind === 'together' && !mine) {
      const members = Uint8Array.from(allowed, (_, cluster) => (taken.has(cluster) ? 1 : 0));
      rules.push({ kind: 'count', members, min: taken.size, max: taken.size, keepsThin: false });
    }
  }
  return { ...app, allowed, rules };
}

/** A known placement with its bound, which sequential placement must improve. */
export interface BoundedPlacements {
  readonly placed: readonly (Candidate | undefined)[];
  /** The joint bound of the placed apps. */
  readonly bound: JointBound;
}

/** Places every app in name order beside those before it; undefined as soon as the bound proves it no better than `rival`. */
export function sequentialWithBound(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  rival: BoundedPlacements,
  work: Work,
): (Candidate | undefined)[] | undefined {
  const placing = new Placing(problem);
  const value = rival.placed.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
  const mayMiss = alone.filter(
    ({ best }, a) => best !== undefined && rival.placed[a] === undefined,
  ).length;
  let missed = 0;
  let least = rival.bound.apps.reduce(
    (sum, one) => sum + (one?.value ?? 0),
    -rival.bound.capacityCost,
  );
  for (const a of alone.keys()) {
    if (alone[a].best === undefined) continue;
    const one = bestResponse(problem, placing, a, alone[a].best, work);
    placing.set(a, one);
    if (one === undefined) {
      missed++;
      if (missed > mayMiss) return undefined;
      continue;
    }
    least += one.evaluated.value + capacityCostOf(problem, a, one, rival.bound);
    least -= rival.bound.apps[a]?.value ?? 0;
    // The bound does not cover apps that are not placed.
    if (mayMiss === 0 && !clearlyLess(least, value)) return undefined;
  }
  return placing.placed;
}

/** Cost of the capacity that an app uses under the multipliers. */
function capacityCostOf(
  problem: Problem,
  a: number,
  { evaluated }: Candidate,
  bound: JointBound,
): number {
  const app = problem.apps[a];
  if (app.capacity === 'none') return 0;
  const { open, load } = evaluated.assigned;
  return open.reduce(
    (sum, cluster, position) =>
      sum +
      multiplierCost(bound.capacityMultipliers, cluster, replicaUse(app, load[position])) +
      bound.capacityMultipliers[cluster * KINDS + 3] * load[position],
    0,
  );
}
