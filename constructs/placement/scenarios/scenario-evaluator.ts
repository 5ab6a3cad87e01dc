/**
 * Field: the outcomes of all apps under one demand, for any clusters lost. An app that does not use a cluster is placed without it
 * as well: every set that remains was there before, and cost no less. So only losses in use are repaired, each once; a rule about
 * skew counts the groups there are, so that with one the loss of a whole group counts, used or not. Where apps share what clusters
 * have, those that lost nothing stay where they are while the others find room beside them; only where these find none are all
 * placed anew. Links are clusters that an app may not have while others are where they are: who follows moves after whom it follows.
 */

import type { Limits, Problem, SetRule, Work } from '../../optimizer';
import {
  coupled,
  freeFor,
  judgeTogether,
  largestLoad,
  limitsLess,
  linksHold,
  partOf,
} from '../../optimizer';
import { choose, linksOf } from '../decide/choose';
import { barredFrom, leadersFirst } from './excluded-by-links';
import { Departures } from './joint-loss-repair';
import { type Outcome, outcomeOf } from './outcome';
import type { Ground } from './scenario-baseline';
import { withoutClusters } from './scenario-baseline';

/** Work units for a placement that exchanges did not find: about a second. */
const THOROUGH = 1e8;

type Groups = Extract<SetRule, { kind: 'groups' }>;

/** The apps under one demand, with what became of them so far. */
export class Field {
  /** With nothing lost. */
  readonly base: readonly Outcome[];
  private readonly known = new Map<string, Outcome>();
  /** Of apps that found no set beside the others where those are. */
  private readonly undecided = new Set<Outcome>();
  private readonly chosen = new Map<string, readonly Outcome[]>();
  /** By app: the rules that count groups. */
  private readonly skews: readonly (readonly Groups[])[];
  /** Apps can be in each other's way. */
  private readonly isCoupled: boolean;
  /** By app: what the others leave while they stay as in the base. */
  private readonly left: (Limits | undefined)[];
  private readonly problem: Problem;
  /** Apps in the order they are repaired in: whom others follow, first. */
  private readonly order: readonly number[];
  /** Undefined where apps do not meet, or where a rule counts groups. */
  private readonly departures: Departures | undefined;

  constructor(
    private readonly ground: Ground,
    private readonly limits: Limits,
    /** By app: positions of the clusters it begins from, and their names in the base decision. */
    starts: readonly (readonly number[])[],
    private readonly before: readonly (readonly string[])[],
    private readonly isScaled: boolean,
    private readonly work: Work,
  ) {
    const apps = ground.inputs.map((_, a) => ground.whole(a));
    this.skews = apps.map(({ problem }) => problem.rules.filter(countsGroups));
    this.problem = {
      clusters: limits.headroom.length,
      apps: apps.map((one) => one.problem),
      limits,
      links: linksOf(apps),
      workUnits: THOROUGH,
    };
    this.isCoupled = coupled(this.problem);
    this.order = leadersFirst(this.problem);
    this.left = apps.map(() => undefined);
    this.base = this.isCoupled ? this.together(this.problem, starts) : this.apart(starts);
    if (this.isCoupled && this.skews.every(({ length }) => length === 0)) {
      this.departures = new Departures(ground, this.problem, this.base, before, work);
    }
  }

