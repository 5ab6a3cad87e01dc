/** Why a cluster that may be chosen is not: the rule that the chosen set would break with it and by how much, or what it would cost. */
import type { Cluster } from '../../model/fleet';
import type { Candidate, Limits, Work } from '../../optimizer';
import {
  capacitiesOf,
  changesOf,
  evaluate,
  firstUnservedLoss,
  freeFor,
  isKeptThin,
  nearDemand,
  usageAt,
} from '../../optimizer';
import { linkedApps, rowsOf } from '../../policy';
import type { CompiledApp } from '../compile/compile';
import type { ChosenSetAnalysis } from './chosen-set';
import { usdPerHour } from './statistics';

/** What a reason needs to know of the decision around the app. */
export interface Surroundings {
  /** What the other apps leave. */
  readonly limits: Limits;
  /** Clusters of apps that are placed together with this one, by the name of the app. */
  readonly others: ReadonlyMap<string, ReadonlySet<string>>;
  /** proved: no legal set is better. found: the best that a search found. kept: it stood before, and a better one may be known. */
  readonly standing: 'proved' | 'found' | 'kept';
}

/** The rule for the sake of which a cluster is not chosen, and the sentence about it. */
export interface WhyNot {
  readonly rule: string;
  readonly reason: string;
}

type Evaluated = Candidate['evaluated'];

/** Says of one cluster after the other why it is not chosen beside those that are. */
export class NotChosen {
  private readonly chosen: readonly Cluster[];
  private readonly candidates: readonly Cluster[];
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
    const isZero = (one: number) => one === 0;
    this.estimateIsExact =
      capacitiesOf(problem, around.limits) === undefined &&
      problem.replicaCost.every(isZero) &&
      problem.threshold.every(isZero) &&
      (problem.nearShare ?? problem.survive ?? problem.budget) === undefined;
  }

  because(cluster: number): WhyNot {
    const { exchange, broken } = this.setRule(cluster);
    if (broken !== undefined) return broken;
    const open = [...this.best.open, cluster].sort((a, b) => a - b);
    const { problem } = this.compiled;
    const evaluated =
      !this.estimateIsExact && this.work.spent < this.work.allowed
        ? evaluate(problem, open, this.around.limits, this.work)
        : undefined;
    if (evaluated !== undefined && evaluated.assignment.shortfall > 0)
      return { rule: 'capacity', reason: this.noRoom(cluster) };
    const thin = this.tooThin(cluster, open, evaluated);
    if (thin !== undefined) return thin;
    if (exchange !== undefined) return exchange;
    if (evaluated === undefined) return this.estimated(cluster);
    return this.loadRule(open, evaluated) ?? this.compared(evaluated.value);
  }

  /** A rule about the set alone that it would break. `exchange`: one that a cluster in the place of another would keep. */
  private setRule(cluster: number): { broken?: WhyNot; exchange?: WhyNot } {
    const { compiled, chosen, candidates } = this;
    const { app, fleet, problem } = compiled;
    const closed = this.closed(cluster);
    if (closed !== undefined) return { broken: closed };
    const { name } = fleet.clusters[cluster];
    for (const { kind, rule, name: other } of linkedApps(app)) {
      const isThere = this.around.others.get(other)?.has(name);
      if (isThere === undefined || isThere === (kind === 'together')) continue;
      return { broken: { rule, reason: `${other} is ${isThere ? '' : 'not '}there` } };
    }
    let exchange: WhyNot | undefined;
    for (const { key, row, value } of rowsOf(app.policy.constraints)) {
      const reason = row.violatedBy?.(value, fleet.clusters[cluster], chosen, candidates);
      if (reason === undefined) continue;
      if (!row.allowsExchange) return { broken: { rule: key, reason } };
      exchange = { rule: key, reason: `${reason}, ${this.noExchange()}` };
    }
    const changes = changesOf(problem, [...this.best.open, cluster]);
    if (exchange === undefined && changes > problem.maxChanges) {
      const reason = `would be change ${changes} of at most ${problem.maxChanges}`;
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
    const window = app.policy.stability.freeze.find(
      ({ from, until }) => Date.parse(from) <= now && now < Date.parse(until),
    );
    const until = window === undefined ? '' : ` until ${window.until}`;
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
    const reason = `would serve ${short(load)} requests/s, ${this.minimumText(cluster)}`;
    return { rule: 'minRequestsPerSecond', reason };
  }

  /** What the policy asks of a cluster: one that stands is left only under its exit threshold, which is named as nobody wrote it. */
  private minimumText(cluster: number): string {
    const { app, eligibility, problem } = this.compiled;
    const threshold = short(problem.threshold[cluster]);
    if (eligibility.previous[cluster] !== 1) return `policy asks for ${threshold}`;
    const { constraints, stability } = app.policy;
    const why =
      stability.exitRequestsPerSecond === undefined
        ? `0.8 x minRequestsPerSecond ${constraints.minRequestsPerSecond}`
        : 'exitRequestsPerSecond';
    return `a cluster that stands is left under ${threshold} (${why})`;
  }

  /** The app fits without it, so its least replicas are what finds no room. */
  private noRoom(cluster: number): string {
    const { problem } = this.compiled;
    const free = freeFor(this.around.limits, cluster, problem.headroom);
    const need = usageAt(problem, 0);
    const scarce = (['cpuMillicores', 'memoryMebibytes', 'pods'] as const).find(
      (one) => need[one] > free[one] * (1 + 1e-9),
    );
    return scarce === undefined
      ? 'the other apps use all the requests/s that it can serve'
      : `the other apps leave ${short(Math.max(0, free[scarce]))} ${scarce}, the least replicas need ${short(need[scarce])}`;
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
      const reason = `with it ${name} would serve ${short(assigned.load[thin])} requests/s, ${this.minimumText(open[thin])}`;
      return { rule: 'minRequestsPerSecond', reason };
    }
    const near = nearDemand(problem, assigned);
    if (latency !== undefined && near !== undefined && near < latency.share * (1 - 1e-9)) {
      const reason = `with it ${percent(near)} of the requests would be served within ${latency.milliseconds} ms, policy asks for ${percent(latency.share)}`;
      return { rule: 'latency', reason };
    }
    const usd = usdPerHour(compiled, assigned);
    if (budget !== undefined && usd > budget.usdPerHour * (1 + 1e-9)) {
      const reason = `with it the app would cost ${short(usd)} USD/h, policy allows ${short(budget.usdPerHour)}`;
      return { rule: 'budget', reason };
    }
    const lost = firstUnservedLoss(problem, open, around.limits, work) ?? [];
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
    if (more > 0) return { rule, reason: `the objective would be ${short(more)} higher with it` };
    const why = this.around.standing === 'kept' ? this.kept() : 'the search ended without this set';
    return { rule, reason: `the objective would be ${short(-more)} lower with it, and ${why}` };
  }

  /** Without an evaluation of the set. Unless nothing is, whole replicas, capacity and rules about load are left out, which the words say. */
  private estimated(cluster: number): WhyNot {
    const more = this.analysis.changeIfOpened[cluster];
    if (this.estimateIsExact) return this.compared(this.best.evaluated.value + more);
    const reason =
      more >= 0
        ? `the objective would be about ${short(more)} higher with it, an estimate`
        : `no better set with it was found; an estimate that leaves out whole replicas and limits is ${short(-more)} lower`;
    return { rule: 'objective', reason };
  }
}

/** Three significant digits, never in exponents. */
function short(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}
