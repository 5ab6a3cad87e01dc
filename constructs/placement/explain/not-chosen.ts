/** Why a cluster that may be chosen is not: the rule that the chosen set would break with it and by how much, or what it would cost. */
import type { Cluster } from '../../model/fleet';
import { NUMBER, type NumberedRejection } from '../../model/rejections';
import type { Candidate, Limits, Work } from '../../optimizer';
import {
  changesOf,
  demandOf,
  evaluate,
  firstUnservedLoss,
  fits,
  freeFor,
  isKeptThin,
  nearDemand,
  usageAt,
} from '../../optimizer';
import {
  type ConstraintOfPolicy,
  freezeEnd,
  linkedApps,
  loadThresholds,
  rowsOf,
} from '../../policy';
import type { CompiledApp } from '../compile/compile';
import type { ChosenSetAnalysis } from './chosen-set';
import { usdPerHour } from './statistics';

/** What a reason needs to know of the decision around the app. */
export interface Surroundings {
  /** What the other apps leave. */
  readonly limits: () => Limits;
  /** What all apps leave together, this one too. */
  readonly afterAll: Limits;
  /** Clusters of apps that are placed together with this one, by the name of the app. */
  readonly others: ReadonlyMap<string, ReadonlySet<string>>;
  /** proved: no legal set is better. found: the best that a search found. kept: it stood before, and a better one may be known. */
  readonly standing: 'proved' | 'found' | 'kept';
}

/** The rule for the sake of which a cluster is not chosen, and the sentence about it. Numbers that many clusters differ in are apart. */
export type WhyNot = Omit<NumberedRejection, 'name'>;

type Evaluated = Candidate['evaluated'];

/** Says of one cluster after the other why it is not chosen beside those that are. */
export class NotChosen {
  private readonly chosen: readonly Cluster[];
  private readonly candidates: readonly Cluster[];
  /** Constraints on sets, and on the clusters of other apps. */
  private readonly setRows: readonly ConstraintOfPolicy[];
  private readonly links: ReturnType<typeof linkedApps>;
  /** Nobody pays for whole replicas and no rule is about load, so that every origin goes where it is cheapest. */
  private readonly estimateIsExact: boolean;

  constructor(
    private readonly compiled: CompiledApp,
    private readonly best: Candidate,
    private readonly analysis: ChosenSetAnalysis,
    private readonly around: Surroundings,
    /** Bounds the sets that are evaluated; what is left when it is spent gets an estimate, and says so. */
    private readonly work: Work,
  ) {
    const { clusters } = compiled.fleet;
    this.chosen = best.open.map((cluster) => clusters[cluster]);
    this.candidates = clusters.filter((_, cluster) => compiled.context.allowed[cluster] === 1);
    const { problem } = compiled;
    this.links = linkedApps(compiled.app);
    this.setRows = [...rowsOf(compiled.app.policy.constraints)].filter(({ row }) => row.violatedBy);
    const isZero = (one: number) => one === 0;
    this.estimateIsExact =
      this.isRoomy() &&
      problem.replicaCost.every(isZero) &&
      problem.threshold.every(isZero) &&
      (problem.nearShare ?? problem.survive ?? problem.budget) === undefined;
  }

  /** Every cluster that may be chosen could serve all demand, so that no set finds too little room. */
  private isRoomy(): boolean {
    const { problem } = this.compiled;
    if (problem.capacity === 'none') return true;
    const everything = usageAt(problem, demandOf(problem));
    const isRoomIn = (limits: Limits) =>
      problem.allowed.every(
        (flag, cluster) =>
          flag === 0 || fits(everything, freeFor(limits, cluster, problem.headroom)),
      );
    return isRoomIn(this.around.afterAll) || isRoomIn(this.around.limits());
  }

  because(cluster: number): WhyNot {
    const { exchange, broken } = this.setRule(cluster);
    if (broken !== undefined) return broken;
    const open = [...this.best.open, cluster].sort((a, b) => a - b);
    const { problem } = this.compiled;
    const evaluated =
      !this.estimateIsExact && this.work.spent < this.work.allowed
        ? evaluate(problem, open, this.around.limits(), this.work)
        : undefined;
    if (evaluated !== undefined && evaluated.assignment.shortfall > 0)
      return { rule: 'capacity', ...this.noRoom(cluster) };
    const thin = this.tooThin(cluster, open, evaluated);
    if (thin !== undefined) return thin;
    if (exchange !== undefined) return exchange;
    if (evaluated === undefined) return this.estimated(cluster);
    return this.loadRule(open, evaluated) ?? this.compared(evaluated.value);
  }

