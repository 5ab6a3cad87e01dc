/**
 * Field: the outcomes of all apps under one demand, for any clusters lost. An app that does not use a cluster is placed without it
 * as well: every set that remains was there before, and cost no less. So only losses in use are repaired, each once; a rule about
 * skew counts the groups there are, so that with one the loss of a whole group counts, used or not. Where apps share what clusters
 * have, those that lost nothing stay where they are while the others find room beside them; only where these find none are all
 * placed anew. Links are clusters that an app may not have while others are where they are: who follows moves after whom it follows.
 */

import type { Limits, Problem, SetRule, Work } from '../../optimizer';
import {
  evaluateJointly,
  freeFor,
  isCoupled,
  largestLoad,
  linksHold,
  remainingLimits,
  subproblemOf,
} from '../../optimizer';
import { choose, linksOf } from '../decide/choose';
import { clustersExcludedByLinks, leadersFirst } from './excluded-by-links';
import { JointLossRepair } from './joint-loss-repair';
import { type Outcome, outcomeOf } from './outcome';
import type { ScenarioBaseline } from './scenario-baseline';
import { withoutClusters } from './scenario-baseline';

/** Work units for a placement that exchanges did not find: about a second. */
const PLACEMENT_WORK = 1e8;

type GroupRule = Extract<SetRule, { kind: 'groups' }>;

/** The apps under one demand, with what became of them so far. */
export class ScenarioEvaluator {
  /** With nothing lost. */
  readonly base: readonly Outcome[];
  private readonly repairs = new Map<string, Outcome>();
  /** Of apps that found no set beside the others where those are. */
  private readonly unresolved = new Set<Outcome>();
  private readonly placements = new Map<string, readonly Outcome[]>();
  /** By app: the rules that count groups. */
  private readonly skewRules: readonly (readonly GroupRule[])[];
  /** Apps can be in each other's way. */
  private readonly isCoupled: boolean;
  /** By app: what the others leave while they stay as in the base. */
  private readonly residualLimits: (Limits | undefined)[];
  private readonly problem: Problem;
  /** Apps in the order they are repaired in: whom others follow, first. */
  private readonly order: readonly number[];
  /** Undefined where apps do not meet, or where a rule counts groups. */
  private readonly lossRepair: JointLossRepair | undefined;

  constructor(
    private readonly baseline: ScenarioBaseline,
    private readonly limits: Limits,
    /** By app: positions of the clusters it begins from, and their names in the base decision. */
    starts: readonly (readonly number[])[],
    private readonly baseNames: readonly (readonly string[])[],
    private readonly isScaled: boolean,
    private readonly work: Work,
  ) {
    const apps = baseline.inputs.map((_, a) => baseline.compiledApp(a));
    this.skewRules = apps.map(({ problem }) => problem.rules.filter(limitsSkew));
    this.problem = {
      clusters: limits.headroom.length,
      apps: apps.map((one) => one.problem),
      limits,
      links: linksOf(apps),
      workUnits: PLACEMENT_WORK,
    };
    this.isCoupled = isCoupled(this.problem);
    this.order = leadersFirst(this.problem);
    this.residualLimits = apps.map(() => undefined);
    this.base = this.isCoupled
      ? this.evaluatedStarts(this.problem, starts)
      : this.independentStarts(starts);
    if (this.isCoupled && this.skewRules.every(({ length }) => length === 0)) {
      this.lossRepair = new JointLossRepair(baseline, this.problem, this.base, baseNames, work);
    }
  }

  /** Each app without the clusters at `lost` (ascending). */
  repairedWithout(lost: readonly number[]): readonly Outcome[] {
    const { base } = this;
    const now = [...base];
    const grown = new Set<number>();
    const isUsed = (cluster: number) => base.some(({ open }) => open.includes(cluster));
    for (const a of this.order) {
      const excludedClusters = this.barred(a, now);
      const hit = this.relevantLosses(a, lost, base[a].open, []);
      const isBarred = base[a].open.some((cluster) => excludedClusters.includes(cluster));
      if (hit.length === 0 && !isBarred) continue;
      const repairedAlone = this.alone(a, lost, excludedClusters);
      const outcome = this.stillFits(a, repairedAlone, now, grown)
        ? repairedAlone
        : this.repairedBesideOthers(a, lost, now, repairedAlone);
      if (outcome === undefined || this.unresolved.has(outcome)) {
        return this.placedAnew(lost, hit.length > 0 ? hit : lost.filter(isUsed));
      }
      now[a] = outcome;
      if (this.isCoupled)
        for (const cluster of clustersWithMoreLoad(base[a], outcome)) grown.add(cluster);
    }
    if (this.problem.links.length === 0) return now;
    const sets = now.map(({ open }) => open);
    return linksHold(this.problem, sets) ? now : this.placedAnew(lost, lost.filter(isUsed));
  }