  /** Each app without the clusters at `lost` (ascending). */
  without(lost: readonly number[]): readonly Outcome[] {
    const { base } = this;
    const now = [...base];
    const grown = new Set<number>();
    const isUsed = (cluster: number) => base.some(({ open }) => open.includes(cluster));
    for (const a of this.order) {
      const barred = this.barred(a, now);
      const hit = this.needed(a, lost, base[a].open, []);
      const isBarred = base[a].open.some((cluster) => barred.includes(cluster));
      if (hit.length === 0 && !isBarred) continue;
      const alone = this.alone(a, lost, barred);
      const outcome = this.fits(a, alone, now, grown) ? alone : this.beside(a, lost, now, alone);
      if (outcome === undefined || this.undecided.has(outcome)) {
        return this.anew(lost, hit.length > 0 ? hit : lost.filter(isUsed));
      }
      now[a] = outcome;
      if (this.isCoupled) for (const cluster of growth(base[a], outcome)) grown.add(cluster);
    }
    if (this.problem.links.length === 0) return now;
    const sets = now.map(({ open }) => open);
    return linksHold(this.problem, sets) ? now : this.anew(lost, lost.filter(isUsed));
  }

  /** The same as `outcomes`, unless apps that make room for each other along chains cost less. */
  exchanged(lost: readonly number[], outcomes: readonly Outcome[]): readonly Outcome[] {
    return this.departures?.exchanged(lost, outcomes) ?? outcomes;
  }

  /** Whether an app finds the room it had counted on, though others have moved there meanwhile. */
  private fits(a: number, alone: Outcome, now: readonly Outcome[], grown: ReadonlySet<number>) {
    if (!alone.open.some((cluster) => grown.has(cluster))) return true;
    const { problem } = this.ground.whole(a);
    const limits = this.lessOthers(a, now);
    return alone.open.every((cluster, position) => {
      if (!grown.has(cluster) || problem.capacity === 'none') return true;
      const free = freeFor(limits, cluster, problem.headroom);
      return alone.load[position] <= largestLoad(problem, free);
    });
  }

  private apart(starts: readonly (readonly number[])[]): readonly Outcome[] {
    return starts.map((open, a) => this.repaired(a, [], open, []));
  }

  /** All apps where they begin; placed anew when they do not fit there. */
  private together(problem: Problem, starts: readonly (readonly number[])[]): readonly Outcome[] {
    const at = [...starts.keys()].filter((a) => starts[a].length > 0);
    const sets = at.map((a) => starts[a]);
    const judged = judgeTogether(partOf(problem, at), sets, this.work);
    if (judged === undefined) return this.chosenAnew([]);
    const now = starts.map((_, a) =>
      outcomeOf(this.ground.whole(a), judged[at.indexOf(a)], this.before[a]),
    );
    // Under the demand it was made for, the base is as it is; under another, each app looks for better places.
    if (this.isScaled) for (const a of at) now[a] = this.beside(a, [], now, now[a]) ?? now[a];
    return now;
  }