  /** A rule about the set alone that it would break. `exchange`: one that a cluster in the place of another would keep. */
  private setRule(cluster: number): { broken?: WhyNot; exchange?: WhyNot } {
    const { compiled, chosen, candidates } = this;
    const { fleet, problem } = compiled;
    const closed = this.closed(cluster);
    if (closed !== undefined) return { broken: closed };
    const { name } = fleet.clusters[cluster];
    for (const { kind, rule, name: other } of this.links) {
      const isThere = this.around.others.get(other)?.has(name);
      if (isThere === undefined || isThere === (kind === 'together')) continue;
      return { broken: { rule, reason: `${other} is ${isThere ? '' : 'not '}there` } };
    }
    let exchange: WhyNot | undefined;
    for (const { key, row, value } of this.setRows) {
      const reason = row.violatedBy?.(value, fleet.clusters[cluster], chosen, candidates);
      if (reason === undefined) continue;
      if (!row.allowsExchange) return { broken: { rule: key, reason } };
      exchange = { rule: key, reason: `${reason}, ${this.noExchange()}` };
    }
    if (exchange === undefined && problem.maxChanges < Number.POSITIVE_INFINITY) {
      const changes = changesOf(problem, [...this.best.open, cluster]);
      const reason = `would be change ${changes} of at most ${problem.maxChanges}`;
      if (changes > problem.maxChanges)
        exchange = { rule: 'maxChanges', reason: `${reason}, ${this.noExchange()}` };
    }
    return exchange === undefined ? {} : { exchange };
  }

  /** For a cluster that was open to the app before the previous set was held. */
  private closed(cluster: number): WhyNot | undefined {
    const { problem, app, now } = this.compiled;
    if (problem.allowed[cluster] === 1) return undefined;
    if (problem.ease !== undefined) {
      const margin = percent(problem.ease - 1);
      const reason = `the previous clusters are kept within leaveMargin ${margin}`;
      return { rule: 'leaveMargin', reason };
    }
    const end = freezeEnd(app.policy.stability.freeze, now);
    const until = end === undefined ? '' : ` until ${end}`;
    return { rule: 'freeze', reason: `the freeze window${until} keeps the previous clusters` };
  }

  private noExchange(): string {
    const { standing } = this.around;
    if (standing === 'proved') return 'and no exchange for it costs less';
    return standing === 'found' ? 'and no better exchange for it was found' : `and ${this.kept()}`;
  }

  private kept(): string {
    const { minGain } = this.compiled.app.policy.stability;
    return `minGain ${percent(minGain)} keeps the clusters that stand`;
  }

  private tooThin(
    cluster: number,
    open: readonly number[],
    evaluated: Evaluated | undefined,
  ): WhyNot | undefined {
    const { problem } = this.compiled;
    const load =
      evaluated === undefined
        ? this.analysis.loadIfOpened[cluster]
        : evaluated.assigned.load[open.indexOf(cluster)];
    const threshold = problem.threshold[cluster];
    if (load >= threshold * (1 - 1e-9) || isKeptThin(problem, open, cluster)) return undefined;
    const reason = `would serve ${NUMBER} requests/s, ${this.minimumText(cluster)}`;
    return { rule: 'minRequestsPerSecond', reason, number: short(load) };
  }

  /** What the policy asks of a cluster: one that stands is left only under its exit threshold, which is named as nobody wrote it; no newcomer may bring it below what is asked of newcomers. */
  private minimumText(cluster: number): string {
    const { app, eligibility, problem } = this.compiled;
    const least = problem.threshold[cluster];
    const threshold = short(least);
    if (eligibility.previous[cluster] !== 1) return `policy asks for ${threshold}`;
    const { constraints, stability } = app.policy;
    const { enter, exit } = loadThresholds(constraints.minRequestsPerSecond, stability);
    if (least > exit * (1 + 1e-9)) {
      const whose =
        least >= enter * (1 - 1e-9) ? 'what newcomers must serve' : 'what it serves now';
      return `and a newcomer may not bring a cluster that stands under ${threshold}, ${whose}`;
    }
    const why =
      stability.exitRequestsPerSecond === undefined
        ? `0.8 x minRequestsPerSecond ${constraints.minRequestsPerSecond}`
        : 'exitRequestsPerSecond';
    return `a cluster that stands is left under ${threshold} (${why})`;
  }