  /** The same as `outcomes`, unless apps that make room for each other along chains cost less. */
  repairedJointly(lost: readonly number[], outcomes: readonly Outcome[]): readonly Outcome[] {
    return this.lossRepair?.cheaperOf(lost, outcomes) ?? outcomes;
  }

  /** Whether an app finds the room it had counted on, though others have moved there meanwhile. */
  private stillFits(
    a: number,
    alone: Outcome,
    now: readonly Outcome[],
    grown: ReadonlySet<number>,
  ) {
    if (!alone.open.some((cluster) => grown.has(cluster))) return true;
    const { problem } = this.baseline.compiledApp(a);
    const limits = this.limitsWithout(a, now);
    return alone.open.every((cluster, position) => {
      if (!grown.has(cluster) || problem.capacity === 'none') return true;
      const free = freeFor(limits, cluster, problem.headroom);
      return alone.load[position] <= largestLoad(problem, free);
    });
  }

  private independentStarts(starts: readonly (readonly number[])[]): readonly Outcome[] {
    return starts.map((open, a) => this.repaired(a, [], open, []));
  }

  /** All apps where they begin; placed anew when they do not fit there. */
  private evaluatedStarts(
    problem: Problem,
    starts: readonly (readonly number[])[],
  ): readonly Outcome[] {
    const at = [...starts.keys()].filter((a) => starts[a].length > 0);
    const sets = at.map((a) => starts[a]);
    const judged = evaluateJointly(subproblemOf(problem, at), sets, this.work);
    if (judged === undefined) return this.chosenAnew([]);
    const now = starts.map((_, a) =>
      outcomeOf(this.baseline.compiledApp(a), judged[at.indexOf(a)], this.baseNames[a]),
    );
    // Under the demand it was made for, the base is as it is; under another, each app looks for better places.
    if (this.isScaled)
      for (const a of at) now[a] = this.repairedBesideOthers(a, [], now, now[a]) ?? now[a];
    return now;
  }

  /** App `a` while all others stay as in the base. */
  private alone(a: number, lost: readonly number[], barred: readonly number[]): Outcome {
    let needed = this.relevantLosses(a, lost, this.base[a].open, []);
    for (;;) {
      const outcome = this.repaired(a, needed, this.base[a].open, barred);
      const more = this.relevantLosses(a, lost, outcome.open, needed);
      // Who finds no set without some of them finds none without all of them.
      if (!outcome.app.satisfied || more.length === needed.length) return outcome;
      needed = more;
    }
  }

  private repaired(
    a: number,
    needed: readonly number[],
    start: readonly number[],
    barred: readonly number[],
  ): Outcome {
    const key = `${a}:${needed.join(' ')}:${barred.join(' ')}`;
    const known = this.repairs.get(key);
    if (known !== undefined) return known;
    const limits = this.residualLimitsFor(a);
    const { compiled, best, isInfeasible } = this.baseline.repair(
      a,
      [...needed, ...barred],
      start,
      limits,
    );
    // Others may move out of the way.
    const isUndecided = best === undefined && (!isInfeasible || barred.length > 0);
    const outcome =
      isUndecided && !this.isCoupled
        ? this.searchedAlone(a, needed)
        : outcomeOf(compiled, best, this.baseNames[a]);
    if (isUndecided && this.isCoupled) this.unresolved.add(outcome);
    this.repairs.set(key, outcome);
    return outcome;
  }

  /** By the search of `place`, where exchanges found nothing; what gives way there gives way here. */
  private searchedAlone(a: number, needed: readonly number[]): Outcome {
    const input = withoutClusters(this.baseline.inputs[a], needed);
    const { compiled, answer } = choose([input], this.limits, placementWork()).apps[0];
    return outcomeOf(compiled, answer.best, this.baseNames[a]);
  }