  /** App `a` while all others stay as in the base. */
  private alone(a: number, lost: readonly number[], barred: readonly number[]): Outcome {
    let needed = this.needed(a, lost, this.base[a].open, []);
    for (;;) {
      const outcome = this.repaired(a, needed, this.base[a].open, barred);
      const more = this.needed(a, lost, outcome.open, needed);
      // Who finds no set without some of them finds none without all of them.
      if (!outcome.told.satisfied || more.length === needed.length) return outcome;
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
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const limits = this.leftFor(a);
    const { compiled, best, isHopeless } = this.ground.repair(
      a,
      [...needed, ...barred],
      start,
      limits,
    );
    // Others may move out of the way.
    const isUndecided = best === undefined && (!isHopeless || barred.length > 0);
    const outcome =
      isUndecided && !this.isCoupled
        ? this.searched(a, needed)
        : outcomeOf(compiled, best, this.before[a]);
    if (isUndecided && this.isCoupled) this.undecided.add(outcome);
    this.known.set(key, outcome);
    return outcome;
  }

  /** By the search of `place`, where exchanges found nothing; what gives way there gives way here. */
  private searched(a: number, needed: readonly number[]): Outcome {
    const input = withoutClusters(this.ground.inputs[a], needed);
    const { compiled, answer } = choose([input], this.limits, effort()).apps[0];
    return outcomeOf(compiled, answer.best, this.before[a]);
  }

  /** App `a` beside the others as they are now; undefined when there is no room for it. */
  private beside(
    a: number,
    lost: readonly number[],
    now: readonly Outcome[],
    start: Outcome,
  ): Outcome | undefined {
    const limits = this.lessOthers(a, now);
    const gone = [...lost, ...this.barred(a, now)];
    const { compiled, best } = this.ground.repair(a, gone, start.open, limits);
    return best && outcomeOf(compiled, best, this.before[a]);
  }

  /** All apps placed anew, which may move apps that lost nothing: where those stay as they are, there is no room. */
  private anew(lost: readonly number[], hit: readonly number[]): readonly Outcome[] {
    for (let needed = hit; ; ) {
      const outcomes = this.placed(needed);
      const used = lost.filter((cluster) => outcomes.some(({ open }) => open.includes(cluster)));
      if (used.length === 0) return outcomes;
      needed = [...needed, ...used].sort((x, y) => x - y);
    }
  }

  private placed(lost: readonly number[]): readonly Outcome[] {
    const key = lost.join(' ');
    const known = this.chosen.get(key);
    if (known !== undefined) return known;
    const outcomes = this.departures?.without(lost) ?? this.chosenAnew(lost);
    this.chosen.set(key, outcomes);
    return outcomes;
  }

  private chosenAnew(lost: readonly number[]): readonly Outcome[] {
    const inputs = this.ground.inputs.map((input) => withoutClusters(input, lost));
    const { apps } = choose(inputs, this.limits, effort());
    return apps.map(({ compiled, answer }, a) => outcomeOf(compiled, answer.best, this.before[a]));
  }

  private leftFor(a: number): Limits {
    if (!this.isCoupled) return this.limits;
    this.left[a] ??= this.lessOthers(a, this.base);
    return this.left[a];
  }

  private lessOthers(a: number, now: readonly Outcome[]): Limits {
    return limitsLess(
      this.limits,
      now.flatMap(({ open, load }, b) =>
        b === a ? [] : [{ app: this.ground.whole(b).problem, assigned: { open, load } }],
      ),
    );
  }

  private barred(a: number, now: readonly Outcome[]): readonly number[] {
    if (this.problem.links.length === 0) return FREE;
    return barredFrom(
      this.problem,
      a,
      now.map(({ open }) => open),
    );
  }

  /** Which of the lost clusters matter to an app that would use `open`, with those known to matter; ascending. */
  private needed(
    a: number,
    lost: readonly number[],
    open: readonly number[],
    known: readonly number[],
  ): readonly number[] {
    const used = lost.filter((cluster) => open.includes(cluster) && !known.includes(cluster));
    const gone = this.skews[a].flatMap((rule) => wholeGroups(rule, lost));
    const more = gone.filter((cluster) => !known.includes(cluster));
    if (used.length + more.length === 0) return known;
    return [...new Set([...known, ...used, ...more])].sort((x, y) => x - y);
  }
}

/** Nothing is barred. */
const FREE: readonly number[] = [];

const effort = (): Work => ({ spent: 0, allowed: THOROUGH });

function countsGroups(rule: SetRule): rule is Groups {
  return rule.kind === 'groups' && rule.maxSkew < Number.POSITIVE_INFINITY;
}

/** Lost clusters of groups that are lost as a whole. */
function wholeGroups({ group, groups }: Groups, lost: readonly number[]): number[] {
  const left = new Int32Array(groups);
  for (const one of group) if (one >= 0) left[one]++;
  for (const cluster of lost) if (group[cluster] >= 0) left[group[cluster]]--;
  return lost.filter((cluster) => group[cluster] >= 0 && left[group[cluster]] === 0);
}

/** Clusters where more is served than before. */
function growth(before: Outcome, after: Outcome): number[] {
  return after.open.filter((cluster, position) => {
    const at = before.open.indexOf(cluster);
    return at < 0 || after.load[position] > before.load[at];
  });
}