  /** The app fits without it, so its least replicas are what finds no room. */
  private noRoom(cluster: number): Omit<WhyNot, 'rule'> {
    const { problem } = this.compiled;
    const free = freeFor(this.around.limits(), cluster, problem.headroom);
    const need = usageAt(problem, 0);
    const scarce = (['cpuMillicores', 'memoryMebibytes', 'pods'] as const).find(
      (one) => need[one] > free[one] * (1 + 1e-9),
    );
    if (scarce === undefined)
      return { reason: 'the other apps use all the requests/s that it can serve' };
    const reason = `the other apps leave ${NUMBER} ${scarce}, the least replicas need ${short(need[scarce])}`;
    return { reason, number: short(Math.max(0, free[scarce])) };
  }

  /** A rule about load that the set would break with it, although the cluster itself has enough to do. */
  private loadRule(
    open: readonly number[],
    { assigned, violation }: Evaluated,
  ): WhyNot | undefined {
    if (violation === 0) return undefined;
    const { compiled, around, work } = this;
    const { problem, fleet, app } = compiled;
    const { latency, budget } = app.policy.constraints;
    const thin = open.findIndex(
      (one, at) =>
        assigned.load[at] < problem.threshold[one] * (1 - 1e-9) && !isKeptThin(problem, open, one),
    );
    if (thin >= 0) {
      const { name } = fleet.clusters[open[thin]];
      const reason = `with it ${name} would serve ${NUMBER} requests/s, ${this.minimumText(open[thin])}`;
      return { rule: 'minRequestsPerSecond', reason, number: short(assigned.load[thin]) };
    }
    const near = nearDemand(problem, assigned);
    if (latency !== undefined && near !== undefined && near < latency.share * (1 - 1e-9)) {
      const reason = `with it ${NUMBER} % of the requests would be served within ${latency.milliseconds} ms, policy asks for ${percent(latency.share)}`;
      return { rule: 'latency', reason, number: fourDigits(100 * near) };
    }
    const usd = usdPerHour(compiled, assigned);
    if (budget !== undefined && usd > budget.usdPerHour * (1 + 1e-9)) {
      const reason = `with it the app would cost ${NUMBER} USD/h, policy allows ${short(budget.usdPerHour)}`;
      return { rule: 'budget', reason, number: short(usd) };
    }
    const lost = firstUnservedLoss(problem, open, around.limits(), work) ?? [];
    const names = lost.map((one) => fleet.clusters[one].name).join(' and ');
    return {
      rule: 'survive',
      reason: `with it the others could not serve everything after the loss of ${names}`,
    };
  }

  /** A legal set of this value: what the objective says of it. */
  private compared(value: number): WhyNot {
    const before = this.best.evaluated.value;
    const more = value - before;
    const rule = 'objective';
    if (Math.abs(more) <= 1e-9 * Math.max(1, Math.abs(before))) {
      const same = 'the objective is the same without it, on fewer clusters';
      return { rule, reason: `it would change nothing: ${same}` };
    }
    if (more > 0) {
      const reason = `the objective would be ${NUMBER} higher with it`;
      return { rule, reason, number: short(more) };
    }
    const why = this.around.standing === 'kept' ? this.kept() : 'the search ended without this set';
    const reason = `the objective would be ${NUMBER} lower with it, and ${why}`;
    return { rule, reason, number: short(-more) };
  }

  /** Without an evaluation of the set. Unless nothing is, whole replicas, capacity and rules about load are left out, which the words say. */
  private estimated(cluster: number): WhyNot {
    const more = this.analysis.changeIfOpened[cluster];
    if (this.estimateIsExact) return this.compared(this.best.evaluated.value + more);
    const reason =
      more >= 0
        ? `the objective would be about ${NUMBER} higher with it, an estimate`
        : `no better set with it was found; an estimate that leaves out whole replicas and limits is ${NUMBER} lower`;
    return { rule: 'objective', reason, number: short(Math.abs(more)) };
  }
}

/** Three significant digits, or whole. */
function short(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

function percent(share: number): string {
  return `${fourDigits(100 * share)} %`;
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}