  /** App `a` beside the others as they are now; undefined when there is no room for it. */
  private repairedBesideOthers(
    a: number,
    lost: readonly number[],
    now: readonly Outcome[],
    start: Outcome,
  ): Outcome | undefined {
    const limits = this.limitsWithout(a, now);
    const gone = [...lost, ...this.barred(a, now)];
    const { compiled, best } = this.baseline.repair(a, gone, start.open, limits);
    return best && outcomeOf(compiled, best, this.baseNames[a]);
  }

  /** All apps placed anew, which may move apps that lost nothing: where those stay as they are, there is no room. */
  private placedAnew(lost: readonly number[], hit: readonly number[]): readonly Outcome[] {
    for (let needed = hit; ; ) {
      const outcomes = this.placedWithout(needed);
      const used = lost.filter((cluster) => outcomes.some(({ open }) => open.includes(cluster)));
      if (used.length === 0) return outcomes;
      needed = [...needed, ...used].sort((x, y) => x - y);
    }
  }

  private placedWithout(lost: readonly number[]): readonly Outcome[] {
    const key = lost.join(' ');
    const known = this.placements.get(key);
    if (known !== undefined) return known;
    const outcomes = this.lossRepair?.repairedWithout(lost) ?? this.chosenAnew(lost);
    this.placements.set(key, outcomes);
    return outcomes;
  }

  private chosenAnew(lost: readonly number[]): readonly Outcome[] {
    const inputs = this.baseline.inputs.map((input) => withoutClusters(input, lost));
    const { apps } = choose(inputs, this.limits, placementWork());
    return apps.map(({ compiled, answer }, a) =>
      outcomeOf(compiled, answer.best, this.baseNames[a]),
    );
  }

  private residualLimitsFor(a: number): Limits {
    if (!this.isCoupled) return this.limits;
    this.residualLimits[a] ??= this.limitsWithout(a, this.base);
    return this.residualLimits[a];
  }

  private limitsWithout(a: number, now: readonly Outcome[]): Limits {
    return remainingLimits(
      this.limits,
      now.flatMap(({ open, load }, b) =>
        b === a ? [] : [{ app: this.baseline.compiledApp(b).problem, assigned: { open, load } }],
      ),
    );
  }

  private barred(a: number, now: readonly Outcome[]): readonly number[] {
    if (this.problem.links.length === 0) return NO_CLUSTERS;
    return clustersExcludedByLinks(
      this.problem,
      a,
      now.map(({ open }) => open),
    );
  }

  /** Which of the lost clusters matter to an app that would use `open`, with those known to matter; ascending. */
  private relevantLosses(
    a: number,
    lost: readonly number[],
    open: readonly number[],
    known: readonly number[],
  ): readonly number[] {
    const used = lost.filter((cluster) => open.includes(cluster) && !known.includes(cluster));
    const gone = this.skewRules[a].flatMap((rule) => lostGroupMembers(rule, lost));
    const more = gone.filter((cluster) => !known.includes(cluster));
    if (used.length + more.length === 0) return known;
    return [...new Set([...known, ...used, ...more])].sort((x, y) => x - y);
  }
}

/** Nothing is barred. */
const NO_CLUSTERS: readonly number[] = [];

const placementWork = (): Work => ({ spent: 0, allowed: PLACEMENT_WORK });

function limitsSkew(rule: SetRule): rule is GroupRule {
  return rule.kind === 'groups' && rule.maxSkew < Number.POSITIVE_INFINITY;
}

/** Lost clusters of groups that are lost as a whole. */
function lostGroupMembers({ group, groups }: GroupRule, lost: readonly number[]): number[] {
  const left = new Int32Array(groups);
  for (const one of group) if (one >= 0) left[one]++;
  for (const cluster of lost) if (group[cluster] >= 0) left[group[cluster]]--;
  return lost.filter((cluster) => group[cluster] >= 0 && left[group[cluster]] === 0);
}

/** Clusters where more is served than before. */
function clustersWithMoreLoad(before: Outcome, after: Outcome): number[] {
  return after.open.filter((cluster, position) => {
    const at = before.open.indexOf(cluster);
    return at < 0 || after.load[position] > before.load[at];
  });
}
