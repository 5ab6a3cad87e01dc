/**
 * Scenario evaluator: the outcomes of all apps under one demand, for any lost clusters.
 *
 * Only lost clusters that an app uses require a repair, and each repair is computed once. An app that does not use a lost
 * cluster keeps its set, because every set that remains was available before and costs no less. The exception is a rule that
 * limits skew: it counts groups, so the loss of a whole group matters even when the app uses none of it.
 *
 * Apps that share capacity are repaired beside the others, which keep their clusters. When that finds no capacity, all apps
 * are placed again. Links exclude clusters while other apps keep theirs, so an app moves before the apps that follow it.
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
import { JointLossRepair } from './joint-loss-repair';
import { LossesInTurn } from './losses-in-turn';
import { type Outcome, outcomeOf } from './outcome';
import type { ScenarioBaseline } from './scenario-baseline';
import { withoutClusters } from './scenario-baseline';

/** Work units of a placement that replaces a failed repair by exchanges: about a second. */
const PLACEMENT_WORK = 1e8;

/** Repairs of an app without full clusters before it is repaired beside the others. */
const MAX_ROUNDS_BESIDE_MOVED = 4;
/** Scenarios of more lost clusters than this share no repairs. */
const MAX_SHARED_LOSSES = 2;

type GroupRule = Extract<SetRule, { kind: 'groups' }>;

/** The apps under one demand, with the outcomes computed so far. */
export class ScenarioEvaluator {
  /** With nothing lost. */
  readonly base: readonly Outcome[];
  private readonly repairs = new Map<string, Outcome>();
  /** Outcomes of apps that have no set beside the base sets of the others. */
  private readonly unresolved = new Set<Outcome>();
  private readonly placements = new Map<string, readonly Outcome[]>();
  /** By app: the rules that count groups. */
  private readonly skewRules: readonly (readonly GroupRule[])[];
  /** True when apps share capacity or have links. */
  private readonly isCoupled: boolean;
  /** By app: the limits that remain beside the base sets of the other apps. */
  private readonly residualLimits: (Limits | undefined)[];
  private readonly problem: Problem;
  /** Apps in the order of repair: an app comes before those that follow it. */
  private readonly order: readonly number[];
  /** Undefined when apps are not coupled, or when a rule limits skew. */
  private readonly lossRepair: JointLossRepair | undefined;
  private readonly lossesInTurn: LossesInTurn | undefined;

  constructor(
    private readonly baseline: ScenarioBaseline,
    private readonly limits: Limits,
    /** By app: positions of its start clusters, and their names in the base decision. */
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
      this.lossesInTurn = new LossesInTurn(this, (sets) => this.startingFrom(sets));
    }
  }

  /** The same apps, which start from other sets. */
  private startingFrom(sets: readonly (readonly number[])[]): ScenarioEvaluator {
    const { baseline, limits, baseNames, work } = this;
    return new ScenarioEvaluator(baseline, limits, sets, baseNames, false, work);
  }

  /** Each app without the clusters at `lost` (ascending). */
  repairedWithout(lost: readonly number[]): readonly Outcome[] {
    const { base } = this;
    const now = [...base];
    const grown = new Set<number>();
    const isUsed = (cluster: number) => base.some(({ open }) => open.includes(cluster));
    for (const a of this.order) {
      const excludedClusters = this.clustersExcludedFor(a, now);
      const hit = this.relevantLosses(a, lost, base[a].open, []);
      const usesExcluded = base[a].open.some((cluster) => excludedClusters.includes(cluster));
      if (hit.length === 0 && !usesExcluded) continue;
      const outcome = this.besideMoved(a, lost, excludedClusters, now, grown);
      if (outcome === undefined || this.unresolved.has(outcome)) {
        return this.placedAgain(lost, hit.length > 0 ? hit : lost.filter(isUsed));
      }
      now[a] = outcome;
      if (this.isCoupled)
        for (const cluster of clustersWithMoreLoad(base[a], outcome)) grown.add(cluster);
    }
    if (this.problem.links.length === 0) return now;
    const sets = now.map(({ open }) => open);
    return linksHold(this.problem, sets) ? now : this.placedAgain(lost, lost.filter(isUsed));
  }

  /** `outcomes`, or what costs less: one loss repaired jointly, then the others. */
  repairedInTurn(lost: readonly number[], outcomes: readonly Outcome[]): readonly Outcome[] {
    return this.lossesInTurn?.cheaperOf(lost, outcomes) ?? outcomes;
  }

  /** `outcomes`, or the result of ejection chains where that costs less. */
  repairedJointly(lost: readonly number[], outcomes: readonly Outcome[]): readonly Outcome[] {
    return this.lossRepair?.cheaperOf(lost, outcomes) ?? outcomes;
  }

  /**
   * App `a` beside the apps that moved before it: its repair beside the base sets, without clusters that have no room left for it.
   * Such repairs serve many scenarios. Where the room left is for a smaller load, it is repaired beside the others.
   */
  private besideMoved(
    a: number,
    lost: readonly number[],
    excluded: readonly number[],
    now: readonly Outcome[],
    grown: ReadonlySet<number>,
  ): Outcome | undefined {
    let out = excluded;
    let outcome = this.alone(a, lost, out);
    // What many lost clusters leave serves no other scenario.
    const rounds = lost.length > MAX_SHARED_LOSSES ? 1 : MAX_ROUNDS_BESIDE_MOVED;
    for (let round = 0; round < rounds; round++) {
      const { full, isTight } = this.missingRoom(a, outcome, now, grown);
      if (full.length === 0 && !isTight) return outcome;
      if (isTight || round === rounds - 1) break;
      out = [...out, ...full].sort((x, y) => x - y);
      const next = this.alone(a, lost, out);
      if (this.unresolved.has(next)) break;
      outcome = next;
    }
    return this.repairedBesideOthers(a, lost, now, outcome);
  }

  /** The clusters of a repair that have no room for the app after others moved; tight: some has room, but not for this load. */
  private missingRoom(
    a: number,
    { open, load }: Outcome,
    now: readonly Outcome[],
    grown: ReadonlySet<number>,
  ): { readonly full: readonly number[]; readonly isTight: boolean } {
    const { problem } = this.baseline.compiledApp(a);
    if (problem.capacity === 'none' || !open.some((cluster) => grown.has(cluster)))
      return { full: NO_CLUSTERS, isTight: false };
    const limits = this.limitsWithout(a, now);
    const full: number[] = [];
    let isTight = false;
    for (const [position, cluster] of open.entries()) {
      if (!grown.has(cluster)) continue;
      const most = largestLoad(problem, freeFor(limits, cluster, problem.headroom));
      if (most < 0) full.push(cluster);
      else if (load[position] > most) isTight = true;
    }
    return { full, isTight };
  }

  private independentStarts(starts: readonly (readonly number[])[]): readonly Outcome[] {
    return starts.map((open, a) => this.repaired(a, [], open, []));
  }

  /** All apps on their start clusters; placed again when they do not fit there. */
  private evaluatedStarts(
    problem: Problem,
    starts: readonly (readonly number[])[],
  ): readonly Outcome[] {
    const at = [...starts.keys()].filter((a) => starts[a].length > 0);
    const sets = at.map((a) => starts[a]);
    const judged = evaluateJointly(subproblemOf(problem, at), sets, this.work);
    if (judged === undefined) return this.chosenAgain([]);
    const now = starts.map((_, a) =>
      outcomeOf(this.baseline.compiledApp(a), judged[at.indexOf(a)], this.baseNames[a]),
    );
    // The base is kept under its own demand. Under a scaled demand each app is improved by exchanges.
    if (this.isScaled)
      for (const a of at) now[a] = this.repairedBesideOthers(a, [], now, now[a]) ?? now[a];
    return now;
  }

  /** App `a` while all other apps keep their base sets. */
  private alone(a: number, lost: readonly number[], excluded: readonly number[]): Outcome {
    const used = this.relevantLosses(a, lost, this.base[a].open, []);
    for (let needed = used; ; ) {
      const outcome = this.repaired(a, needed, this.base[a].open, excluded);
      const more = this.relevantLosses(a, lost, outcome.open, needed);
      // Without a legal set after some of the losses there is none after all of them.
      if (!outcome.app.satisfied || more.length === needed.length) return outcome;
      // A lost region would otherwise be left one cluster at a time.
      needed = needed.length === used.length ? more : this.relevantLosses(a, lost, lost, []);
    }
  }

  private repaired(
    a: number,
    needed: readonly number[],
    start: readonly number[],
    excluded: readonly number[],
  ): Outcome {
    const key = `${a}:${needed.join(' ')}:${excluded.join(' ')}`;
    const known = this.repairs.get(key);
    if (known !== undefined) return known;
    const limits = this.residualLimitsFor(a);
    const gone = [...needed, ...excluded];
    const { compiled, best, isInfeasible } = this.baseline.repair(a, gone, start, limits);
    const isUndecided =
      best === undefined &&
      (!isInfeasible || excluded.length > 0 || this.hasPlaceWithoutOthers(a, needed, start));
    const outcome =
      isUndecided && !this.isCoupled
        ? this.searchedAlone(a, needed)
        : outcomeOf(compiled, best, this.baseNames[a]);
    if (isUndecided && this.isCoupled) this.unresolved.add(outcome);
    this.repairs.set(key, outcome);
    return outcome;
  }

  /** True where an app is infeasible only beside the others: moving them may help. */
  private hasPlaceWithoutOthers(a: number, lost: readonly number[], start: readonly number[]) {
    return this.isCoupled && this.baseline.repair(a, lost, start, this.limits).best !== undefined;
  }

  /** By the search of `place`, where exchanges found nothing; limits are relaxed as there. */
  private searchedAlone(a: number, needed: readonly number[]): Outcome {
    const input = withoutClusters(this.baseline.inputs[a], needed);
    const { compiled, answer } = choose([input], this.limits, placementWork()).apps[0];
    return outcomeOf(compiled, answer.best, this.baseNames[a]);
  }

  /** App `a` beside the current sets of the others; undefined when no legal set is found. */
  private repairedBesideOthers(
    a: number,
    lost: readonly number[],
    now: readonly Outcome[],
    start: Outcome,
  ): Outcome | undefined {
    const limits = this.limitsWithout(a, now);
    const gone = [...lost, ...this.clustersExcludedFor(a, now)];
    const { compiled, best } = this.baseline.repair(a, gone, start.open, limits);
    return best && outcomeOf(compiled, best, this.baseNames[a]);
  }

  /** All apps placed again. This may move apps that lost nothing, because no repair beside them was found. */
  private placedAgain(lost: readonly number[], hit: readonly number[]): readonly Outcome[] {
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
    const outcomes = this.lossRepair?.repairedWithout(lost) ?? this.chosenAgain(lost);
    this.placements.set(key, outcomes);
    return outcomes;
  }

  private chosenAgain(lost: readonly number[]): readonly Outcome[] {
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

  private clustersExcludedFor(a: number, now: readonly Outcome[]): readonly number[] {
    if (this.problem.links.length === 0) return NO_CLUSTERS;
    return clustersExcludedByLinks(
      this.problem,
      a,
      now.map(({ open }) => open),
    );
  }

  /** The lost clusters that affect an app which uses `open`, together with `known` ones; ascending. */
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

/** No cluster is excluded. */
const NO_CLUSTERS: readonly number[] = [];

const placementWork = (): Work => ({ spent: 0, allowed: PLACEMENT_WORK });

function limitsSkew(rule: SetRule): rule is GroupRule {
  return rule.kind === 'groups' && rule.maxSkew < Number.POSITIVE_INFINITY;
}

/** Lost clusters of groups that lost every member. */
function lostGroupMembers({ group, groups }: GroupRule, lost: readonly number[]): number[] {
  const left = new Int32Array(groups);
  for (const one of group) if (one >= 0) left[one]++;
  for (const cluster of lost) if (group[cluster] >= 0) left[group[cluster]]--;
  return lost.filter((cluster) => group[cluster] >= 0 && left[group[cluster]] === 0);
}

/** Clusters that serve more than before. */
function clustersWithMoreLoad(before: Outcome, after: Outcome): number[] {
  return after.open.filter((cluster, position) => {
    const at = before.open.indexOf(cluster);
    return at < 0 || after.load[position] > before.load[at];
  });
}

/** Positions of the clusters that links exclude for app `a`, ascending. `sets`: the current clusters of every app. */
function clustersExcludedByLinks(
  { links, clusters }: Problem,
  a: number,
  sets: readonly (readonly number[])[],
): readonly number[] {
  const excluded = new Set<number>();
  for (const { kind, app, other } of links) {
    if (kind === 'apart' && (app === a || other === a)) {
      for (const cluster of sets[app === a ? other : app]) excluded.add(cluster);
    } else if (kind === 'together' && app === a) {
      for (let c = 0; c < clusters; c++) if (!sets[other].includes(c)) excluded.add(c);
    }
  }
  return [...excluded].sort((x, y) => x - y);
}

/** Apps by the length of the chain of `together` links that they follow, so that an app moves before its followers. */
function leadersFirst({ apps, links }: Problem): readonly number[] {
  const depth = apps.map(() => 0);
  for (let round = 0; round < apps.length; round++) {
    for (const { kind, app, other } of links) {
      if (kind === 'together') depth[app] = Math.max(depth[app], 1 + depth[other]);
    }
  }
  return [...apps.keys()].sort((a, b) => depth[a] - depth[b] || a - b);
}
